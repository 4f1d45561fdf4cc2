// Single keys of ours in somebody else's section: what was there is kept as comments just above, and comes back.
import {
  applySplices,
  findEntry,
  lastLineOf,
  lineEndOf,
  reading,
  withKeys,
  checkSetting,
  type IniSettings,
  type SectionReading,
  type Splice,
} from "./edit-ini.js";
import { setLineAside, takeLineBack } from "./own-sections.js";
import {
  indentOf,
  parseIni,
  renderIni,
  type IniDocument,
  type IniEntry,
  type IniLine,
  type IniSection,
} from "./parse-ini.js";

/** A key that we set in somebody else's section. */
interface OwnKey {
  readonly entry: IniEntry;
  /** Whether it still has the value that we wrote. */
  readonly isOurs: boolean;
  /** From the first line that was set aside to the comment above the key. */
  readonly from: number;
  readonly aside: readonly IniLine[];
}

/** Returns the names of the keys in a section that we set and that still have our value. */
export function ownKeys(document: IniDocument, section: IniSection, tool: string): string[] {
  return findOwnKeys(document, section, tool).flatMap(({ entry, isOurs }) => (isOurs ? [entry.key] : []));
}

/** Sets keys in somebody else's section. The section must have no keys of ours: remove them first. */
export function setOwnKeys(
  document: IniDocument,
  section: IniSection,
  settings: IniSettings,
  tool: string,
): IniDocument {
  const splices: Splice[] = [];
  const added: IniLine[] = [];
  const end = lineEndOf(document);
  const last = document.lines[(section.entries.at(-1)?.line ?? section.line) - 1]?.text ?? "";
  for (const [key, value] of Object.entries(settings)) {
    checkSetting(key, value);
    const entry = findEntry(document, section, key);
    const model = entry === undefined ? last : (document.lines[entry.line - 1]?.text ?? "");
    const ours = [
      { text: `# set by ${tool} to ${value}; do not edit`, end },
      { text: `${model.slice(0, indentOf(model))}${key} = ${value}`, end },
    ];
    if (entry === undefined) added.push(...ours);
    else splices.push({ ...linesOf(entry), lines: [...keep(document, entry, tool, end), ...ours] });
  }
  if (added.length > 0) splices.push({ from: lastLineOf(section) + 1, count: 0, lines: added });
  const expected = (each: SectionReading): SectionReading => renamed(withKeys(each, settings), settings);
  return applySplices(document, splices, changeOf(document, section, expected));
}

/** Takes our keys out of somebody else's section, and brings back what was there. A value that was changed since stays. */
export function removeOwnKeys(document: IniDocument, section: IniSection, tool: string): IniDocument {
  const found = findOwnKeys(document, section, tool);
  const splices = found.map(({ entry, isOurs, from, aside }) =>
    isOurs ? { from, count: entry.line - from + 1, lines: aside } : { from, count: entry.line - from, lines: [] },
  );
  const back = (each: SectionReading): SectionReading => ({
    header: each.header,
    entries: each.entries.flatMap((entry, index) => {
      const own = found.find(({ entry }) => section.entries[index] === entry);
      return own?.isOurs === true ? entriesOf(own.aside) : [entry];
    }),
  });
  return applySplices(document, splices, changeOf(document, section, back));
}

function findOwnKeys(document: IniDocument, section: IniSection, tool: string): OwnKey[] {
  return section.entries.flatMap((entry) => {
    const mark = document.lines[entry.line - 2]?.text ?? "";
    const [, value] = mark.startsWith(`# set by ${tool} to `) ? (/ to (.*); do not edit$/.exec(mark) ?? []) : [];
    if (value === undefined) return [];
    const aside: IniLine[] = [];
    let from = entry.line - 1;
    const isLast = entry.line === document.lines.length;
    for (let above = document.lines[from - 2]; above !== undefined; above = document.lines[from - 2]) {
      const line = takeLineBack(above, tool, isLast && aside.length === 0);
      if (line === undefined) break;
      aside.unshift(line);
      from--;
    }
    return [{ entry, isOurs: entry.value === value && entry.children.length === 0, from, aside }];
  });
}

/** The lines of an entry down to its last child, with what is between them. */
function linesOf({ line, children }: IniEntry): { from: number; count: number } {
  return { from: line, count: (children.at(-1)?.line ?? line) - line + 1 };
}

function keep(document: IniDocument, entry: IniEntry, tool: string, end: string): IniLine[] {
  const { from, count } = linesOf(entry);
  return document.lines.slice(from - 1, from - 1 + count).map((line) => setLineAside(line, tool, end));
}

function entriesOf(lines: readonly IniLine[]): SectionReading["entries"] {
  const [section] = parseIni(`[x]\n${renderIni({ mark: "", lines })}`, "").sections;
  return section === undefined ? [] : reading(section).entries;
}

function changeOf(
  document: IniDocument,
  section: IniSection,
  change: (each: SectionReading) => SectionReading,
): (sections: readonly SectionReading[]) => readonly SectionReading[] {
  return (sections) => sections.map((each, index) => (document.sections[index] === section ? change(each) : each));
}

/** A key that was there in other letters is written in ours. */
function renamed({ header, entries }: SectionReading, settings: IniSettings): SectionReading {
  const names = new Map(Object.keys(settings).map((key) => [key.toLowerCase(), key]));
  return { header, entries: entries.map(([key, ...rest]) => [names.get(key.toLowerCase()) ?? key, ...rest]) };
}
