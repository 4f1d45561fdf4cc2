// AWS's shared files as lines that all survive: what is not understood is kept, and nothing is written that was not meant.
// Lines are told apart as Python's configparser does for botocore ("Customising Parser Behaviour", docs.python.org): the
// AWS CLI is the reader that people compare with.
import { splitWords } from "./split-words.js";

/** One line: its text, and how it ends (`\n`, `\r\n`, `\r`, or nothing at the end of the file). */
export interface IniLine {
  readonly text: string;
  readonly end: string;
}

/** An indented line below a key: a nested `key = value`, or a part of a long value. */
export interface IniChild {
  /** Without the space around it. */
  readonly text: string;
  readonly key: string | undefined;
  readonly value: string | undefined;
  /** Counted from 1. */
  readonly line: number;
}

/** A key of a section. */
export interface IniEntry {
  /** As it is written. Python's configparser takes it in lower case, the AWS SDK as it is. */
  readonly key: string;
  /** The AWS SDK knows only `=`. */
  readonly delimiter: "=" | ":";
  /** All that follows the delimiter on the line, space and inline comments included. */
  readonly rawValue: string;
  /** Without the space around it; inline comments are still in it, as configparser has it. */
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
  readonly children: readonly IniChild[];
}

/** A section. Its name and keys are in somebody's file and may be anything: `__proto__` is a name like others. */
export interface IniSection {
  /** What is between the first `[` and the last `]` of the line. */
  readonly header: string;
  /** `profile` in `[profile "a b"]`; undefined where the header is not two words. */
  readonly type: string | undefined;
  /** `a b` in `[profile "a b"]`; undefined where the header is not two words. */
  readonly name: string | undefined;
  /** Counted from 1. */
  readonly line: number;
  readonly entries: readonly IniEntry[];
}

/** What configparser refuses, and with it the AWS CLI the whole file. */
export interface IniProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly problem: string;
}

/** A parsed file. `sections` are in the order of the file; one header may be there more than once. */
export interface IniDocument {
  readonly path: string;
  /** The byte order mark, where there is one. */
  readonly mark: string;
  readonly lines: readonly IniLine[];
  readonly sections: readonly IniSection[];
  readonly problems: readonly IniProblem[];
}

type Open<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? Open<U>[] : T[K] };

/** What Python's `str.strip` takes away: not the same as `trim`, which also takes a byte order mark. */
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Returns the document of a text. Never throws: what cannot be understood is in `problems`, and its lines are kept. */
export function parseIni(text: string, path: string): IniDocument {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const lines = splitLines(text.slice(mark.length));
  const sections: Open<IniSection>[] = [];
  const problems: IniProblem[] = [];
  let section: Open<IniSection> | undefined;
  let entry: Open<IniEntry> | undefined;
  let indent = 0;

  lines.forEach(({ text }, index) => {
    const line = index + 1;
    const trimmed = strip(text);
    if (hasNoContent(trimmed)) return;
    const here = indentOf(text);
    if (entry !== undefined && here > indent) {
      const pair = readPair(trimmed);
      entry.children.push({ text: trimmed, key: pair?.key, value: pair?.value, line });
      return;
    }
    indent = here;
    const header = readHeader(trimmed);
    if (header !== undefined) {
      section = { header, ...typeAndName(header), line, entries: [] };
      sections.push(section);
      entry = undefined;
      return;
    }
    const pair = readPair(trimmed);
    if (section === undefined) problems.push({ line, problem: "it is in no section" });
    else if (pair === undefined) problems.push({ line, problem: "it is no section, key or comment" });
    else {
      // Field by field: files of half a million lines are real, and a spread costs a third of their time.
      const { key, delimiter, value, at } = pair;
      entry = { key, delimiter, rawValue: text.slice(here + at + 1), value, line, children: [] };
      section.entries.push(entry);
    }
  });
  return { path, mark, lines, sections, problems };
}

/** Returns the text that was parsed, byte for byte. */
export function renderIni({ mark, lines }: Pick<IniDocument, "mark" | "lines">): string {
  return mark + lines.map(({ text, end }) => text + end).join("");
}

/** Whether a line is blank or a comment: it changes nothing, wherever it stands. */
export function isEmpty(text: string): boolean {
  return hasNoContent(strip(text));
}

const hasNoContent = (trimmed: string): boolean => trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith(";");

/** Returns by how many characters a line is indented. */
export function indentOf(text: string): number {
  let at = 0;
  while (at < text.length && isSpace(text, at)) at++;
  return at;
}

/** Most characters are no space by their number alone, and need no pattern. */
function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code <= 0x20 || code >= 0x85) && SPACE.test(text.charAt(at));
}

/** By hand: a pattern that looks for space at the end takes a minute for a line with a million spaces in it. */
function strip(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text, end - 1)) end--;
  return text.slice(Math.min(indentOf(text), end), end);
}

/** Python reads files with universal newlines: a lone carriage return ends a line too. */
function splitLines(text: string): IniLine[] {
  const lines: IniLine[] = [];
  const ends = /\r\n|\n|\r/g;
  let from = 0;
  for (let found = ends.exec(text); found !== null; found = ends.exec(text)) {
    lines.push({ text: text.slice(from, found.index), end: found[0] });
    from = ends.lastIndex;
  }
  if (from < text.length) lines.push({ text: text.slice(from), end: "" });
  return lines;
}

function readHeader(trimmed: string): string | undefined {
  return /^\[([^]+)\]/.exec(trimmed)?.[1];
}

/** `at` is where the delimiter stands in the trimmed text. */
function readPair(
  trimmed: string,
): { readonly key: string; readonly delimiter: "=" | ":"; readonly value: string; readonly at: number } | undefined {
  const at = trimmed.search(/[=:]/);
  if (at < 1) return undefined;
  const delimiter = trimmed[at] === "=" ? "=" : ":";
  return { key: strip(trimmed.slice(0, at)), delimiter, value: strip(trimmed.slice(at + 1)), at };
}

function typeAndName(header: string): Pick<IniSection, "type" | "name"> {
  const words = splitWords(header);
  return words?.length === 2 ? { type: words[0], name: words[1] } : { type: undefined, name: undefined };
}
