// Names of any language where AWS takes only a few characters. What cannot be written is replaced, never dropped, so that
// two names do not become one silently.

/** Returns the text in printable ASCII, on one line, at most `most` characters; `?` stands for what has no ASCII form. */
export function writeAscii(text: string, most: number): string {
  const plain = text
    .normalize("NFKD")
    .replaceAll(/\p{Mn}/gu, "")
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/[^\u0020-\u007E]/gu, "?")
    // Braces of other alphabets have become plain ones here: `{{resolve:` must not come of them.
    .replaceAll("{{", "{ {")
    .trim();
  return plain.length <= most ? plain : `${plain.slice(0, most - 3)}...`;
}
