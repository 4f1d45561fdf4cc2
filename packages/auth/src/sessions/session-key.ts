// The key is the whole question. A key narrower than the question hands one identity's credentials to another.
import { createHash } from "node:crypto";
import { AuthError } from "../errors.js";
import type { QuestionValue, SessionQuestion } from "../types.js";

const refuse = (field: string): never => {
  throw new AuthError("invalid_option", `the question's ${JSON.stringify(field)} is of the wrong kind`, {
    hint: "give text, a number, a list of texts or a record of texts",
  });
};

/** Every text carries its length, so that no separator can be forged. */
const encodeText = (text: string): string => `${text.length}:${text}`;

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

const encode = (field: string, value: QuestionValue): string => {
  if (value === null) return "0";
  if (typeof value === "string") return `s${encodeText(value)}`;
  if (typeof value === "number" || typeof value === "boolean") return `n${encodeText(String(value))}`;
  if (isTexts(value)) return `[${value.length}:${value.map(encodeText).join("")}`;
  if (typeof value !== "object") return refuse(field);
  const pairs = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const texts = pairs.map(([name, text]) => (typeof text === "string" ? [name, text] : refuse(field)));
  return `{${pairs.length}:${texts.flat().map(encodeText).join("")}`;
};

/**
 * Returns the key of a question: 64 hex digits of SHA-256 over every field, length-prefixed. A field that is `undefined`
 * is as good as left out; one that is null or empty is not. The order of a list counts, that of a record does not.
 * Hashed as UTF-16, because UTF-8 maps all lone surrogates to one character. Throws `invalid_option`.
 */
export const sessionKey = (question: SessionQuestion): string => {
  const fields = Object.entries(question).filter(([, value]) => value !== undefined);
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = sorted.map(([field, value]) => encodeText(field) + encode(field, value)).join("");
  return createHash("sha256").update(text, "utf16le").digest("hex");
};
