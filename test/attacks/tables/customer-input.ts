// What customers type, and what operators paste, where it would be stored, shown and logged. B2-30, B1-04.
import { numbered } from "../attack-table.js";
import { deceivingTexts, type Named } from "./hostile-texts.js";

const expected = { code: "invalid_option" };

const wrongKinds: readonly (readonly [string, unknown])[] = [
  ["nothing", ""],
  ["null", null],
  ["a number", 7],
  ["a list", ["acme"]],
  ["an object", { $ne: null }],
  ["true", true],
  ["a String object", Object("acme")],
];

/** Places in which names come in. The first one's rows are the list itself. */
export const namePlaces = [
  "customerId of createIntegration",
  "label of createIntegration",
  "customerId of assumeCustomerRole",
  "customerId of listIntegrations",
  "reason of revoke",
  "part of a session name",
  "key of an audit subject",
  "value of an audit subject",
  "name of a capability check",
  "keyId of a certificate key",
] as const;

export type NamePlace = (typeof namePlaces)[number];

const limits: Readonly<Record<NamePlace, number>> = {
  "customerId of createIntegration": 256,
  "label of createIntegration": 64,
  "customerId of assumeCustomerRole": 256,
  "customerId of listIntegrations": 256,
  "reason of revoke": 256,
  "part of a session name": 64,
  "key of an audit subject": 64,
  "value of an audit subject": 256,
  "name of a capability check": 128,
  "keyId of a certificate key": 64,
};

/** A key of an object is always a text. */
const keysAreTexts = new Set<NamePlace>(["key of an audit subject"]);

export const hostileNames = numbered(
  "B2-30",
  namePlaces.flatMap((place, at) => {
    const texts: readonly (readonly [string, unknown])[] = [
      ...deceivingTexts,
      ...(keysAreTexts.has(place) ? [] : wrongKinds),
      ["one character too many", "a".repeat(limits[place] + 1)],
      ["a megabyte", "a".repeat(1_000_000)],
    ];
    return texts.map(([words, text]) => ({
      attack: `writes ${words} as ${place}`,
      place,
      text,
      expected,
      ...(at > 0 && { generated: true as const }),
    }));
  }),
  201,
);

const accounts: Named = [
  ["eleven digits", "22222222222"],
  ["thirteen digits", "2222222222222"],
  ["dashes", "2222-2222-2222"],
  ["a blank before", " 222222222222"],
  ["a blank behind", "222222222222 "],
  ["a line behind", "222222222222\n"],
  ["a sign", "+22222222222"],
  ["a negative number", "-22222222222"],
  ["an exponent", "2e11"],
  ["a hexadecimal number", "0x33bf8b9f8e"],
  ["an alias", "acme-production"],
  ["an ARN", "arn:aws:iam::222222222222:root"],
  ["a star", "*"],
  ["eleven digits and a star", "22222222222*"],
  ["an empty text", ""],
  ["Arabic digits", "\u0662".repeat(12)],
  ["full-width digits", "\uFF12".repeat(12)],
  ["superscript digits", "\u00B2".repeat(12)],
  ["two accounts", "222222222222,333333333333"],
  ["a NUL and more", "222222222222\u0000"],
  ["a bidi override", "\u202E222222222222"],
];

const accountKinds: readonly (readonly [string, unknown])[] = [
  ["a number", 222222222222],
  ["a big number", 222222222222n],
  ["a list", ["222222222222"]],
  ["an object", { $gt: "" }],
  ["nothing, where null is what says so", undefined],
  ["false", false],
];

export const accountPlaces = ["declaredAccountId", "vendorAccountId"] as const;

export const hostileAccounts = numbered(
  "B1-04",
  accountPlaces.flatMap((place, at) =>
    [...accounts, ...accountKinds].map(([words, account]) => ({
      attack: `gives ${words} for \`${place}\``,
      place,
      account: account,
      expected,
      ...(at > 0 && { generated: true as const }),
    })),
  ),
  401,
);

const key = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };

/** B1-19, B4-46: an old key is kept only for a while, and as what it is. */
export const legacyKeys = numbered(
  "B4-46",
  (
    [
      ["the id of a temporary key", { accessKeyId: "ASIAIOSFODNN7EXAMPLE" }],
      ["a short id", { accessKeyId: "AKIA" }],
      ["an id in lower case", { accessKeyId: key.accessKeyId.toLowerCase() }],
      ["an id with a section of a file", { accessKeyId: `${key.accessKeyId}\n[default]` }],
      ["an id with a blank", { accessKeyId: `${key.accessKeyId} ` }],
      ["a role's id", { accessKeyId: "AROAIOSFODNN7EXAMPLE" }],
      ["an empty secret", { secretAccessKey: "" }],
      ["a short secret", { secretAccessKey: "a".repeat(15) }],
      ["a secret of 129 characters", { secretAccessKey: "a".repeat(129) }],
      [
        "a secret with a section of a file",
        { secretAccessKey: `${key.secretAccessKey}\n[default]\ncredential_process=id` },
      ],
      ["a secret with a blank", { secretAccessKey: `${key.secretAccessKey} x` }],
      ["a secret with a NUL", { secretAccessKey: `${key.secretAccessKey}\u0000` }],
      ["a secret with an ESC", { secretAccessKey: `${key.secretAccessKey}\u001B[2J` }],
      ["a secret beyond ASCII", { secretAccessKey: `${key.secretAccessKey}\u00E9` }],
      ["a cut-off in the past", { cutOff: new Date(1000) }],
      ["a cut-off now", { cutOff: "now" }],
      ["a cut-off in 181 days", { cutOff: "far" }],
      ["a cut-off that is no date", { cutOff: new Date(Number.NaN) }],
      ["a cut-off of text", { cutOff: "2030-01-01" }],
      ["no cut-off", { cutOff: undefined }],
      ["a cut-off that is null", { cutOff: null }],
      ["a key from the future", { created: new Date(8e12) }],
      ["a key from no date", { created: new Date(Number.NaN) }],
    ] as const
  ).map(([words, change]) => ({
    attack: `attaches ${words}`,
    change: change as Readonly<Record<string, unknown>>,
    expected,
  })),
);
