// Which lines of AWS's files are ours, and how somebody else's own section is set aside and comes back. A section that
// was set aside stays in the same file, as comments above ours: one rename writes both, so that no crash can come
// between them, no second file can be lost, and whoever opens the file sees what happened and can undo it by hand.
import { AuthError } from "../errors.js";
import {
  appendSection,
  applySplices,
  checkName,
  findSection,
  lastLineOf,
  lineEndOf,
  reading,
  removeKeys,
  removeSection,
  sectionLines,
  setKeys,
  type IniSettings,
  type Splice,
} from "./edit-ini.js";
import { parseIni, renderIni, type IniDocument, type IniLine, type IniSection } from "./parse-ini.js";

/** How a section is told: by its header in whichever way it is quoted. */
export interface SectionName {
  /** As it is written where it is new. */
  readonly header: string;
  readonly matches: (section: IniSection) => boolean;
}

/** What is in the comment above a section of ours. */
export interface OwnMark {
  readonly keys: readonly string[];
  readonly expires: string | undefined;
}

/** Returns the comment above a section of ours. Keys that it does not name were added by somebody else. */
export function ownMark(document: IniDocument, section: IniSection, tool: string): OwnMark | undefined {
  const text = document.lines[section.line - 2]?.text;
  const start = `# written by ${tool}; do not edit; keys:`;
  if (text?.startsWith(start) !== true) return undefined;
  const [keys = "", expires] = text.slice(start.length).split("; expires: ");
  return { keys: keys.split(" ").filter((key) => key !== ""), expires };
}

/**
 * Makes the section hold exactly `settings` of ours: appends it, changes it where it is ours, or, with `force`, sets
 * somebody else's aside first. Throws `foreign_section` without `force`.
 */
export function writeOwnSection(
  document: IniDocument,
  name: SectionName,
  settings: IniSettings,
  { tool, force, expires }: { readonly tool: string; readonly force: boolean; readonly expires?: string | undefined },
): IniDocument {
  checkName(name.header);
  const comment = `# written by ${tool}; do not edit; keys: ${Object.keys(settings).join(" ")}${expires === undefined ? "" : `; expires: ${expires}`}`;
  const section = findSection(document, name.matches);
  if (section === undefined) return appendSection(document, name.header, settings, comment);
  const mark = ownMark(document, section, tool);
  if (mark === undefined) {
    if (!force) throw foreignSection(document, section);
    return setSectionAside(
      document,
      section,
      tool,
      sectionLines(section.header, settings, lineEndOf(document), comment),
    );
  }
  const theirs = section.entries.filter(({ key }) => !mark.keys.includes(key));
  if (!force && theirs.some(({ key }) => Object.hasOwn(settings, key))) throw foreignSection(document, section);
  const stale = mark.keys.filter((key) => !Object.hasOwn(settings, key));
  const without = removeKeys(document, section, stale);
  const set = setKeys(without, sectionAt(without, document, section), settings);
  const at = sectionAt(set, document, section).line - 1;
  const { end = "\n" } = set.lines[at - 1] ?? {};
  return applySplices(set, [{ from: at, count: 1, lines: [{ text: comment, end }] }], (sections) => sections);
}

/** Takes away our section, and brings back what was set aside for it. Keys that somebody added to it stay. */
export function removeOwnSection(document: IniDocument, name: SectionName, tool: string): IniDocument {
  const section = findSection(document, name.matches);
  const mark = section === undefined ? undefined : ownMark(document, section, tool);
  // Somebody wrote a section of their own since: what was set aside stays a comment.
  if (section !== undefined && mark === undefined) return document;
  const theirs = section?.entries.filter(({ key }) => mark?.keys.includes(key) === false) ?? [];
  const aside = findSetAside(document, name, tool);
  if (section === undefined || mark === undefined) return aside === undefined ? document : restore(document, aside);
  if (aside === undefined) {
    if (theirs.length === 0) return removeSection(document, section, 1);
    const without = removeKeys(document, section, mark.keys);
    const above = sectionAt(without, document, section).line - 1;
    return applySplices(without, [{ from: above, count: 1, lines: [] }], (sections) => sections);
  }
  // Our section may stand above it, and the last line may be another one now: looked for again.
  const without = removeSection(document, section, 1);
  const restored = restore(without, findSetAside(without, name, tool) ?? aside);
  const back = findSection(restored, name.matches);
  const added = theirs.filter(
    ({ key, children }) => children.length === 0 && back?.entries.every((each) => each.key !== key),
  );
  if (back === undefined || added.length === 0) return restored;
  return setKeys(restored, back, Object.fromEntries(added.map(({ key, value }) => [key, value])));
}

/** Returns a comment line that keeps a line as it is. */
export function setLineAside({ text, end }: IniLine, tool: string, newEnd: string): IniLine {
  return end === ""
    ? { text: `# set aside by ${tool} (no line end): ${text}`, end: newEnd }
    : { text: `# set aside by ${tool}: ${text}`, end };
}

/** Returns the line that a comment keeps, or `undefined` where it is no such comment. */
export function takeLineBack({ text, end }: IniLine, tool: string, isLast: boolean): IniLine | undefined {
  const [plain, open] = [`# set aside by ${tool}: `, `# set aside by ${tool} (no line end): `];
  if (text.startsWith(plain)) return { text: text.slice(plain.length), end };
  if (text.startsWith(open)) return { text: text.slice(open.length), end: isLast ? "" : end };
  return undefined;
}

/** Returns a `foreign_section` for a section that is somebody else's. */
export function foreignSection(document: IniDocument, section: IniSection): AuthError {
  const where = `${JSON.stringify(document.path)}, line ${section.line}`;
  return new AuthError(
    "foreign_section",
    `${where}: the section ${JSON.stringify(section.header)} is somebody else's`,
    {
      hint: "choose another profile name, or use force: the section is set aside and comes back when ours is removed",
    },
  );
}

function setSectionAside(
  document: IniDocument,
  section: IniSection,
  tool: string,
  ours: readonly IniLine[],
): IniDocument {
  const end = lineEndOf(document);
  const count = lastLineOf(section) - section.line + 1;
  const kept = document.lines.slice(section.line - 1, section.line - 1 + count);
  const splice = { from: section.line, count, lines: [...kept.map((line) => setLineAside(line, tool, end)), ...ours] };
  const [written] = sectionsOf(ours);
  return applySplices(document, [splice], (sections) =>
    sections.map((each, index) => (document.sections[index] === section && written ? reading(written) : each)),
  );
}

/** Finds the comments that keep a section of that name, as the splice that brings it back. */
function findSetAside(document: IniDocument, name: SectionName, tool: string): Splice | undefined {
  const back = (at: number): IniLine | undefined => {
    const line = document.lines[at];
    return line === undefined ? undefined : takeLineBack(line, tool, at === document.lines.length - 1);
  };
  for (let at = 0; at < document.lines.length; at++) {
    const head = back(at);
    const [kept] = head === undefined ? [] : sectionsOf([head]);
    // All that follows is looked at for the right header only: for each line it would take minutes in a long file.
    if (kept === undefined || !name.matches(kept)) continue;
    const lines: IniLine[] = [];
    for (let line = back(at); line !== undefined; line = back(at + lines.length)) lines.push(line);
    const [, second] = sectionsOf(lines);
    const count = second === undefined ? lines.length : second.line - 1;
    return { from: at + 1, count, lines: lines.slice(0, count) };
  }
  return undefined;
}

function restore(document: IniDocument, splice: Splice): IniDocument {
  const above = document.sections.filter(({ line }) => line < splice.from).length;
  const restored = sectionsOf(splice.lines).map(reading);
  return applySplices(document, [splice], (sections) => sections.toSpliced(above, 0, ...restored));
}

function sectionsOf(lines: readonly IniLine[]): readonly IniSection[] {
  return parseIni(renderIni({ mark: "", lines }), "").sections;
}

/** The same section after an edit: edits within a section leave their order alone. */
function sectionAt(edited: IniDocument, document: IniDocument, section: IniSection): IniSection {
  return edited.sections[document.sections.indexOf(section)] ?? section;
}
