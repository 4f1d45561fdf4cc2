import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createSqliteStore } from "@daypass/stores";
import { pendingIntegration } from "./sample-integrations.js";
import { openRaw } from "./raw-database.js";
import { sealingKey } from "./sealing-key.js";

const folder = mkdtempSync(join(tmpdir(), "daypass-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
let path = "";
beforeEach(() => {
  path = join(folder, `${files++}.db`);
});

const open = (at = path) => createSqliteStore({ path: at, sealingKeys: { current: sealingKey("one") } });
const modeOf = (file: string) => statSync(file).mode & 0o777;

describe("the file of the SQLite store", () => {
  it("and what lies beside it are for their owner alone, whatever the umask", async () => {
    const umask = process.umask(0);
    try {
      const store = await open();
      await store.create(pendingIntegration("a"), []);
      for (const file of [path, `${path}-wal`, `${path}-shm`]) expect([file, modeOf(file)]).toEqual([file, 0o600]);
      await store.close();
    } finally {
      process.umask(umask);
    }
  });

  it("is narrowed when it was left open to others", async () => {
    await (await open()).close();
    chmodSync(path, 0o664);
    await (await open()).close();
    expect(modeOf(path)).toBe(0o600);
  });

  it("is never reached through a link, not even a dangling one", async () => {
    await (await open()).close();
    const link = join(folder, `link-${files}`);
    symlinkSync(path, link);
    await expect(open(link)).rejects.toMatchObject({ code: "store_unavailable" });
    const dangling = join(folder, `dangling-${files}`);
    symlinkSync(join(folder, "nowhere"), dangling);
    await expect(open(dangling)).rejects.toMatchObject({ code: "store_unavailable" });
    expect(existsSync(join(folder, "nowhere"))).toBe(false);
    rmSync(`${path}-wal`, { force: true });
    const victim = join(folder, `victim-${files}`);
    writeFileSync(victim, "", { mode: 0o644 });
    symlinkSync(victim, `${path}-wal`);
    await expect(open()).rejects.toMatchObject({ code: "store_unavailable" });
  });

  it("is not a folder, not in a folder that does not exist, and not anybody else's", async () => {
    mkdirSync(path);
    await expect(open()).rejects.toMatchObject({ code: "store_unavailable" });
    await expect(open(join(folder, "missing", "x.db"))).rejects.toMatchObject({
      code: "store_unavailable",
      hint: "create the folder first",
    });
    expect(existsSync(join(folder, "missing"))).toBe(false);
  });

  it.each(["", "a\0b", undefined, 7])("has no such name as %j", async (name) => {
    await expect(
      createSqliteStore({ path: name, sealingKeys: { current: sealingKey("one") } } as never),
    ).rejects.toMatchObject({
      code: "invalid_option",
    });
  });

  it.each([undefined, null, "vendor.db", 7])("is not named by %j in place of options", async (options) => {
    await expect(createSqliteStore(options as never)).rejects.toMatchObject({ code: "invalid_option" });
  });

  it("is refused, and left as it was, when it is no database", async () => {
    writeFileSync(path, "this is not a database, it is a letter to a friend\n".repeat(50), { mode: 0o600 });
    await expect(open()).rejects.toMatchObject({ code: "store_unavailable" });
    expect(statSync(path).size).toBe(51 * 50);
  });

  it("is refused when it is another program's database", async () => {
    const other = openRaw(path);
    other.exec("create table recipes (name text)");
    other.close();
    await expect(open()).rejects.toMatchObject({
      code: "store_unavailable",
      message: expect.stringContaining("another program"),
    });
  });

  it("is refused when a newer version wrote it", async () => {
    await (await open()).close();
    const newer = openRaw(path);
    newer.exec("pragma user_version = 99");
    newer.close();
    await expect(open()).rejects.toMatchObject({
      code: "store_unavailable",
      message: expect.stringContaining("newer"),
    });
  });

  it("lets nobody delete events or integrations, or bring a revoked one back, by plain SQL", async () => {
    const store = await open();
    const pending = pendingIntegration("a");
    await store.create(pending, []);
    await store.update({ ...pending, state: "revoked", version: 2 }, []);
    await store.record({
      type: "integration.created",
      time: new Date(0),
      integrationId: "id-a",
      customerId: "x",
      state: "pending",
      externalIdFingerprint: "fp",
      roleArn: null,
      reason: null,
    });
    await store.close();
    const connection = openRaw(path);
    expect(() => connection.exec("delete from events")).toThrow("never deleted");
    expect(() => connection.exec("delete from integrations")).toThrow("never deleted");
    expect(() => connection.exec("update integrations set state = 'pending'")).toThrow("cannot change");
    connection.close();
  });
});
