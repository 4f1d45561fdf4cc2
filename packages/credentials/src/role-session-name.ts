// The session name is what a customer's CloudTrail shows for every call, so it must be legal, telling and unambiguous.
import { createHash } from "node:crypto";
import { refuseOption } from "./check-options.js";

const SEPARATOR = ".";
const TAIL_MARK = "=";
const TAIL_DIGITS = 16;
/** STS API reference, AssumeRole, RoleSessionName: 2 to 64 of `[\w+=,.@-]`. */
const MIN_LENGTH = 2;
const MAX_LENGTH = 64;

/**
 * Returns a session name of 2 to 64 legal characters: the parts joined by dots.
 * Where a part had to be changed or cut, or holds `.` or `=`, the name ends in `=` and 16 hex digits of a hash over
 * all parts, so that different parts never give one name. The audit's `subject` keeps the parts themselves.
 * Throws `invalid_request` where the parts are not a list of texts.
 */
export const createRoleSessionName = (parts: readonly string[]): string => {
  if (!Array.isArray(parts) || !parts.every((part) => typeof part === "string")) {
    throw refuseOption("the parts of a session name are not a list of texts", 'give them as ["report", "acme"]');
  }
  const legal = parts.map((part) => part.replace(/[^\w+,@-]/g, "-"));
  const name = legal.join(SEPARATOR);
  const unchanged = legal.every((part, index) => part === parts[index]);
  if (unchanged && name.length >= MIN_LENGTH && name.length <= MAX_LENGTH) return name;
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:${part}`, "utf16le");
  const tail = TAIL_MARK + hash.digest("hex").slice(0, TAIL_DIGITS);
  return name.slice(0, MAX_LENGTH - tail.length) + tail;
};
