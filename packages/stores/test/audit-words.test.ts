// What the audit's reader and its verification say, word for word, and the form of the chain, written out a second time.
import { createHash, generateKeyPairSync } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { AuditEvent } from "@daypass/cross-account";
import { createSqliteStore, readCheckpoint, signCheckpoint, verifyAudit, type SqliteStore } from "@daypass/stores";
import { createSealer } from "../dist/create-sealer.js";
import { openRaw } from "./raw-database.js";
import { activeIntegration, eventOf, pendingIntegration, roleArnOf } from "./sample-integrations.js";
import { sealingKey } from "./sealing-key.js";

const folder = mkdtempSync(join(tmpdir(), "daypass-audit-words-"));
afterAll(() => rmSync(folder, { recursive: true }));
const sealingKeys = { current: sealingKey("one") };
const sealer = createSealer(sealingKeys);
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const time = new Date("2026-11-21T09:00:00Z");
const HINT = "run `daypass-audit verify`, and look who wrote to the database; the events may be in a backup";

let files = 0;
let path = "";
beforeEach(() => {
  path = join(folder, `${files++}.db`);
});

async function withStore<Answer>(work: (store: SqliteStore) => Promise<Answer>): Promise<Answer> {
  const store = await createSqliteStore({ path, sealingKeys });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
const attempt = (attemptId: string): AuditEvent => ({
  type: "assume_role.intent",
  time: new Date(0),
  attemptId,
  roleArn: roleArnOf("a"),
  roleSessionName: "vendor",
  region: "eu-west-1",
  durationSeconds: 3600,
  externalIdFingerprint: null,
  subject: {},
});
/** An integration with `count` events, the first of them its own. */
const fill = (count: number) =>
  withStore(async (store) => {
    const integration = pendingIntegration("a");
    const others = Array.from({ length: count - 1 }, (_, n) => attempt(`attempt-${n}`));
    // The store takes any events of the audit; the type says which ones an integration brings.
    await store.create(integration, [eventOf(integration), ...(others as unknown as ReturnType<typeof eventOf>[])]);
  });
/** Changes the file behind the store's back, with its triggers out of the way. */
function behind(work: (raw: ReturnType<typeof openRaw>) => void): void {
  const raw = openRaw(path);
  raw.exec("pragma foreign_keys = off");
  const triggers = raw.prepare("select name, sql from sqlite_schema where type = 'trigger'").all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of triggers) raw.exec(`drop trigger ${name}`);
  work(raw);
  for (const { sql } of triggers) raw.exec(sql);
  raw.close();
}
function tamper(...statements: readonly string[]): void {
  behind((raw) => {
    for (const statement of statements) raw.exec(statement);
  });
}
const problems = async (more: Partial<Parameters<typeof verifyAudit>[0]> = {}) => {
  const { findings } = await verifyAudit({ path, sealingKeys, ...more });
  return findings.map(({ sequence, problem }) => `${sequence} ${problem}`);
};
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "nothing was refused",
    (error: unknown) => {
      const { code, message, hint } = error as { code: unknown; message: unknown; hint: unknown };
      return { code, message, hint };
    },
  );
const refused = (message: string) => ({ code: "unsealing_failed", message, hint: HINT });

describe("the chain", () => {
  it("is SHA-256 over its name, the link before, the number in eight bytes, and the text", async () => {
    await fill(3);
    const raw = openRaw(path);
    const rows = raw.prepare("select sequence, sealed, chain from events order by sequence").all() as {
      sequence: number;
      sealed: Uint8Array;
      chain: Uint8Array;
    }[];
    raw.close();
    let before = Buffer.alloc(32);
    for (const { sequence, sealed, chain } of rows) {
      const text = sealer.open(sealed, ["events", "sealed", sequence]);
      expect(text).toMatch(/^\{"salt":"[0-9a-f]{32}","event":\{"type":/);
      const number = Buffer.from(sequence.toString(16).padStart(16, "0"), "hex");
      const name = "daypass stores: audit chain, 1\n";
      before = createHash("sha256")
        .update(Buffer.concat([Buffer.from(name), before, number, Buffer.from(text)]))
        .digest();
      expect(Buffer.from(chain).equals(before)).toBe(true);
    }
  });
});

describe("reading says", () => {
  it("that a link is another", async () => {
    await fill(3);
    tamper("update events set chain = zeroblob(32) where sequence = 2");
    await withStore(async (store) => {
      const message = "event 2 of the audit does not follow from the one before it";
      expect(await refusal(store.listEvents({ limit: 9 }))).toEqual(refused(message));
    });
  });

  it("that a link is gone while the store is open", async () => {
    await fill(3);
    await withStore(async (store) => {
      tamper("update events set chain = null where sequence = 1");
      const [own, next] = [store.listEvents({ limit: 9 }), store.listEvents({ after: 1, limit: 9 })];
      expect(await refusal(own)).toEqual(refused("event 1 of the audit does not follow from the one before it"));
      expect(await refusal(next)).toEqual(refused("event 1 of the audit is missing, or not chained"));
    });
  });

  it.each([
    [1, "event 1 of the audit was chained, and its chain was taken away"],
    [2, "event 1 of the audit is missing, or already chained"],
  ])("that link %i is gone as early as when the store is opened", async (sequence, message) => {
    await fill(3);
    tamper(`update events set chain = null where sequence = ${sequence}`);
    expect(await refusal(withStore(async () => undefined))).toEqual(refused(message));
  });

  it("what stands in a link's place when it is no entry", async () => {
    await fill(2);
    const name = Buffer.from("daypass stores: audit chain, 1\n");
    const second = Buffer.from("0000000000000002", "hex");
    for (const text of ["null", "7", '{"salt":"00"}', '{"event":{}}', '"salt event"']) {
      behind((raw) => {
        const [first] = raw.prepare("select chain from events where sequence = 1").all() as { chain: Uint8Array }[];
        const whole = Buffer.concat([name, Buffer.from(first?.chain ?? []), second, Buffer.from(text)]);
        const chain = createHash("sha256").update(whole).digest();
        const sealed = sealer.seal(text, ["events", "sealed", 2]);
        raw.prepare("update events set sealed = ?, chain = ? where sequence = 2").run(sealed, chain);
      });
      expect(await problems()).toEqual(["2 is no event"]);
      const message = "event 2 of the audit does not follow from the one before it";
      expect(await withStore((store) => refusal(store.listEvents({ limit: 9 })))).toEqual(refused(message));
    }
  });
});

describe("a file from before the chain", () => {
  const older = (...statements: readonly string[]): void => {
    copyFileSync(new URL("written-by-schema-2.sqlite", import.meta.url), path);
    const raw = openRaw(path);
    raw.exec("drop trigger events_stay");
    for (const statement of statements) raw.exec(statement);
    raw.close();
  };

  it("is not chained where an event is missing", async () => {
    older("delete from events where sequence = 2");
    const message = "event 2 of the audit is missing, or already chained";
    expect(await refusal(withStore(async () => undefined))).toEqual(refused(message));
  });
});

describe("the head", () => {
  it("is not told of an audit whose first or last event is not chained", async () => {
    for (const where of ["sequence = 1", "sequence = 3"]) {
      path = join(folder, `${files++}.db`);
      await fill(3);
      await withStore(async (store) => {
        tamper(`update events set chain = null where ${where}`);
        expect(await refusal(store.auditHead())).toEqual(refused("event 1 of the audit is missing, or not chained"));
        const last = where === "sequence = 3";
        const told = await refusal(store.record(attempt("more")));
        if (last) expect(told).toEqual(refused("event 3 of the audit is not chained"));
      });
    }
  });
});

describe("verification says", () => {
  it("which events are missing: one, or a row of them", async () => {
    await fill(9);
    tamper("delete from events where sequence in (2, 4, 5)");
    expect((await problems()).filter((line) => line.includes("missing"))).toEqual([
      "2 is missing",
      "4 is missing, and so are those up to 5",
    ]);
  });

  it("no more than a hundred things, and reads on over a thousand events", async () => {
    await fill(1101);
    tamper("update events set chain = zeroblob(32) where sequence > 1000");
    const found = await problems();
    expect(found).toHaveLength(100);
    expect(found[0]).toBe("1001 does not follow from the one before it");
  });

  it("that an integration is in no event, and that one was changed", async () => {
    await withStore(async (store) => {
      await store.create(pendingIntegration("a"), []);
      await store.create(pendingIntegration("b"), [eventOf(pendingIntegration("b"))]);
    });
    const raw = openRaw(path);
    raw.exec(
      "update integrations set sealed = zeroblob(64) where integration_id = 'id-b'; update integrations set label = 'x' where integration_id = 'id-a'",
    );
    raw.close();
    const found = await problems();
    expect([...found.slice(0, 3), ...found.slice(3).toSorted()]).toEqual([
      '0 integration "id-a" is in no event',
      '0 integration "id-a" was changed, or is sealed with a key that was not given',
      '0 integration "id-b" was changed, or is sealed with a key that was not given',
      '0 integration "id-a" holds an external ID or a role that is not its own',
      '0 integration "id-b" holds an external ID or a role that is not its own',
    ]);
  });

  it("nothing about a file whose keys are being changed", async () => {
    await fill(2);
    const both = { current: sealingKey("two"), previous: [sealingKey("one")] };
    const store = await createSqliteStore({ path, sealingKeys: both });
    await store.update(activeIntegration("a"), [eventOf(activeIntegration("a"))]);
    await store.close();
    expect(await problems({ sealingKeys: both })).toEqual([]);
  });

  it("that a checkpoint is about another audit, where this one is empty", async () => {
    await withStore(async () => undefined);
    const head = { log: "0".repeat(64), sequence: 1, chain: "0".repeat(64) };
    const checkpoints = [signCheckpoint([head], { keyId: "audit", privateKey }, time)];
    const report = await verifyAudit({ path, sealingKeys, checkpoints, publicKey });
    expect(report).toEqual({
      events: 0,
      head: undefined,
      checkpoints: 0,
      findings: [
        {
          sequence: 0,
          problem: "the checkpoint of 2026-11-21T09:00:00.000Z is about another audit: this one may have been replaced",
        },
      ],
    });
  });

  it("what it cannot read, and makes no file that is not there", async () => {
    const none = {
      code: "store_unavailable",
      message: "the database does not open",
      hint: "check that the path names an SQLite file of daypass that this user can use",
    };
    expect(await refusal(verifyAudit({ path, sealingKeys }))).toEqual(none);
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, "no database at all, but long enough to be looked at as if it were one".repeat(20));
    expect(await refusal(verifyAudit({ path, sealingKeys }))).toEqual({
      code: "store_unavailable",
      message: "the database cannot be read as one of daypass",
      hint: "if it is damaged, restore a backup beside it and compare",
    });
    expect(await refusal(verifyAudit({ path, sealingKeys, checkpoints: ["{}"] }))).toEqual({
      code: "invalid_option",
      message: "checkpoints were given without the public key",
      hint: "give the key that they are signed with: without it anybody could have written them",
    });
  });
});

describe("a checkpoint", () => {
  const head = { log: "1".repeat(64), sequence: 1, chain: "2".repeat(64) };
  const line = () => signCheckpoint([head], { keyId: "audit", privateKey }, time);
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const thrown = async (work: () => unknown) => refusal(Promise.resolve().then(work));

  it("is refused in full words", async () => {
    const hint = "take the checkpoints from where they are kept, and the public key from who signs them";
    const none = { code: "unsealing_failed", message: "a checkpoint is not one", hint };
    const changes: readonly ((text: string) => string)[] = [
      () => "no JSON",
      () => "null",
      (text) => text.replace(head.log, `${head.log}0`),
      (text) => text.replace(head.log, `0${head.log}`),
      (text) => text.replace('=="', '==="'),
      (text) => text.replace('"signature":"', '"signature":"A'),
      (text) => text.replace('"sequence":1', '"sequence":0'),
      (text) => text.replace('"sequence":1', '"sequence":1.5'),
      (text) => text.replace('"time":"2026', '"time":"in 2026'),
    ];
    for (const change of changes) expect(await thrown(() => readCheckpoint(change(line()), publicKey))).toEqual(none);
    const other = generateKeyPairSync("ed25519").publicKey;
    expect(await thrown(() => readCheckpoint(line(), other))).toEqual({
      ...none,
      message: "a checkpoint is not signed by this key, or was changed",
    });
  });

  it("is read with an Ed25519 public key and no other", async () => {
    const wrong = {
      code: "invalid_option",
      message: "the public key is not an Ed25519 public key",
      hint: "give the one that belongs to the signing key",
    };
    for (const key of [rsa.publicKey, privateKey, generateKeyPairSync("x25519").publicKey]) {
      expect(await thrown(() => readCheckpoint(line(), key))).toEqual(wrong);
    }
  });

  it("says what is wrong with a key that cannot sign, and that there is nothing to sign", async () => {
    const key = {
      code: "invalid_option",
      message: "the signing key is not an Ed25519 private key",
      hint: "make one with `daypass-certificate keygen`",
    };
    expect(await thrown(() => signCheckpoint([head], { keyId: "audit", privateKey: rsa.privateKey }, time))).toEqual(
      key,
    );
    expect(await thrown(() => signCheckpoint([head], { keyId: "audit", privateKey: publicKey }, time))).toEqual(key);
    expect(await thrown(() => signCheckpoint([head], { keyId: "a b", privateKey }, time))).toEqual({
      code: "invalid_option",
      message: "the key's id is not 1 to 64 letters, digits, `_`, `.` or `-`",
      hint: "name it, for example audit-2026",
    });
    expect(await thrown(() => signCheckpoint([], { keyId: "audit", privateKey }, time))).toEqual({
      code: "invalid_option",
      message: "there is nothing to sign: the audit is empty",
      hint: "sign it once it has an event",
    });
  });
});
