// Words of a command as Windows splits them, which botocore follows there.
// Source: Microsoft C++ documentation, "Parsing C command-line arguments".

/** Returns the words as Windows splits them, or `undefined` where a quote is not closed. */
export const splitWindowsWords = (text: string): readonly string[] | undefined => {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (const [part, slashes = "", other = ""] of text.matchAll(/(\\*)("|[^\\]|$)/gs)) {
    if (part === "") continue;
    if (other === '"') {
      // Backslashes count only before a double quote: two are one, and an odd one takes the quote for a character.
      const isEscaped = slashes.length % 2 === 1;
      word = (word ?? "") + "\\".repeat(Math.floor(slashes.length / 2)) + (isEscaped ? '"' : "");
      if (!isEscaped) isQuoted = !isQuoted;
    } else if ((other === " " || other === "\t") && !isQuoted) {
      if (word !== undefined || slashes !== "") words.push((word ?? "") + slashes);
      word = undefined;
    } else {
      word = (word ?? "") + slashes + other;
    }
  }
  if (isQuoted) return undefined;
  if (word !== undefined) words.push(word);
  return words;
};
