// The audit tells when anything in it was changed, by whoever could write to the file; checkpoints kept elsewhere tell
// what a chain cannot.
import { generateKeyPairSync } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { AuditEvent } from "@daypass/cross-account";
import { createSqliteStore, readCheckpoint, signCheckpoint, verifyAudit, type SqliteStore } from "@daypass/stores";
import { openRaw } from "./raw-database.js";
import { activeIntegration, eventOf, pendingIntegration } from "./sample-integrations.js";
import { sealingKey } from "./sealing-key.js";

const folder = mkdtempSync(join(tmpdir(), "daypass-audit-"));
afterAll(() => rmSync(folder, { recursive: true }));
const sealingKeys = { current: sealingKey("one") };
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const time = new Date("2026-11-21T09:00:00Z");

let files = 0;
let path = "";
beforeEach(() => {
  path = join(folder, `${files++}.db`);
});

async function withStore<Answer>(at: string, work: (store: SqliteStore) => Promise<Answer>): Promise<Answer> {
  const store = await createSqliteStore({ path: at, sealingKeys });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Six events of three integrations, the last one revoked. */
const fill = (at = path) =>
  withStore(at, async (store) => {
    for (const name of ["a", "b", "c"]) {
      await store.create(pendingIntegration(name), [eventOf(pendingIntegration(name))]);
      await store.update(activeIntegration(name), [eventOf(activeIntegration(name))]);
    }
    return store.auditHead();
  });

const checkpointOf = async (at = path): Promise<string> => {
  const head = await withStore(at, (store) => store.auditHead());
  return signCheckpoint(head === undefined ? [] : [head], { keyId: "audit", privateKey }, time);
};

/** Writes past the triggers, and puts them back, as somebody who knows SQLite would. */
function tamper(...statements: readonly string[]): void {
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

const problems = async (checkpoints: readonly string[] = []): Promise<readonly string[]> => {
  const options = checkpoints.length === 0 ? {} : { checkpoints, publicKey };
  const { findings } = await verifyAudit({ path, sealingKeys, ...options });
  return findings.map(({ sequence, problem }) => `${sequence}: ${problem}`);
};

describe("an audit that nobody touched", () => {
  it("is found whole, with and without checkpoints, and reading it changes nothing", async () => {
    const head = await fill();
    const checkpoints = [await checkpointOf()];
    const bytes = readFileSync(path);
    expect(await verifyAudit({ path, sealingKeys, checkpoints, publicKey })).toEqual({
      events: 6,
      head,
      checkpoints: 1,
      findings: [],
    });
    expect(await problems()).toEqual([]);
    expect(readFileSync(path)).toEqual(bytes);
  });

  it("agrees with every checkpoint that was ever made of it, also after it grew and the key was changed", async () => {
    const checkpoints: string[] = [];
    for (const name of ["a", "b", "c"]) {
      await withStore(path, (store) => store.create(pendingIntegration(name), [eventOf(pendingIntegration(name))]));
      checkpoints.push(await checkpointOf());
    }
    const fresh = { current: sealingKey("two"), previous: [sealingKey("one")] };
    await (await createSqliteStore({ path, sealingKeys: fresh })).close();
    const report = await verifyAudit({ path, sealingKeys: { current: sealingKey("two") }, checkpoints, publicKey });
    expect(report).toMatchObject({ events: 3, checkpoints: 3, findings: [] });
  });

  it("can be read while somebody writes to it", async () => {
    await withStore(path, async (store) => {
      await store.create(pendingIntegration("a"), [eventOf(pendingIntegration("a"))]);
      expect(await problems()).toEqual([]);
      await store.update(activeIntegration("a"), [eventOf(activeIntegration("a"))]);
      expect(await problems()).toEqual([]);
    });
  });

  it("is empty at first, and then there is nothing to sign", async () => {
    await withStore(path, async (store) => expect(await store.auditHead()).toBeUndefined());
    expect(await verifyAudit({ path, sealingKeys })).toEqual({
      events: 0,
      head: undefined,
      checkpoints: 0,
      findings: [],
    });
    expect(() => signCheckpoint([], { keyId: "audit", privateKey }, time)).toThrow("there is nothing to sign");
  });

  it("tells nobody who guesses an event that the guess is right: the same event has another chain each time", async () => {
    const chains = new Set<string | undefined>();
    for (let round = 0; round < 5; round++) {
      const at = join(folder, `guess-${files++}.db`);
      const head = await withStore(at, async (store) => {
        await store.create(pendingIntegration("a"), [eventOf(pendingIntegration("a"))]);
        return store.auditHead();
      });
      chains.add(head?.chain);
    }
    expect(chains.size).toBe(5);
  });

  it("of a file from before there was a chain is chained when it is opened", async () => {
    copyFileSync(new URL("written-by-schema-2.sqlite", import.meta.url), path);
    const older = { path, sealingKeys };
    await expect(verifyAudit(older)).rejects.toThrow(
      "an older version of daypass wrote it: open it with a store first",
    );
    const kept = await withStore(path, (store) => store.listEvents({ limit: 100 }));
    const written = [pendingIntegration("a"), activeIntegration("a"), pendingIntegration("b"), activeIntegration("b")];
    expect(kept.map(({ event }) => event)).toEqual(written.map(eventOf));
    expect(await verifyAudit(older)).toMatchObject({ events: 4, findings: [] });
  });

  it("is not chained anew where its chain was taken away", async () => {
    await fill();
    tamper("update events set chain = null");
    await expect(createSqliteStore({ path, sealingKeys })).rejects.toThrow(
      "event 1 of the audit was chained, and its chain was taken away",
    );
  });

  it("is not wrong because a check that took long, or a late use of a key, was noted after a change", async () => {
    await fill();
    await withStore(path, async (store) => {
      const revoked = { ...activeIntegration("c"), state: "revoked", reason: "asked", version: 3 } as const;
      await store.update(revoked, [eventOf(revoked)]);
      for (const type of [
        "integration.access_probed",
        "integration.legacy_key_used",
        "integration.certified",
      ] as const) {
        await store.record({ ...eventOf(activeIntegration("c")), type });
      }
    });
    expect(await problems()).toEqual([]);
  });

  it("is read once another process, which has the file to itself for a moment, lets go of it", async () => {
    const at = join(folder, `closed-${files++}.db`);
    await fill(at);
    // The store's own connection is closed when its statements are garbage, and keeps the file from others until then.
    copyFileSync(at, path);
    const raw = openRaw(path);
    raw.exec("pragma locking_mode = exclusive; begin exclusive; commit");
    const found = problems();
    setTimeout(() => raw.close(), 5);
    expect(await found).toEqual([]);
  });

  it("takes no events from a process of an earlier version, which would not chain them", async () => {
    await fill();
    const raw = openRaw(path);
    expect(() => raw.exec("insert into events (sequence, key_id, sealed) values (7, 'one', x'00')")).toThrow(
      "a newer version of daypass uses this file",
    );
    raw.close();
  });
});

describe("an audit that was changed shows", () => {
  it.each<[string, readonly string[], string]>([
    [
      "a seal with one bit turned",
      ["update events set sealed = cast(sealed || x'00' as blob) where sequence = 3"],
      "3: was changed or moved",
    ],
    ["a link of the chain", ["update events set chain = zeroblob(32) where sequence = 3"], "3: does not follow"],
    ["a link that is gone", ["update events set chain = null where sequence = 6"], "6: does not follow"],
    ["an event taken out", ["delete from events where sequence = 3"], "3: is missing"],
    [
      "several taken out",
      ["delete from events where sequence in (2, 3, 4)"],
      "2: is missing, and so are those up to 4",
    ],
    [
      "an event taken out, with the others closing the gap",
      ["delete from events where sequence = 3", "update events set sequence = sequence - 1 where sequence > 3"],
      "3: was changed or moved",
    ],
    [
      "two events that changed places",
      [
        "update events set sequence = 100 where sequence = 2",
        "update events set sequence = 2 where sequence = 4",
        "update events set sequence = 4 where sequence = 100",
      ],
      "2: was changed or moved",
    ],
    [
      "an event that was added",
      ["insert into events select 7, key_id, sealed, chain from events where sequence = 6"],
      "7: was changed or moved",
    ],
    [
      "a key's name",
      ["insert into sealing_keys values ('two', x'00')", "update events set key_id = 'two'"],
      "1: names another key",
    ],
    [
      "an external ID that another could take",
      ["delete from claims where integration_id = 'id-b' and kind = 'external_id'"],
      '0: integration "id-b" does not hold its external IDs or its role',
    ],
    [
      "a role that was given to another",
      ["update claims set integration_id = 'id-a' where integration_id = 'id-b' and kind = 'role'"],
      '0: integration "id-b" does not hold its external IDs or its role',
    ],
    [
      "a claim that nobody made",
      ["insert into claims select x'00', kind, integration_id, key_id from claims limit 1"],
      "holds an external ID or a role that is not its own",
    ],
    [
      "an integration that came back to life",
      ["update integrations set state = 'pending' where integration_id = 'id-b'"],
      '0: integration "id-b" is pending, and its last event says active',
    ],
    [
      "an integration that is gone",
      ["delete from integrations where integration_id = 'id-b'"],
      '0: integration "id-b" is gone',
    ],
  ])("%s", async (_, statements, first) => {
    await fill();
    tamper(...statements);
    expect((await problems())[0]).toContain(first);
  });

  it("events from another database of the same keys", async () => {
    await fill();
    const other = join(folder, `other-${files++}.db`);
    await fill(other);
    tamper(
      `attach '${other}' as other`,
      "delete from events where sequence > 3",
      "insert into events select * from other.events where sequence > 3",
    );
    expect(await problems()).toEqual(["4: does not follow from the one before it"]);
  });

  it("a damaged index, which hides rows from those who look for them", async () => {
    await fill();
    const raw = openRaw(path);
    const page = raw.prepare("select rootpage from sqlite_schema where name = 'sqlite_autoindex_integrations_1'").get();
    raw.close();
    const bytes = readFileSync(path);
    // SQLite Database File Format, 1.6: the number of cells on a b-tree page is at offset 3.
    bytes.writeUInt16BE(0, ((page as { rootpage: number }).rootpage - 1) * bytes.readUInt16BE(16) + 3);
    writeFileSync(path, bytes);
    await withStore(path, async (store) => expect(await store.get("id-a")).toBeUndefined());
    expect((await problems())[0]).toMatch(/^0: the file is damaged: /);
  });

  it("an older row of an integration that was put back, though its seal is good", async () => {
    await fill();
    const copy = join(folder, `copy-${files++}.db`);
    copyFileSync(path, copy);
    await withStore(path, async (store) => {
      const revoked = { ...activeIntegration("c"), state: "revoked", reason: "asked", version: 3 } as const;
      await store.update(revoked, [eventOf(revoked)]);
    });
    expect(await problems()).toEqual([]);
    tamper(
      `attach '${copy}' as copy`,
      "delete from integrations where integration_id = 'id-c'",
      "insert into integrations select * from copy.integrations where integration_id = 'id-c'",
    );
    await withStore(path, async (store) => expect((await store.get("id-c"))?.state).toBe("active"));
    expect(await problems()).toEqual([
      '0: integration "id-c" is active, and its last event says revoked',
      '0: integration "id-c" does not hold its external IDs or its role: another could take them',
    ]);
  });

  it("an older row of the same state, of before its external ID was changed, with its claims", async () => {
    await fill();
    const copy = join(folder, `copy-${files++}.db`);
    copyFileSync(path, copy);
    await withStore(path, async (store) => {
      const kept = activeIntegration("b");
      const fresh = "AnotherExternalIdOf0b";
      const offered = {
        ...kept,
        rotation: { externalId: fresh, phase: "offered", started: time },
        version: 3,
      } as const;
      const old = { externalId: kept.externalId, phase: "retiring", started: time } as const;
      const taken = { ...kept, externalId: fresh, rotation: old, version: 4 };
      await store.update(offered, [{ ...eventOf(offered), type: "integration.external_id_offered" }]);
      await store.update(taken, [{ ...eventOf(taken), type: "integration.external_id_taken" }]);
    });
    expect(await problems()).toEqual([]);
    tamper(
      `attach '${copy}' as copy`,
      ...["spent_external_ids", "claims", "integrations"].flatMap((table) => [
        `delete from ${table} where integration_id = 'id-b'`,
        `insert into ${table} select * from copy.${table} where integration_id = 'id-b'`,
      ]),
    );
    expect(await problems()).toEqual([
      '0: integration "id-b" has another external ID or role than its last event says',
    ]);
  });

  it.each<[string, string, string]>([
    ["a trigger that is gone", "drop trigger events_stay", "the trigger events_stay is missing or was changed"],
    [
      "a trigger that undoes what a store writes",
      `create trigger quiet after insert on events when new.sequence > 6
       begin update integrations set version = 2 where integration_id = 'id-a'; end`,
      "a trigger quiet was added",
    ],
    [
      "an index that is gone",
      "drop index one_per_customer_and_label",
      "the index one_per_customer_and_label is missing",
    ],
    ["a view", "create view everything as select * from events", "a view everything was added"],
    [
      "an event before the first",
      "insert into events select -1, key_id, sealed, chain from events where sequence = 6",
      "there is an event -1",
    ],
  ])("%s", async (_, statement, problem) => {
    await fill();
    const raw = openRaw(path);
    raw.exec(statement);
    raw.close();
    const found = await problems();
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`0: ${problem}`);
  });

  it("tables that are none: they are not read, though they would never end", async () => {
    await fill();
    const raw = openRaw(path);
    raw.exec(`alter table events rename to kept;
      create view events as with recursive more (sequence) as (select 1 union all select sequence + 1 from more)
      select more.sequence, kept.key_id, kept.sealed, kept.chain from more join kept on kept.sequence = 1`);
    raw.close();
    await expect(problems()).rejects.toThrow("its tables are not those of daypass");
  });

  it("events that do not come in their order, and reading them comes to an end", async () => {
    await withStore(path, async (store) => {
      for (let n = 0; n < 1100; n++) await store.record(eventOf(activeIntegration("a")));
    });
    const raw = openRaw(path);
    const table = raw.prepare("select rootpage from sqlite_schema where name = 'events'").get() as { rootpage: number };
    raw.close();
    const bytes = readFileSync(path);
    const size = bytes.readUInt16BE(16);
    const root = (table.rootpage - 1) * size;
    // SQLite Database File Format, 1.6: on an interior page 12 bytes of header, then where the cells are; each is the
    // number of a page and the largest row number there. All of them are made to lead to the first page.
    const cells = bytes.readUInt16BE(root + 3);
    const first = bytes.readUInt32BE(root + bytes.readUInt16BE(root + 12));
    for (let cell = 1; cell < cells; cell++)
      bytes.writeUInt32BE(first, root + bytes.readUInt16BE(root + 12 + 2 * cell));
    writeFileSync(path, bytes);
    await expect(problems()).rejects.toThrow("the database cannot be read as one of daypass");
  });

  it("nothing that the file would write to a terminal itself", async () => {
    await fill();
    tamper(
      "pragma ignore_check_constraints = on",
      "update integrations set state = char(27) || '[2J' || char(10) || '0 findings' || char(155, 8238) where number = 1",
    );
    const found = await problems();
    expect(found[0]).toContain('integration "id-a" is ?[2J?0 findings??, and its last event says active');
    for (const problem of found) expect(problem).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe("a checkpoint kept elsewhere shows", () => {
  it("that the end was cut off", async () => {
    await fill();
    const checkpoint = await checkpointOf();
    const ofC = "where integration_id = 'id-c'";
    tamper("delete from events where sequence > 4", `delete from integrations ${ofC}`, `delete from claims ${ofC}`);
    expect(await problems()).toEqual([]);
    expect(await problems([checkpoint])).toEqual([
      "6: was there on 2026-11-21T09:00:00.000Z, and the audit ends before it",
    ]);
  });

  it("that an older copy of the file was put back", async () => {
    await withStore(path, (store) => store.create(pendingIntegration("a"), [eventOf(pendingIntegration("a"))]));
    const copy = join(folder, `copy-${files++}.db`);
    copyFileSync(path, copy);
    await withStore(path, (store) => store.update(activeIntegration("a"), [eventOf(activeIntegration("a"))]));
    const checkpoint = await checkpointOf();
    copyFileSync(copy, path);
    expect((await problems([checkpoint]))[0]).toContain("the audit ends before it");
  });

  it("that everything was written anew by somebody with the keys", async () => {
    await fill();
    const checkpoint = await checkpointOf();
    rmSync(path);
    await fill();
    expect(await problems()).toEqual([]);
    expect((await problems([checkpoint]))[0]).toContain("is about another audit: this one may have been replaced");
  });

  it("that the end was cut off and written anew", async () => {
    await fill();
    const checkpoint = await checkpointOf();
    tamper("delete from events where sequence = 6");
    await withStore(path, async (store) => store.record(eventOf(activeIntegration("c")) as AuditEvent));
    expect(await problems()).toEqual([]);
    expect((await problems([checkpoint]))[0]).toContain("6: or one before it was another on");
  });
});

describe("a checkpoint", () => {
  it("is refused when anything in it was changed, and when another key signed it", async () => {
    await fill();
    const line = await checkpointOf();
    const other = generateKeyPairSync("ed25519");
    for (const changed of [
      line.replace('"sequence":6', '"sequence":5'),
      line.replace("2026-11-21", "2026-11-20"),
      line.replace('"keyId":"audit"', '"keyId":"other"'),
      line.replace("checkpoint-1", "checkpoint-2"),
      line.slice(0, -2),
      `${line.slice(0, -1)},"more":1}`,
      "{}",
      "",
    ]) {
      expect(() => readCheckpoint(changed, publicKey), changed).toThrow(/^a checkpoint is not/);
    }
    expect(() => readCheckpoint(line, other.publicKey)).toThrow("a checkpoint is not signed by this key");
    expect(readCheckpoint(line, publicKey)).toMatchObject({ keyId: "audit", time });
  });

  it("is believed by nobody without the public key", async () => {
    await fill();
    const line = await checkpointOf();
    await expect(verifyAudit({ path, sealingKeys, checkpoints: [line] })).rejects.toMatchObject({
      code: "invalid_option",
    });
  });

  it("is signed by Ed25519 keys with a name only", () => {
    const head = { log: "0".repeat(64), sequence: 1, chain: "0".repeat(64) };
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
    for (const key of [
      { keyId: "audit", privateKey: rsa.privateKey },
      { keyId: "audit", privateKey: publicKey },
      { keyId: "", privateKey },
      { keyId: "a b", privateKey },
    ]) {
      expect(() => signCheckpoint([head], key, time)).toThrow(expect.objectContaining({ code: "invalid_option" }));
    }
  });
});
