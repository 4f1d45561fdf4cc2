// Reads a file of ours whose bytes nobody else may have had their hands on.
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { systemCode, unusableBySystem, unusableFile } from "../files/file-errors.js";
import { isForeign } from "../files/find-file.js";

/**
 * Returns the bytes of a file, or `undefined` where there is none. Throws `AuthError` `file_unusable` where it is not a
 * regular file of this user alone, or larger than `maxBytes`. `followLinks`: a link to such a file will do.
 */
export async function readSecretBytes(
  path: string,
  { maxBytes, followLinks }: { readonly maxBytes: number; readonly followLinks: boolean },
): Promise<Buffer | undefined> {
  let file: FileHandle;
  try {
    // O_NONBLOCK: opening a named pipe would wait for a writer.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | (followLinks ? 0 : constants.O_NOFOLLOW);
    file = await open(path, flags);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw unusableBySystem(path, error);
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw unusableFile(path, "it is not a regular file", "move it away");
    if (isForeign(stats)) throw unusableFile(path, "it belongs to another user", "run as its owner");
    if (process.getuid !== undefined && (stats.mode & 0o077) !== 0)
      throw unusableFile(path, "others may read it", `chmod 600 ${JSON.stringify(path)}`);
    // One byte more than is allowed tells a file that grew since.
    const buffer = Buffer.alloc(Math.min(stats.size, maxBytes) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    if (length > stats.size || length > maxBytes)
      throw unusableFile(path, `it is larger than ${maxBytes} bytes, or it is being written`, "see what it is");
    return buffer.subarray(0, length);
  } catch (error) {
    throw unusableBySystem(path, error);
  } finally {
    await file.close();
  }
}
