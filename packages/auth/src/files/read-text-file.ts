// Reads a person's text file, and says exactly why it cannot: missing, unreadable and malformed are three things.
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { devNull } from "node:os";
import { malformedFile, systemCode, unusableBySystem, unusableFile } from "./file-errors.js";
import { isForeign } from "./find-file.js";

/** No text file of ours or of AWS's tools comes near it. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Returns the text of `path`, byte order mark included, or `undefined` where there is no such file. `secret`: the file
 * must be this user's and closed to everybody else. Throws `file_unusable` (not a regular file, no permission, over
 * 16 MiB, or open to others although secret) and `file_malformed` (not UTF-8 text) with the line.
 */
export async function readTextFile(
  path: string,
  options: { readonly secret?: boolean } = {},
): Promise<string | undefined> {
  // People point AWS_CONFIG_FILE there to have no configuration at all.
  if (path === devNull) return "";
  let file: FileHandle;
  try {
    // Without O_NONBLOCK opening a named pipe waits for a writer.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw unusableBySystem(path, error);
  }
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw unusableFile(path, "it is a folder", "name the file itself");
    if (!stats.isFile()) throw unusableFile(path, "it is not a regular file", "name a regular file");
    if (stats.size > MAX_BYTES)
      throw unusableFile(path, "it is larger than 16 MiB", "see whether it is the right file");
    if (options.secret === true) {
      if (isForeign(stats)) throw unusableFile(path, "it belongs to another user", "run as its owner");
      if (process.getuid !== undefined && (stats.mode & 0o077) !== 0)
        throw unusableFile(path, "others may read it", `chmod 600 ${JSON.stringify(path)}`);
    }
    return decode(path, await file.readFile());
  } catch (error) {
    throw unusableBySystem(path, error);
  } finally {
    await file.close();
  }
}

function decode(path: string, bytes: Buffer): string {
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const problem = wide ? "it is UTF-16 text" : "there is a NUL byte in it";
    throw malformedFile(path, lineAt(bytes, nul), problem, "save it as UTF-8 text");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformedFile(path, lineAt(bytes, firstWrongByte(bytes)), "it is not UTF-8 text", "save it as UTF-8 text");
  }
}

function lineAt(bytes: Buffer, end: number): number {
  return bytes.subarray(0, end).toString("latin1").split("\n").length;
}

/** Where decoding and encoding again first differ: a wrong byte becomes U+FFFD, which is three other bytes. */
function firstWrongByte(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString("utf8"));
  let at = 0;
  while (at < bytes.length && bytes[at] === again[at]) at++;
  return at;
}
