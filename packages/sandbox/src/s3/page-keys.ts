// One page of a listing: S3 User Guide, "Organizing objects using prefixes" and "Listing object keys programmatically".

export interface PageQuestion<Entry> {
  readonly prefix: string;
  /** `undefined` or empty: no grouping. */
  readonly delimiter: string | undefined;
  /** How many keys and common prefixes together. */
  readonly limit: number;
  /** Whether an earlier page, or what the caller asked to start after, covers the entry. */
  readonly isPast: (entry: Entry) => boolean;
  /** The last item of the page before, when it was a common prefix: the rest of its keys are behind it as well. */
  readonly lastPrefix: string | undefined;
}

export interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly commonPrefixes: readonly string[];
  readonly truncated: boolean;
  /** The last item, to go on after; `undefined` for an empty page. */
  readonly last: { readonly entry: Entry } | { readonly commonPrefix: string } | undefined;
}

/** Returns the next page of `entries`, which must be in the order of `compareKeys`. */
export function pageKeys<Entry extends { readonly key: string }>(
  entries: readonly Entry[],
  question: PageQuestion<Entry>,
): Page<Entry> {
  const { prefix, delimiter, limit } = question;
  const taken: Entry[] = [];
  const commonPrefixes: string[] = [];
  let last: Page<Entry>["last"];
  let current = question.lastPrefix;
  for (const entry of entries) {
    if (!entry.key.startsWith(prefix) || question.isPast(entry)) continue;
    const commonPrefix = commonPrefixOf(entry.key, prefix, delimiter);
    // Keys of one common prefix stand together in the order, so the latest one is the only one to remember.
    if (commonPrefix !== undefined && commonPrefix === current) continue;
    if (taken.length + commonPrefixes.length >= limit) {
      // "max-keys=0" is an empty page that nothing follows.
      return { entries: taken, commonPrefixes, truncated: limit > 0, last };
    }
    if (commonPrefix === undefined) {
      taken.push(entry);
      last = { entry };
    } else {
      commonPrefixes.push(commonPrefix);
      current = commonPrefix;
      last = { commonPrefix };
    }
  }
  return { entries: taken, commonPrefixes, truncated: false, last };
}

function commonPrefixOf(key: string, prefix: string, delimiter: string | undefined): string | undefined {
  if (delimiter === undefined || delimiter === "") return undefined;
  const index = key.indexOf(delimiter, prefix.length);
  return index < 0 ? undefined : key.slice(0, index + delimiter.length);
}

/** Compares keys "in UTF-8 binary order". JavaScript's own order differs where surrogate pairs meet U+E000 and above. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [x, y] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
