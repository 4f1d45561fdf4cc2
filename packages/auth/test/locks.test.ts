import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { breakLock, lockPath, readLock, takeLock } from "../dist/locks/lock-file.js";
import { identifyProcess } from "../dist/locks/identify-process.js";

const WORKER = fileURLToPath(new URL("lock-worker.mjs", import.meta.url));
const MARK = "00112233445566778899aabbccddeeff";

let folder: string;
let directory: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-locks-"));
  directory = join(folder, "locks");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Starts another process on the same locks; `said` resolves with its first line. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [WORKER, directory, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const said = once(child.stdout, "data").then(([chunk]) => String(chunk).trim());
  return { child, said, closed: once(child, "close") };
}

/** Lays a lock down as if a process of that identity had taken it. */
function leave(name: string, text: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = lockPath(directory, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const lockOf = (identity: string) => `daypass lock 1\n${identity}\n${MARK}\n2026-01-01T00:00:00.000Z\n`;
const instead = (word: string, part: number, text: string) => word.split("-").with(part, text).join("-");

/** Locks whose waits take no time, and are counted. */
function countingLocks() {
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
    await new Promise(setImmediate);
  };
  return { waits, locks: createFileLocks({ directory, sleep }) };
}

describe("within one process", () => {
  test("callers of one name run one after the other, in their order", async () => {
    const locks = createFileLocks({ directory });
    const seen: string[] = [];
    await Promise.all(
      [0, 1, 2, 3].map((n) =>
        locks.withLock("one", async () => {
          seen.push(`in ${n}`);
          await new Promise(setImmediate);
          seen.push(`out ${n}`);
        }),
      ),
    );
    expect(seen).toEqual([0, 1, 2, 3].flatMap((n) => [`in ${n}`, `out ${n}`]));
  });

  test("different names do not wait for each other, whatever is in them", async () => {
    const locks = createFileLocks({ directory });
    const names = ["a", "A", "../up", "a/b", "", "x".repeat(5000), "ünï\n"];
    const nested = names.reduceRight<() => Promise<string>>(
      (inner, name) => () => locks.withLock(name, inner),
      async () => "inside all",
    );
    expect(await nested()).toBe("inside all");
    expect(existsSync(join(folder, "up"))).toBe(false);
  });

  test("the answer and the error of the work come back, and the lock is free after both", async () => {
    const locks = createFileLocks({ directory });
    expect(await locks.withLock("one", async () => 7)).toBe(7);
    await expect(locks.withLock("one", () => Promise.reject(new Error("work")))).rejects.toThrow("work");
    expect(await locks.withLock("one", async () => readdirSync(directory).length)).toBe(1);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("who waits is told once for whom, and may give up without disturbing the rest", async () => {
    const locks = createFileLocks({ directory });
    const told: unknown[] = [];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const first = locks.withLock("one", () => held);
    const gives = new AbortController();
    const second = locks.withLock("one", async () => "never", {
      signal: gives.signal,
      onWait: (pid) => told.push(pid),
    });
    const third = locks.withLock("one", async () => "third");
    gives.abort();
    await expect(second).rejects.toMatchObject({ code: "cancelled" });
    release();
    await first;
    expect(await third).toBe("third");
    expect(told).toEqual([process.pid]);
  });

  test("two lock factories on one directory exclude each other", async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      // Long enough for the others to try while it is held.
      await new Promise((resolve) => setTimeout(resolve, 15));
      inside--;
    };
    const all = [0, 1, 2].map(() => createFileLocks({ directory }));
    await Promise.all(all.flatMap((locks) => [locks.withLock("one", work), locks.withLock("one", work)]));
    expect(most).toBe(1);
  });

  test("a directory that was removed in between is made again for the next caller", async () => {
    const locks = createFileLocks({ directory });
    await locks.withLock("one", async () => undefined);
    rmSync(directory, { recursive: true });
    await expect(locks.withLock("one", async () => undefined)).rejects.toMatchObject({ code: "lock_unavailable" });
    expect(await locks.withLock("one", async () => "again")).toBe("again");
  });
});

describe("the directory", () => {
  test("is made for this user alone, and so are the locks; one that is open to others is closed", async () => {
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    await createFileLocks({ directory }).withLock("one", async () => {
      expect(statSync(lockPath(directory, "one")).mode & 0o777).toBe(0o600);
    });
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test("that is a file, a link, or in place of a lock something else, cannot hold locks", async () => {
    writeFileSync(join(folder, "file"), "");
    symlinkSync(folder, join(folder, "link"));
    for (const name of ["file", "link"])
      await expect(
        createFileLocks({ directory: join(folder, name) }).withLock("one", async () => undefined),
      ).rejects.toMatchObject({ code: "lock_unavailable" });
    mkdirSync(directory, { mode: 0o700 });
    symlinkSync("/etc/hostname", lockPath(directory, "linked"));
    mkdirSync(lockPath(directory, "folder"));
    for (const name of ["linked", "folder"])
      await expect(createFileLocks({ directory }).withLock(name, async () => undefined)).rejects.toMatchObject({
        code: "lock_unavailable",
      });
    expect(existsSync("/etc/hostname")).toBe(true);
  });
});

describe("a lock left behind", () => {
  test("by a process that is gone is taken over at once", async () => {
    const { child, closed } = start("crash", "one");
    await closed;
    expect(child.signalCode).toBe("SIGKILL");
    expect(existsSync(lockPath(directory, "one"))).toBe(true);
    const { locks, waits } = countingLocks();
    expect(await locks.withLock("one", async () => "mine")).toBe("mine");
    expect(waits).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("by a process whose number another one has now is taken over", async () => {
    leave("one", lockOf(instead(await identifyProcess(process.pid), 1, "1")));
    const { locks, waits } = countingLocks();
    expect(await locks.withLock("one", async () => "mine")).toBe("mine");
    expect(waits).toEqual([]);
  });

  test("before this machine was started again is taken over", async () => {
    leave("one", lockOf(instead(await identifyProcess(process.pid), 2, "0123456789abcdef")));
    const { locks } = countingLocks();
    expect(await locks.withLock("one", async () => "mine")).toBe("mine");
  });

  test.each([
    ["another machine", async () => instead(instead(await identifyProcess(1), 2, "0123456789abcdef"), 4, "ffff")],
    ["another container of this machine", async () => instead(await identifyProcess(999_999), 3, "42")],
  ])("by %s is never taken over: after two minutes the person is told which file it is", async (_, identity) => {
    const path = leave("one", lockOf(await identity()));
    const { locks, waits } = countingLocks();
    const refusal = await locks.withLock("one", async () => "stolen").catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "lock_unavailable", hint: expect.stringContaining(path) });
    expect(String(refusal)).toContain("since 2026-01-01");
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(120_000);
    expect(existsSync(path)).toBe(true);
  });

  test("in a form of a later version is never taken over", async () => {
    const path = leave("one", "daypass lock 2\nwho knows\n");
    await expect(countingLocks().locks.withLock("one", async () => "stolen")).rejects.toMatchObject({
      code: "lock_unavailable",
    });
    expect(existsSync(path)).toBe(true);
  });

  test.each([
    ["empty", ""],
    ["full of NUL bytes", "\0".repeat(200)],
    ["cut off", "daypass lock 1\n12"],
    ["of something else", "x".repeat(10_000)],
  ])("%s is nobody's, and is taken over when it stays so", async (_, text) => {
    leave("one", text);
    const { locks, waits } = countingLocks();
    expect(await locks.withLock("one", async () => "mine")).toBe("mine");
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(500);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("is not taken by who saw a dead holder before somebody else took its place", async () => {
    const path = leave("one", lockOf(instead(await identifyProcess(process.pid), 1, "1")));
    const marks = ["aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"];
    const self = await identifyProcess(process.pid);
    const taker = { directory, process: self, now: () => 0, createMark: () => marks.shift() ?? "" };
    const seen = (await readLock(path))!;
    expect(await breakLock(taker, path, seen)).toBe(true);
    expect(await takeLock(taker, path)).toBe("bbbbbbbb");
    expect(await breakLock(taker, path, seen)).toBe(true);
    expect((await readLock(path))?.mark).toBe("bbbbbbbb");
  });

  test("while it was taken away from a dead process does not stop the next one", async () => {
    const dead = instead(await identifyProcess(process.pid), 1, "1");
    const path = leave("one", lockOf(dead));
    leave(`${path}\n${MARK}`, lockOf(dead));
    expect(await countingLocks().locks.withLock("one", async () => "mine")).toBe("mine");
    expect(readdirSync(directory)).toEqual([]);
  });

  test("and all that dead processes left is swept by the next process, and nothing of the living", async () => {
    const dead = instead(await identifyProcess(process.pid), 1, "1");
    const alive = await identifyProcess(process.pid);
    leave("old", lockOf(dead));
    leave("mine", lockOf(alive));
    writeFileSync(join(directory, `${dead}.${MARK}.new`), "");
    writeFileSync(join(directory, `${alive}.${MARK}.new`), "");
    await createFileLocks({ directory }).withLock("other", async () => undefined);
    expect(readdirSync(directory).sort()).toEqual(
      [`${alive}.${MARK}.new`, lockPath(directory, "mine").slice(directory.length + 1)].sort(),
    );
  });
});

describe("several processes", () => {
  test("a stopped holder keeps its lock, and the one that waits is told its number", async () => {
    const { child, said, closed } = start("hold", "one");
    expect(await said).toBe("held");
    child.kill("SIGSTOP");
    const told: unknown[] = [];
    const gives = new AbortController();
    let waits = 0;
    const sleep = async () => {
      if (++waits === 50) gives.abort();
      await new Promise(setImmediate);
    };
    const locks = createFileLocks({ directory, sleep });
    await expect(
      locks.withLock("one", async () => "stolen", { signal: gives.signal, onWait: (pid) => told.push(pid) }),
    ).rejects.toMatchObject({ code: "cancelled" });
    expect(told).toEqual([child.pid]);
    child.kill("SIGKILL");
    await closed;
    expect(await createFileLocks({ directory }).withLock("one", async () => "mine")).toBe("mine");
  });

  test("twelve processes that count in one file lose no step, while three more are killed in the middle", async () => {
    const file = join(folder, "count");
    writeFileSync(file, "0");
    const counters = Array.from({ length: 12 }, () => start("count", "one", file, "8"));
    const killed = Array.from({ length: 3 }, () => start("crash", "one"));
    await Promise.all([...counters, ...killed].map(({ closed }) => closed));
    expect(readFileSync(file, "utf8")).toBe(String(12 * 8));
    expect(counters.map(({ child }) => child.exitCode)).toEqual(counters.map(() => 0));
  });

  test("who finds a dead holder late does not take the lock of the one who came first", async () => {
    const file = join(folder, "count");
    writeFileSync(file, "0");
    for (let round = 0; round < 3; round++) {
      const { closed } = start("crash", "one");
      await closed;
      await Promise.all([0, 1, 2, 3, 4, 5].map(() => start("count", "one", file, "3").closed));
    }
    expect(readFileSync(file, "utf8")).toBe(String(3 * 6 * 3));
  });
});
