// Secrets in clear, in a file that only its owner may read: whoever reads the disk, a backup or the person's other files
// has them. Only for those who say that they want it.
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { unusableBySystem } from "../files/file-errors.js";
import { writeFileAtomically } from "../files/write-file-atomically.js";
import type { Locks, SecretStore } from "../types.js";
import { readSecretBytes } from "./read-secret-bytes.js";
import { checkSecretName, MAX_SECRETS_BYTES, readSecrets, writeSecrets } from "./secrets-document.js";

export interface PlainFileOptions {
  readonly path: string;
  readonly locks: Locks;
}

/**
 * Returns a store of one file with mode 0600. Every method throws `AuthError`: `file_unusable` (also where others may read
 * it), `secrets_damaged`, `newer_version`; then nothing was written.
 */
export function createPlainFile({ path, locks }: PlainFileOptions): SecretStore {
  const name = JSON.stringify(path);
  const read = async () => {
    const bytes = await readSecretBytes(path, { maxBytes: MAX_SECRETS_BYTES, followLinks: true });
    return bytes === undefined ? new Map<string, string>() : readSecrets(bytes.toString("utf8"), name);
  };
  const change = (work: (secrets: Map<string, string>) => boolean) =>
    locks.withLock(`secrets ${path}`, async () => {
      const secrets = await read();
      if (!work(secrets)) return;
      await makeFolder(dirname(path));
      await writeFileAtomically(path, writeSecrets(secrets));
    });
  return {
    kind: "plain_file",
    get: async (wanted) => (await read()).get(wanted),
    async set(wanted, secret) {
      checkSecretName(wanted);
      await change((secrets) => secrets.set(wanted, secret).size > 0);
    },
    delete: (wanted) => change((secrets) => secrets.delete(wanted)),
    names: async () => [...(await read()).keys()].toSorted(),
  };
}

/** Makes the folder of a secret file, closed to others, where it is missing. Throws `AuthError` `file_unusable`. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusableBySystem(folder, error);
  }
}
