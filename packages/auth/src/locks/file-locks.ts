// Locks between processes that end with the process that holds them: no timeouts, no leases, nothing to clean up by hand.
import { randomBytes } from "node:crypto";
import { chmod, lstat, mkdir } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { AuthError } from "../errors.js";
import { unusableFile } from "../files/file-errors.js";
import { isForeign } from "../files/find-file.js";
import type { Clock, Locks } from "../types.js";
import { identifyProcess } from "./identify-process.js";
import { breakLock, lockPath, readLock, releaseLock, sweepLocks, takeLock, unusableLocks } from "./lock-file.js";
import type { LockHolder, LockTaker } from "./lock-file.js";

/** Where locks are kept, and what is injected. */
export interface FileLocksOptions {
  /** Made with mode 0700 where it is missing. */
  readonly directory: string;
  readonly now?: Clock;
  readonly pid?: number;
  readonly sleep?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<unknown>;
  /** 8 to 64 hexadecimal digits, never the same twice. */
  readonly createMark?: () => string;
}

type LockOptions = NonNullable<Parameters<Locks["withLock"]>[2]>;

const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 100;
/** A file that no taker writes may be one that a network disk has not shown whole yet. */
const NOBODY_AFTER_MS = 500;
/** Whether a process of another machine or container lives cannot be seen, so that its lock is never taken away. */
const UNKNOWN_AFTER_MS = 120_000;

/**
 * Returns locks that are files of `directory`. A lock is never taken from a living process, a stopped one included; a
 * dead one's is taken over by the next who waits. `withLock` runs callers of this process in their order, rejects with
 * what `work` rejects with, with `cancelled`, or with `lock_unavailable`: the directory cannot be used, or the lock is
 * held for two minutes by a process of another machine or container. Asking for a lock inside its own work waits for ever.
 */
export function createFileLocks(options: FileLocksOptions): Locks {
  const { directory, pid = process.pid, now = Date.now } = options;
  const { sleep = sleepFor, createMark = () => randomBytes(16).toString("hex") } = options;
  const queues = new Map<string, Promise<unknown>>();
  let taker: Promise<LockTaker> | undefined;

  async function enter(): Promise<LockTaker> {
    await makeDirectory(directory);
    const entered = { directory, createMark, now, process: await identifyProcess(pid) };
    await sweepLocks(entered);
    return entered;
  }

  async function acquire(path: string, name: string, options: LockOptions): Promise<string> {
    taker ??= enter();
    try {
      return await waitFor(await taker, path, name, options);
    } catch (error) {
      // Somebody may have removed the directory: the next caller makes it again.
      taker = undefined;
      throw error instanceof AuthError && error.code !== "file_unusable" ? error : unusableLocks(directory, error);
    }
  }

  async function waitFor(
    self: LockTaker,
    path: string,
    name: string,
    { signal, onWait }: LockOptions,
  ): Promise<string> {
    let waited = { mark: "", ms: 0 };
    let told = false;
    let pause = FIRST_WAIT_MS;
    for (;;) {
      stopIfAborted(signal);
      const mark = await takeLock(self, path);
      if (mark !== undefined) return mark;
      const holder = await readLock(path);
      if (holder === undefined) continue;
      if (holder.mark !== waited.mark) waited = { mark: holder.mark, ms: 0 };
      if (isNobodys(holder, waited.ms) && (await breakLock(self, path, holder))) continue;
      if (holder.state === "unknown" && waited.ms >= UNKNOWN_AFTER_MS) throw heldElsewhere(path, name, holder.since);
      if (!told && holder.state !== "dead") {
        told = true;
        onWait?.(holder.pid);
      }
      await sleep(pause, signal).catch(() => stopIfAborted(signal));
      waited.ms += pause;
      pause = Math.min(pause * 2, LONGEST_WAIT_MS);
    }
  }

  return {
    async withLock(name, work, options = {}) {
      const path = lockPath(directory, name);
      const before = queues.get(path);
      const turn = inTurn(before, options, pid);
      const run = turn.then(async () => {
        const mark = await acquire(path, name, options);
        try {
          return await work();
        } finally {
          await releaseLock(path, mark);
        }
      });
      // Whoever comes next waits for all before, even where this one gives up while it waits.
      const after = Promise.allSettled([before, run]);
      queues.set(path, after);
      try {
        return await run;
      } finally {
        if (queues.get(path) === after) queues.delete(path);
      }
    },
  };
}

function isNobodys({ state }: LockHolder, waitedMs: number): boolean {
  return state === "dead" || (state === "nobody" && waitedMs >= NOBODY_AFTER_MS);
}

/** Resolves when all callers before are done; rejects at once with `cancelled` when the signal fires. */
async function inTurn(
  before: Promise<unknown> | undefined,
  { signal, onWait }: LockOptions,
  pid: number,
): Promise<void> {
  stopIfAborted(signal);
  if (before === undefined) return;
  onWait?.(pid);
  let give: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => (give = resolve));
  signal?.addEventListener("abort", give, { once: true });
  await Promise.race([before, aborted]);
  signal?.removeEventListener("abort", give);
  stopIfAborted(signal);
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new AuthError("cancelled", "gave up waiting for another process", {
    hint: "try again",
    cause: signal.reason,
  });
}

function heldElsewhere(path: string, name: string, since: string): AuthError {
  const from = /^[0-9TZ:.-]+$/.test(since) ? `, since ${since}` : "";
  return new AuthError(
    "lock_unavailable",
    `the lock ${JSON.stringify(name)} is held by a process of another machine or container${from}`,
    { hint: `wait for it to end; if nothing runs there any more, remove ${JSON.stringify(path)}` },
  );
}

async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const stats = await lstat(directory);
  if (!stats.isDirectory()) throw unusableFile(directory, "it is not a folder", "remove it, or name another folder");
  if (isForeign(stats)) throw unusableFile(directory, "it belongs to another user", "name a folder of your own");
  if (process.getuid !== undefined && (stats.mode & 0o077) !== 0) await chmod(directory, 0o700);
}

function sleepFor(milliseconds: number, signal: AbortSignal | undefined): Promise<unknown> {
  return setTimeout(milliseconds, undefined, { ref: true, ...(signal === undefined ? {} : { signal }) });
}
