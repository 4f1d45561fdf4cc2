// Small and large changes to a text. Most inputs that reach deep into a parser are nearly right.
import { mutateJson } from "./mutate-json.mjs";

const MAX_LENGTH = 4096;
/** Enough of anything nested to end a stack that has no limit. */
const MAX_REPEATED = 20_000;
const NASTY = ["\u0000", "\u001f", "\u007f", "\u0080", "\ufeff", "\ud800", "\u2028", "é", "\u{1f600}", "ſ", "K"];

const CHANGES = [
  (text, { below }) => splice(text, below(text.length), 1, ""),
  (text, { below }) => splice(text, below(text.length), 1 + below(16), ""),
  (text, { below }) => splice(text, below(text.length), 1, String.fromCharCode(32 + below(95))),
  (text, { below }) => splice(text, below(text.length + 1), 0, String.fromCharCode(below(256))),
  (text, { below, pick }) => splice(text, below(text.length + 1), 0, pick(NASTY)),
  (text, { below }) => {
    const at = below(text.length);
    return splice(text, at, 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << below(8))));
  },
  // A piece again, somewhere else or where it stands: doubled keys, deep nesting, long runs.
  (text, { below }) => splice(text, below(text.length + 1), 0, piece(text, below)),
  (text, { below }) => {
    const start = below(text.length);
    const part = text.slice(start, start + 1 + below(8));
    return splice(text, start, 0, part.repeat(1 + below(64)));
  },
  (text, { below }) => {
    const numbers = [...text.matchAll(/\d+/g)];
    const found = numbers[below(numbers.length)];
    if (found === undefined) return text;
    const other = ["0", "-1", "00", "1e9", "2147483648", "9007199254740993", "4294967296", "1.5"][below(8)];
    return splice(text, found.index, found[0].length, other);
  },
  (text, { below }) => {
    const at = below(text.length);
    const one = text.charAt(at);
    return splice(text, at, 1, one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase());
  },
];

/** Returns another text: one to eight changes, words of the dictionary and parts of `other` among them. */
export function mutateText(text, random, dictionary, other) {
  // Rarely, since such texts are slow: one short piece very often.
  if (random.oneIn(2000)) return repeated(text, random);
  if (/^\s*[[{]/.test(text) && random.below(4) > 0) {
    // Documents in strings are changed like documents.
    const changeText = (part) => (/^[[{]/.test(part) ? mutateText : mutateFlat)(part, random, dictionary, other);
    const changed = mutateJson(text, random, dictionary, other, changeText);
    if (changed !== undefined) return changed.slice(0, MAX_LENGTH);
  }
  return mutateFlat(text, random, dictionary, other);
}

function mutateFlat(text, random, dictionary, other) {
  let changed = text;
  for (let count = 1 << random.below(4); count > 0; count -= 1) {
    const kind = random.below(8);
    if (kind < 2 && dictionary.length > 0) changed = withWord(changed, random, random.pick(dictionary));
    else if (kind === 2 && other !== undefined) changed = crossed(changed, other, random);
    else changed = random.pick(CHANGES)(changed, random);
  }
  return changed.slice(0, MAX_LENGTH);
}

const NESTS = [
  ["[", "]"],
  ['{"a":', "}"],
  ["<a>", "</a>"],
  ["!Not [", "]"],
  ["(", ")"],
];

function repeated(text, { below, pick }) {
  const at = below(text.length);
  const times = below(MAX_REPEATED);
  const length = below(2) === 0 ? below(text.length) : below(8);
  const inner = text.slice(at, at + length);
  const [open, close] = pick(NESTS);
  const put = below(2) === 0 ? inner.slice(0, 8).repeat(times) : open.repeat(times) + inner + close.repeat(times);
  return splice(text, at, length, put);
}

/** Puts a word in, at times in the place of a quoted text or of a word. */
function withWord(text, { below }, word) {
  const places = below(2) === 0 ? [] : [...text.matchAll(/"[^"]*"|[A-Za-z][\w:.-]*/g)];
  const found = places[below(places.length)];
  if (found === undefined) return splice(text, below(text.length + 1), 0, word);
  const quoted = found[0].startsWith('"') && !word.startsWith('"');
  return splice(text, found.index, found[0].length, quoted ? `"${word}"` : word);
}

function crossed(text, other, { below }) {
  return splice(text, below(text.length + 1), below(32), piece(other, below));
}

function piece(text, below) {
  const start = below(text.length);
  return text.slice(start, start + 1 + below(64));
}

function splice(text, at, count, put) {
  return text.slice(0, at) + put + text.slice(at + count);
}
