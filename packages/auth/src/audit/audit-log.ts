// The record of what happened on this machine: one file that only grows. What cannot be recorded does not happen.
import { createHash } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { mkdir, open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { AuthError } from "../errors.js";
import { systemCode, unusableBySystem, unusableFile } from "../files/file-errors.js";
import { isForeign } from "../files/find-file.js";
import type { AuthEvent, Clock, Locks, RecordAuthEvent } from "../types.js";
import { CHAIN_START, hashLine, MAX_LINE_BYTES, readEntry, writeEntry, type AuditEntry } from "./audit-entry.js";

export interface AuditLogOptions {
  /** Made with mode 0600 where it is missing. */
  readonly file: string;
  readonly locks: Locks;
  readonly now?: Clock;
}

/** The last whole line, and where the file ends that can be trusted. */
interface Tail {
  readonly sequence: number;
  readonly hash: string;
  readonly end: number;
  /** What a write that was interrupted left behind it. */
  readonly torn: Buffer;
}

const NEW_LINE = 0x0a;

/**
 * Returns a function that appends an event and resolves once it is on the disk. Rejects with `AuthError`
 * `audit_unavailable`, and then the file is as it was: it cannot be written, others may change it, its last line is not
 * one of ours, or the event has a field of the wrong kind.
 */
export function createAuditLog({ file: path, locks, now = Date.now }: AuditLogOptions): RecordAuthEvent {
  return async (event) => {
    try {
      await locks.withLock(`audit ${path}`, async () => {
        const file = await openForAppending(path);
        try {
          await append(file, event);
        } finally {
          await file.close();
        }
      });
    } catch (error) {
      throw unavailable(path, error);
    }
  };

  async function append(file: FileHandle, event: AuthEvent): Promise<void> {
    const { size } = await file.stat();
    const tail = await readTail(file, size, path);
    const lines: string[] = [];
    const add = (next: AuditEntry["event"]) => {
      const last = lines.at(-1);
      const previous = last === undefined ? tail.hash : hashLine(last);
      const line = writeEntry({ sequence: tail.sequence + lines.length + 1, previous, event: next });
      if (line === undefined) throw new Error("the event has a field of the wrong kind, or is too long");
      lines.push(line);
    };
    if (tail.torn.length > 0) {
      const digest = createHash("sha256").update(tail.torn).digest("hex");
      add({ type: "audit.torn", time: new Date(now()), bytes: tail.torn.length, digest });
    }
    add(event);
    if (tail.torn.length > 0) await setAside(`${path}.torn`, tail.torn);
    try {
      await file.truncate(tail.end);
      await writeAll(file, Buffer.from(lines.map((line) => `${line}\n`).join("")), tail.end);
      await file.datasync();
    } catch (error) {
      // Half a line would be found as torn by the next; it is better not there. A disk that fails at this too is told of.
      await file.truncate(tail.end).catch(() => undefined);
      throw error;
    }
  }
}

/** Returns a file that is ours alone, opened for reading and writing. */
async function openForAppending(path: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return create(path, flags);
    throw unusableBySystem(path, error);
  });
  try {
    judge(path, await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function create(path: string, flags: number): Promise<FileHandle> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(path, flags | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    // After a power failure the file is only there if its folder's entry is.
    await syncFolder(folder);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function judge(path: string, stats: Stats): void {
  if (!stats.isFile()) throw unusableFile(path, "it is not a regular file", "move it away");
  if (isForeign(stats)) throw unusableFile(path, "it belongs to another user", "run as its owner");
  if (process.getuid !== undefined && (stats.mode & 0o077) !== 0)
    throw unusableFile(path, "others may read or write it", `chmod 600 ${JSON.stringify(path)}`);
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Reads the end of the file alone: however long the record, adding to it costs the same. */
async function readTail(file: FileHandle, size: number, path: string): Promise<Tail> {
  // The last whole line, and an interrupted one of two entries behind it.
  const from = Math.max(0, size - 4 * MAX_LINE_BYTES);
  const bytes = await readFully(file, from, size - from);
  const end = bytes.lastIndexOf(NEW_LINE) + 1;
  const torn = bytes.subarray(end);
  if (end === 0) {
    if (from > 0) throw brokenEnd(path);
    return { sequence: 0, hash: CHAIN_START, end: 0, torn };
  }
  const start = bytes.lastIndexOf(NEW_LINE, end - 2) + 1;
  const line = bytes.toString("utf8", start, end - 1);
  const entry = start === 0 && from > 0 ? undefined : readEntry(line);
  if (entry === undefined) throw brokenEnd(path);
  return { sequence: entry.sequence, hash: hashLine(line), end: from + end, torn };
}

async function readFully(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Nothing that was in the record is thrown away. */
async function setAside(path: string, torn: Buffer): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o600);
  try {
    await file.writeFile(Buffer.concat([torn, Buffer.from("\n")]));
    await file.sync();
  } finally {
    await file.close();
  }
}

function brokenEnd(path: string): AuthError {
  return unusableFile(path, "its last line is not one of this record", "move it away and keep it; a new one begins");
}

function unavailable(path: string, error: unknown): AuthError {
  if (error instanceof AuthError && error.code === "cancelled") return error;
  const reason = error instanceof Error ? error.message : "the system gave no reason";
  const hint = error instanceof AuthError ? error.hint : "see whether the disk can be written";
  return new AuthError("audit_unavailable", `nothing can be recorded in ${JSON.stringify(path)}: ${reason}`, {
    hint: `${hint}; until then nothing is done`,
    cause: error,
  });
}
