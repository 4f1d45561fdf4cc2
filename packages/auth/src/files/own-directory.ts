// The person's directory of a tool. Who else may write in it cannot read the files there, but may take them away and put
// others in their places: which say where secrets go, and which accounts are signed in to.
import { chmod, stat } from "node:fs/promises";
import { systemCode, unusableBySystem, unusableFile } from "./file-errors.js";
import { isForeign } from "./find-file.js";

const WRITABLE_BY_OTHERS = 0o022;

/**
 * Closes the directory where others may write in it; one that is not there yet is left so. A link to it is followed.
 * Throws `file_unusable` where it is no folder, or another user's.
 */
export async function closeOwnDirectory(directory: string): Promise<void> {
  try {
    const stats = await stat(directory);
    if (!stats.isDirectory()) throw unusableFile(directory, "it is not a folder", "move it away");
    if (isForeign(stats)) throw unusableFile(directory, "it belongs to another user", "run as its owner");
    // Windows has no such modes; there access lists protect.
    if (process.getuid !== undefined && (stats.mode & WRITABLE_BY_OTHERS) !== 0) await chmod(directory, 0o700);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw unusableBySystem(directory, error);
  }
}
