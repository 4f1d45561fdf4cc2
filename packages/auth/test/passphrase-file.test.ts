// Secrets in an age file under a passphrase.
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { Decrypter, Encrypter } from "age-encryption";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { neverPrompt } from "../dist/prompts/never-prompt.js";
import { createPassphraseFile } from "../dist/secrets/passphrase-file.js";
import { openWithPassphrase, type PassphraseKey } from "../dist/secrets/seal-with-passphrase.js";
import type { Locks, Prompt } from "../dist/types.js";
import { scriptedPrompt } from "./scripted-prompt.js";

const RIGHT = "velvet-otter-quarry-lamp";
const OTHER = "cobalt-heron-muffin-tram";
const CANARY = "canary-5up3r-s3cr3t";

let folder: string;
let path: string;
let locks: Locks;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-age-"));
  path = join(folder, "secrets.age");
  locks = createFileLocks({ directory: join(folder, "locks") });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (prompt: Prompt) => createPassphraseFile({ path, locks, prompt });
const documentOf = (secrets: Record<string, string>, version = 1) =>
  JSON.stringify({ format: "daypass secrets", version, secrets });
/** A file that costs little, as another program of the age format writes it. */
const ageFile = async (text: string, { passphrase = RIGHT, workFactor = 15 } = {}) => {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(workFactor);
  return Buffer.from(await encrypter.encrypt(text));
};
const writeAgeFile = async (text: string, options?: { passphrase?: string; workFactor?: number }) =>
  writeFileSync(path, await ageFile(text, options), { mode: 0o600 });

describe("keeping", () => {
  test("the first secret asks for a new passphrase once, and says how long it may hold", async () => {
    const prompt = scriptedPrompt("too short", RIGHT);
    const file = open(prompt);
    expect(await file.get("hub")).toBeUndefined();
    expect(await file.names()).toEqual([]);
    await file.delete("hub");
    expect(prompt.asked).toEqual([]);
    await file.set("hub", CANARY);
    await file.set("__proto__", "an odd name");
    expect(prompt.asked.map(({ kind }) => kind)).toEqual(["new_passphrase"]);
    expect(prompt.told.join()).toMatch(/at 10,000 guesses a second/);
    expect([await file.get("hub"), await file.get("__proto__"), await file.get("constructor")]).toEqual([
      CANARY,
      "an odd name",
      undefined,
    ]);
    expect(await file.names()).toEqual(["__proto__", "hub"]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "latin1")).not.toContain("canary");
  });

  test("the passphrase is asked for once for each process, also by callers at the same time", async () => {
    await writeAgeFile(documentOf({ a: "1", b: "2" }));
    const prompt = scriptedPrompt(RIGHT);
    const file = open(prompt);
    expect(await Promise.all([file.get("a"), file.get("b"), file.names()])).toEqual(["1", "2", ["a", "b"]]);
    expect(prompt.asked).toHaveLength(1);
  });

  test("after `lock` the passphrase is gone from memory, and is asked for again", async () => {
    await writeAgeFile(documentOf({ a: "1" }));
    const prompt = scriptedPrompt(RIGHT, RIGHT);
    const file = open(prompt);
    expect(await file.needsPerson()).toBe(true);
    await file.unlock();
    expect(await file.needsPerson()).toBe(false);
    file.lock();
    expect(await file.needsPerson()).toBe(true);
    expect(await file.get("a")).toBe("1");
    expect(prompt.asked).toHaveLength(2);
  });

  test("a lock in the middle of a write does not change what the file is under", async () => {
    await writeAgeFile(documentOf({ a: "1" }));
    const file = createPassphraseFile({
      path,
      locks,
      prompt: scriptedPrompt(RIGHT),
      randomBytes(size) {
        file.lock();
        return randomBytes(size);
      },
    });
    await file.set("b", "2");
    expect(await file.needsPerson()).toBe(true);
    expect(await open(scriptedPrompt(RIGHT)).names()).toEqual(["a", "b"]);
  });

  test("two processes that store at once lose nothing", async () => {
    await writeAgeFile(documentOf({ a: "1" }));
    const [one, two] = [open(scriptedPrompt(RIGHT)), open(scriptedPrompt(RIGHT))];
    await Promise.all([one.set("b", "2"), two.set("c", "3"), one.delete("a")]);
    expect(await open(scriptedPrompt(RIGHT)).names()).toEqual(["b", "c"]);
  });

  test("what is written costs 2^17 at least, and a file that costs more stays as it was", async () => {
    const factor = () => /^-> scrypt \S+ (\d+)$/m.exec(readFileSync(path, "latin1"))?.[1];
    await writeAgeFile(documentOf({}), { workFactor: 15 });
    await open(scriptedPrompt(RIGHT)).set("a", "1");
    expect(factor()).toBe("17");
    await writeAgeFile(documentOf({}), { workFactor: 18 });
    await open(scriptedPrompt(RIGHT)).set("a", "1");
    expect(factor()).toBe("18");
  });

  test("no two files have the same salt", async () => {
    await writeAgeFile(documentOf({}));
    const file = open(scriptedPrompt(RIGHT));
    const salts = new Set<string | undefined>();
    for (const value of ["1", "2", "3"]) {
      await file.set("a", value);
      salts.add(/^-> scrypt (\S+)/m.exec(readFileSync(path, "latin1"))?.[1]);
    }
    expect(salts.size).toBe(3);
  });
});

describe("changing the passphrase", () => {
  test("the old one opens it no more, and a process that knew it asks for the new one", async () => {
    await writeAgeFile(documentOf({ a: "1" }));
    const prompt = scriptedPrompt(RIGHT, OTHER);
    const another = open(prompt);
    await another.unlock();
    await open(scriptedPrompt(RIGHT, OTHER)).changePassphrase();
    await expect(open(scriptedPrompt(RIGHT, RIGHT, RIGHT)).get("a")).rejects.toMatchObject({
      code: "wrong_passphrase",
    });
    expect(await another.get("a")).toBe("1");
    expect(prompt.asked).toHaveLength(2);
  });

  test("it needs the passphrase that the file has, also from whoever has unlocked it", async () => {
    await writeAgeFile(documentOf({ a: "1" }));
    const before = readFileSync(path);
    const file = open(scriptedPrompt(RIGHT, OTHER, OTHER, OTHER));
    await file.unlock();
    await expect(file.changePassphrase()).rejects.toMatchObject({ code: "wrong_passphrase" });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("where there is no file there is none to change", async () => {
    await expect(open(scriptedPrompt()).changePassphrase()).rejects.toMatchObject({ code: "file_missing" });
  });
});

describe("what does not open", () => {
  const refusal = async (work: Promise<unknown>) => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/canary|velvet|cobalt/);
    return error as Error & { code: string };
  };

  test("wrong, damaged, newer and missing are four things", async () => {
    await writeAgeFile(documentOf({ a: CANARY }));
    expect(await refusal(open(scriptedPrompt(OTHER, OTHER, OTHER)).get("a"))).toMatchObject({
      code: "wrong_passphrase",
    });
    await writeAgeFile("not what we write: canary");
    expect(await refusal(open(scriptedPrompt(RIGHT)).get("a"))).toMatchObject({ code: "secrets_damaged" });
    await writeAgeFile(JSON.stringify({ format: "daypass secrets", version: 2, sealed: CANARY }));
    expect(await refusal(open(scriptedPrompt(RIGHT)).get("a"))).toMatchObject({ code: "newer_version" });
    rmSync(path);
    expect(await open(scriptedPrompt()).get("a")).toBeUndefined();
  });

  test("a wrong passphrase may be typed twice more", async () => {
    await writeAgeFile(documentOf({ a: "1" }));
    const prompt = scriptedPrompt(OTHER, OTHER, RIGHT);
    expect(await open(prompt).get("a")).toBe("1");
    expect(prompt.told).toHaveLength(2);
  });

  test.each([
    ["canary", "a text"],
    ['{"format":"daypass secrets","version":1,"secrets":{"a":5}}', "a secret that is no text"],
    ['{"format":"daypass secrets","version":1,"secrets":["canary"]}', "a list"],
    ['{"format":"daypass secrets","version":1,"secrets":{},"more":"canary"}', "a field that we do not write"],
    ['{"format":"something else","version":1,"secrets":{}}', "another format"],
    ["", "nothing"],
  ])("%s inside is damage, and is never written over", async (text) => {
    await writeAgeFile(text);
    const before = readFileSync(path);
    expect(await refusal(open(scriptedPrompt(RIGHT)).set("a", CANARY))).toMatchObject({ code: "secrets_damaged" });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("where nobody can be asked it says so, and a question that is given up is given up", async () => {
    await writeAgeFile(documentOf({ a: "1" }));
    expect(await refusal(open(neverPrompt("this is a build")).get("a"))).toMatchObject({ code: "secrets_unavailable" });
  });

  test.each([
    ["a folder", () => mkdirSync(path)],
    ["a link in a circle", () => symlinkSync(path, path)],
    ["a file that others may read", () => writeFileSync(path, "x", { mode: 0o644 })],
    ["a file of many megabytes", () => writeFileSync(path, Buffer.alloc(8 * 1024 * 1024), { mode: 0o600 })],
    ["a named pipe", () => execFileSync("mkfifo", ["-m", "600", path])],
  ])("%s is refused before anybody is asked", async (_, make) => {
    make();
    const prompt = scriptedPrompt();
    expect(await refusal(open(prompt).get("a"))).toMatchObject({ code: "file_unusable" });
    expect(await refusal(open(prompt).set("a", CANARY))).toMatchObject({ code: "file_unusable" });
  });

  test.each(["", "a\nb", "x".repeat(257), "\u202e", "\ud800"])("%j is no name for a secret", async (name) => {
    expect(await refusal(open(scriptedPrompt()).set(name, CANARY))).toMatchObject({ code: "invalid_option" });
    expect(existsSync(path)).toBe(false);
  });
});

describe("a header that was tampered with", () => {
  const header = (stanzas: string) =>
    Buffer.from(`age-encryption.org/v1\n${stanzas}--- ${"A".repeat(43)}\n${"x".repeat(40)}`);
  const SALT = "A".repeat(22);
  const BODY = "A".repeat(43);
  const refusalOf = (file: Buffer) =>
    openWithPassphrase(file, { passphrase: Buffer.from(RIGHT), known: undefined, name: "it" }).then(
      () => undefined,
      (reason: unknown) => reason,
    );

  test.each([
    "1",
    "2",
    "10",
    "14",
    "21",
    "22",
    "30",
    "63",
    "99",
    "100",
    "0",
    "015",
    "-1",
    "1e1",
    "9".repeat(400),
    "17 17",
  ])("a work factor of %s is refused for what it says, before any work", async (factor) => {
    expect(await refusalOf(header(`-> scrypt ${SALT} ${factor}\n${BODY}\n`))).toMatchObject({
      code: "secrets_damaged",
      message: expect.stringMatching(/its work factor \d+ is not between 15 and 20|its header is malformed/) as string,
    });
  });

  test.each([
    ["two passphrases", `-> scrypt ${SALT} 15\n${BODY}\n-> scrypt ${SALT} 15\n${BODY}\n`],
    ["another way in beside the passphrase", `-> scrypt ${SALT} 15\n${BODY}\n-> X25519 ${"A".repeat(43)}\n${BODY}\n`],
    ["no passphrase", `-> X25519 ${"A".repeat(43)}\n${BODY}\n`],
    ["nothing", ""],
    ["a short salt", `-> scrypt ${"A".repeat(20)} 15\n${BODY}\n`],
    ["a short key", `-> scrypt ${SALT} 15\n${"A".repeat(40)}\n`],
  ])("%s is refused", async (_, stanzas) => {
    expect(await refusalOf(header(stanzas))).toMatchObject({ code: "secrets_damaged" });
  });

  test("a newer age format is told from damage", async () => {
    expect(await refusalOf(Buffer.from("age-encryption.org/v2\n"))).toMatchObject({ code: "newer_version" });
    expect(await refusalOf(Buffer.from("-----BEGIN AGE ENCRYPTED FILE-----\n"))).toMatchObject({
      code: "secrets_damaged",
    });
  });

  test("with every byte flipped and at every length it is refused", async () => {
    const whole = await ageFile(documentOf({ a: CANARY }));
    const passphrase = Buffer.from(RIGHT);
    const { key } = await openWithPassphrase(whole, { passphrase, known: undefined, name: "it" });
    const start = whole.indexOf("scrypt ") + "scrypt ".length;
    const tried = new Map<string, number>();
    const attempt = async (file: Buffer, known: PassphraseKey) => {
      const error: unknown = await openWithPassphrase(file, { passphrase, known, name: "it" }).then(
        () => "opened",
        (reason: unknown) => reason,
      );
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
      tried.set(code, (tried.get(code) ?? 0) + 1);
    };
    for (let at = 0; at < whole.length; at++) {
      // Each other salt costs scrypt's work anew: of those every eighth bit is tried.
      const isSalt = at >= start && at < start + 22;
      for (const bit of isSalt ? [at % 8] : [0, 1, 2, 3, 4, 5, 6, 7]) {
        const flipped = Buffer.from(whole);
        flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << bit), at);
        await attempt(flipped, key);
      }
      await attempt(whole.subarray(0, at), key);
    }
    await attempt(Buffer.concat([whole, Buffer.from([0])]), key);
    expect([...tried.keys()].toSorted()).toEqual(["newer_version", "secrets_damaged", "wrong_passphrase"]);
    expect([...tried.values()].reduce((sum, count) => sum + count)).toBeGreaterThan(2000);
  });
});

describe("the age format", () => {
  test("what is written opens with the age library", async () => {
    await open(scriptedPrompt(RIGHT)).set("hub", CANARY);
    const decrypter = new Decrypter();
    decrypter.addPassphrase(RIGHT);
    const text = await decrypter.decrypt(readFileSync(path), "text");
    expect(JSON.parse(text)).toEqual({ format: "daypass secrets", version: 1, secrets: { hub: CANARY } });
  });

  const hasAge = spawnSync("age", ["--version"]).status === 0 && spawnSync("python3", ["--version"]).status === 0;
  if (!hasAge) process.stderr.write("skipped: the age tool, or python3 to type for it, is not installed\n");
  /** `age` asks on the terminal, so somebody has to sit there. */
  const age = (...args: readonly string[]) => {
    const script =
      "import os, pty, sys, time\npid, fd = pty.fork()\nif pid == 0: os.execvp('age', sys.argv[2:])\ntry:\n  while True:\n    data = os.read(fd, 4096)\n    if not data: break\n    if b'passphrase' in data: os.write(fd, sys.argv[1].encode() + b'\\n')\nexcept OSError: pass\nsys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))";
    return spawnSync("python3", ["-c", script, RIGHT, ...args], { timeout: 100_000 }).status;
  };

  test.skipIf(!hasAge)("what is written opens with `age -d`", async () => {
    await open(scriptedPrompt(RIGHT)).set("hub", CANARY);
    expect(age("age", "-d", "-o", join(folder, "out"), path)).toBe(0);
    expect(readFileSync(join(folder, "out"), "utf8")).toContain(CANARY);
  });

  test.skipIf(!hasAge)("what `age -p` writes opens here", async () => {
    writeFileSync(join(folder, "in"), documentOf({ hub: CANARY }));
    expect(age("age", "-p", "-o", path, join(folder, "in"))).toBe(0);
    chmodSync(path, 0o600);
    expect(await open(scriptedPrompt(RIGHT)).get("hub")).toBe(CANARY);
  });
});
