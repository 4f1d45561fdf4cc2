// What durability and sealing cost, each beside the bare thing in the same process.
// Run by `npm run bench`, or alone: node bench/stores.mjs
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { createSqliteStore } from "@daypass/stores";

const folder = mkdtempSync(join(tmpdir(), "daypass-bench-"));
const sealingKeys = { current: { id: "bench", key: randomBytes(32) } };
const time = new Date(0);

function integration(name, version) {
  const roleArn = `arn:aws:iam::222222222222:role/reader-${name}`;
  const verification = {
    outcome: "proven",
    roleArn,
    causes: [],
    nextStep: null,
    probes: [],
    capabilities: [],
    started: time,
    finished: time,
  };
  const role = { roleArn, accountId: "222222222222", roleUniqueId: `AROA${name}`, proven: time };
  const state = version === 1 ? "pending" : "active";
  return {
    integrationId: `id-${name}`,
    customerId: `customer-${name}`,
    label: "default",
    externalId: `ExternalIdOfTheBenchNumber${name}`,
    state,
    declaredAccountId: "222222222222",
    role: version === 1 ? null : role,
    verification: version === 1 ? null : verification,
    launch: null,
    setup: null,
    inspection: null,
    rotation: null,
    legacyKey: null,
    reason: null,
    created: time,
    updated: time,
    version,
  };
}

const event = (name) => ({
  type: "integration.verified",
  time,
  integrationId: `id-${name}`,
  customerId: `customer-${name}`,
  state: "active",
  externalIdFingerprint: "fp-0123456789abcdef",
  roleArn: `arn:aws:iam::222222222222:role/reader-${name}`,
  reason: null,
});

/** Calls per second over about `milliseconds`: the median of slices. */
async function measure(milliseconds, slice, work) {
  const rates = [];
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    const start = performance.now();
    for (let call = 0; call < slice; call++) await work();
    rates.push((slice * 1000) / (performance.now() - start));
  }
  return rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)];
}

const round = (figure) => Math.round(figure).toLocaleString("en-US");

try {
  const store = await createSqliteStore({ path: join(folder, "store.db"), sealingKeys });
  await store.create(integration("a", 1), []);
  let version = 1;
  const write = async () => {
    version += 1;
    const { outcome } = await store.update(integration("a", version), [event("a")]);
    if (outcome !== "updated") throw new Error(outcome);
  };

  const bare = new DatabaseSync(join(folder, "bare.db"));
  bare.exec("pragma journal_mode = wal; pragma synchronous = full; create table rows (value blob) strict");
  const statement = bare.prepare("insert into rows values (?)");
  const value = randomBytes(700);
  const insert = async () => statement.run(value);

  const key = randomBytes(32);
  const text = JSON.stringify(event("a"));
  const seal = () => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    return [nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
  };
  const [nonce, body, , tag] = seal();
  const open = () => {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce);
    decipher.setAuthTag(tag);
    return decipher.update(body, undefined, "utf8") + decipher.final("utf8");
  };

  // Once each to warm up, then the figures.
  for (const milliseconds of [200, 1500]) {
    const figures = {
      insert: await measure(milliseconds, 50, insert),
      write: await measure(milliseconds, 50, write),
      record: await measure(milliseconds, 50, () => store.record(event("a"))),
      read: await measure(milliseconds, 500, () => store.get("id-a")),
      seal: await measure(milliseconds, 5000, async () => seal()),
      open: await measure(milliseconds, 5000, async () => open()),
    };
    if (milliseconds === 200) continue;
    const { insert: bareRate, write: writeRate } = figures;
    console.log(
      `stores conditional write with its event: ${round(writeRate)}/s durable, ${(writeRate / bareRate).toFixed(2)} of a bare durable INSERT (${round(bareRate)}/s)`,
    );
    console.log(`stores audit record: ${round(figures.record)}/s durable`);
    console.log(`stores read and unseal one integration: ${round(figures.read)}/s`);
    console.log(`stores AES-256-GCM of one event: seal ${round(figures.seal)}/s, open ${round(figures.open)}/s`);
  }
  bare.close();
  await store.close();
} finally {
  rmSync(folder, { recursive: true });
}
