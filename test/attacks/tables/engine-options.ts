// Options of the engine's factories in wrong spellings and of wrong kinds: what was meant to protect must not do nothing.
import { numbered } from "../attack-table.js";
import { inheritedNames, spellingsOf } from "./spellings.js";

/** The factories and the options that they know. */
export const engineDoors = {
  createAssumeRole: ["credentials", "endpoint", "now", "timeoutMs", "connectTimeoutMs", "mfaCode"],
  createAuditedAttempt: ["assumeRole", "record", "now", "createAttemptId", "timeoutMs"],
  createCredentialsBroker: [
    "assumeRole",
    "record",
    "cache",
    "now",
    "jitter",
    "sleep",
    "createAttemptId",
    "propagationMs",
    "waitMs",
    "timeoutMs",
    "isVendorFault",
    "onDenied",
    "onGranted",
  ],
  createMemoryCache: ["maxEntries"],
} as const;

export type EngineDoor = keyof typeof engineDoors;

const doors = Object.entries(engineDoors) as [EngineDoor, readonly string[]][];
const expected = { code: "invalid_request" };

export const engineKeyRows = numbered(
  "B1-05",
  doors.flatMap(([door, keys]) =>
    keys.flatMap((key) =>
      spellingsOf(key).map((spelling) => ({
        attack: `writes ${spelling.words} in place of \`${key}\` of ${door}`,
        door,
        key: spelling.key,
        value: undefined as unknown,
        expected,
        generated: true as const,
      })),
    ),
  ),
  201,
);

export const engineInheritedRows = numbered(
  "B2-26",
  doors.flatMap(([door]) =>
    inheritedNames.map((key) => ({
      attack: `gives ${door} an own \`${key}\``,
      door,
      key,
      value: { admin: true } as unknown,
      expected,
      generated: true as const,
    })),
  ),
);

/** `null`, for each option: a database's way to say "not given" must not switch a protection off. */
export const engineNullRows = numbered(
  "B1-05",
  doors.flatMap(([door, keys]) =>
    keys.map((key) => ({
      attack: `gives ${door} null for \`${key}\``,
      door,
      key,
      value: null as unknown,
      expected,
      generated: true as const,
    })),
  ),
  401,
);
