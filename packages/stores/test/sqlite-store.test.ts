import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { describeIntegrationStore } from "@daypass/cross-account/testing";
import { createSqliteStore } from "@daypass/stores";
import { sealingKey } from "./sealing-key.js";

const folder = mkdtempSync(join(tmpdir(), "daypass-stores-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

describeIntegrationStore(
  "the SQLite store in a file",
  async () => {
    const options = { path: join(folder, `${files++}.db`), sealingKeys: { current: sealingKey("one") } };
    return { store: await createSqliteStore(options), reopen: () => createSqliteStore(options) };
  },
  { describe, it, expect },
);

describeIntegrationStore(
  "the SQLite store in memory",
  async () => ({ store: await createSqliteStore({ path: ":memory:", sealingKeys: { current: sealingKey("one") } }) }),
  { describe, it, expect },
);
