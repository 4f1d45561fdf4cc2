// kill -9 at every call with which a file comes to be and takes its place: while a passphrase is changed, and while a
// session is kept.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Encrypter } from "age-encryption";
import { openWithPassphrase } from "../packages/auth/dist/secrets/seal-with-passphrase.js";
import { createRandom } from "./kit/random.mjs";
import { KEY, NEW, OLD, openCache, PASSPHRASE_FILE, SECRETS, session } from "./kit/secrets-scenes.mjs";

const PROGRAM = fileURLToPath(new URL("kit/secrets-scenes.mjs", import.meta.url));
const CALLS = "fsync,fdatasync,rename,link,unlink,fchmod,mkdir,ftruncate";
const AT_ONCE = 2;

const scenes = {
  change: { begin: beginChange, check: checkChange },
  cache: { begin: beginCache, check: checkCache },
};

export const trial = {
  name: "kill-secrets",
  claim:
    "after kill -9 at any locking, syncing, renaming or removing while a passphrase is changed or a session kept, the file is the old one or the new one, whole",
  wouldShow: "a file that neither passphrase opens, a secret that is gone, a session that is not there any more",
  unit: "kills",
  amounts: { test: 14, short: 56, long: 1_000 },
  needs: ["strace"],

  async run({ amount, seed, folder }) {
    const random = createRandom(seed, "kill-secrets");
    const points = [];
    for (const [name, scene] of Object.entries(scenes)) {
      const original = join(folder, name);
      mkdirSync(original, { mode: 0o700 });
      await scene.begin(original);
      points.push(...(await pointsOf(name, original, join(folder, `${name}-counted`))));
    }
    const total = points.length;
    // Each once, in an order of its own, before any comes again.
    const order = points.map((point) => [random.int(2 ** 30), point]).toSorted(([a], [b]) => a - b);
    const chosen = Array.from({ length: amount }, (_, index) => order[index % total][1]);
    const wrong = [];
    let killed = 0;
    const next = chosen.entries();
    const lane = async () => {
      for (const [number, { name, call, when }] of next) {
        const copy = join(folder, `${name}-${number}`);
        cpSync(join(folder, name), copy, { recursive: true });
        const inject = `inject=${call}:signal=KILL:when=${when}`;
        const { output, wasKilled } = await run(name, copy, ["-e", `trace=${call}`, "-e", inject, "-o", "/dev/null"]);
        if (wasKilled) killed++;
        const problem = await scenes[name].check(copy, output === "done\n").catch((error) => String(error));
        if (problem !== undefined) wrong.push(`${name}, ${call} ${when}: ${problem}`);
        rmSync(copy, { recursive: true });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return { tried: chosen.length, wrong, figures: { "points in all": total, "ended by the kill": killed } };
  },
};

/** Every call from the first that names the folder to the last. */
async function pointsOf(name, original, copy) {
  cpSync(original, copy, { recursive: true });
  const log = `${copy}.log`;
  await run(name, copy, ["-e", `trace=${CALLS}`, "-o", log]);
  const counts = new Map();
  const points = [];
  let hasBegun = false;
  for (const line of readFileSync(log, "utf8").split("\n")) {
    const call = /^\d+\s+(\w+)\(/.exec(line)?.[1];
    if (call === undefined) continue;
    const thread = `${line.split(" ")[0]} ${call}`;
    const when = (counts.get(thread) ?? 0) + 1;
    counts.set(thread, when);
    hasBegun ||= line.includes(copy);
    if (hasBegun) points.push({ name, call, when });
  }
  rmSync(copy, { recursive: true });
  return points;
}

async function run(name, folder, args) {
  const child = spawn("strace", ["-f", "-qq", ...args, process.execPath, PROGRAM, name, folder], {
    stdio: ["ignore", "pipe", "ignore"],
    // strace counts for each thread: with one that does the files' work, a number names a call.
    env: { ...process.env, UV_THREADPOOL_SIZE: "1" },
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  const [code, signal] = await once(child, "close");
  return { output, wasKilled: signal === "SIGKILL" || code === 137 };
}

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
