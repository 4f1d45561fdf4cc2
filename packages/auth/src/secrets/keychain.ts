// Secrets in the keychain of the operating system: Keychain, Credential Manager, Secret Service.
import { createHash } from "node:crypto";
import { AuthError } from "../errors.js";
import type { Locks, SecretStore } from "../types.js";
import type { KeychainStep } from "./keychain-program.js";
import { createKeychainProcess, type RunKeychain } from "./run-keychain.js";
import { checkSecretName } from "./secrets-document.js";

export interface KeychainOptions {
  /** What the entries are filed under. */
  readonly service: string;
  readonly locks: Locks;
  /** How long the keychain may take to answer at all, in milliseconds; default 3000. */
  readonly timeoutMs?: number;
  /** How long it may take then, because it may ask the person to unlock it; default 60,000. */
  readonly unlockTimeoutMs?: number;
  readonly run?: RunKeychain;
  /** Longest value of an entry; longer ones are cut up. Default: what Windows takes, there; elsewhere everything. */
  readonly longestValue?: number;
}

export interface Keychain extends SecretStore {
  readonly kind: "keychain";
  /** Returns why the keychain cannot be used, in words, or `undefined` where it answers. Never takes longer than the timeouts. */
  probe(): Promise<string | undefined>;
}

/** 2,560 bytes of UTF-16 in one credential (CRED_MAX_CREDENTIAL_BLOB_SIZE, wincred.h), with room for the mark before it. */
const LONGEST_ON_WINDOWS = 1200;
const MARK_WHOLE = "=";
const MARK_PARTS = "+";
const INDEX = "index";

/**
 * Returns the keychain as a store. Its methods reject with `AuthError` `secrets_unavailable` where it is missing, locked or
 * does not answer in time, and with `secrets_damaged` where an entry is not as it was written.
 */
export function createKeychain(options: KeychainOptions): Keychain {
  const { service, locks, timeoutMs = 3000, unlockTimeoutMs = 60_000, run = createKeychainProcess() } = options;
  const longest =
    options.longestValue ?? (process.platform === "win32" ? LONGEST_ON_WINDOWS : Number.POSITIVE_INFINITY);

  const take = async (steps: readonly KeychainStep[]): Promise<readonly (string | null)[]> => {
    const giveUp = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const wait = (milliseconds: number) => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          reject(unavailable(`the keychain did not answer within ${milliseconds / 1000} seconds`));
          giveUp.abort();
        }, milliseconds);
      };
      wait(timeoutMs);
      giveUp.signal.addEventListener("alive", () => wait(unlockTimeoutMs), { once: true });
    });
    const onAlive = () => void giveUp.signal.dispatchEvent(new Event("alive"));
    try {
      const answers = run(service, steps, { onAlive, signal: giveUp.signal });
      return await Promise.race([answers.catch(rejectUnavailable), late]);
    } finally {
      clearTimeout(timer);
    }
  };

  /** The value of an entry, its parts put together. */
  const join = async (account: string, value: string | null): Promise<string | undefined> => {
    if (value === null) return undefined;
    if (value.startsWith(MARK_WHOLE)) return value.slice(MARK_WHOLE.length);
    const accounts = partsOf(account, value);
    if (accounts.length === 0) throw damaged();
    const parts = await take(accounts.map((part) => ({ do: "read", account: part })));
    const whole = Buffer.from(parts.map((part) => part ?? "").join(""), "base64").toString("utf8");
    if (headOf(whole, parts.length) !== value) throw damaged();
    return whole;
  };
  /** New parts have other names than the old ones, so that until its head is written the old value is whole. */
  const write = (account: string, value: string): readonly KeychainStep[] => {
    if (value.length < longest) return [{ do: "write", account, value: MARK_WHOLE + value }];
    const text = Buffer.from(value, "utf8").toString("base64");
    const parts = Array.from({ length: Math.ceil(text.length / longest) }, (_, index) =>
      text.slice(index * longest, (index + 1) * longest),
    );
    const head = headOf(value, parts.length);
    const accounts = partsOf(account, head);
    return [
      ...accounts.map((part, index) => ({ do: "write" as const, account: part, value: parts[index] ?? "" })),
      { do: "write", account, value: head },
    ];
  };
  const removeParts = (account: string, before: string | null, now: readonly KeychainStep[]): readonly KeychainStep[] =>
    (before === null ? [] : partsOf(account, before))
      .filter((part) => !now.some((step) => step.account === part))
      .map((part) => ({ do: "remove", account: part }));
  const readIndex = async (value: string | null): Promise<ReadonlySet<string>> => {
    const text = await join(INDEX, value);
    const names: unknown = text === undefined ? [] : parse(text);
    if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) throw damaged();
    return new Set(names);
  };
  const writeIndex = (names: ReadonlySet<string>, before: string | null): readonly KeychainStep[] => {
    const steps = write(INDEX, JSON.stringify([...names].toSorted()));
    return [...steps, ...removeParts(INDEX, before, steps)];
  };
  const inLock = <T>(work: () => Promise<T>) => locks.withLock(`keychain ${service}`, work);

  return {
    kind: "keychain",
    async probe() {
      try {
        await take([]);
        return undefined;
      } catch (error) {
        if (error instanceof AuthError) return error.message;
        throw error;
      }
    },
    async get(name) {
      const account = accountOf(name);
      const [value = null] = await take([{ do: "read", account }]);
      return join(account, value);
    },
    async set(name, secret) {
      checkSecretName(name);
      const account = accountOf(name);
      await inLock(async () => {
        const [index = null, before = null] = await take([
          { do: "read", account: INDEX },
          { do: "read", account },
        ]);
        const names = await readIndex(index);
        const steps = write(account, secret);
        await take([
          // First the name, so that nothing is ever there that no list shows.
          ...(names.has(name) ? [] : writeIndex(new Set([...names, name]), index)),
          ...steps,
          ...removeParts(account, before, steps),
        ]);
      });
    },
    async delete(name) {
      const account = accountOf(name);
      await inLock(async () => {
        const [index = null, before = null] = await take([
          { do: "read", account: INDEX },
          { do: "read", account },
        ]);
        const names = new Set(await readIndex(index));
        await take([
          ...(before === null ? [] : [{ do: "remove" as const, account }]),
          ...removeParts(account, before, []),
          ...(names.delete(name) ? writeIndex(names, index) : []),
        ]);
      });
    },
    async names() {
      const [index = null] = await take([{ do: "read", account: INDEX }]);
      const names = [...(await readIndex(index))];
      if (names.length === 0) return [];
      const found = await take(names.map((name) => ({ do: "has", account: accountOf(name) })));
      return names.filter((_, at) => found[at] === "yes");
    },
  };
}

function accountOf(name: string): string {
  return `secret ${name}`;
}

function headOf(value: string, parts: number): string {
  return `${MARK_PARTS}${parts}.${createHash("sha256").update(value, "utf8").digest("hex")}`;
}

function partsOf(account: string, head: string): readonly string[] {
  const [, count, digest = ""] = /^\+([1-9][0-9]{0,3})\.([0-9a-f]{64})$/.exec(head) ?? [];
  if (count === undefined) return [];
  return Array.from({ length: Number(count) }, (_, index) => `part ${digest.slice(0, 16)}.${index} of ${account}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function rejectUnavailable(cause: unknown): never {
  throw unavailable("the keychain cannot be used", cause);
}

function unavailable(message: string, cause?: unknown): AuthError {
  return new AuthError("secrets_unavailable", message, {
    hint: "unlock the keychain, or log in to the desktop; `daypass doctor` says what is missing",
    cause,
  });
}

function damaged(): AuthError {
  return new AuthError("secrets_damaged", "an entry of the keychain is not as it was written", {
    hint: "delete the secret and store it anew",
  });
}
