// A line that somebody types. It is edited at its end only.
import type { Key } from "./decode-keys.js";

export interface TypedLine {
  readonly text: string;
  /** More was typed than an answer may have; what was too much is not in `text`. */
  readonly isTooLong: boolean;
}

export const EMPTY_LINE: TypedLine = { text: "", isTooLong: false };

/** Returns the line after one more key. `limit` counts characters. */
export function typeKey(line: TypedLine, key: Key, limit: number): TypedLine {
  if (key.type === "text") {
    return [...line.text].length < limit ? { ...line, text: line.text + key.text } : { ...line, isTooLong: true };
  }
  if (key.type === "backspace") return { text: [...line.text].slice(0, -1).join(""), isTooLong: false };
  if (key.type === "word") return { text: line.text.replace(/\S*\s*$/u, ""), isTooLong: false };
  return key.type === "clear" ? EMPTY_LINE : line;
}
