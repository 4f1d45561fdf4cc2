// Which file is really meant by a path before it is replaced: a link is followed once, and only to a file of this user.
import type { Stats } from "node:fs";
import { lstat, readlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { systemCode, unusableBySystem, unusableFile } from "./file-errors.js";

/** A path that may be replaced, and what is there now. */
export interface FoundFile {
  readonly path: string;
  readonly stats: Stats | undefined;
}

/**
 * Returns the file to replace: `path` itself, or the target of the link it is. Throws `file_unusable` where that is not
 * a regular file with one name that belongs to this user, or where it is a link to a link.
 */
export async function findFile(path: string): Promise<FoundFile> {
  const found = await look(path);
  if (found?.isSymbolicLink() !== true) return judge(path, path, found);
  const target = resolve(dirname(path), await readlink(path));
  const there = await look(target);
  if (there === undefined) {
    // A link that leads nowhere yet is taken where nobody else could have chosen what it leads to.
    const folder = await look(dirname(target));
    if (folder === undefined) throw unusableFile(path, "it is a link to nowhere", "correct or remove the link");
    if (isForeign(folder)) throw unusableFile(path, "it is a link into another user's folder", "remove the link");
  }
  return judge(path, target, there);
}

/** Whether something belongs to another user. Windows has no owners in this sense; there access lists protect. */
export function isForeign(stats: Stats): boolean {
  const user = process.getuid?.();
  return user !== undefined && stats.uid !== user;
}

function judge(path: string, target: string, stats: Stats | undefined): FoundFile {
  if (stats === undefined) return { path: target, stats };
  if (stats.isSymbolicLink()) throw unusableFile(path, "it is a link to a link", "let the link name the file itself");
  if (stats.isDirectory()) throw unusableFile(path, "it is a folder", "name the file itself");
  if (!stats.isFile()) throw unusableFile(path, "it is not a regular file", "name a regular file");
  if (isForeign(stats)) throw unusableFile(path, "it belongs to another user", "run as its owner, or use another file");
  // Replacing it would leave the other names with the old content.
  if (stats.nlink > 1)
    throw unusableFile(path, "it has a second name (a hard link)", "use a symbolic link, or remove one of the names");
  return { path: target, stats };
}

async function look(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw unusableBySystem(path, error);
  }
}
