// Edits of a parsed file. Each touches only the lines it names, and the result is read again: where any other section
// or key would be read differently than before, nothing is changed.
import { AuthError } from "../errors.js";
import { malformedFile } from "./file-errors.js";
import { indentOf, isEmpty, parseIni, renderIni } from "./parse-ini.js";
import type { IniDocument, IniEntry, IniLine, IniSection } from "./parse-ini.js";

/** Keys and their values, in the order in which they are written. */
export type IniSettings = Readonly<Record<string, string>>;

/** New text in place of some lines. `from` is counted from 1; `count` lines from there on are replaced. */
export interface Splice {
  readonly from: number;
  readonly count: number;
  readonly lines: readonly IniLine[];
}

/** Appends a section, after a comment line where one is given. Throws `invalid_option` for texts that could be read as more than they are. */
export function appendSection(
  document: IniDocument,
  header: string,
  settings: IniSettings,
  comment?: string,
): IniDocument {
  checkName(header);
  const end = lineEndOf(document);
  const lines = sectionLines(header, settings, end, comment);
  const splice = { from: document.lines.length + 1, count: 0, lines };
  return applySplices(document, [splice], (sections) => [...sections, describeNew(header, settings)]);
}

/** Sets keys of a section: the value is replaced where the key is, with all below it; else the key is added at the end. */
export function setKeys(document: IniDocument, section: IniSection, settings: IniSettings): IniDocument {
  const splices: Splice[] = [];
  const added: [string, string][] = [];
  for (const [key, value] of Object.entries(settings)) {
    checkSetting(key, value);
    const entry = findEntry(document, section, key);
    if (entry === undefined) added.push([key, value]);
    else splices.push(replaceEntry(document, entry, value), ...removeChildren(entry));
  }
  if (added.length > 0) splices.push(insertKeys(document, section, added));
  const expected = { ...settings };
  return applySplices(document, splices, (sections) =>
    sections.map((each, index) => (document.sections[index] === section ? withKeys(each, expected) : each)),
  );
}

/** Removes keys of a section with all below them; comments stay. Keys that are not there are no error. */
export function removeKeys(document: IniDocument, section: IniSection, keys: readonly string[]): IniDocument {
  const entries = keys.flatMap((key) => findEntry(document, section, key) ?? []);
  const splices = entries.flatMap((entry) => [{ from: entry.line, count: 1, lines: [] }, ...removeChildren(entry)]);
  const gone = new Set(entries.map(({ key }) => key.toLowerCase()));
  return applySplices(document, splices, (sections) =>
    sections.map((each, index) => (document.sections[index] === section ? withoutKeys(each, gone) : each)),
  );
}

/** Removes a section: its header and keys, and `linesAbove` comment lines just above it. Other comments stay. */
export function removeSection(document: IniDocument, section: IniSection, linesAbove = 0): IniDocument {
  const from = section.line - linesAbove;
  const splices: Splice[] = [{ from, count: linesAbove + 1, lines: [] }];
  for (const entry of section.entries)
    splices.push({ from: entry.line, count: 1, lines: [] }, ...removeChildren(entry));
  return applySplices(document, splices, (sections) =>
    sections.filter((_, index) => document.sections[index] !== section),
  );
}

/** Returns the only section of that header, or `undefined`. Throws `file_malformed` where there are two: no reader agrees on them. */
export function findSection(document: IniDocument, isIt: (section: IniSection) => boolean): IniSection | undefined {
  const [first, second] = document.sections.filter(isIt);
  if (first === undefined || second === undefined) return first;
  throw malformedFile(
    document.path,
    second.line,
    `a section of this name is already on line ${first.line}`,
    "make one section of the two",
  );
}

/** Returns the only entry of that key, or `undefined`. Throws `file_malformed` where there are two. */
export function findEntry(document: IniDocument, section: IniSection, key: string): IniEntry | undefined {
  const [first, second] = section.entries.filter((entry) => entry.key.toLowerCase() === key.toLowerCase());
  if (first === undefined || second === undefined) return first;
  throw malformedFile(document.path, second.line, `the key is already on line ${first.line}`, "remove one of the two");
}

/** Returns the last line that belongs to a section: of its last key, or of what is below that. */
export function lastLineOf({ line, entries }: IniSection): number {
  const last = entries.at(-1);
  return last?.children.at(-1)?.line ?? last?.line ?? line;
}

/** Returns the lines of a new section. */
export function sectionLines(header: string, settings: IniSettings, end: string, comment?: string): IniLine[] {
  const pairs = Object.entries(settings).map(([key, value]) => {
    checkSetting(key, value);
    return `${key} = ${value}`;
  });
  return [...(comment === undefined ? [] : [comment]), `[${header}]`, ...pairs].map((text) => ({ text, end }));
}

/** How new lines end: as the file's first line does. */
export function lineEndOf({ lines }: IniDocument): string {
  return lines[0]?.end === "\r\n" ? "\r\n" : "\n";
}

/**
 * Applies splices that do not overlap, and returns the document of the result. `change` says how the sections are meant
 * to be read afterwards; throws `file_malformed` where they would be read otherwise.
 */
export function applySplices(
  document: IniDocument,
  splices: readonly Splice[],
  change: (sections: readonly SectionReading[]) => readonly SectionReading[],
): IniDocument {
  const lines = [...document.lines];
  for (const { from, count, lines: added } of [...splices].sort((left, right) => right.from - left.from)) {
    const before = lines[from - 2];
    if (added.length > 0 && before !== undefined && before.end === "")
      lines[from - 2] = { text: before.text, end: lineEndOf(document) };
    lines.splice(from - 1, count, ...added);
  }
  const edited = parseIni(renderIni({ mark: document.mark, lines }), document.path);
  const wanted = change(document.sections.map(reading));
  if (
    JSON.stringify(wanted) === JSON.stringify(edited.sections.map(reading)) &&
    edited.problems.length === document.problems.length
  )
    return edited;
  throw malformedFile(
    document.path,
    splices[0]?.from ?? 1,
    "the lines around it are indented so that a change here would change what they mean",
    "begin headers and keys at the start of their lines",
  );
}

/** What a reader takes from a section. */
export interface SectionReading {
  readonly header: string;
  readonly entries: readonly (readonly [key: string, value: string, children: readonly string[]])[];
}

/** Returns what a reader takes from a section. */
export function reading({ header, entries }: IniSection): SectionReading {
  return {
    header,
    entries: entries.map(({ key, value, children }) => [key, value, children.map(({ text }) => text)]),
  };
}

function describeNew(header: string, settings: IniSettings): SectionReading {
  return { header, entries: Object.entries(settings).map(([key, value]) => [key, value, []]) };
}

/** Returns the reading of a section in which some keys are set. */
export function withKeys({ header, entries }: SectionReading, settings: IniSettings): SectionReading {
  const left = new Map(Object.entries(settings).map(([key, value]) => [key.toLowerCase(), [key, value] as const]));
  const kept = entries.map((entry): SectionReading["entries"][number] => {
    const set = left.get(entry[0].toLowerCase());
    if (set === undefined) return entry;
    left.delete(entry[0].toLowerCase());
    return [entry[0], set[1], []];
  });
  return { header, entries: [...kept, ...[...left.values()].map(([key, value]) => [key, value, []] as const)] };
}

function withoutKeys({ header, entries }: SectionReading, gone: ReadonlySet<string>): SectionReading {
  return { header, entries: entries.filter(([key]) => !gone.has(key.toLowerCase())) };
}

function replaceEntry(document: IniDocument, entry: IniEntry, value: string): Splice {
  const { text, end } = document.lines[entry.line - 1] ?? { text: "", end: "" };
  const head = text.slice(0, text.length - entry.rawValue.length);
  const space = /^[ \t]*/.exec(entry.rawValue)?.[0] ?? "";
  return { from: entry.line, count: 1, lines: [{ text: head + (space === "" ? " " : space) + value, end }] };
}

function removeChildren({ children }: IniEntry): Splice[] {
  return children.map(({ line }) => ({ from: line, count: 1, lines: [] }));
}

/** Below the last key, and as far in as it, so that what follows is read as before. */
function insertKeys(document: IniDocument, section: IniSection, pairs: readonly (readonly [string, string])[]): Splice {
  const last = section.entries.at(-1)?.line;
  const model = document.lines[(last ?? section.line) - 1]?.text ?? "";
  const at = lastLineOf(section);
  const below = document.lines.slice(at).find(({ text }) => !isEmpty(text))?.text ?? "";
  // Without a key above nothing is deeper yet: a header below that is further in must not become its value.
  const indent = last === undefined && indentOf(below) > indentOf(model) ? below : model;
  const space = indent.slice(0, indentOf(indent));
  const end = document.lines[at - 1]?.end === "\r\n" ? "\r\n" : "\n";
  return { from: at + 1, count: 0, lines: pairs.map(([key, value]) => ({ text: `${space}${key} = ${value}`, end })) };
}

/** Control characters, in every form in which a reader may take one for the end of a line. */
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]/;

const COMMENT_WITHIN = /\s[#;]/;

function checkText(what: string, text: string): void {
  const problem =
    text === "" || text.trim() !== text
      ? "is empty, or has space at an end"
      : CONTROLS.test(text)
        ? "has a control character or the end of a line in it"
        : /^[[#;]|\]/.test(text)
          ? "has a bracket in it, or begins as a comment does"
          : undefined;
  // The text itself may be a secret.
  if (problem !== undefined)
    throw new AuthError("invalid_option", `${what} ${problem}`, {
      hint: "nothing was written; see where it came from",
    });
}

/** Throws `invalid_option` for a header that a reader could take for more, or that spoils the file for one of them. */
export function checkName(header: string): void {
  checkText("a section's name", header);
  // [DEFAULT] is Python's section that all others inherit; __proto__ makes the AWS SDK for JavaScript drop the file.
  if (/^(?:profile )?__proto__$|^DEFAULT$/.test(header))
    throw new AuthError("invalid_option", `no section may be called ${header}`, { hint: "choose another name" });
  // The AWS SDK for JavaScript takes the rest for a comment, so that the line is no header and the keys below it become
  // those of the section above.
  if (COMMENT_WITHIN.test(header))
    throw new AuthError("invalid_option", "a section's name has a space before a # or ; in it", {
      hint: "choose another name",
    });
}

/** Throws `invalid_option` for a key or a value that a reader could take for more, or for less. */
export function checkSetting(key: string, value: string): void {
  checkText("a key", key);
  if (!/^[A-Za-z0-9_.-]+$/.test(key))
    throw new AuthError("invalid_option", "a key has something else than letters, digits, _, . and - in it", {
      hint: "nothing was written; see where it came from",
    });
  checkText(`the value of ${key}`, value);
  // The AWS SDK for JavaScript ends a value there; the AWS CLI does not.
  if (COMMENT_WITHIN.test(value))
    throw new AuthError("invalid_option", `the value of ${key} has a space before a # or ; in it`, {
      hint: "nothing was written; see where it came from",
    });
}
