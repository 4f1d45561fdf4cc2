// Secrets in one file under a passphrase, which a person types once for each process.
import { randomBytes as systemRandomBytes } from "node:crypto";
import { dirname } from "node:path";
import { AuthError } from "../errors.js";
import { writeFileAtomically } from "../files/write-file-atomically.js";
import type { Locks, Prompt, SecretStore } from "../types.js";
import { describeTimeToGuess, judgePassphrase } from "./judge-passphrase.js";
import { makeFolder } from "./plain-file.js";
import { readSecretBytes } from "./read-secret-bytes.js";
import { openWithPassphrase, sealWithPassphrase, WORK_FACTOR, type PassphraseKey } from "./seal-with-passphrase.js";
import { checkSecretName, MAX_SECRETS_BYTES, readSecrets, writeSecrets } from "./secrets-document.js";

export interface PassphraseFileOptions {
  readonly path: string;
  readonly locks: Locks;
  readonly prompt: Prompt;
  readonly randomBytes?: (size: number) => Buffer;
}

export interface PassphraseFile extends SecretStore {
  readonly kind: "passphrase_file";
  /** Whether a person will be asked for the passphrase: it is not in memory. */
  needsPerson(): Promise<boolean>;
  /** Asks for the passphrase now, unless it is in memory or there is no file yet. */
  unlock(): Promise<void>;
  /** Forgets the passphrase: the bytes it is kept in are zeroed. */
  lock(): void;
  /** Asks for the passphrase and for a new one. After a crash the file is under the one or the other. */
  changePassphrase(): Promise<void>;
}

/** What one process knows while the file is unlocked. */
interface Unlocked {
  readonly passphrase: Buffer;
  key: PassphraseKey | undefined;
}

interface Content {
  readonly secrets: Map<string, string>;
  readonly workFactor: number;
  /** What opened it; or what it will be under. */
  readonly under: Unlocked;
}

const MOST_TRIES = 3;
/** The age format adds some 200 bytes, and 16 for each 64 KiB. */
const MAX_FILE_BYTES = MAX_SECRETS_BYTES + 4096;

/**
 * Returns a store of one file in the age format, which `age -d` opens too. Whoever reads must type the passphrase once,
 * and has three tries; whoever stores the first secret chooses it. Every method may throw `AuthError`: `wrong_passphrase`,
 * `secrets_damaged`, `newer_version`, `file_unusable`, `cancelled`, and `secrets_unavailable` where nobody can be asked.
 * Where one is thrown, the file is as it was.
 */
export function createPassphraseFile(options: PassphraseFileOptions): PassphraseFile {
  const { path, locks, prompt, randomBytes = systemRandomBytes } = options;
  const name = JSON.stringify(path);
  let unlocked: Unlocked | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** One at a time in this process: whoever comes while somebody is asked for the passphrase waits for the answer. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  /** What is under way may still need the bytes: zeroed under its hands, they would become its passphrase. */
  const lock = () => {
    const known = unlocked;
    unlocked = undefined;
    void last.finally(() => {
      known?.passphrase.fill(0);
      known?.key?.key.fill(0);
    });
  };
  const ask = async (kind: "passphrase" | "new_passphrase", message: string): Promise<Buffer> => {
    const check = (answer: string) => judgePassphrase(answer).problem;
    const answer = await prompt.ask({ kind, message, ...(kind === "new_passphrase" && { check }) }).catch(explain);
    return Buffer.from(answer, "utf8");
  };
  const explain = (error: unknown): never => {
    if (!(error instanceof AuthError) || error.code !== "prompt_unavailable") throw error;
    throw new AuthError(
      "secrets_unavailable",
      `the secrets are under the passphrase of ${name}, and nobody can be asked`,
      {
        hint: "run it in a terminal, or let the agent hold the sessions",
        cause: error,
      },
    );
  };

  const open = async (file: Buffer, under: Unlocked): Promise<Content> => {
    const { plaintext, key } = await openWithPassphrase(file, { passphrase: under.passphrase, known: under.key, name });
    try {
      const text = Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.length).toString("utf8");
      const secrets = readSecrets(text, name);
      replaceKey(under, key);
      return { secrets, workFactor: key.workFactor, under };
    } finally {
      plaintext.fill(0);
    }
  };
  const askAndOpen = async (file: Buffer, message: string): Promise<Content> => {
    for (let tries = 1; ; tries++) {
      const under: Unlocked = { passphrase: await ask("passphrase", message), key: undefined };
      try {
        return await open(file, under);
      } catch (error) {
        under.passphrase.fill(0);
        if (!isWrongPassphrase(error) || tries === MOST_TRIES) throw error;
        prompt.tell(error.message);
      }
    }
  };
  const readFile = () => readSecretBytes(path, { maxBytes: MAX_FILE_BYTES, followLinks: true });
  const read = async (): Promise<Content | undefined> => {
    const file = await readFile();
    if (file === undefined) return undefined;
    if (unlocked !== undefined) {
      try {
        return await open(file, unlocked);
      } catch (error) {
        // Another process may have changed the passphrase. Whoever knows the new one is asked for it.
        if (!isWrongPassphrase(error)) throw error;
        lock();
      }
    }
    const content = await askAndOpen(file, `passphrase of ${name}:`);
    unlocked = content.under;
    return content;
  };
  const write = async ({ secrets, workFactor, under }: Content): Promise<void> => {
    const plaintext = Buffer.from(writeSecrets(secrets));
    try {
      // A file that was made to cost more keeps its cost.
      const cost = Math.max(workFactor, WORK_FACTOR);
      const { passphrase } = under;
      const { file, key } = await sealWithPassphrase(plaintext, { passphrase, workFactor: cost, randomBytes });
      await makeFolder(dirname(path));
      await writeFileAtomically(path, file);
      replaceKey(under, key);
    } finally {
      plaintext.fill(0);
    }
  };
  const askForNew = async (message: string): Promise<Unlocked> => {
    const passphrase = await ask("new_passphrase", message);
    prompt.tell(describeTimeToGuess(judgePassphrase(passphrase.toString("utf8"))));
    return { passphrase, key: undefined };
  };
  const withLock = (work: () => Promise<void>) =>
    inTurn(() => locks.withLock(`secrets ${path}`, work, { onWait: () => prompt.tell(`waiting for ${name}`) }));
  /** Reads again under the lock, so that of two processes neither undoes what the other stored. */
  const change = (work: (secrets: Map<string, string>) => boolean, ifMissing: "create" | "leave") =>
    withLock(async () => {
      const found = await read();
      if (found !== undefined) {
        if (work(found.secrets)) await write(found);
        return;
      }
      const secrets = new Map<string, string>();
      if (ifMissing === "leave" || !work(secrets)) return;
      const under = await askForNew(`a new passphrase, under which ${name} will be:`);
      await write({ secrets, workFactor: WORK_FACTOR, under });
      unlocked = under;
    });

  return {
    kind: "passphrase_file",
    needsPerson: () => Promise.resolve(unlocked === undefined),
    unlock: () => inTurn(async () => void (await read())),
    lock,
    get: (wanted) => inTurn(async () => (await read())?.secrets.get(wanted)),
    async set(wanted, secret) {
      checkSecretName(wanted);
      await change((secrets) => secrets.set(wanted, secret).size > 0, "create");
    },
    delete: (wanted) => change((secrets) => secrets.delete(wanted), "leave"),
    names: () => inTurn(async () => [...((await read())?.secrets.keys() ?? [])].toSorted()),
    changePassphrase: () =>
      withLock(async () => {
        const file = await readFile();
        if (file === undefined) {
          throw new AuthError("file_missing", `${name} is not there`, { hint: "store a secret first" });
        }
        const content = await askAndOpen(file, `the passphrase that ${name} has now:`);
        const under = await askForNew("the new passphrase:");
        await write({ ...content, under });
        content.under.passphrase.fill(0);
        lock();
        unlocked = under;
      }),
  };
}

function isWrongPassphrase(error: unknown): error is AuthError {
  return error instanceof AuthError && error.code === "wrong_passphrase";
}

function replaceKey(under: Unlocked, key: PassphraseKey): void {
  if (under.key !== undefined && under.key !== key) under.key.key.fill(0);
  under.key = key;
}
