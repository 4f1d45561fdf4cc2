// credential_process: what a command may give, and what it may not get away with.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { splitWords } from "../dist/files/split-words.js";
import { createProcessSource } from "../dist/sources/process-source.js";
import { splitWindowsWords } from "../dist/sources/split-windows-words.js";
import { rejectionOf } from "./profile-files.js";

const START = Date.parse("2026-03-01T12:00:00Z");
let time = START;
const context = { now: () => time };
const KEYS = {
  Version: 1,
  AccessKeyId: "ASIAIOSFODNN7EXAMPLE",
  SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const SESSION = { ...KEYS, SessionToken: "a-token", Expiration: "2026-03-01T13:00:00Z" };

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-process-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A command that runs the script. */
const commandOf = (script: string): string => {
  const path = join(folder, `script-${scripts++}.mjs`);
  writeFileSync(path, script);
  return `"${process.execPath}" '${path}'`;
};
let scripts = 0;
const giving = (answer: unknown): string =>
  commandOf(`process.stdout.write(${JSON.stringify(typeof answer === "string" ? answer : JSON.stringify(answer))})`);
const sourceOf = (command: string, over: { env?: Record<string, string>; timeoutMs?: number } = {}) =>
  createProcessSource(context, {
    command,
    name: "dev",
    env: { PATH: process.env["PATH"] ?? "" },
    description: "d",
    ...over,
  });
const failureOf = (command: string, over = {}) => rejectionOf(sourceOf(command, over).get());

describe("a command", () => {
  test("gives a session, with spaces around it and members that nobody knows", async () => {
    expect(
      await sourceOf(giving(`\n ${JSON.stringify({ ...SESSION, AccountId: "012345678901", More: 1 })}\n`)).get(),
    ).toEqual({
      accessKeyId: KEYS.AccessKeyId,
      secretAccessKey: KEYS.SecretAccessKey,
      sessionToken: "a-token",
      expiration: new Date("2026-03-01T13:00:00Z"),
      accountId: "012345678901",
    });
  });

  test("gives keys that do not expire, and a token without an end lives fifteen minutes", async () => {
    expect(await sourceOf(giving(KEYS)).get()).toEqual({
      accessKeyId: KEYS.AccessKeyId,
      secretAccessKey: KEYS.SecretAccessKey,
    });
    expect((await sourceOf(giving({ ...KEYS, SessionToken: "t" })).get()).expiration).toEqual(
      new Date(START + 900_000),
    );
  });

  test.each([
    ["no JSON", `here: ${KEYS.SecretAccessKey}`, "gave no JSON object"],
    ["two JSON objects", `${JSON.stringify(SESSION)}\n${JSON.stringify(SESSION)}`, "gave no JSON object"],
    ["a list", [SESSION], "gave no usable Version"],
    ["another version", { ...SESSION, Version: 2 }, "gave no usable Version"],
    ["a version in quotes", { ...SESSION, Version: "1" }, "gave no usable Version"],
    ["no key", { ...SESSION, AccessKeyId: undefined }, "gave no usable AccessKeyId"],
    ["a secret with a line break", { ...SESSION, SecretAccessKey: "a\nb" }, "gave no usable SecretAccessKey"],
    ["an end that is no time", { ...SESSION, Expiration: "soon" }, "gave no usable Expiration"],
    ["an end that is past", { ...SESSION, Expiration: "2026-03-01T11:00:00Z" }, "gave credentials that have expired"],
    ["an end and no token", { ...KEYS, Expiration: "2026-03-01T13:00:00Z" }, "gave an Expiration and no SessionToken"],
    ["nothing", "", "gave no JSON object"],
  ])("that gives %s is refused, and nothing of it is repeated", async (_, answer, wanted) => {
    const failure = await sourceOf(giving(answer))
      .get()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "process_failed", message: `the command of profile dev ${wanted}` });
    const everything = `${JSON.stringify(failure)} ${String((failure as Error).stack)} ${String((failure as Error).cause)}`;
    expect(everything).not.toContain("wJalr");
    expect(everything).not.toContain("a-token");
  });

  test("that fails is told with its words, harmless and without keys", async () => {
    const words = `\u001b[31mno\u001b[0m luck\nASIAIOSFODNN7EXAMPLE ${KEYS.SecretAccessKey} in /usr/lib/some-long-folder/of-tools`;
    const failure = await failureOf(
      commandOf(
        `process.stderr.write(${JSON.stringify(words)}); console.log("${KEYS.SecretAccessKey}"); process.exitCode = 3`,
      ),
    );
    expect(failure).toBe(
      "process_failed: the command of profile dev ended with status 3: no luck … … in /usr/lib/some-long-folder/of-tools; run the command by hand and see what it says",
    );
  });

  test("is killed when it answers too late or with too much", async () => {
    expect(await failureOf(commandOf("setTimeout(() => undefined, 60_000)"), { timeoutMs: 300 })).toContain(
      "gave no answer within 0.3 seconds",
    );
    expect(await failureOf(commandOf('process.stdout.write("x".repeat(1_000_000))'))).toContain("far too much");
  });

  test("is given no shell, no stdin and its words as they are quoted", async () => {
    const script = `import { readFileSync } from "node:fs";
      const said = JSON.stringify([process.argv.slice(2), readFileSync(0, "utf8")]);
      process.stdout.write(JSON.stringify({ ...${JSON.stringify(SESSION)}, SessionToken: Buffer.from(said).toString("base64") }))`;
    const { sessionToken = "" } = await sourceOf(
      `${commandOf(script)} $HOME 'a b' "c\\"d" ; echo \`x\` > /dev/null`,
    ).get();
    expect(JSON.parse(Buffer.from(sessionToken, "base64").toString())).toEqual([
      ["$HOME", "a b", 'c"d', ";", "echo", "`x`", ">", "/dev/null"],
      "",
    ]);
  });

  test.each([
    ["a relative path", "./tool --x", "is named by a relative path"],
    ["a path with a tilde", "~/tool", "is named by a relative path"],
    ["a program that is not there", "/nowhere/tool", "is not there, or not a program"],
    ["a name that PATH does not hold", "no-such-tool-anywhere", "is not there, or not a program"],
    ["an open quote", "'tool", "cannot be split into words"],
  ])("is refused with %s", async (_, command, wanted) => {
    expect(await failureOf(command)).toContain(wanted);
  });

  test("is found by PATH, but not in its relative parts, and not where anybody may change it", async () => {
    const tool = join(folder, "my-tool");
    writeFileSync(tool, `#!${process.execPath}\nprocess.stdout.write('${JSON.stringify(SESSION)}')`, { mode: 0o755 });
    expect((await sourceOf("my-tool", { env: { PATH: folder } }).get()).accessKeyId).toBe(KEYS.AccessKeyId);
    expect(await failureOf("my-tool", { env: { PATH: `.:relative:${folder}x` } })).toContain("is not there");
    chmodSync(tool, 0o757);
    expect(await failureOf("my-tool", { env: { PATH: folder } })).toContain("is a program that every user may change");
  });

  test("that asks for its own profile is refused, and so is the fifth in a row", async () => {
    const command = commandOf(
      `process.stdout.write(JSON.stringify({ ...${JSON.stringify(SESSION)}, SessionToken: process.env._DAYPASS_PROCESS_CHAIN }))`,
    );
    const first = (await sourceOf(command).get()).sessionToken ?? "";
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(await failureOf(command, { env: { _DAYPASS_PROCESS_CHAIN: `abc,${first}` } })).toContain(
      "asks for the credentials of the same profile",
    );
    expect(await failureOf(command, { env: { _DAYPASS_PROCESS_CHAIN: "a,b,c,d" } })).toContain(
      "is the fifth that waits",
    );
    const second = await sourceOf(`${command} --other`, { env: { _DAYPASS_PROCESS_CHAIN: first } }).get();
    expect(second.sessionToken).toMatch(new RegExp(`^${first},[0-9a-f]{32}$`));
  });

  test("is run once for all who ask, and again five minutes before the end", async () => {
    const count = join(folder, "count");
    const script = `import { appendFileSync } from "node:fs"; appendFileSync(${JSON.stringify(count)}, "x"); process.stdout.write(${JSON.stringify(JSON.stringify(SESSION))})`;
    const runs = async () => (await import("node:fs/promises")).readFile(count, "utf8");
    const source = sourceOf(commandOf(script));
    await Promise.all([source.get(), source.get(), source.get()]);
    await source.get();
    expect(await runs()).toBe("x");
    time = START + 3_400_000;
    await source.get();
    expect(await runs()).toBe("xx");
    time = START;
  });

  test("is in the question by its hash alone: its words may be secrets", () => {
    const one = sourceOf("/opt/tool --password hunter2").question;
    expect(JSON.stringify(one)).not.toContain("hunter2");
    expect(one).not.toEqual(sourceOf("/opt/tool --password hunter3").question);
  });
});

describe("words", () => {
  test.each([
    ["a  b\t'c d'", ["a", "b", "c d"]],
    [`a"b c"d ''`, ["ab cd", ""]],
    [String.raw`a\ b "c\d\"e\\" 'f\'`, ["a b", String.raw`c\d"e` + "\\", "f\\"]],
    ["", []],
    ["# not a comment", ["#", "not", "a", "comment"]],
  ])("%s are split as a POSIX shell would", (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  test.each(["'open", '"open', "a\\"])("%s is no list of words", (text) => {
    expect(splitWords(text)).toBeUndefined();
  });

  test.each([
    [String.raw`"C:\Program Files\tool.exe" -x "a \"b\""`, [String.raw`C:\Program Files\tool.exe`, "-x", 'a "b"']],
    [String.raw`tool 'a b' c\\"d e"`, ["tool", "'a", "b'", String.raw`c\d e`]],
    [String.raw`tool "" end\ `, ["tool", "", "end\\"]],
  ])("%s are split as Windows does", (text, words) => {
    expect(splitWindowsWords(text)).toEqual(words);
  });

  const python = process.env["DAYPASS_PYTHON"] ?? "python3";
  const hasBotocore = spawnSync(python, ["-c", "import botocore"]).status === 0;
  test.skipIf(!hasBotocore)("are what botocore makes of them, on both platforms", () => {
    const part = fc.constantFrom("a", "b", " ", "\t", "'", '"', "\\", "#", "$x", "ü");
    const texts = fc.sample(
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join("")),
      { numRuns: 2_000 },
    );
    const script = `
import json, sys
from botocore.compat import compat_shell_split
def split(text, platform):
    try: return compat_shell_split(text, platform)
    except ValueError: return None
print(json.dumps([[split(t, "linux"), split(t, "win32")] for t in json.load(sys.stdin)]))`;
    const { stdout } = spawnSync(python, ["-c", script], { input: JSON.stringify(texts), encoding: "utf8" });
    const theirs = JSON.parse(stdout) as unknown[];
    const ours = texts.map((text) => [splitWords(text) ?? null, splitWindowsWords(text) ?? null]);
    for (const [at, text] of texts.entries()) expect([text, ours[at]]).toEqual([text, theirs[at]]);
  });
});
