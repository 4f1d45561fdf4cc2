// One lock as a file that is there, whole, or not: made by link(2), which fails where the name is taken (POSIX), with
// its holder's identity already inside. A dead holder's lock is taken away under a lock of its own.
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { link, open, readdir, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AuthError } from "../errors.js";
import type { Clock } from "../types.js";
import { systemCode, unusableBySystem } from "../files/file-errors.js";
import { findProcess, pidOf, type ProcessState } from "./identify-process.js";

/** Who holds a lock. `mark` is never given to a second taking of any lock. */
export interface LockHolder {
  readonly mark: string;
  /** As `identifyProcess` words it; empty where the file does not say. */
  readonly process: string;
  readonly pid: number | undefined;
  /** When it was taken, as its holder wrote it; only for people. */
  readonly since: string;
  /** `nobody`: the file is none that a taker makes, as after a power failure. */
  readonly state: ProcessState | "nobody";
}

/** The one who takes locks: this process, with new marks. */
export interface LockTaker {
  readonly directory: string;
  readonly process: string;
  readonly createMark: () => string;
  readonly now: Clock;
}

const VERSION = "daypass lock 1";
const SUFFIX = ".lock";
const NEW = ".new";
const MAX_BYTES = 4096;

/** Returns the file of a lock: names may hold anything, and files of any length of name look alike. */
export function lockPath(directory: string, name: string): string {
  return join(directory, createHash("sha256").update(name).digest("hex").slice(0, 40) + SUFFIX);
}

/** Takes the lock at `path`. Returns its mark, or `undefined` where somebody has it. */
export async function takeLock(taker: LockTaker, path: string): Promise<string | undefined> {
  const mark = taker.createMark();
  const made = join(taker.directory, `${taker.process}.${mark}${NEW}`);
  try {
    const since = new Date(taker.now()).toISOString();
    await writeFile(made, `${VERSION}\n${taker.process}\n${mark}\n${since}\n`, { flag: "wx", mode: 0o600 });
    await link(made, path);
    return mark;
  } catch (error) {
    // A network disk may answer the repetition of a request that had succeeded: what is there counts.
    if (systemCode(error) === "EEXIST") return (await readLock(path))?.mark === mark ? mark : undefined;
    throw unusableLocks(taker.directory, error);
  } finally {
    await unlink(made).catch(() => undefined);
  }
}

/** Gives back the lock at `path`, if it is still the one that was taken. */
export async function releaseLock(path: string, mark: string): Promise<void> {
  if ((await readLock(path))?.mark === mark) await unlinkLock(path);
}

/** Returns who holds the lock at `path`, or `undefined` where nobody does. */
export async function readLock(path: string): Promise<LockHolder | undefined> {
  const text = await readSmallFile(path);
  if (text === undefined) return undefined;
  const [version = "", process = "", mark = "", since = "", end] = text.split("\n");
  const pid = pidOf(process);
  if (version === VERSION && pid !== undefined && /^[0-9a-f]{8,64}$/.test(mark) && end === "")
    return { mark, process, pid, since, state: await findProcess(process) };
  const digest = createHash("sha256").update(text).digest("hex");
  // A later version's lock is somebody's, even if we cannot read whose.
  const state = /^daypass lock \d+$/.test(version) && version !== VERSION ? "unknown" : "nobody";
  return { mark: digest, process: "", pid: undefined, since: "", state };
}

/**
 * Takes away the lock at `path` that `holder` left. Only the holder of the lock named after path and mark may, and it
 * looks again first: who saw the dead holder too, but later, finds another mark and leaves it alone. Its own lock can be
 * left by a dead process in turn, and is treated the same. Returns false where another process is at it: wait for it.
 */
export async function breakLock(taker: LockTaker, path: string, holder: LockHolder): Promise<boolean> {
  const right = lockPath(taker.directory, `${path}\n${holder.mark}`);
  const mark = await takeLock(taker, right);
  if (mark === undefined) {
    const other = await readLock(right);
    if (other?.state === "dead" || other?.state === "nobody") await breakLock(taker, right, other);
    return false;
  }
  try {
    if ((await readLock(path))?.mark === holder.mark) await unlinkLock(path);
    return true;
  } finally {
    await releaseLock(right, mark);
  }
}

/** Takes away what processes that are dead by proof left in the directory, so that it does not fill up. */
export async function sweepLocks(taker: LockTaker): Promise<void> {
  for (const name of await readdir(taker.directory)) {
    // What cannot be swept is in the way of those who ask for that very lock, and of nobody else.
    await sweepOne(taker, name).catch(() => undefined);
  }
}

async function sweepOne(taker: LockTaker, name: string): Promise<void> {
  const path = join(taker.directory, name);
  if (name.endsWith(NEW) && (await findProcess(name.split(".")[0] ?? "")) === "dead") await unlink(path);
  if (!name.endsWith(SUFFIX)) return;
  const holder = await readLock(path);
  if (holder?.state === "dead") await breakLock(taker, path, holder);
}

/** Returns a `lock_unavailable` for a directory that cannot hold locks. */
export function unusableLocks(directory: string, error: unknown): AuthError {
  const reason = unusableBySystem(directory, error);
  return new AuthError("lock_unavailable", `no locks can be kept: ${reason.message}`, {
    hint: reason.hint,
    cause: error,
  });
}

async function unlinkLock(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw unusableLocks(path, error);
  }
}

/** A link, a folder or a pipe in place of a lock was put there by somebody else. */
async function readSmallFile(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
      return buffer.toString("latin1", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw unusableLocks(path, error);
  }
}
