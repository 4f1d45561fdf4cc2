// Asks the person at the terminal device, one question at a time.
import { AuthError } from "../errors.js";
import type { Prompt, Question } from "../types.js";
import { askQuestion } from "./ask-question.js";
import { createKeyDecoder, type Key } from "./decode-keys.js";
import { display } from "./display.js";
import { guardTerminal, type SignalSource } from "./guard-terminal.js";
import { unavailable } from "./never-prompt.js";
import { openTerminal as openTerminalDevice, type OpenTerminal, type Terminal } from "./open-terminal.js";
import { createPainter } from "./paint-lines.js";
import type { View } from "./views.js";

export interface TerminalPromptOptions {
  /** `TERM` in it says whether the cursor can be moved. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly openTerminal?: OpenTerminal;
  /** Default: this process. */
  readonly signals?: SignalSource;
}

/** A question on the screen, which something may be told above. */
interface Dialog {
  tell(lines: readonly string[]): void;
}

const NO_TERMINAL = "there is no terminal to ask on";

/**
 * Returns a prompt on the terminal that the process belongs to, never on its standard streams. Secrets are not echoed,
 * and the terminal is given back as it was however a question ends. Ctrl-C and Ctrl-D reject with `AuthError` `cancelled`. Make one for a process: questions of the same prompt wait for each other.
 */
export function createTerminalPrompt(options: TerminalPromptOptions): Prompt {
  const { env, openTerminal = openTerminalDevice, signals = process } = options;
  const term = env["TERM"];
  const canMove = term !== "dumb" && (term !== undefined || process.platform === "win32");
  let isThere: boolean | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let current: Dialog | undefined;

  const run = async (question: Question, signal: AbortSignal | undefined): Promise<string> => {
    if (signal?.aborted === true) throw cancelled();
    const terminal = openTerminal();
    if (terminal === undefined) throw unavailable(question.kind, NO_TERMINAL);
    try {
      return await askQuestion(question, (view) => show(terminal, question, view, signal), canMove);
    } finally {
      terminal.close();
    }
  };

  const show = (terminal: Terminal, question: Question, view: View, signal: AbortSignal | undefined) =>
    new Promise<string>((resolve, reject) => {
      const painter = createPainter((text) => terminal.write(text), canMove);
      const decode = createKeyDecoder();
      const paint = () => painter.paint(view.lines(terminal.columns()));
      let isOver = false;
      let stopListening = () => undefined as void;
      const end = (settle: () => void, lines: readonly string[]) => {
        if (isOver) return;
        isOver = true;
        current = undefined;
        signal?.removeEventListener("abort", cancel);
        stopListening();
        painter.finish(lines);
        guard.release();
        settle();
      };
      const cancel = () => end(() => reject(cancelled()), [display(question.message)]);
      const fail = (error: unknown) => end(() => reject(error instanceof Error ? error : new Error(String(error))), []);
      const guard = guardTerminal(terminal, signals, { onCancel: cancel, onResume: paint });
      const take = (key: Key) => {
        if (key.type === "cancel" || key.type === "end") cancel();
        else if (key.type === "suspend") guard.suspend();
        else {
          const answer = view.take(key);
          if (answer === undefined) paint();
          else end(() => resolve(answer), view.summary(terminal.columns()));
        }
      };
      try {
        current = {
          tell(lines) {
            painter.finish(lines);
            paint();
          },
        };
        signal?.addEventListener("abort", cancel);
        stopListening = terminal.listen(
          (bytes) => {
            try {
              for (const key of decode(bytes)) if (!isOver) take(key);
            } catch (error) {
              fail(error);
            }
          },
          () => fail(unavailable(question.kind, "the terminal is gone")),
        );
        paint();
      } catch (error) {
        fail(error);
      }
    });

  return {
    get isAvailable() {
      if (isThere === undefined) {
        const terminal = openTerminal();
        terminal?.close();
        isThere = terminal !== undefined;
      }
      return isThere;
    },
    ask(question, { signal } = {}) {
      const answer = last.then(() => run(question, signal));
      last = answer.catch(() => undefined);
      return signal === undefined ? answer : untilAborted(answer, signal);
    },
    tell(message) {
      const lines = message.split("\n").map(display);
      if (current === undefined) {
        const terminal = openTerminal();
        terminal?.write(lines.map((line) => `${line}\r\n`).join(""));
        terminal?.close();
      } else {
        current.tell(lines);
      }
    },
  };
}

/** The question that waits for its turn is given up at once, not when its turn comes. */
function untilAborted(answer: Promise<string>, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(cancelled());
    signal.addEventListener("abort", giveUp);
    void answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
    if (signal.aborted) giveUp();
  });
}

function cancelled(): AuthError {
  return new AuthError("cancelled", "the question was given up", { hint: "ask again when you want to answer it" });
}
