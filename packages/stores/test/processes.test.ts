import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import type { IntegrationStore } from "@daypass/cross-account";
import { createSqliteStore } from "@daypass/stores";
import { activeIntegration, pendingIntegration } from "./sample-integrations.js";
import { sealingKey } from "./sealing-key.js";

const folder = mkdtempSync(join(tmpdir(), "daypass-processes-"));
afterAll(() => rmSync(folder, { recursive: true }));

const writer = fileURLToPath(new URL("./write-forever.mjs", import.meta.url));
const key = Buffer.from(sealingKey("one").key).toString("hex");
const open = (path: string) => createSqliteStore({ path, sealingKeys: { current: sealingKey("one") } });

/** Starts a writer, kills it without warning once it has acknowledged `least` writes; returns all that it acknowledged. */
async function writeAndKill(path: string, name: string, least: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [writer, path, key, name], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.split("\n").length > least) child.kill("SIGKILL");
  }
  await closed;
  expect(child.signalCode).toBe("SIGKILL");
  return output.split("\n").slice(0, -1);
}

async function all(store: IntegrationStore): Promise<ReadonlySet<string>> {
  const kept = await store.list({ limit: 1_000_000 });
  return new Set(kept.map(({ integrationId }) => integrationId));
}

describe("several processes on one file", () => {
  it("lose nothing that was acknowledged when one is killed while it writes, twenty times over", async () => {
    const path = join(folder, "killed.db");
    const acknowledged: string[] = [];
    for (let round = 0; round < 20; round += 4) {
      const writers = [0, 1, 2, 3].map((index) => writeAndKill(path, `round-${round + index}`, 5 * index + 1));
      acknowledged.push(...(await Promise.all(writers)).flat());
      const store = await open(path);
      const kept = await all(store);
      expect(acknowledged.filter((integrationId) => !kept.has(integrationId))).toEqual([]);
      // No half writes: every integration has its event, and every event its integration.
      const events = await store.listEvents({ limit: 1_000_000 });
      expect(new Set(events.map(({ event }) => ("integrationId" in event ? event.integrationId : "")))).toEqual(kept);
      expect(events.length).toBe(kept.size);
      await store.close();
    }
    expect(acknowledged.length).toBeGreaterThan(20);
  }, 240_000);

  it("give one role to one of two that claim it at the same time, every time", async () => {
    const path = join(folder, "claims.db");
    const [left, right] = await Promise.all([open(path), open(path)]);
    for (let round = 0; round < 50; round++) {
      const [a, b] = [`${round}-a`, `${round}-b`] as const;
      await Promise.all([left.create(pendingIntegration(a), []), right.create(pendingIntegration(b), [])]);
      const { role } = activeIntegration(`${round}`);
      const outcomes = await Promise.all([
        left.update({ ...activeIntegration(a), role }, []),
        right.update({ ...activeIntegration(b), role }, []),
      ]);
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(["role_taken", "updated"]);
    }
    await Promise.all([left.close(), right.close()]);
  });

  it("can open a new file in the same moment", async () => {
    for (let round = 0; round < 5; round++) {
      const path = join(folder, `fresh-${round}.db`);
      const stores = await Promise.all(Array.from({ length: 4 }, () => open(path)));
      await Promise.all(stores.map((store, index) => store.create(pendingIntegration(`${index}`), [])));
      expect((await all(stores[0] ?? (await open(path)))).size).toBe(4);
      await Promise.all(stores.map((store) => store.close()));
    }
  });
});

describe("a file that cannot grow any more", () => {
  it("keeps every acknowledged write, takes the next one not at all, and says why", async () => {
    const path = join(folder, "full.db");
    // Ignored, so that a write beyond the limit fails with EFBIG in place of ending the process (setrlimit(2), RLIMIT_FSIZE).
    const limited = `ulimit -f 600; trap '' XFSZ; exec "$0" "$@"`;
    const child = spawnSync("sh", ["-c", limited, process.execPath, writer, path, key, "full"], { encoding: "utf8" });
    expect(child.status).toBe(1);
    expect(child.stderr).toContain("store_unavailable");
    expect(child.stderr).not.toContain("cannot rollback");
    expect(child.stderr).toMatch(/disk I\/O error|database or disk is full/);
    const acknowledged = child.stdout.split("\n").slice(0, -1);
    expect(acknowledged.length).toBeGreaterThan(0);
    const store = await open(path);
    expect([...(await all(store))].toSorted()).toEqual(acknowledged.toSorted());
    expect((await store.listEvents({ limit: 100_000 })).length).toBe(acknowledged.length);
    await store.close();
  });
});
