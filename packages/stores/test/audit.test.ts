// The audit that nobody touched is found whole, whatever has been going on beside it.
import { copyFileSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createSqliteStore, signCheckpoint, verifyAudit } from "@daypass/stores";
import {
  checkpointOf,
  fill,
  newPath,
  path,
  privateKey,
  problems,
  publicKey,
  sealingKeys,
  tamper,
  time,
  withStore,
} from "./audit-file.js";
import { openRaw } from "./raw-database.js";
import { activeIntegration, eventOf, pendingIntegration } from "./sample-integrations.js";
import { sealingKey } from "./sealing-key.js";

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
      const at = newPath("guess");
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
    const at = newPath("closed");
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
