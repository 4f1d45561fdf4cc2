// Wildcard matching without RegExp: values and patterns come from strangers, so every character but * and ? is
// literal, and the time is at most the product of both lengths.

/** A piece of a pattern: literal text, `*` (any run of characters) or `?` (any one character). */
export type GlobToken =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "any" }
  | { readonly kind: "one" };

/** The text between two stars: its length, and the literal pieces in it with their places. */
interface Segment {
  length: number;
  readonly pieces: { readonly offset: number; readonly text: string }[];
}

/** A compiled pattern: the segments before, between and after its stars. Without a `last` there is no star. */
export interface Glob {
  readonly first: Segment;
  readonly middle: readonly Segment[];
  readonly last: Segment | undefined;
}

/** Returns the compiled pattern. */
export function compileGlob(tokens: readonly GlobToken[]): Glob {
  const first: Segment = { length: 0, pieces: [] };
  const later: Segment[] = [];
  let current = first;
  for (const token of tokens) {
    if (token.kind === "any") {
      current = { length: 0, pieces: [] };
      later.push(current);
    } else if (token.kind === "one") {
      current.length += 1;
    } else if (token.text !== "") {
      current.pieces.push({ offset: current.length, text: token.text });
      current.length += token.text.length;
    }
  }
  return { first, middle: later.slice(0, -1), last: later.at(-1) };
}

/** Returns whether the whole value fits the pattern, with regard to case. */
export function matchGlob({ first, middle, last }: Glob, value: string): boolean {
  if (last === undefined) return value.length === first.length && fitsAt(first, value, 0);

  const end = value.length - last.length;
  if (first.length > end || !fitsAt(first, value, 0) || !fitsAt(last, value, end)) return false;
  let at = first.length;
  // Leftmost placement of each middle segment is enough: it leaves the most room for the rest.
  for (const segment of middle) {
    at = find(segment, value, at, end);
    if (at === -1) return false;
    at += segment.length;
  }
  return true;
}

function find(segment: Segment, value: string, from: number, end: number): number {
  for (let at = from; at + segment.length <= end; at += 1) {
    if (fitsAt(segment, value, at)) return at;
  }
  return -1;
}

function fitsAt(segment: Segment, value: string, at: number): boolean {
  return segment.pieces.every(({ offset, text }) => value.startsWith(text, at + offset));
}
