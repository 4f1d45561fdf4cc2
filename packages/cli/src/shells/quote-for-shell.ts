// Any text as one inert word of a shell's language. One encoder for each dialect: a value that is quoted for another
// shell may run, or come out changed.
import { UsageError } from "../usage-error.js";
import type { Dialect } from "./shell-names.js";

/** POSIX.1-2017, Shell Command Language 2.2.2: nothing is special within single quotes but their end. */
const quoteForSh = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/**
 * tcsh(1), "Lexical structure" and "History substitution": `!` is expanded within single quotes, in scripts and by `eval`
 * too, and a line end must be escaped there. A backslash outside of quotes takes the meaning from any other character,
 * whatever `histchars` and `backslash_quote` are.
 */
const quoteForCsh = (text: string): string =>
  text === "" ? "''" : text.replaceAll(/[^\w./:\u0080-\u{10ffff}-]/gu, (one) => (one === "\n" ? "'\\\n'" : `\\${one}`));

/** fish, "Quotes": within single quotes only a backslash before a quote or a backslash means something. */
const quoteForFish = (text: string): string => `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;

/** PowerShell, about_Quoting_Rules: doubled within single quotes; its parser takes four typographic quotes for them. */
const quoteForPwsh = (text: string): string => `'${text.replaceAll(/['\u2018-\u201b]/g, "$&$&")}'`;

/** Nushell evaluates no text; what it reads from us is JSON. */
const quoteForNu = (text: string): string => JSON.stringify(text);

const QUOTE: Readonly<Record<Dialect, (text: string) => string>> = {
  sh: quoteForSh,
  csh: quoteForCsh,
  fish: quoteForFish,
  pwsh: quoteForPwsh,
  nu: quoteForNu,
};

/**
 * Returns the text as one word that the dialect reads back unchanged. Throws where no shell could: a NUL ends every
 * variable, and half a surrogate pair has no UTF-8.
 */
export const quoteForShell = (dialect: Dialect, text: string): string => {
  if (text.includes("\0")) {
    throw new UsageError("a value holds a NUL, which no shell can carry", "take it out where the value comes from");
  }
  if (/\p{Surrogate}/u.test(text)) {
    throw new UsageError("a value is no valid Unicode text", "take out half a character where the value comes from");
  }
  return QUOTE[dialect](text);
};
