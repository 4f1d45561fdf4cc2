// Sessions on disk, sealed under a key that is kept with the person's secrets. What cannot be read is not there: a cache
// that is in the way of signing in would be worse than none.
import { createHash, randomBytes as systemRandomBytes, randomUUID } from "node:crypto";
import { chmod, lstat, mkdir, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { AuthError } from "../errors.js";
import { unusableFile } from "../files/file-errors.js";
import { isForeign } from "../files/find-file.js";
import { writeFileAtomically } from "../files/write-file-atomically.js";
import { readSecretBytes } from "../secrets/read-secret-bytes.js";
import { sessionKey } from "../sessions/session-key.js";
import type { Clock, KeptSession, Locks, SecretStore, SessionCache } from "../types.js";
import { expirationOf, isNewer, KEY_BYTES, MAX_SEALED_BYTES, sealSession, unsealSession } from "./seal-session.js";

export interface SealedCacheOptions {
  /** For this alone; made with mode 0700 where it is missing. */
  readonly directory: string;
  /** Keeps the key. Where it `needsPerson`, nothing is read or kept until somebody has unlocked it for another reason. */
  readonly secrets: SecretStore & { needsPerson?(): Promise<boolean> };
  readonly locks: Locks;
  readonly now?: Clock;
  readonly randomBytes?: (size: number) => Buffer;
  /** Names what is moved out of the way. */
  readonly createMark?: () => string;
}

/** The name of the key among the secrets. */
export const CACHE_KEY_NAME = "session cache key";

const ENDING = ".session";
const NONCE_BYTES = 12;
/** Expired ones stay so long, for a clock that was wrong. */
const SWEEP_AFTER_MS = 60 * 60 * 1000;

/**
 * Returns a cache of one sealed file for each session. An entry that is damaged, foreign, too large, of another place or of
 * another question is not there, and is taken away. `set` rejects with `AuthError` `file_unusable` where nothing can be
 * written; reading never rejects.
 */
export function createSealedCache(options: SealedCacheOptions): SessionCache {
  const { directory, secrets, locks, now = Date.now } = options;
  const { randomBytes = systemRandomBytes, createMark = randomUUID } = options;
  let known: Buffer | undefined;

  const pathOf = (name: string) => join(directory, name);
  const readKey = async (): Promise<Buffer | undefined> => {
    if (known !== undefined) return known;
    if ((await secrets.needsPerson?.()) === true) return undefined;
    const text = await secrets.get(CACHE_KEY_NAME);
    const key = text === undefined ? undefined : Buffer.from(text, "base64");
    if (key?.length === KEY_BYTES) known = key;
    return known;
  };
  /** Under a lock: of two keys that are made at once, one would make the other's sessions unreadable. */
  const makeKey = () =>
    locks.withLock(`session cache ${directory}`, async () => {
      const there = await readKey();
      if (there !== undefined || (await secrets.needsPerson?.()) === true) return there;
      const fresh = randomBytes(KEY_BYTES);
      await secrets.set(CACHE_KEY_NAME, fresh.toString("base64"));
      known = fresh;
      return fresh;
    });
  const quarantine = async (path: string): Promise<void> => {
    try {
      await unlink(path);
    } catch {
      // A folder is not removed, with whatever somebody keeps in it, but it is not left in the way.
      await rename(path, `${path}.${createMark()}.aside`).catch(() => undefined);
    }
  };
  const readEntry = async (name: string): Promise<KeptSession | undefined> => {
    const path = pathOf(name);
    let sealed: Buffer | undefined;
    try {
      sealed = await readSecretBytes(path, { maxBytes: MAX_SEALED_BYTES, followLinks: false });
    } catch {
      await quarantine(path);
      return undefined;
    }
    // Before the key is asked for: where nothing is kept, no keychain needs to be opened.
    if (sealed === undefined || isNewer(sealed)) return undefined;
    const key = await readKey().catch(() => undefined);
    if (key === undefined) return undefined;
    const session = unsealSession(sealed, { key, name });
    if (session !== undefined && nameOf(keyOf(session)) === name) return session;
    await quarantine(path);
    return undefined;
  };
  const entryNames = async (): Promise<readonly string[]> => {
    const names = await readdir(directory).catch(() => []);
    return names.filter((name) => /^[0-9a-f]{64}\.session$/.test(name));
  };
  /** `time` is AWS's, as the session that was just kept tells it: by a clock a day fast all would be swept at once. */
  const sweep = async (time: number): Promise<void> => {
    for (const name of await entryNames()) {
      const options = { maxBytes: MAX_SEALED_BYTES, followLinks: false };
      const head = await readSecretBytes(pathOf(name), options).catch(() => undefined);
      const expiration = head === undefined ? undefined : expirationOf(head);
      if (expiration !== undefined && expiration + SWEEP_AFTER_MS < time) await quarantine(pathOf(name));
    }
  };

  return {
    get: (key) => readEntry(nameOf(key)),
    async set(key, session) {
      // A session under another key than its own could never be read again.
      if (keyOf(session) !== key) {
        throw new AuthError("invalid_option", "a session was to be kept under another question than its own", {
          hint: "use the key of its question",
        });
      }
      await prepareDirectory(directory);
      const sealingKey = (await readKey()) ?? (await makeKey());
      if (sealingKey === undefined) return;
      const name = nameOf(key);
      const path = pathOf(name);
      const there = await lstat(path).catch(() => undefined);
      // The writer would follow a link.
      if (there !== undefined && !there.isFile()) await quarantine(path);
      const sealed = sealSession(session, { key: sealingKey, name, nonce: randomBytes(NONCE_BYTES) });
      if (sealed.length > MAX_SEALED_BYTES) return;
      await writeFileAtomically(path, sealed);
      await sweep(now() + (session.clockOffsetMs ?? 0));
    },
    async delete(key) {
      const path = pathOf(nameOf(key));
      if ((await lstat(path).catch(() => undefined)) !== undefined) await quarantine(path);
    },
    async list() {
      const found: KeptSession[] = [];
      for (const name of await entryNames()) {
        const session = await readEntry(name);
        if (session !== undefined) found.push(session);
      }
      return found;
    },
    async clear() {
      for (const name of await entryNames()) await quarantine(pathOf(name));
    },
  };
}

function keyOf({ question }: KeptSession): string | undefined {
  try {
    return sessionKey(question);
  } catch {
    return undefined;
  }
}

/** The file of a key: hashed, so that no key is a path. */
function nameOf(key: string | undefined): string {
  return `${createHash("sha256")
    .update(`daypass session cache\n${key ?? ""}`)
    .digest("hex")}${ENDING}`;
}

async function prepareDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch(() => undefined);
  const stats = await lstat(directory).catch(() => undefined);
  if (stats?.isDirectory() !== true) throw unusableFile(directory, "it is not a folder", "move it away");
  if (isForeign(stats)) throw unusableFile(directory, "it belongs to another user", "run as its owner");
  if (process.getuid !== undefined && (stats.mode & 0o077) !== 0) await chmod(directory, 0o700);
}
