// Replaces a file so that after a crash at any moment it is the old one or the new one, whole, and never readable by others.
import { randomBytes } from "node:crypto";
import { open, readdir, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AuthError } from "../errors.js";
import { findProcess, identifyProcess } from "../locks/identify-process.js";
import { systemCode, unusableBySystem } from "./file-errors.js";
import { findFile } from "./find-file.js";

/** How a file is written. */
export interface WriteOptions {
  /** At most this much is allowed to whom; default 0600. A narrower mode that is there already stays. */
  readonly mode?: number;
  /** Sets the file's time to the second that has begun: how our writes of shared files are told from others'. */
  readonly wholeSecond?: boolean;
  /** Asked last, before the new file takes the place of the old one. Where it throws, nothing is replaced. */
  readonly beforeReplacing?: () => Promise<void>;
  /** Makes temporary names that nobody can guess. */
  readonly createNonce?: () => string;
}

/** What was done. */
export interface WrittenFile {
  /** The mode that the file had, where it was wider than it is now: the person should be told. */
  readonly tightenedFrom: number | undefined;
}

/**
 * Writes `data` beside `path`, syncs it, and renames it over `path` (a link is followed once, to a file of this user).
 * Leavings of killed processes are swept. Throws `file_unusable`, with the old file untouched and nothing left over,
 * save for one case: where the folder cannot be synced after the rename the new file is there and may not outlast a
 * power failure.
 */
export async function writeFileAtomically(
  path: string,
  data: string | Uint8Array,
  options: WriteOptions = {},
): Promise<WrittenFile> {
  const { mode = 0o600, createNonce = () => randomBytes(8).toString("hex"), beforeReplacing } = options;
  const { path: target, stats } = await findFile(path);
  const there = stats === undefined ? undefined : stats.mode & 0o777;
  await sweep(target);
  const temporary = join(
    dirname(target),
    `.${basename(target)}.${await identifyProcess(process.pid)}.${createNonce()}.tmp`,
  );
  let made = false;
  try {
    const file = await open(temporary, "wx", 0o600);
    made = true;
    try {
      await file.writeFile(data);
      await file.chmod(there === undefined ? mode : there & mode);
      const { atime, mtimeMs } = await file.stat();
      if (options.wholeSecond === true) await file.utimes(atime, Math.floor(mtimeMs / 1000));
      await file.sync();
    } finally {
      await file.close();
    }
    await beforeReplacing?.();
    await rename(temporary, target);
  } catch (error) {
    if (made) await unlink(temporary).catch(() => undefined);
    throw error instanceof AuthError ? error : unusableBySystem(path, error);
  }
  await syncFolder(path, dirname(target));
  return { tightenedFrom: there !== undefined && (there & ~mode) !== 0 ? there : undefined };
}

/** The rename itself has to reach the disk. Some network disks cannot sync folders; there nothing more can be done. */
async function syncFolder(path: string, folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (["EINVAL", "ENOTSUP", "EISDIR", "EPERM", "EACCES"].includes(systemCode(error) ?? "")) return;
    throw unusableBySystem(path, error);
  }
}

/** Removes what processes that are dead by proof left beside this file. Failing to is no reason not to write. */
async function sweep(target: string): Promise<void> {
  const start = `.${basename(target)}.`;
  const names = await readdir(dirname(target)).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(start)) continue;
    const [, word] = /^([0-9a-f-]+)\.[0-9a-z]+\.tmp$/.exec(name.slice(start.length)) ?? [];
    if (word === undefined || (await findProcess(word)) !== "dead") continue;
    await unlink(join(dirname(target), name)).catch(() => undefined);
  }
}
