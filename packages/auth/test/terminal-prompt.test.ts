// Questions on a terminal.
import { beforeEach, describe, expect, test } from "vitest";
import type { Question } from "../dist/types.js";
import { neverPrompt } from "../dist/prompts/never-prompt.js";
import { createTerminalPrompt } from "../dist/prompts/terminal-prompt.js";
import { FakeSignals, FakeTerminal } from "./fake-terminal.js";

let terminal: FakeTerminal;
let signals: FakeSignals;
beforeEach(() => {
  terminal = new FakeTerminal();
  signals = new FakeSignals();
});

const promptOn = (TERM: string | undefined = "xterm") =>
  createTerminalPrompt({ env: { TERM }, openTerminal: terminal.open, signals });
const answerTo = async (question: Question, ...typed: readonly (string | Uint8Array)[]) => {
  const answer = promptOn().ask(question);
  await terminal.type(...typed);
  return answer;
};
const code: Question = { kind: "mfa_code", message: "MFA code:" };
const secret: Question = { kind: "secret", message: "secret key:" };
const text: Question = { kind: "text", message: "name:" };
const CHOICES = ["dev", "staging", "prod"].map((value, index) => ({
  value,
  label: `${value} account`,
  hint: `${index}111`,
}));
const choice: Question = { kind: "choice", message: "which?", choices: CHOICES };

describe("MFA codes", () => {
  test.each(["000000", "000005", "012345", "123 456", " 123456 ", "987\t654"])("%j is a code", async (typed) => {
    expect(await answerTo(code, `${typed}\r`)).toBe(typed.replaceAll(/\s/g, ""));
  });

  test.each(["12345", "1234567", "abcdef", "", "12345a", "１２３４５６", "-12345"])(
    "%j is no code, and is asked for again",
    async (typed) => {
      expect(await answerTo(code, `${typed}\r`, "123456\r")).toBe("123456");
      expect(terminal.output).toContain("an MFA code has six digits");
    },
  );
});

describe("what is typed", () => {
  test.each([
    ["backspace takes away the last letter", "abx\x7fc\r", "abc"],
    ["Ctrl-U takes away the line", "wrong\x15right\r", "right"],
    ["Ctrl-W takes away a word", "one two\x17three\r", "one three"],
    ["arrow keys and function keys are no letters", "a\x1b[C\x1bOPb\x1b[15~c\r", "abc"],
    ["the marks around a paste are not pasted", "\x1b[200~abc\x1b[201~\r", "abc"],
    ["a line break inside a paste does not answer", "\x1b[200~ab\rc\x1b[201~d\r", "abcd"],
    ["titles and clipboard codes vanish", "a\x1b]0;title\x07b\x1b]52;c;AAAA\x1b\\c\r", "abc"],
    ["control characters vanish", "a\x00\x01\x05b\x1c\r", "ab"],
  ])("%s", async (_, typed, expected) => {
    expect(await answerTo(text, typed)).toBe(expected);
  });

  test("letters and sequences that arrive cut in two are whole", async () => {
    const bytes = Buffer.from("é😀\r");
    expect(await answerTo(text, bytes.subarray(0, 1), bytes.subarray(1, 4), bytes.subarray(4))).toBe("é😀");
    expect(await answerTo(text, "a\x1b", "[", "A", "b\r")).toBe("ab");
  });

  test("an answer that is too long is refused, not cut", async () => {
    expect(await answerTo(code, `${"1".repeat(40)}\r`, "123456\r")).toBe("123456");
    expect(terminal.output).toContain("longer than 32 characters");
  });

  test("yes and no are understood, nothing else is", async () => {
    const question: Question = { kind: "confirmation", message: "sure?" };
    expect(await answerTo(question, "\r", "maybe\r", "Y\r")).toBe("yes");
    expect(await answerTo(question, "no\r")).toBe("no");
  });

  test("what the check says is shown, harmless, and the question asked again", async () => {
    const check = (answer: string) => (answer === "b" ? undefined : "not \x1b[31mthat");
    expect(await answerTo({ ...text, check }, "a\r", "b\r")).toBe("b");
    expect(terminal.output).toContain(String.raw`not \u{1b}[31mthat`);
  });

  test("the message of a question cannot move the cursor", async () => {
    await answerTo({ ...text, message: "evil\x1b[2J\r\n\u202e:" }, "a\r");
    expect(terminal.output).not.toContain("\x1b[2J");
    expect(terminal.output).toContain(String.raw`evil\u{1b}[2J\r\n\u{202e}:`);
  });
});

describe("secrets", () => {
  test("nothing of a secret is echoed, not even its length", async () => {
    expect(await answerTo(secret, "hunter2-canary\r")).toBe("hunter2-canary");
    expect(terminal.output).not.toMatch(/[hunter2*•]{5}|canary/);
    const quiet = terminal.output;
    terminal.output = "";
    await answerTo(secret, "x\r");
    expect(terminal.output.length).toBeLessThanOrEqual(quiet.length);
  });

  test("a passphrase keeps its spaces, a pasted key does not", async () => {
    expect(await answerTo({ kind: "passphrase", message: "?" }, " a b \r")).toBe(" a b ");
    expect(await answerTo(secret, " key \r")).toBe("key");
  });

  test("a new passphrase is typed twice, and again when the two differ", async () => {
    const question: Question = { kind: "new_passphrase", message: "new:" };
    expect(await answerTo(question, "one\r", "two\r", "three\r", "three\r")).toBe("three");
    expect(terminal.output).toContain("they were not the same");
  });
});

describe("choices", () => {
  test("arrows move, and Enter takes", async () => {
    expect(await answerTo(choice, "\x1b[B\x1b[B\x1b[A\r")).toBe("staging");
  });

  test("typing filters by label and hint", async () => {
    expect(await answerTo(choice, "ROD\r")).toBe("prod");
    expect(await answerTo(choice, "1111\r")).toBe("staging");
  });

  test("where nothing matches, Enter takes nothing", async () => {
    expect(await answerTo(choice, "zzz\r", "\x15\r")).toBe("dev");
  });

  test("of fifty choices ten are shown, and the one that is marked is among them", async () => {
    const choices = Array.from({ length: 50 }, (_, index) => ({ value: `v${index}`, label: `label ${index}` }));
    expect(await answerTo({ ...choice, choices }, "\x1b[B".repeat(30), "\r")).toBe("v30");
    expect(terminal.output).toContain("> label 30");
    expect(terminal.output).toContain("40 more");
  });

  test("a terminal that can only print gets numbers, and no escape sequence", async () => {
    const answer = promptOn("dumb").ask(choice);
    await terminal.type("0\r", "4\r", "x\r", "2\r");
    expect(await answer).toBe("staging");
    expect(terminal.output).not.toContain("\x1b");
    expect(terminal.output).toContain("2) staging account  1111");
  });

  test("a choice of nothing is refused", async () => {
    await expect(promptOn().ask({ ...choice, choices: [] })).rejects.toMatchObject({ code: "invalid_option" });
  });
});

describe("the terminal is given back", () => {
  const isAsItWas = () => {
    expect(terminal.isRaw).toBe(false);
    expect(terminal.closed).toBe(terminal.opened);
    expect(signals.eventNames()).toEqual([]);
  };

  test("after an answer", async () => {
    await answerTo(text, "a\r");
    expect(terminal.modes).toEqual([true, false]);
    isAsItWas();
  });

  test.each([
    ["Ctrl-C", "\x03"],
    ["Ctrl-D", "\x04"],
    ["Ctrl-C inside a paste that never ends", "\x1b[200~abc\x03"],
  ])("after %s, which gives the question up", async (_, typed) => {
    await expect(answerTo(text, typed)).rejects.toMatchObject({ code: "cancelled" });
    isAsItWas();
  });

  test("after SIGINT", async () => {
    const answer = promptOn().ask(text);
    await terminal.settled();
    signals.emit("SIGINT");
    await expect(answer).rejects.toMatchObject({ code: "cancelled" });
    expect(signals.sent).toEqual([]);
    isAsItWas();
  });

  test.each(["SIGTERM", "SIGHUP", "SIGQUIT"])("before %s does what it does by itself", async (signal) => {
    const answer = promptOn().ask(text);
    await terminal.settled();
    expect(terminal.isRaw).toBe(true);
    signals.emit(signal);
    expect(terminal.isRaw).toBe(false);
    await expect(answer).rejects.toMatchObject({ code: "cancelled" });
    expect(signals.sent).toEqual([[4242, signal]]);
    isAsItWas();
  });

  test("an ending signal that the tool itself hears is left to the tool", async () => {
    signals.on("SIGTERM", () => undefined);
    const answer = promptOn().ask(text);
    await terminal.settled();
    signals.emit("SIGTERM");
    await expect(answer).rejects.toMatchObject({ code: "cancelled" });
    expect(signals.sent).toEqual([]);
  });

  test("while the process is stopped, and taken again when it goes on", async () => {
    const answer = promptOn().ask(text);
    await terminal.type("a\x1a");
    expect(terminal.isRaw).toBe(false);
    expect(signals.sent).toEqual([[0, "SIGTSTP"]]);
    signals.emit("SIGCONT");
    expect(terminal.isRaw).toBe(true);
    signals.emit("SIGTSTP");
    expect(terminal.isRaw).toBe(false);
    expect(signals.sent.at(-1)).toEqual([4242, "SIGSTOP"]);
    signals.emit("SIGCONT");
    await terminal.type("b\r");
    expect(await answer).toBe("ab");
    isAsItWas();
  });

  test("when the terminal goes away", async () => {
    const answer = promptOn().ask(text);
    await terminal.hangUp();
    await expect(answer).rejects.toMatchObject({ code: "prompt_unavailable" });
    isAsItWas();
  });

  test("when a check throws", async () => {
    const check = () => {
      throw new Error("a mistake");
    };
    await expect(answerTo({ ...text, check }, "a\r")).rejects.toThrow("a mistake");
    isAsItWas();
  });

  test("when the caller's signal fires, before and while it is asked", async () => {
    const giveUp = new AbortController();
    const prompt = promptOn();
    const first = prompt.ask(text, { signal: giveUp.signal });
    const waiting = prompt.ask(code, { signal: giveUp.signal });
    await terminal.settled();
    giveUp.abort();
    await expect(first).rejects.toMatchObject({ code: "cancelled" });
    await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
    await terminal.settled();
    expect(terminal.opened).toBe(1);
    isAsItWas();
  });
});

describe("one at a time", () => {
  test("the second question waits for the first, and comes also when that failed", async () => {
    const prompt = promptOn();
    const first = prompt.ask({ ...text, message: "first:" });
    const second = prompt.ask({ ...text, message: "second:" });
    await terminal.type("a");
    expect(terminal.output).not.toContain("second:");
    await terminal.type("\x03");
    await expect(first).rejects.toMatchObject({ code: "cancelled" });
    await terminal.type("b\r");
    expect(await second).toBe("b");
  });

  test("what is told meanwhile stands above the question, each line harmless", async () => {
    const prompt = promptOn();
    prompt.tell("before");
    const answer = prompt.ask(text);
    await terminal.type("ab");
    prompt.tell("line one\n\x1b[2Jline two");
    await terminal.type("\r");
    expect(await answer).toBe("ab");
    expect(terminal.output).toContain("before\r\n");
    expect(terminal.output).toContain(`line one\r\n${String.raw`\u{1b}[2Jline two`}\r\n\r\x1b[Jname: ab`);
  });
});

describe("nobody can be asked", () => {
  test("where there is no terminal, and what is told goes nowhere", async () => {
    const prompt = createTerminalPrompt({ env: {}, openTerminal: () => undefined, signals });
    expect(prompt.isAvailable).toBe(false);
    prompt.tell("nobody hears");
    await expect(prompt.ask(code)).rejects.toMatchObject({
      code: "prompt_unavailable",
      message: "an MFA code is needed, and there is no terminal to ask on",
    });
    expect(promptOn().isAvailable).toBe(true);
  });

  test("where that is the rule", async () => {
    const prompt = neverPrompt("this is a build");
    expect(prompt.isAvailable).toBe(false);
    prompt.tell("nobody hears");
    await expect(prompt.ask({ ...secret, message: "canary" })).rejects.toMatchObject({
      code: "prompt_unavailable",
      message: "a secret is needed, and this is a build",
    });
  });
});
