import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { editTextFile } from "../dist/files/edit-text-file.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-edits-"));
  path = join(folder, "config");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Hours after the files were written, unless a test says otherwise. */
const later = { now: () => Date.now() + 1e7, sleep: () => Promise.reject(new Error("nothing to wait for")) };

test("what somebody wrote between the reading and the writing is edited too, not overwritten", async () => {
  writeFileSync(path, "one");
  const seen: string[] = [];
  await editTextFile(
    path,
    async (text) => {
      seen.push(text);
      if (seen.length === 1) writeFileSync(path, "one and two");
      return `${text}!`;
    },
    later,
  );
  expect(seen).toEqual(["one", "one and two"]);
  expect([readFileSync(path, "utf8"), readdirSync(folder)]).toEqual(["one and two!", ["config"]]);
});

test("a file that somebody has just emptied in place is left alone until it is filled again", async () => {
  writeFileSync(path, "");
  // In the middle of a second, whenever this runs.
  utimesSync(path, 1000.5, 1000.5);
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
    if (waits.length > 1) return;
    writeFileSync(path, "all profiles");
    utimesSync(path, 1000.5, 1000.5);
  };
  await editTextFile(path, async (text) => `${text}!`, { now: () => 1_000_500, sleep });
  expect(readFileSync(path, "utf8")).toBe("all profiles!");
  expect(waits.length).toBe(2);
});

test("after our own writes nobody waits, and nothing is written where nothing changes", async () => {
  await editTextFile(path, async () => "ours", later);
  const { ino, mtimeMs } = statSync(path);
  expect(mtimeMs % 1000).toBe(0);
  expect(await editTextFile(path, async (text) => text, { ...later, now: () => mtimeMs })).toBeUndefined();
  expect(statSync(path).ino).toBe(ino);
});

test("a file that is written again and again by somebody else is given up, untouched", async () => {
  writeFileSync(path, "0");
  let n = 0;
  const edit = async (text: string) => {
    writeFileSync(path, String(++n).repeat(n));
    return `${text}!`;
  };
  await expect(editTextFile(path, edit, later)).rejects.toMatchObject({ code: "file_unusable" });
  expect(readFileSync(path, "utf8")).toBe(String(n).repeat(n));
});
