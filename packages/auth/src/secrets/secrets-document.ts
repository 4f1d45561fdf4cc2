// What is inside a file of secrets: names and texts, in a form that says what it is.
import * as v from "valibot";
import { AuthError } from "../errors.js";

const FORMAT = "daypass secrets";
const VERSION = 1;
/** Hub keys, refresh tokens and TOTP secrets of one person: a thousand of the largest fit. */
export const MAX_SECRETS_BYTES = 4 * 1024 * 1024;

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((text) => typeof text === "string");

const header = v.looseObject({ format: v.literal(FORMAT), version: v.pipe(v.number(), v.safeInteger()) });
const schema = v.strictObject({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  secrets: v.custom<Readonly<Record<string, string>>>(isTexts),
});

/** Returns the document's text. */
export function writeSecrets(secrets: ReadonlyMap<string, string>): string {
  const sorted = [...secrets].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ format: FORMAT, version: VERSION, secrets: Object.fromEntries(sorted) }, null, 2)}\n`;
}

/** Returns the secrets of a document. Throws `AuthError` `newer_version` or `secrets_damaged`; `name` is the file's. */
export function readSecrets(text: string, name: string): Map<string, string> {
  const value = parse(text);
  const head = v.safeParse(header, value);
  if (head.success && head.output.version > VERSION) {
    throw new AuthError("newer_version", `${name} was written by a newer version`, { hint: "install that version" });
  }
  const whole = v.safeParse(schema, value);
  if (!whole.success) {
    // Neither the text nor what is wrong with it is repeated: secrets are in it.
    throw new AuthError("secrets_damaged", `${name} does not hold what this program writes`, {
      hint: "put back a copy, or move the file away and store the secrets anew",
    });
  }
  return new Map(Object.entries(whole.output.secrets));
}

/** Throws `AuthError` `invalid_option` for a name that no store takes: empty, over 256 characters, or not printable. */
export function checkSecretName(name: string): void {
  if (/^\P{C}{1,256}$/u.test(name)) return;
  throw new AuthError("invalid_option", "the name of a secret is empty, too long or not printable", {
    hint: "name it with 1 to 256 printable characters",
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
