// The record of what happened on this machine.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAuditLog } from "../dist/audit/audit-log.js";
import { readAuditLog, verifyAuditLog } from "../dist/audit/read-audit-log.js";
import { createFileLocks } from "../dist/locks/file-locks.js";
import type { AuthEvent, RecordAuthEvent } from "../dist/types.js";

const WRITER = fileURLToPath(new URL("audit-writer.mjs", import.meta.url));
const T = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

let folder: string;
let file: string;
let record: RecordAuthEvent;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-audit-"));
  file = join(folder, "deep", "audit.jsonl");
  record = createAuditLog({
    file,
    locks: createFileLocks({ directory: join(folder, "locks") }),
    now: () => T(99).getTime(),
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const event = (index: number): AuthEvent => ({ type: "session.intent", time: T(index), name: `n${index}` });
const write = async (count: number) => {
  for (let index = 1; index <= count; index++) await record(event(index));
};
const lines = () => readFileSync(file, "utf8").split("\n").slice(0, -1);
const rewrite = (change: (all: string[]) => readonly string[]) =>
  writeFileSync(
    file,
    change(lines())
      .map((line) => `${line}\n`)
      .join(""),
  );
const replace = (make: () => void) => {
  rmSync(file);
  make();
};
const problems = async () => (await verifyAuditLog(file)).findings;

describe("writing", () => {
  test("what was recorded is read back, by its time and the last of it", async () => {
    const full: AuthEvent = {
      type: "session.granted",
      time: T(4),
      attemptId: "x",
      kind: "assume_role",
      name: "prod/admin",
      roleArn: "arn:aws:iam::111122223333:role/r",
      accountId: "111122223333",
      roleName: "r",
      roleSessionName: "s",
      sourceIdentity: "me",
      region: "eu-west-1",
      durationSeconds: 3600,
      expiration: T(3604),
      arn: "arn:aws:sts::111122223333:assumed-role/r/s",
      accessKeyId: "ASIAEXAMPLE",
      code: "access_denied",
      awsRequestId: "1-2-3",
    };
    await write(3);
    await record(full);
    expect(await readAuditLog(file)).toEqual([event(1), event(2), event(3), full]);
    expect(await readAuditLog(file, { since: T(2), limit: 2 })).toEqual([event(3), full]);
    expect(await readAuditLog(join(folder, "none"))).toEqual([]);
    await expect(readAuditLog(file, { limit: 0 })).rejects.toMatchObject({ code: "invalid_option" });
    expect(await verifyAuditLog(file)).toMatchObject({ lines: 4, findings: [] });
    expect([statSync(file).mode & 0o777, statSync(join(folder, "deep")).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  test("a field that is not on the list never arrives", async () => {
    const more = {
      ...event(1),
      secretAccessKey: "canary",
      details: { token: "canary" },
      message: "canary",
      arn: undefined,
    };
    await record(more as unknown as AuthEvent);
    expect(readFileSync(file, "utf8")).not.toContain("canary");
    expect(await readAuditLog(file)).toEqual([event(1)]);
  });

  test("what is recorded cannot make a second line, nor move a terminal's cursor", async () => {
    const name = 'a\n{"sequence":2}\r\x1b[2J\u009b\u202e\u2028é';
    await record({ ...event(1), name });
    expect(lines()).toHaveLength(1);
    expect(readFileSync(file, "latin1")).toMatch(/^[ -~]*\n$/);
    expect((await readAuditLog(file))[0]?.name).toBe(name);
  });

  test.each([
    ["a type that there is not", { type: "session.made_up" }],
    ["a text that is too long", { name: "x".repeat(513) }],
    ["an object in place of a text", { name: { secret: "canary" } }],
    ["a time that is none", { time: new Date(Number.NaN) }],
    ["a time as text", { time: "2026" }],
  ])("%s is refused, and leaves the record as it was", async (_, wrong) => {
    await write(1);
    const before = readFileSync(file, "utf8");
    const failing = record({ ...event(2), ...wrong } as unknown as AuthEvent);
    await expect(failing).rejects.toMatchObject({ code: "audit_unavailable" });
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  test.each([
    ["others may read", () => chmodSync(file, 0o644)],
    ["is a folder", () => replace(() => mkdirSync(file))],
    ["is a link", () => replace(() => symlinkSync(join(folder, "elsewhere"), file))],
    ["ends in a line that is not ours", () => appendFileSync(file, "{}\n")],
    ["ends in a line of another record", () => appendFileSync(file, "x".repeat(20_000) + "\n")],
  ])("a file that %s takes no event", async (_, break_) => {
    await write(1);
    break_();
    await expect(record(event(2))).rejects.toMatchObject({ code: "audit_unavailable" });
    expect(existsSync(join(folder, "elsewhere"))).toBe(false);
  });

  test.skipIf(!existsSync("/dev/full"))("a disk that is full is told, and nothing half stays", async () => {
    // In blocks of 512 bytes (POSIX.1-2017, "ulimit").
    const limit = ["-c", 'ulimit -f 4 && exec "$0" "$@"', process.execPath, WRITER];
    const limited = spawn("sh", [...limit, file, join(folder, "locks"), "limited"], {
      stdio: ["ignore", "pipe", "ignore", "ipc"],
    });
    const [message] = (await once(limited, "message")) as [{ written: number; code: string }];
    await once(limited, "close");
    expect(message.code).toBe("audit_unavailable");
    expect(message.written).toBeGreaterThan(3);
    expect(await verifyAuditLog(file)).toMatchObject({ lines: message.written, findings: [] });
  });
});

describe("a write that was interrupted", () => {
  test("at any byte: the end is set aside, noted, and everything before it stays", async () => {
    await write(3);
    const whole = readFileSync(file);
    const start = whole.lastIndexOf("\n", whole.length - 2) + 1;
    for (let end = start + 1; end < whole.length; end += 7) {
      writeFileSync(file, whole);
      truncateSync(file, end);
      rmSync(`${file}.torn`, { force: true });
      await record(event(7));
      expect(await readAuditLog(file)).toEqual([event(1), event(2), event(7)]);
      expect(await verifyAuditLog(file)).toMatchObject({ lines: 4, findings: [] });
      expect(lines()[2]).toContain('"type":"audit.torn"');
      expect(readFileSync(`${file}.torn`, "utf8")).toBe(`${whole.toString("utf8", start, end)}\n`);
    }
  });

  test("before the first line, too", async () => {
    mkdirSync(join(folder, "deep"));
    writeFileSync(file, '{"seq', { mode: 0o600 });
    await record(event(1));
    expect(await readAuditLog(file)).toEqual([event(1)]);
    expect(await problems()).toEqual([]);
  });

  test("is found by who verifies before it was set aside", async () => {
    await write(2);
    truncateSync(file, statSync(file).size - 5);
    expect(await problems()).toEqual([{ line: 2, problem: "the last line was not written to its end" }]);
    expect(await readAuditLog(file)).toEqual([event(1)]);
  });

  test("by kill -9 while three processes write: what was acknowledged is there, and the chain holds", async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) {
      const writers = ["a", "b", "c"].map((name) =>
        fork(WRITER, [file, join(folder, "locks"), `${round}${name}`], { stdio: ["ignore", "pipe", "ignore", "ipc"] }),
      );
      for (const writer of writers) writer.on("message", (name) => void acknowledged.push(name as string));
      await Promise.all(writers.map((writer) => once(writer, "message")));
      const closed = writers.map((writer) => once(writer, "close"));
      for (const writer of writers) writer.kill("SIGKILL");
      await Promise.all(closed);
    }
    await record(event(1));
    expect(await problems()).toEqual([]);
    const names = new Set((await readAuditLog(file)).map(({ name }) => name));
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(8);
  });
});

describe("tampering shows", () => {
  test.each<[string, (all: string[]) => readonly string[]]>([
    ["a line changed", (all) => all.with(1, all[1]?.replace("n2", "n9") ?? "")],
    ["a line left out", (all) => all.toSpliced(1, 1)],
    ["a line twice", (all) => all.toSpliced(1, 0, all[1] ?? "")],
    ["two lines swapped", (all) => [all[0] ?? "", all[2] ?? "", all[1] ?? "", ...all.slice(3)]],
    ["the first line left out", (all) => all.slice(1)],
    ["a line of another kind", (all) => all.with(2, "{}")],
    ["a field that we do not write", (all) => all.with(3, all[3]?.replace('"name"', '"x":1,"name"') ?? "")],
    ["a space in a line", (all) => all.with(1, all[1]?.replace(",", ", ") ?? "")],
    ["a number changed", (all) => all.with(4, all[4]?.replace('"sequence":5', '"sequence":6') ?? "")],
  ])("%s", async (_, change) => {
    await write(5);
    expect(await problems()).toEqual([]);
    rewrite(change);
    expect(await problems()).not.toEqual([]);
  });

  test("an end that was cut off shows to who kept the head", async () => {
    await write(3);
    const { head } = await verifyAuditLog(file);
    rewrite((all) => all.slice(0, -1));
    const report = await verifyAuditLog(file);
    expect(report.findings).toEqual([]);
    expect(report.head).not.toBe(head);
  });

  test("a line that is not of the record is named, not passed over", async () => {
    await write(2);
    rewrite((all) => [all[0] ?? "", "{}", all[1] ?? ""]);
    await expect(readAuditLog(file)).rejects.toMatchObject({
      code: "file_malformed",
      message: expect.stringContaining("line 2") as string,
    });
  });

  test("what is no file cannot be verified", async () => {
    await expect(verifyAuditLog(join(folder, "none"))).rejects.toMatchObject({ code: "file_missing" });
    await expect(verifyAuditLog(folder)).rejects.toMatchObject({ code: "file_unusable" });
  });
});

test("adding to a long record reads its end only", async () => {
  await write(1);
  const [first = ""] = lines();
  // A record of 50 MB whose beginning could not even be parsed.
  writeFileSync(file, `${"x".repeat(50_000_000)}\n${first}\n`);
  await record(event(2));
  expect(readFileSync(file, "latin1").slice(-400)).toContain('"sequence":2');
});
