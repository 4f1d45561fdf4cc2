// Draws a few lines again and again in the same place; on a terminal that can only print, prints what has changed.
import { columnsOf } from "./display.js";

/** Lines, the last of which has the cursor behind it. */
export interface Painter {
  paint(lines: readonly string[]): void;
  /** Takes the lines away and leaves others for good. */
  finish(lines: readonly string[]): void;
}

/** Returns a painter. The lines must be displayed texts that fit into the terminal. `canMove`: it knows cursor moves. */
export function createPainter(write: (text: string) => void, canMove: boolean): Painter {
  return canMove ? movingPainter(write) : printingPainter(write);
}

function movingPainter(write: (text: string) => void): Painter {
  let painted = 0;
  const erase = () => `\r${painted > 1 ? `\x1b[${painted - 1}A` : ""}\x1b[J`;
  return {
    paint(lines) {
      write(erase() + lines.join("\r\n"));
      painted = lines.length;
    },
    finish(lines) {
      write(erase() + lines.map((line) => `${line}\r\n`).join(""));
      painted = 0;
    },
  };
}

function printingPainter(write: (text: string) => void): Painter {
  let above: string | undefined;
  let last = "";
  return {
    paint(lines) {
      const head = lines.slice(0, -1).join("\r\n");
      const next = lines.at(-1) ?? "";
      if (head !== above) write(`${above === undefined ? "" : "\r\n"}${lines.join("\r\n")}`);
      else if (next.startsWith(last)) write(next.slice(last.length));
      else if (last.startsWith(next)) write("\b \b".repeat(columnsOf(last.slice(next.length))));
      else write(`\r\n${next}`);
      above = head;
      last = next;
    },
    finish() {
      write("\r\n");
      above = undefined;
      last = "";
    },
  };
}
