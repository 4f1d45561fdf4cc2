// Writes one file of a person's directory, in the process that will be killed: `change FOLDER` or `cache FOLDER`.
import { join } from "node:path";
import { createSealedCache } from "../../packages/auth/dist/cache/sealed-cache.js";
import { createFileLocks } from "../../packages/auth/dist/locks/file-locks.js";
import { createMemorySecrets } from "../../packages/auth/dist/secrets/memory-secrets.js";
import { createPassphraseFile } from "../../packages/auth/dist/secrets/passphrase-file.js";
import { sessionKey } from "../../packages/auth/dist/sessions/session-key.js";

export const OLD = "velvet-otter-quarry-lamp";
export const NEW = "cobalt-heron-muffin-tram";
export const PASSPHRASE_FILE = "secrets.age";
export const SECRETS = { hub: "kept", sso: "also kept" };

const EXPIRATION = new Date(Date.UTC(2100, 0, 1));
const question = { kind: "assume_role", roleArn: "arn:aws:iam::111122223333:role/r" };

/** The session before and after the write. */
export function session(which) {
  return {
    question,
    obtained: new Date(which === "old" ? 0 : 1),
    credentials: { accessKeyId: which, secretAccessKey: "s", sessionToken: "t", expiration: EXPIRATION },
  };
}

/** Returns the cache of a folder, always under the same key. */
export async function openCache(folder) {
  const secrets = createMemorySecrets();
  await secrets.set("session cache key", Buffer.alloc(32, 7).toString("base64"));
  return createSealedCache({ directory: join(folder, "sessions"), secrets, locks: locksOf(folder) });
}

export const KEY = sessionKey(question);

function locksOf(folder) {
  return createFileLocks({ directory: join(folder, "locks") });
}

const [scene, folder] = process.argv.slice(2);
if (scene === "change") {
  const answers = [OLD, NEW];
  const prompt = { isAvailable: true, ask: async () => answers.shift(), tell: () => undefined };
  const file = createPassphraseFile({ path: join(folder, PASSPHRASE_FILE), locks: locksOf(folder), prompt });
  await file.changePassphrase();
  process.stdout.write("done\n");
} else if (scene === "cache") {
  await (await openCache(folder)).set(KEY, session("new"));
  process.stdout.write("done\n");
}
