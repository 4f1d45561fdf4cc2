// Secrets that go from one place to another: all of them or none, whatever happens on the way.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { neverPrompt } from "../dist/prompts/never-prompt.js";
import { openSecretStore, type SecretStoreOptions } from "../dist/secrets/open-secret-store.js";
import type { Locks } from "../dist/types.js";
import { memoryKeychain, type MemoryKeychain } from "./memory-keychain.js";
import { scriptedPrompt } from "./scripted-prompt.js";

const PASSPHRASE = "velvet-otter-quarry-lamp";
const OTHER = "hazel-lantern-drift-pepper";

let folder: string;
let locks: Locks;
let keychain: MemoryKeychain;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-move-"));
  locks = createFileLocks({ directory: join(folder, "locks") });
  keychain = memoryKeychain();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (options: Partial<SecretStoreOptions> = {}) =>
  openSecretStore({
    directory: folder,
    keychain: "auto",
    plain: false,
    locks,
    prompt: neverPrompt("this is a test"),
    record: async () => undefined,
    run: keychain.run,
    timeoutMs: 1000,
    now: () => 0,
    ...options,
  });
const openPlain = async () => {
  const store = await open({ plain: true });
  await store.set("a", "one");
  await store.set("b", "two");
  return store;
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => String(Reflect.get(Object(error), "code") ?? error),
  );

describe("moving secrets", () => {
  test("from clear to the keychain leaves no file behind, and every later program finds them there", async () => {
    await openPlain();
    expect(await (await open()).move("keychain")).toEqual(["a", "b"]);
    expect(existsSync(join(folder, "secrets.json"))).toBe(false);
    const later = await open();
    expect([later.kind, await later.get("a"), await later.get("b")]).toEqual(["keychain", "one", "two"]);
  });

  test("from the keychain to a passphrase and back", async () => {
    const prompt = scriptedPrompt(PASSPHRASE, PASSPHRASE);
    await (await open()).set("a", "one");
    await (await open({ prompt })).move("passphrase_file");
    expect([
      keychain.entries.get("daypass/secret a"),
      readFileSync(join(folder, "secrets.age"), "latin1").includes("one"),
    ]).toEqual([undefined, false]);
    await (await open({ prompt })).move("keychain");
    expect([await (await open()).get("a"), existsSync(join(folder, "secrets.age"))]).toEqual(["one", false]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14])(
    "killed at step %i of the keychain, one place has them all",
    async (step) => {
      await openPlain();
      let runs = 0;
      keychain.before = () => (++runs === step ? Promise.reject(new Error("killed")) : Promise.resolve());
      await codeOf((await open()).move("keychain"));
      keychain.before = () => Promise.resolve();
      const later = await open();
      expect([await later.get("a"), await later.get("b")]).toEqual(["one", "two"]);
      // And it can be done again.
      if (later.kind === "plain_file") await later.move("keychain");
      expect([(await open()).kind, await (await open()).names()]).toEqual(["keychain", ["a", "b"]]);
    },
  );

  test("a place that gives back something else than it was given is not used", async () => {
    await openPlain();
    const run = keychain.run;
    const lying: typeof run = async (service, steps, options) =>
      run(
        service,
        steps.map((each) => (each.do === "write" && each.account === "secret b" ? { ...each, value: "=tow" } : each)),
        options,
      );
    expect(await codeOf((await open({ run: lying })).move("keychain"))).toBe("secrets_unavailable");
    const later = await open();
    expect([later.kind, await later.get("b")]).toEqual(["plain_file", "two"]);
  });

  test("what a killed move left in the new place does not come back to life", async () => {
    const store = await openPlain();
    keychain.entries.set("daypass/index", '=["gone"]');
    keychain.entries.set("daypass/secret gone", "=stale");
    await store.move("keychain").catch(() => undefined);
    await (await open()).move("keychain").catch(() => undefined);
    expect(await (await open()).names()).toEqual(["a", "b"]);
  });

  test("a program that was open all the while reads and writes in the new place", async () => {
    await openPlain();
    const open1 = await open();
    expect(await open1.get("a")).toBe("one");
    await (await open()).move("keychain");
    expect(await open1.get("a")).toBe("one");
    await open1.set("c", "three");
    expect([await (await open()).get("c"), existsSync(join(folder, "secrets.json"))]).toEqual(["three", false]);
  });

  test("is refused where there is nothing, where they are there already, and where nobody can be asked", async () => {
    expect(await codeOf((await open()).move("keychain"))).toBe("not_found");
    await openPlain();
    const store = await open();
    expect(await codeOf(store.move("plain_file"))).toBe("invalid_option");
    expect(await codeOf(store.move("passphrase_file"))).toBe("secrets_unavailable");
    expect(await codeOf((await open({ keychain: "off" })).move("keychain"))).toBe("secrets_unavailable");
    expect(await store.get("a")).toBe("one");
  });

  test("does not happen where the record cannot be written", async () => {
    await openPlain();
    const record = () => Promise.reject(new Error("disk full"));
    await codeOf((await open({ record })).move("keychain"));
    expect((await open()).kind).toBe("plain_file");
  });

  test("the passphrase is changed only where there is one", async () => {
    await openPlain();
    expect(await codeOf((await open()).changePassphrase())).toBe("invalid_option");
    await (await open({ prompt: scriptedPrompt(PASSPHRASE) })).move("passphrase_file");
    await (await open({ prompt: scriptedPrompt(PASSPHRASE, OTHER) })).changePassphrase();
    expect(await (await open({ prompt: scriptedPrompt(OTHER) })).get("a")).toBe("one");
  });
});
