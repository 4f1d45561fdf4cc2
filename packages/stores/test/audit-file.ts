// An audit in a file of its own for each test, what writes to it behind the store's back, and what verifying it finds.
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach } from "vitest";
import { createSqliteStore, signCheckpoint, verifyAudit, type SqliteStore } from "@daypass/stores";
import { openRaw } from "./raw-database.js";
import { activeIntegration, eventOf, pendingIntegration } from "./sample-integrations.js";
import { sealingKey } from "./sealing-key.js";

const folder = mkdtempSync(join(tmpdir(), "daypass-audit-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
/** Returns a path at which there is no file yet. */
export const newPath = (name = "audit"): string => join(folder, `${name}-${files++}.db`);

/** The file of the test that runs, new for each. */
export let path = "";
beforeEach(() => {
  path = newPath();
});

export const sealingKeys = { current: sealingKey("one") };
export const { publicKey, privateKey } = generateKeyPairSync("ed25519");
export const time = new Date("2026-11-21T09:00:00Z");

/** Returns what `work` returns of the store in the file at `at`, which is open as long as it takes. */
export async function withStore<Answer>(at: string, work: (store: SqliteStore) => Promise<Answer>): Promise<Answer> {
  const store = await createSqliteStore({ path: at, sealingKeys });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Writes six events of three integrations, each created and then proven. Returns the head of the audit. */
export const fill = (at = path) =>
  withStore(at, async (store) => {
    for (const name of ["a", "b", "c"]) {
      await store.create(pendingIntegration(name), [eventOf(pendingIntegration(name))]);
      await store.update(activeIntegration(name), [eventOf(activeIntegration(name))]);
    }
    return store.auditHead();
  });

/** Returns the signed checkpoint of the audit in the file at `at`, as it stands. */
export const checkpointOf = async (at = path): Promise<string> => {
  const head = await withStore(at, (store) => store.auditHead());
  return signCheckpoint(head === undefined ? [] : [head], { keyId: "audit", privateKey }, time);
};

/** Writes past the triggers, and puts them back, as somebody who knows SQLite would. */
export function tamper(...statements: readonly string[]): void {
  const raw = openRaw(path);
  raw.exec("pragma foreign_keys = off");
  const triggers = raw.prepare("select name, sql from sqlite_schema where type = 'trigger'").all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of triggers) raw.exec(`drop trigger ${name}`);
  for (const statement of statements) raw.exec(statement);
  for (const { sql } of triggers) raw.exec(sql);
  raw.close();
}

/** Returns what verifying finds, as `sequence: problem`. */
export const problems = async (checkpoints: readonly string[] = []): Promise<readonly string[]> => {
  const options = checkpoints.length === 0 ? {} : { checkpoints, publicKey };
  const { findings } = await verifyAudit({ path, sealingKeys, ...options });
  return findings.map(({ sequence, problem }) => `${sequence}: ${problem}`);
};
