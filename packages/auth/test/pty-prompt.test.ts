// The prompt on a real terminal.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const TERMINAL = fileURLToPath(new URL("pty-prompt.py", import.meta.url));
const ASKER = fileURLToPath(new URL("pty-asker.mjs", import.meta.url));
const hasPython = spawnSync("python3", ["-c", "import pty"]).status === 0;
if (!hasPython) process.stderr.write("skipped: python3, which makes the terminal, is not installed\n");

interface Seen {
  /** Whether the terminal echoes and edits lines. */
  readonly before: readonly [boolean, boolean];
  readonly during: readonly [boolean, boolean] | null;
  readonly after: readonly [boolean, boolean];
  readonly output: string;
  readonly signal: number;
}

let folder: string;
let answerFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-pty-"));
  answerFile = join(folder, "answer");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ask = (typed: string, signal = "-"): Seen => {
  // The shell takes both standard streams away from the terminal, as an SDK does.
  const command = `exec "$0" "$1" "$2" </dev/null >/dev/null`;
  const { stdout } = spawnSync(
    "python3",
    [TERMINAL, typed, signal, "sh", "-c", command, process.execPath, ASKER, answerFile],
    { encoding: "utf8", timeout: 100_000 },
  );
  return JSON.parse(stdout) as Seen;
};

describe.skipIf(!hasPython)("on a real terminal", () => {
  test("the question comes there, whatever the standard streams are, and the secret is not echoed", () => {
    const seen = ask("canary\r");
    expect(readFileSync(answerFile, "utf8")).toBe("canary");
    expect(seen.output).toContain("secret:");
    expect(seen.output).not.toContain("canary");
    expect([seen.before, seen.during]).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(seen.after).toEqual([true, true]);
  });

  test("Ctrl-C gives the question up and not the process", () => {
    expect(ask("abc\u0003").signal).toBe(0);
    expect(readFileSync(answerFile, "utf8")).toBe("cancelled");
  });

  test.each([
    ["SIGTERM", 15],
    ["SIGHUP", 1],
  ])("%s ends the process, and the terminal is as it was", (name, number) => {
    const seen = ask("", name);
    expect(seen.signal).toBe(number);
    expect([seen.during, seen.after]).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(existsSync(answerFile)).toBe(false);
  });
});
