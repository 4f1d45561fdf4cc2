// The end of a log says what failed, whatever it was: from real runs of tests that fail.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "daypass-reports-"));
afterAll(() => rmSync(folder, { recursive: true }));

const node = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  new Promise<{ readonly code: number | null; readonly lines: readonly string[] }>((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env, NODE_OPTIONS: "" } });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (data: string) => (text += data));
    child.once("close", (code) => resolve({ code, lines: text.trimEnd().split("\n") }));
  });
const count = (...reports: readonly string[]) => node(["scripts/count-tests.mjs", ...reports]);

const runOf = async (name: string) => {
  const report = join(folder, `${name.replace("*", "all")}.json`);
  const { code } = await node(
    ["node_modules/vitest/vitest.mjs", "run", "--config", "test/reports/failing-run.config.ts"],
    {
      DAYPASS_REPORT: report,
      DAYPASS_RUN: `test/reports/runs/${name}.ts`,
    },
  );
  expect(code).toBe(1);
  return report;
};

describe("after a run that failed", () => {
  test.each([
    [
      "fails",
      "failed: test/reports/runs/fails.ts > a sum > is wrong: AssertionError: expected 2 to be 3 // Object.is equality",
      "1 passed, 1 failed, 0 skipped",
    ],
    [
      "hook-fails",
      "failed outside of a test: test/reports/runs/hook-fails.ts > a hook: cannot clean up",
      "1 passed, 0 failed, 0 skipped",
    ],
    [
      "rejects",
      "failed outside of a test: test/reports/runs/rejects.ts: Error: nobody waited",
      "1 passed, 0 failed, 0 skipped",
    ],
    [
      "does-not-load",
      "failed outside of a test: test/reports/runs/does-not-load.ts: no such world",
      "0 passed, 1 failed, 0 skipped",
    ],
  ])("%s: it says so above the last line", async (name, told, last) => {
    const { code, lines } = await count(await runOf(name));
    expect(code).toBe(1);
    expect(lines).toEqual([`${name}.json: ${told}`, last]);
  });

  test("a worker that died is told, and which file it had", async () => {
    const { code, lines } = await count(await runOf("dies"));
    expect(code).toBe(1);
    expect(lines.join("\n")).toContain("failed outside of a test: test/reports/runs/dies.ts: did not run to its end");
    expect(lines.join("\n")).toMatch(/Worker .*exited unexpectedly/);
  });
});

describe("of reports", () => {
  const write = (name: string, content: object) => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  const result = (status: string, title: string, message = "") => ({
    status,
    title,
    fullName: title,
    ancestorTitles: [],
    failureMessages: message === "" ? [] : [message],
  });
  const reportOf = (assertionResults: readonly object[], success = true) => ({
    success,
    outsideErrors: [],
    testResults: [{ name: join(root, "a.test.ts"), status: "passed", message: "", assertionResults }],
  });
  let whole: string;
  beforeAll(() => {
    whole = write("whole.json", reportOf([result("passed", "one"), result("skipped", "two needs Node 24")]));
  });

  test("that are whole there is the one line", async () => {
    expect(await count(whole, whole)).toEqual({ code: 0, lines: ["2 passed, 0 failed, 2 skipped"] });
  });

  test("at most thirty lines are told, and how many more there are", async () => {
    const failures = Array.from({ length: 32 }, (_, n) => result("failed", `t${n}`, "Error: no\n    at x"));
    const { code, lines } = await count(write("many.json", reportOf(failures, false)));
    expect([code, lines.length]).toEqual([1, 32]);
    expect(lines[0]).toBe("many.json: failed: a.test.ts > t0: Error: no");
    expect(lines.slice(-2)).toEqual(["and 2 more", "0 passed, 32 failed, 0 skipped"]);
  });

  test("one that is missing, empty, or fails without a reason, fails", async () => {
    const missing = await count(whole, join(folder, "none.json"));
    expect(missing).toEqual({
      code: 1,
      lines: ["none.json: no report, the run did not end", "1 passed, 0 failed, 1 skipped"],
    });
    expect((await count(write("empty.json", { success: true, testResults: [] }))).code).toBe(1);
    const { code, lines } = await count(write("odd.json", reportOf([result("passed", "one")], false)));
    expect([code, lines[0]]).toEqual([1, expect.stringContaining("the run failed, and no test did")]);
  });

  test("what failed is told before what was skipped with it", async () => {
    const skips = Array.from({ length: 40 }, (_, n) => result("skipped", `s${n}`));
    const failed = {
      ...reportOf(skips, false),
      outsideErrors: [{ where: "a.test.ts > a", message: "Hook timed out" }],
    };
    const { lines } = await count(write("hook.json", failed));
    expect(lines[0]).toBe("hook.json: failed outside of a test: a.test.ts > a: Hook timed out");
    expect(lines.slice(-2)).toEqual(["and 11 more", "0 passed, 0 failed, 40 skipped"]);
  });

  test("a test that was skipped without saying what it needs fails", async () => {
    const { code, lines } = await count(
      write("skipped.json", reportOf([result("passed", "a"), result("skipped", "b")])),
    );
    expect([code, lines[0]]).toEqual([1, "skipped.json: skipped: b"]);
  });
});
