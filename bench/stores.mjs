// What durability, sealing and the audit's chain cost, each beside the bare thing on the same disk in the same run.
import { createDecipheriv, createCipheriv, createHash, randomBytes } from "node:crypto";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { fingerprint } from "@daypass/credentials";
import { createSqliteStore, verifyAudit } from "@daypass/stores";
import { median, takeTurns } from "./kit/take-turns.mjs";

const sealingKeys = { current: { id: "bench", key: randomBytes(32) } };
const time = new Date(0);
const EVENTS = 10_000;

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
  externalIdFingerprint: fingerprint(`ExternalIdOfTheBenchNumber${name}`),
  roleArn: `arn:aws:iam::222222222222:role/reader-${name}`,
  reason: null,
});

const EVENT_BYTES = Buffer.from(JSON.stringify(event("a")));

const repeat = (work) => async (count) => {
  for (let call = 0; call < count; call++) await work();
};

export async function bench(report) {
  const folder = mkdtempSync(join(tmpdir(), "daypass-bench-"));
  try {
    await benchWrites(report, folder);
    await benchSealing(report);
    await benchVerifying(report, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function benchWrites(report, folder) {
  const store = await createSqliteStore({ path: join(folder, "store.db"), sealingKeys });
  const update = await createIntegration(store);
  const bare = openBare(join(folder, "bare.db"));
  const file = openSync(join(folder, "bare.log"), "a");
  const rates = await takeTurns(
    {
      write: repeat(() => update([event("a")])),
      insert: repeat(async () => bare.insert()),
      record: repeat(() => store.record(event("a"))),
      append: repeat(async () => {
        writeSync(file, EVENT_BYTES);
        fdatasyncSync(file);
      }),
    },
    { milliseconds: 5000, clock: "wall" },
  );
  closeSync(file);
  bare.close();
  await store.close();
  report({
    name: "conditional write with its audit event, durable",
    figure: rates.write,
    unit: "/s",
    better: "more",
    baseline: { name: "a bare durable INSERT of SQLite", figure: rates.insert },
    reason:
      "one transaction compares the row, claims its role, seals the integration and its event, and chains the event",
  });
  report({
    name: "audit append, durable",
    figure: rates.record,
    unit: "/s",
    better: "more",
    baseline: { name: `raw write and fdatasync of its ${EVENT_BYTES.length} bytes`, figure: rates.append },
    reason:
      "SQLite syncs whole pages of 4 KiB and copies them back from its log; the event is sealed and chained before",
  });
}

/** In memory, so that no disk stands between the sealing and its measure. */
async function benchSealing(report) {
  const store = await createSqliteStore({ path: ":memory:", sealingKeys });
  await createIntegration(store);
  const bare = openBare(":memory:");
  bare.insert();
  const key = randomBytes(32);
  const seal = () => {
    const cipher = createCipheriv("aes-256-gcm", key, randomBytes(12));
    cipher.setAAD(EVENT_BYTES.subarray(0, 16));
    return Buffer.concat([cipher.update(EVENT_BYTES), cipher.final(), cipher.getAuthTag()]);
  };
  const rates = await takeTurns({
    seal: repeat(() => store.record(event("a"))),
    bareSeal: repeat(async () => {
      seal();
      bare.insert();
    }),
    open: repeat(() => store.get("id-a")),
    bareOpen: repeat(async () => bare.read()),
  });
  bare.close();
  await store.close();
  report({
    name: "events sealed, chained and kept, in memory",
    figure: rates.seal,
    unit: "/s",
    better: "more",
    baseline: { name: "bare AES-256-GCM and INSERT", figure: rates.bareSeal },
    reason: "a transaction reads the chain's end, derives this event's place and hashes it into the chain",
  });
  report({
    name: "integrations read and opened, in memory",
    figure: rates.open,
    unit: "/s",
    better: "more",
    baseline: { name: "a bare SELECT of one row", figure: rates.bareOpen },
    reason: "every sensitive column is opened and checked, and the row becomes an integration again",
  });
}

async function benchVerifying(report, folder) {
  const path = join(folder, "audit.db");
  const store = await createSqliteStore({ path, sealingKeys });
  const update = await createIntegration(store);
  const thousand = Array.from({ length: 1000 }, () => event("a"));
  for (let kept = 0; kept < EVENTS; kept += thousand.length) await update(thousand);
  await store.close();

  const rates = { ours: [], bare: [] };
  const open = openLoop(EVENTS);
  for (let round = 0; round < 6; round++) {
    const start = performance.now();
    const { events, findings } = await verifyAudit({ path, sealingKeys });
    const between = performance.now();
    open();
    const end = performance.now();
    if (events !== EVENTS || findings.length > 0)
      throw new Error(`the audit is not as written: ${findings[0]?.problem}`);
    // The first round warms up.
    if (round === 0) continue;
    rates.ours.push((EVENTS * 1000) / (between - start));
    rates.bare.push((EVENTS * 1000) / (end - between));
  }
  report({
    name: `audit verified, ${EVENTS.toLocaleString("en-US")} events`,
    figure: median(rates.ours),
    unit: "events/s",
    better: "more",
    baseline: { name: "bare AES-256-GCM and SHA-256 of the same bytes", figure: median(rates.bare) },
    reason: "the loop has its bytes in memory; ours reads the file, parses every event and has SQLite check every page",
  });
}

/** Returns what opens so many sealed events and hashes each into a chain, and does nothing else. */
function openLoop(events) {
  const key = randomBytes(32);
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(EVENT_BYTES), cipher.final()]);
  const tag = cipher.getAuthTag();
  return () => {
    let chain = Buffer.alloc(32);
    for (let index = 0; index < events; index++) {
      const decipher = createDecipheriv("aes-256-gcm", key, nonce);
      decipher.setAuthTag(tag);
      const text = decipher.update(sealed, undefined, "utf8") + decipher.final("utf8");
      chain = createHash("sha256").update(chain).update(text).digest();
    }
    return chain;
  };
}

/** Creates one integration. Returns what updates it again and again, with these events. */
async function createIntegration(store) {
  await store.create(integration("a", 1), []);
  let version = 1;
  return async (events) => {
    version += 1;
    const { outcome } = await store.update(integration("a", version), events);
    if (outcome !== "updated") throw new Error(outcome);
  };
}

/** A table with nothing around it, as durable as the store. */
function openBare(path) {
  const database = new DatabaseSync(path);
  database.exec("pragma journal_mode = wal; pragma synchronous = full; create table rows (value blob) strict");
  const insert = database.prepare("insert into rows values (?)");
  const select = database.prepare("select value from rows where rowid = 1");
  const value = randomBytes(700);
  return { insert: () => insert.run(value), read: () => select.get(), close: () => database.close() };
}
