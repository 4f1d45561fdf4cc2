// Where this person's secrets are. Chosen once, when the first is stored; from then on they are looked for nowhere else.
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { AuthError } from "../errors.js";
import { unusableBySystem } from "../files/file-errors.js";
import { closeOwnDirectory } from "../files/own-directory.js";
import { readTextFile } from "../files/read-text-file.js";
import { writeFileAtomically } from "../files/write-file-atomically.js";
import type { Clock, Locks, Prompt, RecordAuthEvent, SecretStore } from "../types.js";
import { createKeychain } from "./keychain.js";
import { createPassphraseFile } from "./passphrase-file.js";
import { createPlainFile } from "./plain-file.js";
import { readSecretBytes } from "./read-secret-bytes.js";
import { createKeychainProcess, type RunKeychain } from "./run-keychain.js";

export interface SecretStoreOptions {
  /** The person's directory of this tool. Made with mode 0700 where it is missing. */
  readonly directory: string;
  /** `off` never touches the keychain. */
  readonly keychain: "auto" | "off";
  /** True: the person wants secrets in clear where none are stored yet. */
  readonly plain: boolean;
  readonly locks: Locks;
  readonly prompt: Prompt;
  /** Told before a secret is stored or deleted; where it rejects, it is not. */
  readonly record: RecordAuthEvent;
  /** What the keychain's entries are filed under; default `daypass`. */
  readonly service?: string;
  /** How long the keychain may take to answer, in milliseconds; default 3000. */
  readonly timeoutMs?: number;
  /** Environment of the keychain's program; by default that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly run?: RunKeychain;
  readonly now?: Clock;
}

/** The person's secrets, wherever they are. */
export interface OpenSecrets extends SecretStore {
  /** Before the first secret is stored: where it would go if that works. */
  readonly kind: SecretStore["kind"];
  /** Whether the next use may ask a person for a passphrase. */
  needsPerson(): Promise<boolean>;
  /** Forgets the passphrase. */
  lock(): void;
  /**
   * Moves every secret to another place. All are copied and read back before the new place is the one that counts, and
   * taken away from the old one after that: killed at any moment, one of the two has them all. Returns their names.
   */
  move(to: SecretsKind): Promise<readonly string[]>;
  /** Asks for the passphrase and for a new one. Rejects with `invalid_option` where the secrets are under none. */
  changePassphrase(): Promise<void>;
}

/** The files of the person's directory that this one reads and writes. */
const KIND_FILE = "secrets-kind.json";
const PASSPHRASE_FILE = "secrets.age";
const PLAIN_FILE = "secrets.json";
const MAX_PASSPHRASE_FILE_BYTES = 16 * 1024 * 1024;

/** Where secrets can be kept. */
export type SecretsKind = Exclude<SecretStore["kind"], "memory">;

const kindSchema = v.strictObject({
  format: v.literal("daypass secrets kind"),
  version: v.literal(1),
  kind: v.picklist(["keychain", "passphrase_file", "plain_file"]),
});

/**
 * Opens the person's secrets: where they were kept before; else the keychain if it answers, else a file under a passphrase
 * that is asked for when something is stored; in clear only if `plain` says so. A keychain that is away today is an error
 * then, not a reason to look elsewhere. Methods reject as those of the store that was chosen; `secrets_unavailable` where
 * none can be, or where it contradicts the options. Throws `AuthError` `file_malformed` where the choice cannot be read, and
 * `file_unusable` where somebody else made it or owns the directory, which is closed to others.
 */
export async function openSecretStore(options: SecretStoreOptions): Promise<OpenSecrets> {
  const { directory, keychain: mode, plain, locks, prompt, record, service = "daypass", now = Date.now } = options;
  const { run = createKeychainProcess(options.env === undefined ? {} : { env: options.env }) } = options;
  const { timeoutMs } = options;
  const kindFile = join(directory, KIND_FILE);
  const keychain = createKeychain({ service, locks, run, ...(timeoutMs !== undefined && { timeoutMs }) });
  const passphraseFile = createPassphraseFile({ path: join(directory, PASSPHRASE_FILE), locks, prompt });
  const plainFile = createPlainFile({ path: join(directory, PLAIN_FILE), locks });
  const stores = { keychain, passphrase_file: passphraseFile, plain_file: plainFile };

  const readKind = async (): Promise<SecretsKind | undefined> => {
    // Somebody else's word would send the next secret to a file in clear.
    const text = await readTextFile(kindFile, { secret: true });
    if (text !== undefined) return parseKind(text, kindFile);
    // A file that was brought here from another machine: the secrets are in it, so that is where they are.
    const path = join(directory, PASSPHRASE_FILE);
    const isThere =
      (await readSecretBytes(path, { maxBytes: MAX_PASSPHRASE_FILE_BYTES, followLinks: true })) !== undefined;
    return isThere ? "passphrase_file" : undefined;
  };
  const writeKind = (kind: SecretsKind) =>
    writeFileAtomically(kindFile, `${JSON.stringify({ format: "daypass secrets kind", version: 1, kind })}\n`);
  await closeOwnDirectory(directory);
  let kind = await readKind();
  let probed: Promise<string | undefined> | undefined;
  const probe = () => (probed ??= keychain.probe());

  /** Secrets that are kept are never looked for elsewhere. */
  const storeOf = (chosen: SecretsKind): SecretStore => {
    if (chosen === "keychain" && mode === "off") {
      throw contradiction(
        "the secrets are in the keychain, and the keychain is switched off",
        "switch the keychain on",
      );
    }
    if (chosen !== "plain_file" && plain) {
      const where = chosen === "keychain" ? "in the keychain" : "under a passphrase";
      throw contradiction(`the secrets are ${where}, and were asked for in clear`, "leave out `--plain`");
    }
    return stores[chosen];
  };
  /** Read each time: another process may have moved the secrets. */
  const known = async (): Promise<SecretStore | undefined> => {
    kind = (await readKind()) ?? kind;
    return kind === undefined ? undefined : storeOf(kind);
  };
  /** Whoever changes secrets holds it, so that two processes neither choose two places nor write to one that was left. */
  const holdingPlace = <T>(work: () => Promise<T>) => locks.withLock(`secrets kind ${directory}`, work);
  const store = (name: string, secret: string) =>
    holdingPlace(async () => {
      const there = await known();
      if (there !== undefined) return there.set(name, secret);
      await mkdir(directory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
        throw unusableBySystem(directory, error);
      });
      if (plain) {
        prompt.tell(
          `from now on secrets are in clear in ${JSON.stringify(join(directory, PLAIN_FILE))}: whoever reads this disk or a copy of it has them`,
        );
        return choose("plain_file", name, secret);
      }
      const problem = mode === "off" ? "the keychain is switched off" : await probe();
      if (problem === undefined) return choose("keychain", name, secret);
      if (!prompt.isAvailable) throw nowhere(problem);
      prompt.tell(`${problem}, so that secrets go to a file under a passphrase`);
      // The file is its own mark. Before it is there the person may still give up.
      await passphraseFile.set(name, secret);
      await choose("passphrase_file");
    });
  const choose = async (chosen: SecretsKind, ...first: readonly string[]): Promise<void> => {
    await writeKind(chosen);
    kind = chosen;
    const [name, secret] = first;
    if (name !== undefined && secret !== undefined) await stores[chosen].set(name, secret);
  };

  /** A name that is not among them is left over from a move that was killed. */
  const copyAll = async (from: SecretStore, to: SecretStore): Promise<readonly string[]> => {
    const names = await from.names();
    for (const name of await to.names()) if (!names.includes(name)) await to.delete(name);
    for (const name of names) await to.set(name, await mustGet(from, name));
    for (const name of names) {
      if ((await to.get(name)) !== (await mustGet(from, name))) throw notCopied();
    }
    return names;
  };
  const move = (to: SecretsKind) =>
    holdingPlace(async () => {
      const from = await known();
      if (from === undefined) throw nothingStored();
      if (from.kind === to) throw alreadyThere(to);
      const problem = to === "keychain" ? (mode === "off" ? "the keychain is switched off" : await probe()) : undefined;
      if (problem !== undefined) throw contradiction(problem, "choose another place");
      if (to === "passphrase_file" && !prompt.isAvailable) throw nowhere("a passphrase was asked for");
      const names = await copyAll(from, stores[to]);
      // From here on the new place counts.
      await choose(to);
      for (const name of names) await from.delete(name);
      const left = { keychain: undefined, passphrase_file: PASSPHRASE_FILE, plain_file: PLAIN_FILE }[
        from.kind as SecretsKind
      ];
      if (left !== undefined) await rm(join(directory, left), { force: true });
      return names;
    });

  return {
    get kind() {
      return kind ?? (plain ? "plain_file" : mode === "auto" ? "keychain" : "passphrase_file");
    },
    async get(name) {
      const from = await known();
      const secret = await from?.get(name);
      if (secret !== undefined || from === undefined) return secret;
      // Moved while it was looked for.
      const again = await known();
      return again === from ? undefined : again?.get(name);
    },
    async set(name, secret) {
      await record({ type: "secret.stored", time: new Date(now()), name });
      await store(name, secret);
    },
    delete: (name) =>
      holdingPlace(async () => {
        const from = await known();
        if (from === undefined) return;
        await record({ type: "secret.deleted", time: new Date(now()), name });
        await from.delete(name);
      }),
    async move(to) {
      await record({ type: "secret.stored", time: new Date(now()), name: `all, ${to}` });
      return move(to);
    },
    async changePassphrase() {
      if ((await known())?.kind !== "passphrase_file") {
        throw new AuthError("invalid_option", "the secrets are under no passphrase", {
          hint: "move them to a file under one first",
        });
      }
      await passphraseFile.changePassphrase();
    },
    names: async () => (await known())?.names() ?? [],
    async needsPerson() {
      kind ??= await readKind();
      if (kind === "passphrase_file") return passphraseFile.needsPerson();
      if (kind !== undefined || plain) return false;
      return mode === "off" || (await probe()) !== undefined;
    },
    lock: () => passphraseFile.lock(),
  };
}

function parseKind(text: string, path: string): SecretsKind {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const result = v.safeParse(kindSchema, value);
  if (result.success) return result.output.kind;
  throw new AuthError("file_malformed", `${JSON.stringify(path)} does not say where the secrets are`, {
    hint: 'put back a copy; it says one of "keychain", "passphrase_file" and "plain_file"',
  });
}

function contradiction(message: string, hint: string): AuthError {
  return new AuthError("secrets_unavailable", message, { hint });
}

async function mustGet(from: SecretStore, name: string): Promise<string> {
  const secret = await from.get(name);
  if (secret === undefined) throw notCopied();
  return secret;
}

function notCopied(): AuthError {
  return new AuthError("secrets_unavailable", "a secret was not the same after it was copied", {
    hint: "the secrets are where they were; try again",
  });
}

function nothingStored(): AuthError {
  return new AuthError("not_found", "there are no secrets yet", { hint: "add a hub, or sign in, first" });
}

function alreadyThere(kind: SecretsKind): AuthError {
  const where = { keychain: "in the keychain", passphrase_file: "under a passphrase", plain_file: "in clear" }[kind];
  return new AuthError("invalid_option", `the secrets are ${where} already`, { hint: "there is nothing to move" });
}

function nowhere(problem: string): AuthError {
  return new AuthError(
    "secrets_unavailable",
    `there is nowhere to keep a secret: ${problem}, and nobody can be asked for a passphrase`,
    {
      hint: "run it once in a terminal; `--plain` keeps secrets in clear, for whoever reads the disk",
    },
  );
}
