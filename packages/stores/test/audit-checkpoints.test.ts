// Checkpoints kept elsewhere tell what a chain cannot, and are themselves believed only as they were signed.
import { generateKeyPairSync } from "node:crypto";
import { copyFileSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "@daypass/cross-account";
import { readCheckpoint, signCheckpoint, verifyAudit } from "@daypass/stores";
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
import { activeIntegration, eventOf, pendingIntegration } from "./sample-integrations.js";

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
    const copy = newPath("copy");
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
