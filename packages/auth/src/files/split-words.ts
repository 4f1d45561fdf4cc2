// Words as botocore reads them in the headers of `~/.aws/config`: Python's shlex in its POSIX mode ("shlex — Simple
// lexical analysis", docs.python.org), without comments.

/** Returns the words of `text`, or `undefined` where a quote or an escape is not finished. */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote === "" && " \t\r\n".includes(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === quote) {
      quote = "";
    } else if (quote === "" && (char === '"' || char === "'")) {
      quote = char;
      word ??= "";
    } else if (char === "\\" && quote !== "'") {
      if (++at === text.length) return undefined;
      const next = text.charAt(at);
      // Between double quotes the escape stays, unless it escapes a quote or itself.
      word = (word ?? "") + (quote === '"' && next !== '"' && next !== "\\" ? char : "") + next;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (quote !== "") return undefined;
  if (word !== undefined) words.push(word);
  return words;
}
