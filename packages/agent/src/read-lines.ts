// Bytes become lines, and never more of them than are allowed.
import { LONGEST_LINE } from "./wire.js";

/** Takes bytes as they come. */
export interface LineReader {
  /** Returns the lines that are complete now, without their ends; `undefined` where a line is too long or no UTF-8. */
  take(bytes: Uint8Array): readonly string[] | undefined;
}

/** Returns a reader of lines of at most `longest` bytes. It copies what it keeps. */
export function createLineReader(longest: number = LONGEST_LINE): LineReader {
  let rest: Buffer = Buffer.alloc(0);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  return {
    take(bytes) {
      rest = Buffer.concat([rest, bytes]);
      const lines: string[] = [];
      for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
        if (end > longest) return undefined;
        try {
          lines.push(decoder.decode(rest.subarray(0, end)));
        } catch {
          return undefined;
        }
        rest = rest.subarray(end + 1);
      }
      return rest.length > longest ? undefined : lines;
    },
  };
}
