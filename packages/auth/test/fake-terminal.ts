// A terminal in memory: what was written to it, whether it is raw, and somebody who types.
import { EventEmitter } from "node:events";
import type { OpenTerminal } from "../dist/prompts/open-terminal.js";

export class FakeTerminal {
  output = "";
  isRaw = false;
  opened = 0;
  closed = 0;
  width = 80;
  /** Every change of the raw mode. */
  readonly modes: boolean[] = [];
  #onBytes: ((bytes: Uint8Array) => void) | undefined;
  #onEnd: (() => void) | undefined;

  readonly open: OpenTerminal = () => {
    this.opened++;
    return {
      columns: () => this.width,
      setRaw: (isRaw) => {
        this.isRaw = isRaw;
        this.modes.push(isRaw);
      },
      listen: (onBytes, onEnd) => {
        this.#onBytes = onBytes;
        this.#onEnd = onEnd;
        return () => (this.#onBytes = undefined);
      },
      write: (text) => void (this.output += text),
      close: () => void this.closed++,
    };
  };

  /** Types once somebody listens. */
  async type(...texts: readonly (string | Uint8Array)[]): Promise<void> {
    for (const text of texts) {
      await this.settled();
      this.#onBytes?.(typeof text === "string" ? Buffer.from(text) : text);
    }
    await this.settled();
  }

  async hangUp(): Promise<void> {
    await this.settled();
    this.#onEnd?.();
  }

  async settled(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Signals that are sent by the test, and what was sent to processes. */
export class FakeSignals extends EventEmitter {
  readonly pid = 4242;
  readonly sent: [number, string][] = [];
  kill(pid: number, signal: string): void {
    this.sent.push([pid, signal]);
  }
}
