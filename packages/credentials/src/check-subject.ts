// The caller's own words for why and for whom, as they go into the audit: few, short, and fixed from the start.
import { isPlainObject, type OptionRule } from "./check-options.js";
import type { AuditEvent } from "./types.js";

export type Subject = AuditEvent["subject"];

const MOST_FIELDS = 50;
const LONGEST_NAME = 128;
const LONGEST_VALUE = 1024;

/** The subject of who gives none. */
export const NOBODY: Subject = Object.freeze({});

const isGood = ([name, value]: [string, unknown]): boolean =>
  name.length <= LONGEST_NAME && typeof value === "string" && value.length <= LONGEST_VALUE;

/** Taken as a frozen copy. */
export const SUBJECT: OptionRule = {
  wanted: `a plain object of at most ${MOST_FIELDS} texts of at most ${LONGEST_VALUE} characters`,
  take(value) {
    if (!isPlainObject(value)) return undefined;
    const copy = { ...value };
    const fields = Object.entries(copy);
    return fields.length <= MOST_FIELDS && fields.every(isGood) ? Object.freeze(copy) : undefined;
  },
};
