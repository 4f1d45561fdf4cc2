// A terminal must never stay as a question needs it: not after a signal, not while the process is stopped, not after a
// mistake of ours.
import type { Terminal } from "./open-terminal.js";

/** Where signals come from: `process`. */
export interface SignalSource {
  on(signal: string, listener: () => void): unknown;
  off(signal: string, listener: () => void): unknown;
  listenerCount(signal: string): number;
  readonly pid: number;
  kill(pid: number, signal: string): unknown;
}

export interface TerminalGuard {
  /** Gives the terminal back, stops this process and its group as Ctrl-Z does, and takes it again when it goes on. */
  suspend(): void;
  /** Gives the terminal back for good. */
  release(): void;
}

/** Signals that end a process which does nothing about them. */
const ENDING = ["SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/**
 * Makes the terminal raw until `release`. SIGINT calls `onCancel`, as Ctrl-C does. An ending signal gives the terminal
 * back, calls `onCancel`, and then does what it would have done. Stopping gives the terminal back; going on takes it
 * again and calls `onResume`.
 */
export function guardTerminal(
  terminal: Terminal,
  signals: SignalSource,
  { onCancel, onResume }: { readonly onCancel: () => void; readonly onResume: () => void },
): TerminalGuard {
  let isReleased = false;
  const listeners = new Map<string, () => void>();
  const listen = (signal: string, listener: () => void) => {
    listeners.set(signal, listener);
    signals.on(signal, listener);
  };
  const ignore = (signal: string) => {
    const listener = listeners.get(signal);
    if (listener !== undefined) signals.off(signal, listener);
    listeners.delete(signal);
  };

  const release = () => {
    if (isReleased) return;
    isReleased = true;
    for (const signal of listeners.keys()) ignore(signal);
    terminal.setRaw(false);
  };
  const stop = (pid: number, signal: string) => {
    terminal.setRaw(false);
    // Without our listener the signal does again what it does by itself.
    ignore("SIGTSTP");
    signals.kill(pid, signal);
  };

  listen("SIGINT", () => {
    release();
    onCancel();
  });
  for (const signal of ENDING) {
    listen(signal, () => {
      release();
      onCancel();
      // Other listeners have heard it too and decide; where there is none, it ends the process as if we had not listened.
      if (signals.listenerCount(signal) === 0) signals.kill(signals.pid, signal);
    });
  }
  const onStop = () => stop(signals.pid, "SIGSTOP");
  listen("SIGTSTP", onStop);
  listen("SIGCONT", () => {
    if (!listeners.has("SIGTSTP")) listen("SIGTSTP", onStop);
    terminal.setRaw(true);
    onResume();
  });
  terminal.setRaw(true);
  return {
    // 0: the whole group, as the terminal would have done it for Ctrl-Z.
    suspend: () => stop(0, "SIGTSTP"),
    release,
  };
}
