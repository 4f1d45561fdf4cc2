import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Integration, IntegrationStore } from "@daypass/cross-account";
import { createSqliteStore, type SealingKeys } from "@daypass/stores";
import { openRaw } from "./raw-database.js";
import { sealingKey } from "./sealing-key.js";
import { activeIntegration, externalIdOf, pendingIntegration, roleArnOf } from "./sample-integrations.js";

const folder = mkdtempSync(join(tmpdir(), "daypass-sealing-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
let path = "";
beforeEach(() => {
  path = join(folder, `${files++}.db`);
});

const one: SealingKeys = { current: sealingKey("one") };

async function withStore<Answer>(
  keys: SealingKeys,
  body: (store: IntegrationStore) => Promise<Answer>,
): Promise<Answer> {
  const store = await createSqliteStore({ path, sealingKeys: keys });
  try {
    return await body(store);
  } finally {
    await store.close();
  }
}

/** Two active integrations and their events. */
async function fill(keys: SealingKeys = one): Promise<readonly Integration[]> {
  return withStore(keys, async (store) => {
    for (const name of ["a", "b"]) {
      await store.create(pendingIntegration(name), []);
      await store.update(activeIntegration(name), []);
      await store.record({ ...attempt, subject: { name } });
    }
    return store.list({ limit: 10 });
  });
}

const attempt = {
  type: "assume_role.intent",
  time: new Date(0),
  attemptId: "attempt",
  roleArn: roleArnOf("a"),
  roleSessionName: "vendor",
  region: "eu-west-1",
  durationSeconds: 3600,
  externalIdFingerprint: "fp",
} as const;

/** Changes the file behind the store's back. */
function tamper(...statements: readonly string[]): void {
  const connection = openRaw(path);
  connection.exec("pragma foreign_keys = off; drop trigger if exists revoked_is_final");
  for (const statement of statements) connection.exec(statement);
  connection.close();
}

describe("the database file", () => {
  it("holds no external ID, no role, no key and no event in the clear", async () => {
    await fill();
    const bytes = readFileSync(path).toString("latin1");
    const { key } = sealingKey("one");
    for (const secret of [
      externalIdOf("a"),
      externalIdOf("b"),
      "role/reader-a",
      "AROA",
      "222222222222",
      "assume_role",
      "vendor",
    ]) {
      expect(bytes).not.toContain(secret);
    }
    expect(bytes).not.toContain(Buffer.from(key).toString("latin1"));
    expect(bytes).toContain("customer-a");
  });

  it("holds no legacy key and no external ID of a rotation in the clear, neither now nor after they are gone", async () => {
    const started = new Date(0);
    const pending = pendingIntegration("a");
    const full: Integration = {
      ...pending,
      rotation: { externalId: "PlantedNextId", phase: "offered", started },
      legacyKey: {
        accessKeyId: "AKIAPLANTED",
        secretAccessKey: "PlantedSecret",
        created: started,
        attached: started,
        cutOff: started,
      },
      version: 2,
    };
    await withStore(one, async (store) => {
      await store.create(pending, []);
      await store.update(full, []);
      await store.update({ ...full, rotation: null, legacyKey: null, version: 3 }, []);
      const bytes = ["", "-wal"].map((end) => readFileSync(`${path}${end}`, "latin1")).join("");
      for (const planted of ["PlantedNextId", "AKIAPLANTED", "PlantedSecret"]) expect(bytes).not.toContain(planted);
    });
  });

  it("opens a file of the first schema, in which there were no templates, rotations and legacy keys", async () => {
    // Written by the release before them, with the test key `one`.
    copyFileSync(new URL("written-by-schema-1.sqlite", import.meta.url), path);
    await withStore(one, async (store) => {
      const old = await store.get("id-a");
      expect(old).toEqual(activeIntegration("a"));
      const rotation = { externalId: "Next-Id", phase: "offered", started: new Date(0) } as const;
      expect(await store.update({ ...activeIntegration("a"), rotation, version: 3 }, [])).toEqual({
        outcome: "updated",
      });
      await store.saveTemplate({ version: "0123456789abcdef", description: "{}", created: new Date(0) });
    });
  });

  it("is not needed to see that a store object shows no key and no external ID", async () => {
    await fill();
    await withStore(one, async (store) => {
      const shown = inspect(store, { depth: 20, showHidden: true });
      expect(shown).not.toContain(externalIdOf("a"));
      expect(shown).not.toContain(inspect(sealingKey("one").key).slice(20, 60));
    });
  });
});

describe("a row that was changed in the file", () => {
  const changes: readonly [title: string, statement: string][] = [
    ["another state", "update integrations set state = 'pending' where integration_id = 'id-a'"],
    ["another customer", "update integrations set customer_id = 'mallory' where integration_id = 'id-a'"],
    ["another label", "update integrations set label = 'mallory' where integration_id = 'id-a'"],
    ["another version", "update integrations set version = 7 where integration_id = 'id-a'"],
    ["another time", "update integrations set updated = 0 where integration_id = 'id-a'"],
    [
      "another row's seal",
      "update integrations set sealed = (select sealed from integrations where integration_id = 'id-b') where integration_id = 'id-a'",
    ],
    [
      "an event's seal",
      "update integrations set sealed = (select sealed from events limit 1) where integration_id = 'id-a'",
    ],
    [
      "a key's proof",
      "update integrations set sealed = (select proof from sealing_keys) where integration_id = 'id-a'",
    ],
    ["nothing sealed", "update integrations set sealed = x'' where integration_id = 'id-a'"],
    [
      "an unknown format",
      "update integrations set sealed = cast(x'02' || substr(sealed, 2) as blob) where integration_id = 'id-a'",
    ],
    [
      "an unknown key id",
      "update integrations set sealed = cast(x'010374776f' || substr(sealed, 6) as blob) where integration_id = 'id-a'",
    ],
  ];
  it.each(changes)("does not open: %s", async (_title, statement) => {
    await fill();
    tamper(statement);
    await withStore(one, async (store) => {
      await expect(store.get("id-a")).rejects.toMatchObject({ code: "unsealing_failed" });
      await expect(store.list({ limit: 10 })).rejects.toMatchObject({ code: "unsealing_failed" });
      expect((await store.get("id-b"))?.state).toBe("active");
    });
  });

  it("does not open with any one bit flipped", async () => {
    await fill();
    const connection = openRaw(path);
    const row = connection.prepare("select sealed from integrations where integration_id = 'id-a'").get();
    const sealed = Buffer.from((row as { sealed: Uint8Array }).sealed);
    const write = connection.prepare("update integrations set sealed = ? where integration_id = 'id-a'");
    await withStore(one, async (store) => {
      for (let bit = 0; bit < sealed.length * 8; bit += 1) {
        const flipped = Buffer.from(sealed);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        write.run(flipped);
        await expect(store.get("id-a")).rejects.toMatchObject({ code: "unsealing_failed" });
      }
      write.run(sealed);
      expect((await store.get("id-a"))?.externalId).toBe(externalIdOf("a"));
    });
    connection.close();
  });

  it("cannot become active again after it was revoked", async () => {
    await fill();
    const before = readRow();
    await withStore(one, async (store) => {
      const active = await store.get("id-a");
      if (active === undefined) throw new Error("no integration");
      await store.update({ ...active, state: "revoked", reason: "over", version: active.version + 1 }, []);
    });
    tamper("update integrations set state = 'active' where integration_id = 'id-a'");
    await withStore(one, async (store) => {
      await expect(store.get("id-a")).rejects.toMatchObject({ code: "unsealing_failed" });
    });
    expect(before).not.toEqual(readRow());
  });

  function readRow(): unknown {
    const connection = openRaw(path);
    const row: unknown = connection.prepare("select sealed from integrations where integration_id = 'id-a'").get();
    connection.close();
    return row;
  }

  it("shows when events changed places", async () => {
    await fill();
    tamper(
      "update events set sequence = -1 where sequence = 1",
      "update events set sequence = 1 where sequence = 2",
      "update events set sequence = 2 where sequence = -1",
    );
    await withStore(one, async (store) => {
      await expect(store.listEvents({ limit: 10 })).rejects.toMatchObject({ code: "unsealing_failed" });
    });
  });

  it("shows when an event was taken out, the first one too", async () => {
    await fill();
    await withStore(one, (store) => store.record({ ...attempt, subject: { name: "c" } }));
    tamper("drop trigger events_stay", "delete from events where sequence = 2");
    await withStore(one, async (store) => {
      await expect(store.listEvents({ limit: 10 })).rejects.toMatchObject({ code: "unsealing_failed" });
      await expect(store.listEvents({ after: 1, limit: 1 })).rejects.toMatchObject({
        code: "unsealing_failed",
        message: "event 2 of the audit is missing",
      });
      // Who has read as far as the second one is told as well.
      await expect(store.listEvents({ after: 2, limit: 10 })).rejects.toMatchObject({
        code: "unsealing_failed",
        message: "event 2 of the audit is missing, or not chained",
      });
      expect(await store.listEvents({ after: 3, limit: 10 })).toEqual([]);
    });
    tamper("delete from events where sequence = 1");
    await withStore(one, async (store) => {
      await expect(store.listEvents({ limit: 10 })).rejects.toMatchObject({ code: "unsealing_failed" });
    });
  });

  it("never has the same seal twice for the same content", async () => {
    await fill();
    const first = readRow();
    rmSync(path);
    await fill();
    expect(readRow()).not.toEqual(first);
  });
});

describe("sealing keys", () => {
  const good = sealingKey("one").key;
  const bad: readonly [title: string, keys: unknown][] = [
    ["none", undefined],
    ["null", null],
    ["no current one", { previous: [sealingKey("one")] }],
    ["text of 32 characters", { current: { id: "one", key: "0123456789abcdef0123456789abcdef" } }],
    ["31 bytes", { current: { id: "one", key: good.slice(1) } }],
    ["64 bytes", { current: { id: "one", key: Buffer.concat([good, good]) } }],
    ["zeros", { current: { id: "one", key: new Uint8Array(32) } }],
    ["one byte repeated", { current: { id: "one", key: new Uint8Array(32).fill(0xa7) } }],
    [
      "two bytes repeated",
      { current: { id: "one", key: Uint8Array.from({ length: 32 }, (_, index) => (index % 2) + 7) } },
    ],
    ["a word repeated", { current: { id: "one", key: Buffer.from("passwordpasswordpasswordpassword") } }],
    ["counting bytes", { current: { id: "one", key: Uint8Array.from({ length: 32 }, (_, index) => index) } }],
    ["an id with a colon", { current: { id: "a:b", key: good } }],
    ["no id", { current: { id: "", key: good } }],
    ["one id twice", { current: sealingKey("one"), previous: [{ ...sealingKey("two"), id: "one" }] }],
    ["one key twice", { current: sealingKey("one"), previous: [{ id: "two", key: good }] }],
    ["previous that is no list", { current: sealingKey("one"), previous: sealingKey("two") }],
  ];
  it.each(bad)("no start with %s, and no file", async (_title, sealingKeys) => {
    const opening = createSqliteStore({ path, sealingKeys } as never);
    const error: unknown = await opening.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "invalid_option" });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("passwordpassword");
    expect(() => readFileSync(path)).toThrow("ENOENT");
  });

  it("no start with another key under the same id", async () => {
    await fill();
    const wrong = { current: { ...sealingKey("two"), id: "one" } };
    await expect(createSqliteStore({ path, sealingKeys: wrong })).rejects.toMatchObject({ code: "unsealing_failed" });
    await withStore(one, async (store) => expect((await store.get("id-a"))?.state).toBe("active"));
  });

  it("no start without the key that sealed what is there", async () => {
    await fill();
    await expect(createSqliteStore({ path, sealingKeys: { current: sealingKey("two") } })).rejects.toMatchObject({
      code: "unsealing_failed",
      hint: expect.stringContaining("previous"),
    });
    await withStore(one, async (store) => expect((await store.list({ limit: 10 })).length).toBe(2));
  });

  it("no start with a key that an empty file does not know, unless it comes beside one that it knows", async () => {
    const two: SealingKeys = { current: sealingKey("two") };
    await withStore(one, async () => undefined);
    await expect(createSqliteStore({ path, sealingKeys: two })).rejects.toMatchObject({ code: "unsealing_failed" });
    await withStore({ current: sealingKey("two"), previous: [sealingKey("one")] }, async () => undefined);
    await withStore(two, async (store) => expect(await store.list({ limit: 10 })).toEqual([]));
    await expect(createSqliteStore({ path, sealingKeys: one })).rejects.toMatchObject({ code: "unsealing_failed" });
  });

  it("are not followed when the caller changes the bytes afterwards", async () => {
    const current = sealingKey("one");
    const mutable = { id: current.id, key: Uint8Array.from(current.key) };
    const store = await createSqliteStore({ path, sealingKeys: { current: mutable } });
    mutable.key.fill(1);
    await store.create(pendingIntegration("a"), []);
    await store.close();
    await withStore(one, async (again) => expect((await again.get("id-a"))?.externalId).toBe(externalIdOf("a")));
  });
});

describe("rotating sealing keys", () => {
  const two: SealingKeys = { current: sealingKey("two") };
  const bothOld: SealingKeys = { current: sealingKey("one"), previous: [sealingKey("two")] };
  const bothNew: SealingKeys = { current: sealingKey("two"), previous: [sealingKey("one")] };

  it("keeps everything readable, and lets the old key go after one start with both", async () => {
    const before = await fill(one);
    await withStore(bothOld, async (store) => expect(await store.list({ limit: 10 })).toEqual(before));
    await withStore(bothNew, async (store) => expect(await store.list({ limit: 10 })).toEqual(before));
    await withStore(two, async (store) => {
      expect(await store.list({ limit: 10 })).toEqual(before);
      expect((await store.listEvents({ limit: 10 })).length).toBe(2);
    });
    await expect(createSqliteStore({ path, sealingKeys: one })).rejects.toMatchObject({ code: "unsealing_failed" });
  });

  it("keeps spent external IDs taken, and templates readable, after the key they were sealed with is gone", async () => {
    const started = new Date(0);
    const pending = pendingIntegration("a");
    const offered: Integration = {
      ...pending,
      rotation: { externalId: "Given-Up-Id", phase: "offered", started },
      version: 2,
    };
    const template = { version: "0123456789abcdef", description: "{}", created: started };
    await withStore(one, async (store) => {
      await store.create(pending, []);
      await store.update(offered, []);
      await store.update({ ...offered, rotation: null, version: 3 }, []);
      await store.saveTemplate(template);
    });
    await withStore({ current: sealingKey("two"), previous: [sealingKey("one")] }, async () => {});
    await withStore({ current: sealingKey("two") }, async (store) => {
      expect(await store.getTemplate(template.version)).toEqual(template);
      const again = { ...pendingIntegration("b"), externalId: "Given-Up-Id" };
      await expect(store.create(again, [])).rejects.toMatchObject({ code: "conflict" });
    });
  });

  it("keeps external IDs and roles unique across the keys", async () => {
    await fill(one);
    for (const keys of [bothOld, bothNew, two]) {
      await withStore(keys, async (store) => {
        const reused = { ...pendingIntegration("c"), externalId: externalIdOf("a") };
        await expect(store.create(reused, [])).rejects.toMatchObject({ code: "conflict" });
        const name = `rival-${keys.current.id}-${keys.previous?.length ?? 0}`;
        await store.create(pendingIntegration(name), []);
        const taken = { ...activeIntegration(name), role: activeIntegration("a").role };
        expect(await store.update(taken, [])).toEqual({ outcome: "role_taken" });
      });
    }
  });

  it("holds while processes with the old and the new order of keys write side by side", async () => {
    await fill(one);
    const old = await createSqliteStore({ path, sealingKeys: bothOld });
    const fresh = await createSqliteStore({ path, sealingKeys: bothNew });
    await old.create(pendingIntegration("c"), []);
    await fresh.create(pendingIntegration("d"), []);
    expect((await old.get("id-d"))?.externalId).toBe(externalIdOf("d"));
    expect((await fresh.get("id-c"))?.externalId).toBe(externalIdOf("c"));
    await fresh.update(activeIntegration("d"), []);
    const taken = { ...activeIntegration("c"), role: activeIntegration("d").role };
    expect(await old.update(taken, [])).toEqual({ outcome: "role_taken" });
    await old.close();
    await fresh.close();
    // `c` was sealed by the old key after the new order had sealed everything anew: it is not lost, it is asked for.
    await expect(createSqliteStore({ path, sealingKeys: two })).rejects.toMatchObject({ code: "unsealing_failed" });
    await withStore(bothNew, async (store) => expect((await store.list({ limit: 10 })).length).toBe(4));
    await withStore(two, async (store) => expect((await store.list({ limit: 10 })).length).toBe(4));
  });
});
