// Walks JSON text that is known to be valid. JSON.parse keeps the last of two equal keys in silence; a reader who sees
// the first would judge another policy than the one in force.

/** A string value in the text, with its quotes. */
export interface StringToken {
  /** Property names and positions from the root: `["Statement", 0, "Effect"]`. */
  readonly steps: readonly (string | number)[];
  readonly start: number;
  readonly end: number;
}

export interface JsonScan {
  readonly strings: readonly StringToken[];
  /** Where the first doubled key stands; `undefined` when every key is single. */
  readonly duplicate: readonly (string | number)[] | undefined;
  /** Nested deeper than any policy; the scan ended there. */
  readonly tooDeep: boolean;
}

/** A policy is six levels deep. Every string's place is kept, so that depth times length must stay small. */
const MAX_DEPTH = 16;

interface Frame {
  readonly keys: Set<string> | undefined;
  step: string | number;
}

/** Returns every string value of valid JSON text with its place, and the first doubled key. */
export function scanJson(text: string): JsonScan {
  const strings: StringToken[] = [];
  const frames: Frame[] = [];
  let duplicate: readonly (string | number)[] | undefined;
  let atKey = false;
  const steps = () => frames.map(({ step }) => step);

  for (let at = 0; at < text.length; at += 1) {
    if (frames.length > MAX_DEPTH) return { strings, duplicate, tooDeep: true };
    const top = frames.at(-1);
    switch (text.charAt(at)) {
      case "{":
        frames.push({ keys: new Set(), step: "" });
        atKey = true;
        break;
      case "[":
        frames.push({ keys: undefined, step: 0 });
        atKey = false;
        break;
      case "}":
      case "]":
        frames.pop();
        atKey = false;
        break;
      case ",":
        atKey = top?.keys !== undefined;
        if (typeof top?.step === "number") top.step += 1;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (atKey && top?.keys !== undefined) {
          // Decoded, so that "\u0045ffect" counts as "Effect".
          const key = String(JSON.parse(text.slice(at, end)));
          top.step = key;
          if (top.keys.has(key)) duplicate ??= steps();
          top.keys.add(key);
          atKey = false;
        } else {
          strings.push({ steps: steps(), start: at, end });
        }
        at = end - 1;
        break;
      }
      default:
    }
  }
  return { strings, duplicate, tooDeep: false };
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
