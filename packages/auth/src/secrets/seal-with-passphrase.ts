// The age format's passphrase files (https://age-encryption.org/v1): what is written here opens with `age -d`, and what
// `age -p` writes opens here. The passphrase's own part is done with Node's scrypt rather than the library's, for three
// reasons: it does not stand still the process for as long, its cost is checked before it is paid, and the passphrase
// stays in bytes that can be zeroed.
import { createCipheriv, createDecipheriv, scrypt } from "node:crypto";
import type { Stanza } from "age-encryption";
import { AuthError } from "../errors.js";

/**
 * log2 of scrypt's N. 17 with r=8, p=1 is the least that OWASP asks for (Password Storage Cheat Sheet; ASVS 5.0,
 * appendix C): 128 MiB and a third of a second, which is paid once for each write and each process that reads.
 */
export const WORK_FACTOR = 17;
/** Files that cost less are not read: whoever made one weakened it. */
const LEAST_WORK_FACTOR = 15;
/** Files that cost more are not read: 2^20 takes 1 GiB. The `age` tool writes 18. */
const MOST_WORK_FACTOR = 20;

const FIRST_LINE = "age-encryption.org/v1\n";
const ANY_FIRST_LINE = "age-encryption.org/v";
const LABEL = Buffer.from("age-encryption.org/v1/scrypt");
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const FILE_KEY_BYTES = 16;
const TAG_BYTES = 16;
const BLOCK_SIZE = 8;
/** The wrapping key is used once, under its own salt, so that age's nonce for it is zero. */
const NONCE = Buffer.alloc(12);

/** A key that scrypt made of the passphrase. It opens files with this salt without paying again. */
export interface PassphraseKey {
  readonly salt: Buffer;
  readonly workFactor: number;
  readonly key: Buffer;
}

/** What a file held, and the key that opened it. */
export interface OpenedFile {
  readonly plaintext: Uint8Array;
  readonly key: PassphraseKey;
}

/**
 * Opens an age file under a passphrase. `known` saves the work where the salt is the same. Throws `AuthError`:
 * `wrong_passphrase` (a damaged salt or wrapped key cannot be told from it), `newer_version`, or `secrets_damaged` for
 * everything else, before any work where the cost is out of bounds.
 */
export async function openWithPassphrase(
  file: Uint8Array,
  { passphrase, known, name }: { passphrase: Buffer; known: PassphraseKey | undefined; name: string },
): Promise<OpenedFile> {
  const start = Buffer.from(file.subarray(0, FIRST_LINE.length)).toString("latin1");
  if (start !== FIRST_LINE) {
    if (start.startsWith(ANY_FIRST_LINE)) throw newerFormat(name);
    throw damaged(name, "it is not a file of the age format");
  }
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  let used: PassphraseKey | undefined;
  decrypter.addIdentity({
    async unwrapFileKey(stanzas: readonly Stanza[]) {
      const { salt, workFactor, body } = readStanza(stanzas, name);
      const isKnown = known?.workFactor === workFactor && known.salt.equals(salt);
      used = isKnown ? known : { salt, workFactor, key: await deriveKey(passphrase, salt, workFactor) };
      const fileKey = unwrap(body, used.key);
      if (fileKey === undefined) throw wrongPassphrase(name);
      return fileKey;
    },
  });
  try {
    const plaintext = await decrypter.decrypt(file);
    if (used === undefined) throw damaged(name, "it is not under a passphrase");
    return { plaintext, key: used };
  } catch (error) {
    if (error instanceof AuthError) throw error;
    // What the library says of it is of its insides; that it does not open is all there is to know.
    throw damaged(name, "it was changed or cut off", error);
  }
}

/** Seals bytes under a passphrase. Returns the file, and the key that opens it again. */
export async function sealWithPassphrase(
  plaintext: Uint8Array,
  options: { passphrase: Buffer; workFactor: number; randomBytes: (size: number) => Buffer },
): Promise<{ readonly file: Uint8Array; readonly key: PassphraseKey }> {
  const { passphrase, workFactor, randomBytes } = options;
  const { Encrypter, Stanza } = await import("age-encryption");
  // Always a new salt: two file keys under one wrapping key would share age's zero nonce.
  const salt = randomBytes(SALT_BYTES);
  const key = await deriveKey(passphrase, salt, workFactor);
  const encrypter = new Encrypter();
  encrypter.addRecipient({
    wrapFileKey: (fileKey) => [
      new Stanza(["scrypt", salt.toString("base64").replaceAll("=", ""), String(workFactor)], wrap(fileKey, key)),
    ],
  });
  return { file: await encrypter.encrypt(plaintext), key: { salt, workFactor, key } };
}

function readStanza(stanzas: readonly Stanza[], name: string): { salt: Buffer; workFactor: number; body: Uint8Array } {
  const [stanza] = stanzas;
  const [type, salt = "", factor = "", ...more] = stanza?.args ?? [];
  if (stanza === undefined || stanzas.length !== 1 || type !== "scrypt") {
    // age: a scrypt stanza must be the only one, or others could open the file beside the passphrase.
    throw damaged(name, "it is not under a passphrase alone");
  }
  const isWhole = more.length === 0 && /^[A-Za-z0-9+/]{21}[AQgw]$/.test(salt) && /^[1-9][0-9]?$/.test(factor);
  if (!isWhole || stanza.body.length !== FILE_KEY_BYTES + TAG_BYTES) throw damaged(name, "its header is malformed");
  const workFactor = Number(factor);
  if (workFactor < LEAST_WORK_FACTOR || workFactor > MOST_WORK_FACTOR) {
    throw damaged(name, `its work factor ${workFactor} is not between ${LEAST_WORK_FACTOR} and ${MOST_WORK_FACTOR}`);
  }
  return { salt: Buffer.from(salt, "base64"), workFactor, body: stanza.body };
}

function deriveKey(passphrase: Buffer, salt: Buffer, workFactor: number): Promise<Buffer> {
  const cost = 2 ** workFactor;
  const options = { N: cost, r: BLOCK_SIZE, p: 1, maxmem: 2 * 128 * BLOCK_SIZE * cost };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, Buffer.concat([LABEL, salt]), KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function wrap(fileKey: Uint8Array, key: Buffer): Uint8Array {
  const cipher = createCipheriv("chacha20-poly1305", key, NONCE, { authTagLength: TAG_BYTES });
  return Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
}

function unwrap(body: Uint8Array, key: Buffer): Uint8Array | undefined {
  const decipher = createDecipheriv("chacha20-poly1305", key, NONCE, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(body.subarray(FILE_KEY_BYTES));
  const fileKey = decipher.update(body.subarray(0, FILE_KEY_BYTES));
  try {
    decipher.final();
    return new Uint8Array(fileKey);
  } catch {
    return undefined;
  }
}

function wrongPassphrase(name: string): AuthError {
  return new AuthError("wrong_passphrase", `that is not the passphrase of ${name}`, {
    hint: "try again; if you are sure of it, the head of the file was damaged: put back a copy",
  });
}

function newerFormat(name: string): AuthError {
  return new AuthError("newer_version", `${name} is of a newer age format`, { hint: "install a newer version" });
}

function damaged(name: string, problem: string, cause?: unknown): AuthError {
  return new AuthError("secrets_damaged", `${name} cannot be opened: ${problem}`, {
    hint: "put back a copy, or move the file away and store the secrets anew",
    cause,
  });
}
