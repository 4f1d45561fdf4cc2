// Texts of others on their way to the person's terminal: a profile of ~/.aws, an account, a word that a script typed, a
// variable, a document that a team hands out. B4-50 of the catalogue (CVE-2021-25743).
import { numbered } from "../attack-table.js";
import { deceivingTexts } from "./hostile-texts.js";

/** Where a text of others comes in. */
export const doors = [
  "a word that is no command",
  "an identity",
  "a flag's value",
  "too many words",
  "a variable of this shell",
  "a profile",
  "a profile's region",
  "a sign-in",
  "a sign-in's address",
  "the environments of a team",
  "an old configuration",
  "what was used last",
] as const;

export type Door = (typeof doors)[number];

/** Neither an argument nor a variable can hold these. */
const fits = (door: Door, text: string): boolean =>
  !text.includes("\0") || ["the environments of a team", "an old configuration", "what was used last"].includes(door);

export const shownTexts = numbered(
  "B4-50",
  doors.flatMap((door, at) =>
    deceivingTexts
      .filter(([, text]) => fits(door, text))
      .map(([words, text]) => ({
        attack: `${door} of the command line has ${words}`,
        door,
        text,
        expected: { obeyed: [] },
        ...(at > 0 && { generated: true as const }),
      })),
  ),
  2001,
);
