// A reader of the database who can also write: rows swapped, columns changed, bits flipped, keys guessed. B1-12, B1-13, B1-04,
// B4-55. Not here, because it is not noticed: an older copy of a whole row or of the whole file, as the package's README says.
import { numbered } from "../attack-table.js";

/** `a` and `b` are active integrations of two customers; `c` is pending, `r` is revoked. Each statement is run on the file. */
const moved: readonly (readonly [attack: string, ...statements: string[]])[] = [
  [
    "another customer's sealed row",
    "update integrations set sealed = (select sealed from integrations where integration_id = 'id-b') where integration_id = 'id-a'",
  ],
  [
    "a pending row's seal",
    "update integrations set sealed = (select sealed from integrations where integration_id = 'id-c') where integration_id = 'id-a'",
  ],
  [
    "an event's seal",
    "update integrations set sealed = (select sealed from events limit 1) where integration_id = 'id-a'",
  ],
  [
    "a template's seal",
    "update integrations set sealed = (select sealed from templates limit 1) where integration_id = 'id-a'",
  ],
  [
    "a spent external ID's seal",
    "update integrations set sealed = (select sealed from spent_external_ids limit 1) where integration_id = 'id-a'",
  ],
  [
    "the key's proof",
    "update integrations set sealed = (select proof from sealing_keys limit 1) where integration_id = 'id-a'",
  ],
  [
    "a claim's index",
    "update integrations set sealed = (select blind_index from claims limit 1) where integration_id = 'id-a'",
  ],
  ["nothing sealed", "update integrations set sealed = x'' where integration_id = 'id-a'"],
  ["one byte", "update integrations set sealed = x'01' where integration_id = 'id-a'"],
  [
    "a seal without its last byte",
    "update integrations set sealed = substr(sealed, 1, length(sealed) - 1) where integration_id = 'id-a'",
  ],
  ["a seal without its first byte", "update integrations set sealed = substr(sealed, 2) where integration_id = 'id-a'"],
  [
    "a seal with a byte more",
    "update integrations set sealed = cast(sealed || x'00' as blob) where integration_id = 'id-a'",
  ],
  ["a seal twice", "update integrations set sealed = cast(sealed || sealed as blob) where integration_id = 'id-a'"],
  [
    "a seal of another format",
    "update integrations set sealed = cast(x'02' || substr(sealed, 2) as blob) where integration_id = 'id-a'",
  ],
  [
    "a seal of format zero",
    "update integrations set sealed = cast(x'00' || substr(sealed, 2) as blob) where integration_id = 'id-a'",
  ],
  [
    "a seal whose key id is longer than it is",
    "update integrations set sealed = cast(x'01ff' || substr(sealed, 3) as blob) where integration_id = 'id-a'",
  ],
  [
    "a seal with no key id",
    "update integrations set sealed = cast(x'0100' || substr(sealed, 3) as blob) where integration_id = 'id-a'",
  ],
  [
    "a seal of another key id",
    "update integrations set sealed = cast(x'0103' || x'74776f' || substr(sealed, 6) as blob) where integration_id = 'id-a'",
  ],
  [
    "a seal of a key id with an ESC",
    "update integrations set sealed = cast(x'0103' || x'1b5b32' || substr(sealed, 6) as blob) where integration_id = 'id-a'",
  ],
  ["zeros for a seal", "update integrations set sealed = zeroblob(length(sealed)) where integration_id = 'id-a'"],
  ["another customer", "update integrations set customer_id = 'customer-x' where integration_id = 'id-a'"],
  ["the customer in capitals", "update integrations set customer_id = 'CUSTOMER-A' where integration_id = 'id-a'"],
  ["an empty customer", "update integrations set customer_id = '' where integration_id = 'id-a'"],
  ["another label", "update integrations set label = 'other' where integration_id = 'id-a'"],
  ["another state", "update integrations set state = 'suspended' where integration_id = 'id-a'"],
  ["a version back", "update integrations set version = version - 1 where integration_id = 'id-a'"],
  ["a version on", "update integrations set version = version + 1 where integration_id = 'id-a'"],
  ["an earlier making", "update integrations set created = created - 1 where integration_id = 'id-a'"],
  ["a later change", "update integrations set updated = updated + 1 where integration_id = 'id-a'"],
  ["an active state for a pending one", "update integrations set state = 'active' where integration_id = 'id-c'"],
  [
    "two customers swapped",
    "update integrations set label = 'x', customer_id = case integration_id when 'id-a' then 'customer-b' else 'customer-a' end where integration_id in ('id-a', 'id-b')",
    "update integrations set label = 'default' where label = 'x'",
  ],
  [
    "two seals swapped",
    "create temp table t as select integration_id, sealed from integrations",
    "update integrations set sealed = (select sealed from t where t.integration_id = case integrations.integration_id when 'id-a' then 'id-b' else 'id-a' end) where integration_id in ('id-a', 'id-b')",
  ],
  [
    "a revoked one made active again",
    "drop trigger revoked_is_final",
    "update integrations set state = 'active' where integration_id = 'id-r'",
  ],
];

export const movedRows = numbered(
  "B1-12",
  moved.map(([words, ...statements]) => ({
    attack: `the database gets ${words}`,
    statements,
    expected: { code: "unsealing_failed" },
  })),
);

/** The events of the audit, one to six. */
const events: readonly (readonly [attack: string, ...statements: string[]])[] = [
  ["the first event is taken out", "drop trigger events_stay", "delete from events where sequence = 1"],
  ["an event in the middle is taken out", "drop trigger events_stay", "delete from events where sequence = 3"],
  ["two events are taken out", "drop trigger events_stay", "delete from events where sequence in (2, 3)"],
  [
    "an event is taken out and the rest moves up",
    "drop trigger events_stay",
    "delete from events where sequence = 3",
    "update events set sequence = -sequence where sequence > 3",
    "update events set sequence = -sequence - 1 where sequence < 0",
  ],
  [
    "two events change places",
    "update events set sequence = -1 where sequence = 1",
    "update events set sequence = 1 where sequence = 2",
    "update events set sequence = 2 where sequence = -1",
  ],
  [
    "an event is there twice",
    "insert into events select 100, key_id, sealed, chain from events where sequence = 1",
    "drop trigger events_stay",
    "delete from events where sequence = 6",
    "update events set sequence = 6 where sequence = 100",
  ],
  ["an event is emptied", "update events set sealed = x'' where sequence = 2"],
  ["an event is cut", "update events set sealed = substr(sealed, 1, length(sealed) - 1) where sequence = 2"],
  [
    "an event is another's",
    "update events set sealed = (select sealed from events where sequence = 1) where sequence = 2",
  ],
  [
    "an event is an integration",
    "update events set sealed = (select sealed from integrations limit 1) where sequence = 2",
  ],
  ["an event is a template", "update events set sealed = (select sealed from templates limit 1) where sequence = 2"],
  [
    "an event is of another key",
    "update events set sealed = cast(x'0103' || x'74776f' || substr(sealed, 6) as blob) where sequence = 2",
  ],
  [
    "the audit begins at two",
    "update events set sequence = sequence + 1000",
    "update events set sequence = sequence - 999",
  ],
  ["the audit has an event of zero", "update events set sequence = 0 where sequence = 1"],
];

export const movedEvents = numbered(
  "B1-12",
  events.map(([words, ...statements]) => ({
    attack: `in the audit, ${words}`,
    statements,
    expected: { code: "unsealing_failed" },
  })),
  101,
);

/** Sixty-four places in a sealed row, spread over all of it: header, key id, nonce, text and tag. */
export const flippedBits = numbered(
  "B4-55",
  Array.from({ length: 64 }, (_, at) => ({
    attack: `a bit is flipped in the database, ${at}/64 into a sealed row`,
    at: at / 64,
    expected: { code: "unsealing_failed" },
    generated: true as const,
  })),
);

const random = Uint8Array.from([
  141, 7, 66, 201, 90, 33, 17, 254, 8, 120, 77, 199, 45, 61, 230, 3, 250, 19, 84, 171, 99, 212, 38, 5, 147, 60, 222, 11,
  180, 73, 29, 104,
]);
const bytes = (fill: (at: number) => number, length = 32): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => fill(at));
const key = (value: unknown, id: unknown = "one"): unknown => ({ current: { id, key: value } });
const text = (value: string): Uint8Array => new TextEncoder().encode(value.padEnd(32, value).slice(0, 32));

const keys: readonly (readonly [attack: string, sealingKeys: unknown])[] = [
  ["no keys", undefined],
  ["null for keys", null],
  ["an empty object", {}],
  ["a list", [{ id: "one", key: random }]],
  ["no current key", { previous: [{ id: "one", key: random }] }],
  ["a current key of null", { current: null }],
  ["bytes in place of a key", { current: random }],
  ["no bytes", key(undefined)],
  ["no bytes at all", key(new Uint8Array(0))],
  ["16 bytes", key(random.slice(0, 16))],
  ["31 bytes", key(random.slice(1))],
  ["33 bytes", key(Uint8Array.from([...random, 1]))],
  ["64 bytes", key(Uint8Array.from([...random, ...random]))],
  ["a text of 32 letters", key("0123456789abcdef0123456789abcdef")],
  ["a text in base64", key(Buffer.from(random).toString("base64"))],
  ["a text in hexadecimal", key(Buffer.from(random).toString("hex"))],
  ["a list of 32 numbers", key([...random])],
  ["an ArrayBuffer", key(random.buffer)],
  ["zeros", key(new Uint8Array(32))],
  ["ones", key(bytes(() => 255))],
  ["one byte again and again", key(bytes(() => 0x5a))],
  ["two bytes again and again", key(bytes((at) => (at % 2) * 91 + 7))],
  ["four bytes again and again", key(bytes((at) => [7, 201, 33, 90][at % 4] ?? 0))],
  ["eight bytes again and again", key(bytes((at) => random[at % 8] ?? 0))],
  ["bytes that count up", key(bytes((at) => at))],
  ["bytes that count down", key(bytes((at) => 255 - at))],
  ["bytes that count by three", key(bytes((at) => at * 3))],
  ["a password", key(text("correct horse"))],
  ["a default of many examples", key(text("changeme"))],
  ["a default of many examples, again", key(text("secret"))],
  ["the constant of a known library", key(text("aws-remote-access-patterns-default-host"))],
  ["no id", { current: { key: random } }],
  ["half a key in hexadecimal letters", key(text("8d07 42c95a2111fe08784dc72d3de603".replace(" ", "")))],
  ["24 bytes in the letters of base64", key(text("jQdCyVohEf4IeE3HLT3mA/oTVKtj1CYF"))],
  ["an empty id", key(random, "")],
  ["an id of 33 letters", key(random, "a".repeat(33))],
  ["an id with a blank", key(random, "key one")],
  ["an id with a colon", key(random, "key:one")],
  ["an id with an ESC", key(random, "\u001B[2J")],
  ["an id that is a number", key(random, 1)],
  ["an id beyond ASCII", key(random, "schl\u00FCssel")],
  ["one id for two keys", { current: { id: "one", key: random }, previous: [{ id: "one", key: random.toReversed() }] }],
  ["one key under two ids", { current: { id: "one", key: random }, previous: [{ id: "two", key: random }] }],
  [
    "a bad key among the old ones",
    { current: { id: "one", key: random }, previous: [{ id: "two", key: new Uint8Array(32) }] },
  ],
  ["old keys that are no list", { current: { id: "one", key: random }, previous: { id: "two", key: random } }],
];

export const badKeys = numbered(
  "B1-13",
  keys.map(([words, sealingKeys]) => ({
    attack: `a store is opened with ${words}`,
    sealingKeys,
    expected: { code: "invalid_option" },
  })),
);

const paths: readonly (readonly [attack: string, path: unknown])[] = [
  ["no path", undefined],
  ["an empty path", ""],
  ["a path of null", null],
  ["a path that is a URL", new URL("file:///tmp/x.db")],
  ["a path with a NUL", "/tmp/daypass\u0000.db"],
  ["a path that is a list", ["/tmp/x.db"]],
];

export const badPaths = numbered(
  "B1-13",
  paths.map(([words, path]) => ({
    attack: `a store is opened with ${words}`,
    path,
    expected: { code: "invalid_option" },
  })),
  101,
);

/** What lies where the database should be. */
export const takenPaths = numbered(
  "B4-48",
  (
    [
      ["a folder", "folder"],
      ["a link to a file of ours", "link"],
      ["a link that leads nowhere", "dangling link"],
      ["a link for the write-ahead log", "log link"],
      ["a pipe", "pipe"],
      ["another user's file", "foreign"],
      ["a folder that is not there", "no folder"],
      ["a file of words", "words"],
      ["another program's database", "other program"],
      ["a database of a newer version", "newer"],
      ["half a database", "half"],
    ] as const
  ).map(([words, what]) => ({
    attack: `where the store's file should be, there is ${words}`,
    what,
    expected: { code: "store_unavailable" },
  })),
);

export type TakenPath = (typeof takenPaths)[number]["what"];

/** Roles that are one role under two names. Both stores must see it. */
const sameRoles: readonly (readonly [attack: string, change: Readonly<Record<string, string>>])[] = [
  ["the same role", {}],
  ["the role in another case", { roleArn: "arn:aws:iam::222222222222:role/READER-A" }],
  ["the role on another path", { roleArn: "arn:aws:iam::222222222222:role/x/reader-a" }],
  ["the role on another path and in another case", { roleArn: "arn:aws:iam::222222222222:role/X/Reader-A" }],
  ["the role made anew", { roleUniqueId: "AROANEW" }],
  ["the role renamed", { roleArn: "arn:aws:iam::222222222222:role/renamed" }],
];

export const claimedRoles = numbered(
  "B1-04",
  (["memory", "SQLite"] as const).flatMap((store, at) =>
    sameRoles.map(([words, change]) => ({
      attack: `a second customer proves ${words}, in the ${store} store`,
      store,
      change,
      expected: { outcome: "role_taken" },
      ...(at > 0 && { generated: true as const }),
    })),
  ),
  501,
);

/** Writes that would change whose integration it is. */
const takeovers: readonly (readonly [attack: string, change: Readonly<Record<string, unknown>>, code?: string])[] = [
  ["to another customer", { customerId: "customer-b" }],
  ["to the customer in capitals", { customerId: "CUSTOMER-A" }],
  ["to another label", { label: "other" }],
  ["to an external ID of the writer's choice", { externalId: "chosen-by-the-writer" }],
  ["to another customer's external ID", { externalId: "PlantedExternalIdOf0b" }],
  [
    "to an external ID that says it was offered",
    {
      externalId: "chosen",
      rotation: { externalId: "PlantedExternalIdOf0a", phase: "retiring", started: new Date(0) },
    },
  ],
  ["to another time of making", { created: new Date(1) }],
  ["to active without a proof", { verification: null }],
  ["to active without a role", { role: null }],
  ["to a state that is none", { state: "trusted" }],
  [
    "to a role with a line",
    {
      role: {
        roleArn: "arn:aws:iam::222222222222:role/a\nb",
        accountId: "222222222222",
        roleUniqueId: "AROA",
        proven: new Date(0),
      },
    },
  ],
  ["to a field that is none", { admin: true }],
  ["to a half version", { version: 3.5 }],
];

export const storedTakeovers = numbered(
  "B1-10",
  (["memory", "SQLite"] as const).flatMap((store, at) =>
    takeovers.map(([words, change, code = "invalid_option"]) => ({
      attack: `an integration is written over ${words}, in the ${store} store`,
      store,
      change,
      expected: { code },
      ...(at > 0 && { generated: true as const }),
    })),
  ),
  101,
);
