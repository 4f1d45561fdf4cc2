// Who chooses the external ID can enter with somebody else's: 37 % of 90 vendors let their customers choose it (Praetorian,
// "AWS IAM Assume Role Vulnerabilities Found in Many Top Vendors"). Here no door takes one, in no spelling.
import { numbered, type AttackRow } from "../attack-table.js";
import { factoryOptions, goodInputs, idDoors, inputDoors, nestedOptions } from "./cross-account-doors.js";
import type { IdDoor, InputDoor, NestedOption } from "./cross-account-doors.js";
import { inheritedNames, spellingsOf } from "./spellings.js";

/** One key more in what a door takes. */
export interface InputAttack extends AttackRow {
  readonly door: InputDoor;
  readonly key: string;
  readonly value: unknown;
}

const expected = { code: "invalid_option" };

const names = [
  "externalId",
  "external_id",
  "externalID",
  "ExternalId",
  "ExternalID",
  "externalid",
  "EXTERNALID",
  "external-id",
  "external id",
  "extId",
  "extern\u0430lId",
  "external\u200BId",
  "\uFF45xternalId",
  "nextExternalId",
  "oldExternalId",
  "sts:ExternalId",
] as const;

/** B1-01, with a key. */
export const chosenExternalIds: readonly InputAttack[] = numbered(
  "B1-01",
  inputDoors.flatMap((door, at) =>
    names.map((key) => ({
      attack: `chooses the external ID as \`${key}\` of ${door}`,
      door,
      key,
      value: "the-external-id-of-somebody-else" as unknown,
      expected,
      ...(at > 0 && { generated: true as const }),
    })),
  ),
);

/** B1-01, without a key: an object, a list or a text with more than an id where an id belongs. */
export const chosenBesideIds = numbered(
  "B1-01",
  idDoors.flatMap((door: IdDoor, at) =>
    (
      [
        ["an object with an external ID", { integrationId: "some-id", externalId: "mine" }],
        ["a list", ["some-id", "mine"]],
        ["a String object", Object("some-id")],
        ["nothing", undefined],
        ["null", null],
        ["an empty text", ""],
        ["a text with a blank", "some-id mine"],
        ["a text of 65 characters", "a".repeat(65)],
        ["a text with an ESC", "some-id\u001B[2J"],
        ["a text with a NUL", "some-id\u0000mine"],
        ["a text beyond ASCII", "s\u00F6me-id"],
      ] as const
    ).map(([words, value]) => ({
      attack: `gives ${door} ${words} for an integration`,
      door,
      value: value as unknown,
      expected,
      ...(at > 0 && { generated: true as const }),
    })),
  ),
  301,
);

/** B1-05: every key of every door in every spelling. */
export const inputKeyRows: readonly InputAttack[] = numbered(
  "B1-05",
  inputDoors.flatMap((door) =>
    Object.keys(goodInputs[door]).flatMap((key) =>
      spellingsOf(key).map((spelling) => ({
        attack: `writes ${spelling.words} beside \`${key}\` of ${door}`,
        door: door,
        key: spelling.key,
        value: Reflect.get(goodInputs[door], key) as unknown,
        expected,
        generated: true as const,
      })),
    ),
  ),
  501,
);

export const inheritedRows: readonly InputAttack[] = numbered(
  "B2-26",
  inputDoors.flatMap((door) =>
    inheritedNames.map((key) => ({
      attack: `gives ${door} an own \`${key}\``,
      door: door,
      key: key as string,
      value: { externalId: "mine", state: "active" } as unknown,
      expected,
      generated: true as const,
    })),
  ),
  101,
);

export const factoryKeyRows = numbered(
  "B1-05",
  [
    ...factoryOptions.flatMap((key) => spellingsOf(key)),
    ...inheritedNames.map((key) => ({ words: `\`${key}\``, key })),
  ].map(({ words, key }) => ({
    attack: `gives createCrossAccount ${words}, which is no option`,
    key,
    expected,
    generated: true as const,
  })),
  801,
);

export const nestedKeyRows = numbered(
  "B1-05",
  (Object.keys(nestedOptions) as NestedOption[]).flatMap((option) =>
    [
      ...nestedOptions[option].flatMap((key) => spellingsOf(key)),
      ...["externalId", "__proto__", "constructor"].map((key) => ({ words: `\`${key}\``, key })),
    ].map(({ words, key }) => ({
      attack: `writes ${words} into \`${option}\` of createCrossAccount`,
      option,
      key,
      expected,
      generated: true as const,
    })),
  ),
  1001,
);
