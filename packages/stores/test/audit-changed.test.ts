// The audit tells when anything in it was changed, by whoever could write to the file.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fill, newPath, path, problems, tamper, time, withStore } from "./audit-file.js";
import { openRaw } from "./raw-database.js";
import { activeIntegration, eventOf } from "./sample-integrations.js";

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
    const other = newPath("other");
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
    const copy = newPath("copy");
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
    const copy = newPath("copy");
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
