// The terminal device itself. Standard input and output belong to data: an SDK reads the one and feeds the other.
import { closeSync, openSync } from "node:fs";
import type { ReadStream, WriteStream } from "node:tty";

/** A terminal that was opened for one question. */
export interface Terminal {
  /** How wide it is now. */
  columns(): number;
  /** Raw: every key comes at once and nothing is echoed. Not raw: as it was when it was opened. */
  setRaw(isRaw: boolean): void;
  /**
   * What is typed from now on, until the returned function is called. `onEnd` is called once when nothing more can
   * come, because the terminal is gone.
   */
  listen(onBytes: (bytes: Uint8Array) => void, onEnd: () => void): () => void;
  write(text: string): void;
  close(): void;
}

/** Opens the terminal of this process, or returns `undefined` where it has none. */
export type OpenTerminal = () => Terminal | undefined;

const DEFAULT_COLUMNS = 80;
const ENDS = ["end", "close", "error"] as const;

/**
 * Opens `/dev/tty`, on Windows `CONIN$` and `CONOUT$`: the terminal that the process belongs to, wherever its standard
 * streams lead. Returns `undefined` where there is none.
 */
export function openTerminal(): Terminal | undefined {
  const isWindows = process.platform === "win32";
  const from = openDevice(isWindows ? String.raw`\\.\CONIN$` : "/dev/tty");
  if (from === undefined) return undefined;
  const to = openDevice(isWindows ? String.raw`\\.\CONOUT$` : "/dev/tty");
  if (to === undefined) {
    closeSync(from);
    return undefined;
  }
  // Loaded when somebody is asked: every start of a program would wait for it.
  const tty = process.getBuiltinModule("node:tty");
  return overStreams(new tty.ReadStream(from), new tty.WriteStream(to));
}

function openDevice(path: string): number | undefined {
  try {
    return openSync(path, "r+");
  } catch {
    // ENXIO, ENOENT, EACCES: nobody is there to be asked, which is all that matters.
    return undefined;
  }
}

function overStreams(input: ReadStream, output: WriteStream): Terminal {
  let isOpen = true;
  // A terminal that goes away fails its writes too. The end of its input says so already.
  output.on("error", () => undefined);
  input.on("error", () => undefined);
  return {
    columns: () => output.getWindowSize()[0] || DEFAULT_COLUMNS,
    setRaw: (isRaw) => void (isOpen && input.setRawMode(isRaw)),
    listen(onBytes, onEnd) {
      let hasEnded = false;
      const end = () => {
        if (!hasEnded && isOpen) onEnd();
        hasEnded = true;
      };
      input.on("data", onBytes);
      for (const event of ENDS) input.on(event, end);
      return () => {
        input.off("data", onBytes);
        for (const event of ENDS) input.off(event, end);
      };
    },
    write: (text) => void (isOpen && output.write(text)),
    close() {
      if (!isOpen) return;
      isOpen = false;
      input.destroy();
      output.destroy();
    },
  };
}
