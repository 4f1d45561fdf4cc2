// Twenty programs of one tool at once, by the three lines: one question, one code, one call of each kind; also where the one
// that asks is killed.
import { execFile, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ALICE_DEVICE } from "./hub-world.js";
import { startPersonsHome, type PersonsHome } from "./persons-home.js";

const PROGRAM = fileURLToPath(new URL("auth-process.mjs", import.meta.url));
const run = promisify(execFile);

let person: PersonsHome;
beforeEach(async () => {
  // AWS's clock stands: the code is good however long twenty programs take to start.
  const start = Date.now();
  person = await startPersonsHome({ aws: () => start });
  await person.setUpHub();
  await writeFile(join(person.homeDir, "code"), person.sandbox.mfaCode(ALICE_DEVICE));
});
afterEach(() => person[Symbol.asyncDispose]());

const argsOf = (name: string, mode = "answer") => [PROGRAM, person.homeDir, person.sandbox.endpoint, name, mode];
const ask = async (name: string) => (await run(process.execPath, argsOf(name))).stdout.trim();
const askAll = () =>
  Promise.all(Array.from({ length: 20 }, (_, index) => ask(index % 2 === 0 ? "dev/DEVELOPER" : "prod/DEVELOPER")));
const questions = async () =>
  (await readFile(join(person.homeDir, "questions"), "utf8").catch(() => "")).split("\n").length - 1;

test("twenty programs ask once, spend one code, and call AWS once for each role; the next twenty call nobody", async () => {
  const keys = await askAll();
  expect(new Set(keys).size).toBe(2);
  expect(await questions()).toBe(1);
  expect([person.count("GetSessionToken"), person.count("AssumeRole")]).toEqual([1, 2]);
  const calls = person.sandbox.calls().length;
  expect(await askAll()).toEqual(keys);
  expect(person.sandbox.calls()).toHaveLength(calls);
}, 240_000);

test("where the program that asks is killed, the next one asks, and nobody waits for the dead", async () => {
  const asker = spawn(process.execPath, argsOf("dev/DEVELOPER", "hang"), { stdio: "ignore" });
  while ((await questions()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const others = askAll();
  asker.kill("SIGKILL");
  expect(new Set(await others).size).toBe(2);
  expect(await questions()).toBe(2);
  expect([person.count("GetSessionToken"), person.count("AssumeRole")]).toEqual([1, 2]);
}, 240_000);
