import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createSqliteStore } from "@daypass/stores";
import { sealingKey } from "./sealing-key.js";

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

it("the README's example is the code that is run here", async () => {
  const folder = mkdtempSync(join(tmpdir(), "daypass-readme-"));
  const before = process.cwd;
  process.cwd = () => folder;
  try {
    const { key } = sealingKey("2026-11");
    // #region readme
    const store = await createSqliteStore({
      path: "vendor.db",
      sealingKeys: { current: { id: "2026-11", key } },
    });
    // #endregion
    expect(await store.list({ limit: 1 })).toEqual([]);
    await store.close();
  } finally {
    process.cwd = before;
    rmSync(folder, { recursive: true });
  }
  const [, code = ""] = /\/\/ #region readme\n([\s\S]*?)\n *\/\/ #endregion/.exec(read("./readme.test.ts")) ?? [];
  const [, shown] = /```ts\n([\s\S]*?)\n```/.exec(read("../README.md")) ?? [];
  expect(shown).toBe(code.replace(/^ {4}/gm, ""));
});
