// Stores under attack: by who can write to the file, by who guesses keys, and by who writes other customers' rows.
import { execFileSync } from "node:child_process";
import {
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { createMemoryStore, type IntegrationStore } from "@daypass/cross-account";
import { createSqliteStore, type SealingKeys } from "@daypass/stores";
import { afterAll, beforeAll, expect } from "vitest";
import { openRaw } from "../../packages/stores/test/raw-database.js";
import { activeIntegration, pendingIntegration } from "../../packages/stores/test/sample-integrations.js";
import { sealingKey } from "../../packages/stores/test/sealing-key.js";
import { answers, errorOf, refuses } from "./attack-table.js";
import {
  badKeys,
  badPaths,
  claimedRoles,
  flippedBits,
  movedEvents,
  movedRows,
  storedTakeovers,
  takenPaths,
  type TakenPath,
} from "./tables/sealed-rows.js";

const folder = mkdtempSync(join(tmpdir(), "daypass-sealed-"));
const filled = join(folder, "filled.db");
const sealingKeys: SealingKeys = { current: sealingKey("one") };
let files = 0;
const fresh = () => join(folder, `${files++}.db`);

const attempt = {
  type: "assume_role.intent",
  time: new Date(0),
  attemptId: "attempt",
  roleArn: "arn:aws:iam::222222222222:role/reader-a",
  roleSessionName: "vendor",
  region: "eu-west-1",
  durationSeconds: 3600,
  externalIdFingerprint: "fp",
  subject: {},
} as const;

async function fill(store: IntegrationStore): Promise<void> {
  for (const name of ["a", "b", "r"]) {
    await store.create(pendingIntegration(name), []);
    await store.update(activeIntegration(name), []);
    await store.record(attempt);
  }
  await store.create(pendingIntegration("c"), []);
}

beforeAll(async () => {
  const store = await createSqliteStore({ path: filled, sealingKeys });
  await fill(store);
  const offered = {
    ...activeIntegration("b"),
    version: 3,
    rotation: { externalId: "Spent", phase: "offered" as const, started: new Date(0) },
  };
  await store.update(offered, []);
  await store.update({ ...offered, rotation: null, version: 4 }, []);
  await store.saveTemplate({ version: "0123456789abcdef", description: "{}", created: new Date(0) });
  for (let more = 0; more < 3; more++) await store.record(attempt);
  await store.close();
  const again = await createSqliteStore({ path: filled, sealingKeys });
  await again.update({ ...activeIntegration("r"), state: "revoked", reason: "over", version: 3 }, []);
  await again.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs statements on the file behind the store's back. */
function tamper(path: string, statements: readonly string[]): void {
  const connection = openRaw(path);
  connection.exec("pragma foreign_keys = off");
  for (const statement of statements) connection.exec(statement);
  connection.exec("pragma wal_checkpoint(truncate)");
  connection.close();
}

async function onTampered(statements: readonly string[], read: (store: IntegrationStore) => Promise<unknown>) {
  const path = fresh();
  copyFileSync(filled, path);
  tamper(path, statements);
  const store = await createSqliteStore({ path, sealingKeys });
  try {
    await read(store);
  } finally {
    await store.close();
  }
}

refuses("a row that was moved or changed", movedRows, ({ statements }) =>
  onTampered(statements, (store) => store.list({ limit: 100 })),
);
refuses("an audit that was moved or changed", movedEvents, ({ statements }) =>
  onTampered(statements, (store) => store.listEvents({ limit: 100 })),
);

refuses("a bit that was flipped", flippedBits, async ({ at }) => {
  const path = fresh();
  copyFileSync(filled, path);
  const connection = openRaw(path);
  const row = connection.prepare("select sealed from integrations where integration_id = 'id-a'").get();
  const sealed = Buffer.from((row as { sealed: Uint8Array }).sealed);
  const byte = Math.floor(at * sealed.length);
  sealed[byte] = (sealed[byte] ?? 0) ^ 4;
  connection.prepare("update integrations set sealed = ? where integration_id = 'id-a'").run(sealed);
  connection.close();
  const store = await createSqliteStore({ path, sealingKeys });
  try {
    await store.get("id-a");
  } finally {
    await store.close();
  }
});

refuses("a key that somebody could guess", badKeys, async ({ sealingKeys: given }) => {
  const path = fresh();
  const error = await errorOf(() => createSqliteStore({ path, sealingKeys: given as SealingKeys }));
  expect(existsSync(path), "a file was made").toBe(false);
  expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/correct horse|changeme|0123456789abcdef/);
  throw error;
});
refuses("a path that is none", badPaths, ({ path }) => createSqliteStore({ path: path as string, sealingKeys }));

const arrange: Readonly<Record<TakenPath, (path: string) => void>> = {
  folder: (path) => mkdirSync(path),
  link: (path) => {
    copyFileSync(filled, `${path}.real`);
    symlinkSync(`${path}.real`, path);
  },
  "dangling link": (path) => symlinkSync(`${path}.nowhere`, path),
  "log link": (path) => {
    copyFileSync(filled, path);
    writeFileSync(`${path}.secret`, "mine");
    symlinkSync(`${path}.secret`, `${path}-wal`);
  },
  pipe: (path) => void execFileSync("mkfifo", [path]),
  foreign: (path) => {
    copyFileSync(filled, path);
    chownSync(path, 65_534, 65_534);
  },
  "no folder": () => undefined,
  words: (path) =>
    writeFileSync(path, "not a database, but some words that are long enough to look like one\n".repeat(20)),
  "other program": (path) => {
    const connection = openRaw(path);
    connection.exec("create table notes (text)");
    connection.close();
  },
  newer: (path) => {
    copyFileSync(filled, path);
    tamper(path, ["pragma user_version = 99"]);
  },
  half: (path) => writeFileSync(path, readFileSync(filled).subarray(0, 5000)),
};

// Only root can make another user's file.
const possible = takenPaths.filter(({ what }) => what !== "foreign" || process.getuid?.() === 0);
refuses("a place that is taken", possible, async ({ what }) => {
  const path = what === "no folder" ? join(folder, "none", "x.db") : fresh();
  arrange[what](path);
  const store = await createSqliteStore({ path, sealingKeys });
  try {
    await store.list({ limit: 100 });
  } finally {
    await store.close();
    if (what === "log link") expect(readFileSync(`${path}.secret`, "utf8")).toBe("mine");
    expect(lstatSync(path).isFile()).toBe(true);
  }
});

const openStore = async (kind: "memory" | "SQLite"): Promise<IntegrationStore> => {
  const store = kind === "memory" ? createMemoryStore() : await createSqliteStore({ path: ":memory:", sealingKeys });
  await fill(store);
  return store;
};

answers("a role that another customer holds", claimedRoles, async ({ store: kind, change }) => {
  const store = await openStore(kind);
  const { role, ...next } = activeIntegration("c");
  const { role: held } = activeIntegration("a");
  if (role === null || held === null) throw new Error("active ones have roles");
  return store.update({ ...next, role: { ...held, ...change } }, []);
});

refuses("an integration that is taken over", storedTakeovers, async ({ store: kind, change }) => {
  const store = await openStore(kind);
  const before = await store.get("id-a");
  try {
    await store.update({ ...activeIntegration("a"), version: 3, ...change }, []);
  } finally {
    expect(await store.get("id-a")).toEqual(before);
  }
});
