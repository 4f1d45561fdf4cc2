// Sessions that are kept: in memory, and sealed on disk.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemorySessionCache } from "../dist/cache/memory-session-cache.js";
import { CACHE_KEY_NAME, createSealedCache } from "../dist/cache/sealed-cache.js";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { createMemorySecrets } from "../dist/secrets/memory-secrets.js";
import { sessionKey } from "../dist/sessions/session-key.js";
import type { KeptSession, Locks, SecretStore, SessionCache } from "../dist/types.js";

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

let folder: string;
let directory: string;
let locks: Locks;
let secrets: SecretStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-cache-"));
  directory = join(folder, "sessions");
  locks = createFileLocks({ directory: join(folder, "locks") });
  secrets = createMemorySecrets();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sessionOf = (roleArn: string, expiresIn = HOUR): KeptSession => ({
  question: {
    kind: "assume_role",
    roleArn,
    policyArns: ["a", "b"],
    tags: { team: "x" },
    durationSeconds: 3600,
    externalId: null,
  },
  obtained: new Date(NOW),
  arn: "arn:aws:sts::111122223333:assumed-role/r/s",
  clockOffsetMs: -5,
  credentials: {
    accessKeyId: "ASIAEXAMPLE",
    secretAccessKey: `canary-${roleArn}`,
    sessionToken: "token",
    expiration: new Date(NOW + expiresIn),
    accountId: "111122223333",
  },
});
const dev = sessionOf("arn:aws:iam::111122223333:role/dev");
const prod = sessionOf("arn:aws:iam::999999999999:role/prod");
const keyOf = ({ question }: KeptSession) => sessionKey(question);
const sealed = (now = NOW) => createSealedCache({ directory, secrets, locks, now: () => now });
const entries = () => readdirSync(directory).filter((name) => name.endsWith(".session"));
const pathOf = async (session: KeptSession, cache = sealed()) => {
  await cache.clear();
  await cache.set(keyOf(session), session);
  return join(directory, entries()[0] ?? "");
};

describe.each([
  ["memory", () => createMemorySessionCache()],
  ["a sealed directory", () => sealed()],
] as [string, () => SessionCache][])("%s", (_, create) => {
  test("keeps each session under its own question", async () => {
    const cache = create();
    expect([await cache.get(keyOf(dev)), await cache.list()]).toEqual([undefined, []]);
    await cache.set(keyOf(dev), dev);
    await cache.set(keyOf(prod), prod);
    expect([await cache.get(keyOf(dev)), await cache.get(keyOf(prod))]).toEqual([dev, prod]);
    expect(await cache.list()).toHaveLength(2);
    await cache.delete(keyOf(dev));
    await cache.delete(keyOf(dev));
    expect(await cache.get(keyOf(dev))).toBeUndefined();
    await cache.clear();
    expect(await cache.list()).toEqual([]);
  });
});

test("memory holds so many sessions, and lets go of the one longest not asked for", async () => {
  const cache = createMemorySessionCache({ maxEntries: 2 });
  await cache.set("a", dev);
  await cache.set("b", dev);
  await cache.get("a");
  await cache.set("c", prod);
  expect([await cache.get("a"), await cache.get("b"), await cache.get("c")]).toEqual([dev, undefined, prod]);
});

describe("what is on the disk", () => {
  test("nothing in clear, for this user alone, under names that say nothing", async () => {
    const path = await pathOf(dev);
    const bytes = readFileSync(path, "latin1");
    expect(bytes).not.toMatch(/canary|ASIA|token|arn:|dev/);
    expect([statSync(path).mode & 0o777, statSync(directory).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(path).not.toContain(keyOf(dev));
  });

  test("a directory that others may enter is closed", async () => {
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    await sealed().set(keyOf(dev), dev);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test("the same session is never sealed to the same bytes twice", async () => {
    const first = readFileSync(await pathOf(dev));
    expect(
      readFileSync(await pathOf(dev))
        .subarray(13, 25)
        .equals(first.subarray(13, 25)),
    ).toBe(false);
  });

  test("another process with the same secrets reads it, one with other secrets does not", async () => {
    await pathOf(dev);
    expect(await sealed().get(keyOf(dev))).toEqual(dev);
    secrets = createMemorySecrets();
    await secrets.set(CACHE_KEY_NAME, Buffer.alloc(32).toString("base64"));
    expect(await sealed().get(keyOf(dev))).toBeUndefined();
  });

  test("processes that begin at once make one key", async () => {
    const slow: SecretStore = {
      ...secrets,
      async get(name) {
        const secret = await secrets.get(name);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return secret;
      },
    };
    const caches = [1, 2, 3].map(() => createSealedCache({ directory, secrets: slow, locks, now: () => NOW }));
    await Promise.all(
      caches.map((cache, index) => cache.set(keyOf(index === 0 ? dev : prod), index === 0 ? dev : prod)),
    );
    expect(await sealed().list()).toHaveLength(2);
  });

  test("expired ones are swept an hour later", async () => {
    const old = sessionOf("arn:aws:iam::111122223333:role/old", -2 * HOUR);
    await sealed(NOW - 2 * HOUR).set(keyOf(old), old);
    expect(await sealed().get(keyOf(old))).toEqual(old);
    await sealed().set(keyOf(dev), dev);
    expect(await sealed().list()).toEqual([dev]);
  });
});

describe("what was tampered with is not there, and is taken away", () => {
  test("with any bit flipped, at any length", async () => {
    const path = await pathOf(dev);
    const whole = readFileSync(path);
    const cache = sealed();
    let tried = 0;
    const attempt = async (bytes: Buffer) => {
      writeFileSync(path, bytes, { mode: 0o600 });
      expect(await cache.get(keyOf(dev))).toBeUndefined();
      tried++;
    };
    for (let at = 0; at < whole.length; at++) {
      const flipped = Buffer.from(whole);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
      await attempt(flipped);
      await attempt(whole.subarray(0, at));
    }
    expect(tried).toBe(2 * whole.length);
    writeFileSync(path, whole, { mode: 0o600 });
    expect(await cache.get(keyOf(dev))).toEqual(dev);
  });

  test("the entry of another question put in its place", async () => {
    const cache = sealed();
    await cache.set(keyOf(dev), dev);
    const ofDev = entries();
    await cache.set(keyOf(prod), prod);
    const ofProd = entries().find((name) => !ofDev.includes(name)) ?? "";
    copyFileSync(join(directory, ofProd), join(directory, ofDev[0] ?? ""));
    expect(await cache.get(keyOf(dev))).toBeUndefined();
    expect(entries()).toEqual([ofProd]);
  });

  test("a session is not kept under another question than its own", async () => {
    await expect(sealed().set(keyOf(dev), prod)).rejects.toMatchObject({ code: "invalid_option" });
    expect(existsSync(directory)).toBe(false);
  });

  test.each([
    ["nothing", (path: string) => writeFileSync(path, "", { mode: 0o600 })],
    ["text", (path: string) => writeFileSync(path, '{"accessKeyId":"x"}', { mode: 0o600 })],
    ["a gigabyte of holes", (path: string) => writeFileSync(path, Buffer.alloc(300_000), { mode: 0o600 })],
    ["a file that others may read", (path: string) => writeFileSync(path, "x", { mode: 0o644 })],
    ["a link", (path: string) => symlinkSync(join(folder, "victim"), path)],
    ["a link to nowhere", (path: string) => symlinkSync(join(folder, "nowhere"), path)],
    ["a folder", (path: string) => mkdirSync(path)],
  ])("%s", async (_, make) => {
    const victim = join(folder, "victim");
    const path = await pathOf(dev);
    copyFileSync(path, victim);
    for (const then of ["get", "set"]) {
      rmSync(path, { recursive: true });
      make(path);
      const cache = sealed();
      if (then === "get") {
        expect(await cache.get(keyOf(dev))).toBeUndefined();
        expect(entries()).toEqual([]);
      }
      await cache.set(keyOf(dev), prodless());
      expect(await cache.get(keyOf(dev))).toEqual(prodless());
      expect(statSync(path).isFile()).toBe(true);
    }
    expect(readFileSync(victim).length).toBeGreaterThan(100);
    function prodless() {
      return { ...dev, obtained: new Date(NOW + 1) };
    }
  });

  test("an entry of a newer version is left to the newer version", async () => {
    const path = await pathOf(dev);
    const newer = readFileSync(path);
    newer.writeUInt8(2, 4);
    writeFileSync(path, newer);
    expect(await sealed().get(keyOf(dev))).toBeUndefined();
    expect(readFileSync(path).equals(newer)).toBe(true);
  });

  test("what a link leads to is neither read nor written", async () => {
    const path = await pathOf(dev);
    const elsewhere = join(folder, "elsewhere");
    copyFileSync(path, elsewhere);
    const before = readFileSync(elsewhere);
    rmSync(path);
    symlinkSync(elsewhere, path);
    expect(await sealed().get(keyOf(dev))).toBeUndefined();
    symlinkSync(elsewhere, path);
    await sealed().set(keyOf(dev), { ...dev, obtained: new Date(NOW + 1) });
    expect(readFileSync(elsewhere).equals(before)).toBe(true);
  });
});

describe("where the key cannot be had", () => {
  test("a store that would have to ask a person is not asked: nothing is kept, nothing is read", async () => {
    await pathOf(dev);
    let asked = 0;
    const locked = {
      ...secrets,
      needsPerson: () => Promise.resolve(true),
      get: () => Promise.reject(new Error(`asked ${++asked}`)),
      set: () => Promise.reject(new Error(`asked ${++asked}`)),
    };
    const cache = createSealedCache({ directory, secrets: locked, locks });
    expect(await cache.get(keyOf(dev))).toBeUndefined();
    await cache.set(keyOf(prod), prod);
    expect([asked, entries().length]).toEqual([0, 1]);
    expect(await sealed().get(keyOf(dev))).toEqual(dev);
  });

  test("a keychain that fails is a miss, and damages nothing", async () => {
    await pathOf(dev);
    const failing = { ...secrets, get: () => Promise.reject(new Error("no D-Bus")) };
    expect(await createSealedCache({ directory, secrets: failing, locks }).get(keyOf(dev))).toBeUndefined();
    expect(await sealed().get(keyOf(dev))).toEqual(dev);
  });

  test("where nothing is kept the key is not asked for", async () => {
    const never = {
      ...secrets,
      get: () => Promise.reject(new Error("asked")),
      needsPerson: () => Promise.reject(new Error("asked")),
    };
    expect(await createSealedCache({ directory, secrets: never, locks }).get(keyOf(dev))).toBeUndefined();
  });
});
