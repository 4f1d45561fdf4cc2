// An audit is changed in every way that somebody with the file could think of, and verified offline.
import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSqliteStore, signCheckpoint, verifyAudit } from "@daypass/stores";
import { openRaw } from "./kit/open-raw.mjs";
import { collectGarbage } from "./kit/collect-garbage.mjs";
import { createRandom } from "./kit/random.mjs";
import { eventOf, integrationOf, sealingKey, STATES } from "./kit/store-samples.mjs";
import { WITH_CHECKPOINT, WITHIN } from "./kit/tampers.mjs";

const PROGRAM = fileURLToPath(new URL("../packages/stores/bin/daypass-audit.mjs", import.meta.url));
const sealingKeys = { current: sealingKey("one") };
/** Every so many are found by the program, too. */
const BY_PROGRAM = 100;

export const trial = {
  name: "tamper-audit",
  claim: "every tampering with the audit is found, offline, by daypass-audit and by verifyAudit",
  wouldShow: "a tampered file of which the verification says that nothing is wrong",
  unit: "tampers",
  amounts: { test: 120, short: 10_000, long: 100_000 },
  needs: [],
  inMemory: true,

  async run({ amount, seed, folder }) {
    const random = createRandom(seed, "tamper-audit");
    const scene = await prepare(folder);
    const kinds = Object.entries({ ...WITHIN, ...WITH_CHECKPOINT, ...scene.whole });
    const wrong = [];
    for (let n = 0; n < amount && wrong.length < 20; n++) {
      if (n % 500 === 499) await collectGarbage();
      const [kind, tamper] = kinds[n % kinds.length];
      // A name of its own: the prebuilt SQLite lets go of a file only when its statements are garbage.
      const path = join(folder, `tampered-${n}.db`);
      copyFileSync(scene.good, path);
      if (tamper.length === 1) tamper(path);
      else change(path, (raw) => tamper(raw, random, scene));
      // A checkpoint helps only where it must: the chain has to find the rest by itself.
      const isKept = !Object.hasOwn(WITHIN, kind);
      if (!(await isFound(path, isKept ? scene : undefined))) wrong.push(`${kind}, number ${n} of seed ${seed}`);
      if (n % BY_PROGRAM === 0 && !scene.isFoundByProgram(path))
        wrong.push(`${kind}, by the program, number ${n} of seed ${seed}`);
      for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
    }
    if (await isFound(scene.good, scene)) wrong.push("the audit that nobody touched");
    return { tried: amount, wrong, figures: { kinds: kinds.length } };
  },
};

async function isFound(path, checked) {
  const more = checked === undefined ? {} : { checkpoints: checked.checkpoints, publicKey: checked.publicKey };
  return (await verifyAudit({ path, sealingKeys, ...more })).findings.length > 0;
}

async function prepare(folder) {
  const [good, older, other] = ["good.db", "older.db", "other.db"].map((name) => join(folder, name));
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  await fill(good, "ours", STATES.slice(0, 2));
  copyFileSync(good, older);
  const head = await fill(good, "ours", ["revoked"]);
  await fill(other, "ours", STATES);
  const checkpoints = [signCheckpoint([head], { keyId: "torture", privateKey }, new Date(0))];
  const files = {
    keys: JSON.stringify({ current: { id: "one", key: Buffer.from(sealingKeys.current.key).toString("base64") } }),
    checkpoints: checkpoints.join("\n"),
    public: publicKey.export({ type: "spki", format: "pem" }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const isFoundByProgram = (path) => {
    const words = [
      "--keys",
      join(folder, "keys"),
      "--checkpoints",
      join(folder, "checkpoints"),
      "--public-key",
      join(folder, "public"),
    ];
    return (
      spawnSync(process.execPath, [PROGRAM, "verify", "--database", path, ...words], { stdio: "ignore" }).status === 1
    );
  };
  return {
    good,
    checkpoints,
    publicKey,
    isFoundByProgram,
    older: openRaw(older),
    other: openRaw(other),
    whole: {
      "an older copy of the file": (path) => copyFileSync(older, path),
      "everything written anew with the keys": (path) => copyFileSync(other, path),
    },
  };
}

/** Twelve integrations in each of the states. */
async function fill(path, name, states) {
  const store = await createSqliteStore({ path, sealingKeys });
  for (let n = 0; n < 12; n++) {
    for (const state of states.filter((each) => each !== "revoked" || n % 2 === 0)) {
      const integration = integrationOf(`${name}-${n}`, state);
      if (state === "pending") await store.create(integration, [eventOf(integration)]);
      else await store.update(integration, [eventOf(integration)]);
    }
  }
  const head = await store.auditHead();
  await store.close();
  return head;
}

function change(path, work) {
  const raw = openRaw(path);
  raw.exec("pragma foreign_keys = off; pragma journal_mode = delete; pragma synchronous = off");
  const triggers = raw.prepare("select name, sql from sqlite_schema where type = 'trigger'").all();
  for (const { name } of triggers) raw.exec(`drop trigger ${name}`);
  work(raw);
  // They are put back as they were: a missing one would be found by itself.
  for (const { sql } of triggers) raw.exec(sql);
  raw.exec("pragma journal_mode = wal");
  raw.close();
}
