// The database file is ours alone: made 0600 before anything is in it, never followed through a link.
import { chmod, lstat, open } from "node:fs/promises";
import type { Stats } from "node:fs";
import { basename } from "node:path";
import { CrossAccountError } from "@daypass/cross-account";

/**
 * Makes sure that `path` is a regular file of this user with mode 0600: creates it, or narrows it. SQLite gives its
 * `-wal` and `-shm` files the mode of the database ("Write-Ahead Logging", sqlite.org); left over ones are narrowed too.
 * Throws `CrossAccountError` `store_unavailable` for links, other users' files, and folders that do not exist.
 */
export async function guardFile(path: string): Promise<void> {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    const found = await stat(file);
    if (found !== undefined) await narrow(file, found);
    else if (file === path) await createEmpty(path);
  }
}

async function stat(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw unusable(path, "it cannot be looked at", "check the permissions of its folder", error);
  }
}

async function narrow(path: string, found: Stats): Promise<void> {
  if (!found.isFile()) throw unusable(path, "it is not a regular file", "name the file itself, not a link or a folder");
  // Windows has neither owners nor modes in this sense; there the folder's access list protects the file.
  const user = process.getuid?.();
  if (user === undefined) return;
  if (found.uid !== user) throw unusable(path, "it belongs to another user", "run as its owner, or use another file");
  if ((found.mode & 0o077) === 0) return;
  try {
    await chmod(path, 0o600);
  } catch (error) {
    throw unusable(path, "others may read it, and that cannot be changed", "see that its disk can be written", error);
  }
}

async function createEmpty(path: string): Promise<void> {
  try {
    // `wx` fails where somebody else was faster, a dangling link included.
    await (await open(path, "wx", 0o600)).close();
  } catch (error) {
    if (hasCode(error, "EEXIST")) return guardFile(path);
    if (hasCode(error, "ENOENT")) throw unusable(path, "its folder does not exist", "create the folder first", error);
    throw unusable(path, "it cannot be created", "check the permissions of its folder", error);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function unusable(path: string, problem: string, hint: string, cause?: unknown): CrossAccountError {
  const name = JSON.stringify(basename(path));
  return new CrossAccountError("store_unavailable", `the database file ${name} cannot be used: ${problem}`, {
    hint,
    cause,
  });
}
