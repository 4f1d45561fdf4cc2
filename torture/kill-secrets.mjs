// kill -9 at every call with which a file comes to be and takes its place: while a passphrase is changed, and while a
// session is kept.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Encrypter } from "age-encryption";
import { openWithPassphrase } from "../packages/auth/dist/secrets/seal-with-passphrase.js";
import { killTrial } from "./kit/kill-at-calls.mjs";
import { KEY, NEW, OLD, openCache, PASSPHRASE_FILE, SECRETS, session } from "./kit/secrets-scenes.mjs";

export const trial = killTrial({
  name: "kill-secrets",
  claim:
    "after kill -9 at any locking, syncing, renaming or removing while a passphrase is changed or a session kept, the file is the old one or the new one, whole",
  wouldShow: "a file that neither passphrase opens, a secret that is gone, a session that is not there any more",
  amounts: { test: 14, short: 56, long: 1_000 },
  program: new URL("kit/secrets-scenes.mjs", import.meta.url),
  scenes: {
    change: { begin: beginChange, check: checkChange },
    cache: { begin: beginCache, check: checkCache },
  },
  calls: "fsync,fdatasync,rename,link,unlink,fchmod,mkdir,ftruncate",
});

async function beginChange(folder) {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(OLD);
  encrypter.setScryptWorkFactor(15);
  const file = await encrypter.encrypt(JSON.stringify({ format: "daypass secrets", version: 1, secrets: SECRETS }));
  writeFileSync(join(folder, PASSPHRASE_FILE), file, { mode: 0o600 });
}

async function checkChange(folder, isDone) {
  const file = readFileSync(join(folder, PASSPHRASE_FILE));
  for (const passphrase of isDone ? [NEW] : [OLD, NEW]) {
    const opened = await openWithPassphrase(file, {
      passphrase: Buffer.from(passphrase),
      known: undefined,
      name: "the file",
    }).catch((/** @type {unknown} */ error) => {
      if (error.code !== "wrong_passphrase") throw error;
    });
    if (opened === undefined) continue;
    const { secrets } = JSON.parse(Buffer.from(opened.plaintext).toString());
    return JSON.stringify(secrets) === JSON.stringify(SECRETS) ? undefined : "a secret is gone";
  }
  return "no passphrase opens it";
}

async function beginCache(folder) {
  await (await openCache(folder)).set(KEY, session("old"));
}

async function checkCache(folder, isDone) {
  const found = (await (await openCache(folder)).get(KEY))?.credentials.accessKeyId;
  if (found === "new" || (found === "old" && !isDone)) return undefined;
  return found === undefined ? "the session is gone" : "an acknowledged session is not there";
}
