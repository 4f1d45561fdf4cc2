// Customers who are named like programs. Their names are kept and shown; in links, scripts, role and session names there is
// nothing of them. B1-15, B1-16.
import { numbered } from "../attack-table.js";
import { injectingTexts } from "./hostile-texts.js";

/** A link with one host and each parameter once, a script and a session name without the text. */
export const hostileCustomers = numbered(
  "B1-16",
  injectingTexts.map(([words, text]) => ({
    attack: `a customer is named with ${words}`,
    text,
    expected: {
      kept: true,
      samePlace: true,
      parameters: ["ExpectedAccount", "ExternalId", "IntegrationSuffix", "SetupPhase", "SetupUntil"],
      inScripts: false,
      inSession: false,
    },
  })),
);
