import { spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  chownSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readTextFile } from "../dist/files/read-text-file.js";
import { writeFileAtomically } from "../dist/files/write-file-atomically.js";
import { identifyProcess } from "../dist/locks/identify-process.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-files-"));
  path = join(folder, "credentials");
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (file: string) => statSync(file).mode & 0o777;
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: unknown) => error,
  );
const ROOT = process.getuid?.() === 0;

describe("a file that is written", () => {
  test("is new with mode 0600, whatever the umask, and nothing is left beside it", async () => {
    const umask = process.umask(0);
    try {
      expect(await writeFileAtomically(path, "text")).toEqual({ tightenedFrom: undefined });
    } finally {
      process.umask(umask);
    }
    expect([readFileSync(path, "utf8"), modeOf(path), readdirSync(folder)]).toEqual(["text", 0o600, ["credentials"]]);
  });

  test("is closed to others where it was open, and that is told", async () => {
    writeFileSync(path, "old");
    chmodSync(path, 0o644);
    expect(await writeFileAtomically(path, "new")).toEqual({ tightenedFrom: 0o644 });
    expect([readFileSync(path, "utf8"), modeOf(path)]).toEqual(["new", 0o600]);
  });

  test("keeps a narrower mode, and takes the mode that is asked for", async () => {
    writeFileSync(path, "old", { mode: 0o400 });
    await writeFileAtomically(path, "new");
    expect(modeOf(path)).toBe(0o400);
    await writeFileAtomically(join(folder, "page"), "new", { mode: 0o644 });
    expect(modeOf(join(folder, "page"))).toBe(0o644);
  });

  test("through a link is the link's target, and the link stays", async () => {
    mkdirSync(join(folder, "dotfiles"));
    const target = join(folder, "dotfiles", "aws");
    writeFileSync(target, "old");
    symlinkSync("dotfiles/aws", path);
    await writeFileAtomically(path, "new");
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, "utf8")).toBe("new");
    rmSync(target);
    await writeFileAtomically(path, "newer");
    expect(readFileSync(target, "utf8")).toBe("newer");
    expect(readdirSync(join(folder, "dotfiles"))).toEqual(["aws"]);
  });

  test.each([
    ["a folder", () => mkdirSync(path), "it is a folder"],
    ["a named pipe", () => spawnSync("mkfifo", [path]), "not a regular file"],
    [
      "a file with a second name",
      () => {
        writeFileSync(path, "old");
        linkSync(path, join(folder, "other"));
      },
      "hard link",
    ],
    [
      "a link to a link",
      () => ["b", "c"].map((target, index) => symlinkSync(target, index === 0 ? path : join(folder, "b"))),
      "link to a link",
    ],
    ["a link to nowhere", () => symlinkSync("/nowhere/at/all", path), "link to nowhere"],
    ["a link to a folder", () => symlinkSync("/etc", path), "it is a folder"],
    ["a link in a circle", () => symlinkSync("credentials", path), "link to a link"],
  ])("is never %s", async (_, prepare, says) => {
    prepare();
    const before = readdirSync(folder).sort();
    expect(await refusal(writeFileAtomically(path, "new"))).toMatchObject({
      code: "file_unusable",
      message: expect.stringContaining(says),
    });
    expect(readdirSync(folder).sort()).toEqual(before);
    expect(lstatSync(path).isFile() ? readFileSync(path, "utf8") : "old").toBe("old");
  });

  test.skipIf(!ROOT)(
    "is never another user's, not through a link either, and not in another user's folder",
    async () => {
      const foreign = join(folder, "foreign");
      writeFileSync(foreign, "theirs");
      chownSync(foreign, 65_534, 65_534);
      symlinkSync(foreign, path);
      mkdirSync(join(folder, "home"));
      chownSync(join(folder, "home"), 65_534, 65_534);
      symlinkSync("home/new", join(folder, "into-home"));
      for (const file of [foreign, path, join(folder, "into-home")])
        expect(await refusal(writeFileAtomically(file, "ours"))).toMatchObject({ code: "file_unusable" });
      expect(readFileSync(foreign, "utf8")).toBe("theirs");
      expect(readdirSync(join(folder, "home"))).toEqual([]);
    },
  );

  test("is not replaced where the last look says no, and nothing is left beside it", async () => {
    writeFileSync(path, "old");
    const beforeReplacing = () => Promise.reject(new Error("changed meanwhile"));
    expect(await refusal(writeFileAtomically(path, "new", { beforeReplacing }))).toMatchObject({
      code: "file_unusable",
    });
    expect([readFileSync(path, "utf8"), readdirSync(folder)]).toEqual(["old", ["credentials"]]);
  });

  test("needs a folder, and says so", async () => {
    expect(await refusal(writeFileAtomically(join(folder, "no", "file"), "new"))).toMatchObject({
      code: "file_unusable",
      message: expect.stringContaining("its folder does not exist"),
    });
  });

  test("is swept clean of what dead processes left beside it, and of nothing else", async () => {
    const self = await identifyProcess(process.pid);
    const dead = self.split("-").with(1, "1").join("-");
    const elsewhere = self.split("-").with(2, "0123").with(4, "ffff").join("-");
    const left = [`.credentials.${dead}.00.tmp`, `.credentials.${self}.00.tmp`, `.credentials.${elsewhere}.00.tmp`];
    const foreign = [".credentials.swp", `.config.${dead}.00.tmp`, ".credentials.12.tmp"];
    for (const name of [...left, ...foreign]) writeFileSync(join(folder, name), "secret");
    await writeFileAtomically(path, "new");
    expect(readdirSync(folder).sort()).toEqual([...left.slice(1), ...foreign, "credentials"].sort());
  });
});

describe("a file that is read", () => {
  test("is its text, byte order mark included; what is not there is undefined; nowhere is empty", async () => {
    writeFileSync(path, "\ufeff[default]\r\nrégion = ü");
    expect(await readTextFile(path)).toBe("\ufeff[default]\r\nrégion = ü");
    expect(await readTextFile(join(folder, "none"))).toBeUndefined();
    expect(await readTextFile("/dev/null")).toBe("");
  });

  test.each([
    ["UTF-16, either way", Buffer.from("\ufeff[default]\n", "utf16le"), 1, "UTF-16"],
    ["a NUL byte", Buffer.from("[default]\na = 1\nb = \0\n"), 3, "NUL"],
    ["Latin-1", Buffer.from("[default]\n# f\xfcr\n", "latin1"), 2, "not UTF-8"],
    ["a character that is cut off", Buffer.from("a\nb\nü").subarray(0, -1), 3, "not UTF-8"],
  ])("with %s is malformed, with the line", async (_, bytes, line, says) => {
    writeFileSync(path, bytes);
    expect(await refusal(readTextFile(path))).toMatchObject({
      code: "file_malformed",
      message: expect.stringMatching(new RegExp(`line ${line}: .*${says}`)),
    });
  });

  test("is no folder, no pipe and not endless", async () => {
    spawnSync("mkfifo", [path]);
    writeFileSync(join(folder, "large"), Buffer.alloc(16 * 1024 * 1024 + 1, 0x20));
    for (const file of [folder, path, join(folder, "large"), "/dev/zero"])
      expect(await refusal(readTextFile(file))).toMatchObject({ code: "file_unusable" });
  });

  test("and secret is this user's and nobody else may read it", async () => {
    writeFileSync(path, "key", { mode: 0o600 });
    expect(await readTextFile(path, { secret: true })).toBe("key");
    for (const mode of [0o640, 0o604, 0o644]) {
      chmodSync(path, mode);
      expect(await refusal(readTextFile(path, { secret: true }))).toMatchObject({
        code: "file_unusable",
        hint: expect.stringContaining("chmod 600"),
      });
      expect(await readTextFile(path)).toBe("key");
    }
  });
});
