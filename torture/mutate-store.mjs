// The files of a store are damaged at random: bits turned, ends cut off, pieces overwritten, moved, doubled.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPairSync } from "node:crypto";
import { CrossAccountError } from "@daypass/cross-account";
import { createSqliteStore, signCheckpoint, verifyAudit } from "@daypass/stores";
import { collectGarbage } from "./kit/collect-garbage.mjs";
import { createRandom } from "./kit/random.mjs";
import { eventOf, integrationOf, sealingKey, STATES } from "./kit/store-samples.mjs";

const sealingKeys = { current: sealingKey("one") };

export const trial = {
  name: "mutate-store",
  claim:
    "a damaged file is refused in our words, or answers as before; where an end of it is lost, a checkpoint shows it",
  wouldShow: "a crash, another answer than was written, an integration that is active again without a finding",
  unit: "mutants",
  amounts: { test: 800, short: 3_000, long: 100_000 },
  needs: [],
  inMemory: true,

  async run({ amount, seed, folder }) {
    const random = createRandom(seed, "mutate-store");
    const scene = await prepare(folder);
    const path = join(folder, "damaged.db");
    const wrong = [];
    const figures = { refused: 0, "as before": 0, "shown by the audit": 0 };
    for (let n = 0; n < amount && wrong.length < 20; n++) {
      if (n % 500 === 499) await collectGarbage();
      for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
      // Half with a write-ahead log that was not yet moved into the file, as a killed process leaves it.
      const files = n % 2 === 0 ? scene.closed : scene.open;
      const damaged = random.int(files.length);
      files.forEach(([end, bytes], index) =>
        writeFileSync(`${path}${end}`, index === damaged ? mutate(bytes, random) : bytes, { mode: 0o600 }),
      );
      const what = `number ${n} of seed ${seed}`;
      const outcome = await judge(path, scene).catch(String);
      if (Object.hasOwn(figures, outcome)) figures[outcome] += 1;
      else wrong.push(`${what}: ${outcome}`);
    }
    return { tried: amount, wrong, figures };
  },
};

async function judge(path, { content, checkpoints, publicKey }) {
  let store;
  try {
    store = await createSqliteStore({ path, sealingKeys });
    const now = await contentOf(store);
    await store.close();
    if (now === content) return "as before";
  } catch (error) {
    await store?.close().catch(() => undefined);
    if (error instanceof CrossAccountError) return "refused";
    throw error;
  }
  try {
    const { findings } = await verifyAudit({ path, sealingKeys, checkpoints, publicKey });
    return findings.length > 0 ? "shown by the audit" : "another answer, and the audit finds nothing";
  } catch (error) {
    if (error instanceof CrossAccountError) return "refused";
    throw error;
  }
}

/** All that a store tells: integrations, customers, events. */
async function contentOf(store) {
  const list = await store.list({ limit: 1000 });
  const single = await Promise.all(list.map(({ integrationId }) => store.get(integrationId)));
  const events = await store.listEvents({ limit: 1000 });
  return JSON.stringify([list, single, events]);
}

async function prepare(folder) {
  const path = join(folder, "good.db");
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  let store = await createSqliteStore({ path, sealingKeys });
  const write = async (name, states) => {
    for (const state of states) {
      const integration = integrationOf(name, state);
      const events = [eventOf(integration)];
      await (state === "pending" ? store.create(integration, events) : store.update(integration, events));
    }
  };
  for (let n = 0; n < 8; n++) await write(`first-${n}`, STATES.slice(0, 2));
  await store.close();
  store = await createSqliteStore({ path, sealingKeys });
  for (let n = 0; n < 8; n += 2) await write(`first-${n}`, ["revoked"]);
  const copy = join(folder, "copy.db");
  const open = ["", "-wal"].map((end) => {
    copyFileSync(`${path}${end}`, `${copy}${end}`);
    return [end, readFileSync(`${copy}${end}`)];
  });
  const content = await contentOf(store);
  const head = await store.auditHead();
  await store.close();
  const checkpoints = [signCheckpoint([head], { keyId: "torture", privateKey }, new Date(0))];
  return { content, checkpoints, publicKey, open, closed: [["", readFileSync(path)]] };
}

function mutate(bytes, random) {
  const changed = Buffer.from(bytes);
  const at = random.int(changed.length);
  const length = 1 + random.int(64);
  switch (random.int(6)) {
    case 0:
      return changed.subarray(0, at);
    case 1:
      return Buffer.concat([changed.subarray(0, at), random.bytes(length), changed.subarray(at)]);
    case 2:
      return Buffer.concat([changed.subarray(0, at), changed.subarray(at + length)]);
    case 3:
      random.bytes(length).copy(changed, at);
      return changed;
    case 4:
      changed.copyWithin(at, random.int(changed.length), random.int(changed.length));
      return changed;
    default:
      for (let flips = 1 + random.int(4); flips > 0; flips--) changed[random.int(changed.length)] ^= 1 << random.int(8);
      return changed;
  }
}
