// `daypass-audit` as somebody runs it: good and wrong audits, and every way to use it wrongly.
import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSqliteStore } from "@daypass/stores";
import { openRaw } from "./raw-database.js";
import { eventOf, pendingIntegration } from "./sample-integrations.js";
import { sealingKey } from "./sealing-key.js";

const program = fileURLToPath(new URL("../bin/daypass-audit.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "daypass-audit-program-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string) => join(folder, name);
const secret = (name: string, text: string | Buffer) => writeFileSync(file(name), text, { mode: 0o600 });
const base64 = Buffer.from(sealingKey("one").key).toString("base64");

function run(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: "utf8" });
  for (const text of [stdout, stderr]) expect(text).not.toContain(base64);
  return { status, stdout, stderr };
}
const database = ["--database", file("vendor.db"), "--keys", file("keys.json")];

async function append(name: string): Promise<void> {
  const store = await createSqliteStore({ path: file("vendor.db"), sealingKeys: { current: sealingKey("one") } });
  await store.create(pendingIntegration(name), [eventOf(pendingIntegration(name))]);
  await store.close();
}

beforeAll(async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  secret("keys.json", JSON.stringify({ current: { id: "one", key: base64 } }));
  secret("signing.pem", privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(file("public.pem"), publicKey.export({ type: "spki", format: "pem" }));
  for (const name of ["a", "b", "c"]) await append(name);
});

const signing = ["--signing-key", file("signing.pem"), "--key-id", "audit-2026"];

describe("daypass-audit", () => {
  it("signs how far the audit goes, and finds the end cut off", async () => {
    const first = run("checkpoint", ...database, ...signing);
    expect(first).toMatchObject({ status: 0, stderr: "" });
    await append("d");
    const second = run("checkpoint", ...database, ...signing);
    writeFileSync(file("checkpoints"), first.stdout + second.stdout);
    const checked = ["--checkpoints", file("checkpoints"), "--public-key", file("public.pem")];
    const good = run("verify", ...database, ...checked);
    expect(good).toEqual({ status: 0, stdout: "4 events, 2 checkpoints agree, 0 findings\n", stderr: "" });

    const raw = openRaw(file("vendor.db"));
    const triggers = "select sql from sqlite_schema where name in ('events_stay', 'integrations_stay')";
    const kept = raw.prepare(triggers).all() as { sql: string }[];
    raw.exec("drop trigger events_stay; drop trigger integrations_stay; pragma foreign_keys = off");
    const ofD = "where integration_id = 'id-d'";
    raw.exec(`delete from events where sequence = 4; delete from integrations ${ofD}; delete from claims ${ofD}`);
    for (const { sql } of kept) raw.exec(sql);
    raw.close();
    const blind = run("verify", ...database);
    expect(blind.status).toBe(0);
    expect(blind.stdout).toContain("without checkpoints a cut end or an older copy goes unnoticed\n");
    const seeing = run("verify", ...database, ...checked);
    expect(seeing.status).toBe(1);
    expect(seeing.stdout).toMatch(
      /^event 4 was there on \S+, and the audit ends before it\n3 events, 1 checkpoints agree, 1 findings\n$/,
    );
    const { findings } = JSON.parse(run("verify", ...database, ...checked, "--json").stdout) as { findings: unknown[] };
    expect(findings).toHaveLength(1);
  });

  it("does not sign an audit that is wrong", async () => {
    const path = file("wrong.db");
    const store = await createSqliteStore({ path, sealingKeys: { current: sealingKey("one") } });
    await store.create(pendingIntegration("a"), [eventOf(pendingIntegration("a"))]);
    await store.close();
    const raw = openRaw(path);
    raw.exec("drop trigger chain_stays; update events set chain = zeroblob(32)");
    raw.close();
    const { status, stdout, stderr } = run("checkpoint", "--database", path, "--keys", file("keys.json"), ...signing);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("event 1 does not follow from the one before it\n");
    expect(stderr).toContain("daypass-audit: error: an audit that is wrong is not signed\n");
  });

  it.each<[string, readonly string[], string]>([
    ["no database", ["verify", "--keys", file("keys.json")], "verify needs --database"],
    ["no keys", ["verify", "--database", file("vendor.db")], "verify needs --keys"],
    ["another command", ["prove", ...database], 'there is no command "prove"'],
    ["a word too many", ["verify", "vendor.db", ...database], 'there is one word too many: "vendor.db"'],
    ["an unknown flag", ["verify", ...database, "--force"], "Unknown option '--force'"],
    [
      "checkpoints without the key",
      ["verify", ...database, "--checkpoints", file("x")],
      "--checkpoints and --public-key go together",
    ],
    [
      "a checkpoint without a name for its key",
      ["checkpoint", ...database, ...signing.slice(0, 2)],
      "checkpoint needs --key-id",
    ],
    ["a checkpoint without a key", ["checkpoint", ...database, "--key-id", "audit"], "checkpoint needs --signing-key"],
    [
      "keys that are not there",
      ["verify", ...database.slice(0, 3), file("none.json")],
      "the sealing keys cannot be read: ENOENT",
    ],
  ])("says what to do about %s", (_, words, problem) => {
    const { status, stdout, stderr } = run(...words);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`daypass-audit: error: ${problem}`);
    expect(stderr).toContain("daypass-audit: hint: ");
  });

  it.each<[string, string, string]>([
    ["no JSON", "{", "the file of sealing keys is not of the right form"],
    ["no key", '{"current":{"id":"one"}}', "the file of sealing keys is not of the right form: current.key"],
    ["a key that is text", '{"current":{"id":"one","key":"correct horse"}}', "of the right form: current.key"],
    ["something else", `{"current":{"id":"one","key":"${base64}"},"legacy":[]}`, "of the right form: legacy"],
  ])("refuses a file of keys with %s, and shows nothing of it", (_, text, problem) => {
    secret("odd.json", text);
    const { status, stderr } = run("verify", "--database", file("vendor.db"), "--keys", file("odd.json"));
    expect(status).toBe(2);
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain("correct horse");
  });

  it("refuses keys that others may read", () => {
    secret("open.json", JSON.stringify({ current: { id: "one", key: base64 } }));
    for (const mode of [0o640, 0o604, 0o644]) {
      chmodSync(file("open.json"), mode);
      const { status, stderr } = run("verify", "--database", file("vendor.db"), "--keys", file("open.json"));
      expect(status).toBe(2);
      expect(stderr).toContain('others may read the sealing keys in "open.json"');
    }
  });

  it("takes no private key for a public one", () => {
    writeFileSync(file("none"), "");
    const words = ["--checkpoints", file("none"), "--public-key", file("signing.pem")];
    expect(run("verify", ...database, ...words).stderr).toContain("a private key was given as the public key");
  });

  it("says so where the key is another one, or the file none of daypass", () => {
    secret(
      "two.json",
      JSON.stringify({ current: { id: "two", key: Buffer.from(sealingKey("two").key).toString("base64") } }),
    );
    const other = run("verify", "--database", file("vendor.db"), "--keys", file("two.json"));
    expect(other.status).toBe(1);
    expect(other.stdout).toContain("event 1 was changed or moved, or is sealed with a key that was not given");
    writeFileSync(file("text.db"), "no database at all, but long enough to be looked at as if it were one".repeat(20));
    const none = run("verify", "--database", file("text.db"), "--keys", file("keys.json"));
    expect([none.status, none.stdout]).toEqual([1, ""]);
    expect(none.stderr).toContain("the database cannot be read as one of daypass");
    const missing = run("verify", "--database", file("missing.db"), "--keys", file("keys.json"));
    expect(missing.stderr).toContain("daypass-audit: error: the database does not open");
  });

  it("explains itself", () => {
    for (const words of [[], ["--help"], ["verify", "--help"]]) {
      expect(run(...words)).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^usage: daypass-audit verify/) as string,
      });
    }
  });
});
