// Texts for people that machines read too: a vendor's name and reasons, in a YAML and a JSON template and in a shell script.
// B1-15, B4-57, B4-60.
import { numbered } from "../attack-table.js";
import { deceivingTexts, injectingTexts } from "./hostile-texts.js";

const texts = [
  ...injectingTexts,
  ...deceivingTexts.filter(([words]) => !words.startsWith("half of a surrogate")),
  ["a YAML key", "Principal: '*'"],
  ["a YAML list", "- '*'"],
  ["a YAML block", "| \n  Resources:\n    Evil: {}"],
  ["a YAML quote", `"\nResources:\n  Evil:\n    Type: AWS::IAM::User\n"`],
  ["a YAML directive", "%YAML 1.1\n---"],
  ["a tab in the front", "\tResources:"],
  ["a hundred quotes", '"'.repeat(100)],
  ["a hundred backslashes", "\\".repeat(100)],
] as const;

/** Written into a template in each place: nothing changes but the text, which comes back as it was. */
export const templateTexts = numbered(
  "B4-60",
  (["the vendor's name", "a reason"] as const).flatMap((place, at) =>
    texts.map(([words, text]) => ({
      attack: `${place} is ${words}, in a YAML template`,
      place,
      text,
      expected: { sameAsJson: true, sameResources: true, kept: true, aliases: false, tags: false, bytes: "ASCII" },
      ...(at > 0 && { generated: true as const }),
    })),
  ),
);

/** Given to a shell: the command gets the words that it should, and nothing else runs. */
export const scriptTexts = numbered(
  "B1-15",
  (["the vendor's name", "a condition's value"] as const).flatMap((place, at) =>
    texts
      // IAM takes neither line breaks nor what is beyond Latin-1 in a policy.
      .filter(([, text]) => place === "the vendor's name" || /^[\x20-\x7E]{1,150}$/.test(text))
      .filter(([, text]) => place === "the vendor's name" || !text.includes("${"))
      .map(([words, text]) => ({
        attack: `${place} is ${words}, in a shell script`,
        place,
        text,
        expected: { sameWords: true, ended: 0, canary: false },
        ...(at > 0 && { generated: true as const }),
      })),
  ),
  301,
);
