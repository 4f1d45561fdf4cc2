// Many processes at once, as a build with twelve providers starts them: one question, one code, one call of each kind.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addHub } from "../dist/hubs/add-hub.js";
import { openPersonConfig } from "../dist/hubs/person-config.js";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { createSessionKeeper } from "../dist/sessions/keep-sessions.js";
import {
  ALICE_DEVICE,
  createFakePrompt,
  createMemoryCache,
  createMemorySecrets,
  DEV,
  HUB,
  PROD,
  WORLD,
} from "./hub-world.js";

const PROGRAM = fileURLToPath(new URL("hub-process.mjs", import.meta.url));
const run = promisify(execFile);

let sandbox: Sandbox;
let directory: string;
let secretsText: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "daypass-twenty-"));
  // AWS's clock stands: the code is good however long twenty processes take to start.
  const start = Date.now();
  sandbox = await startSandbox({ world: WORLD, now: () => start });
  const locks = createFileLocks({ directory: join(directory, "locks") });
  const prompt = createFakePrompt(() => "");
  const secrets = createMemorySecrets();
  const record = async () => undefined;
  const keeper = createSessionKeeper({ cache: createMemoryCache(), locks, record, prompt });
  const config = openPersonConfig({ directory, locks });
  const setting = {
    config,
    settingsFor: () => ({ region: "eu-west-1", endpoint: sandbox.endpoint }),
    codesFor: () => async () => "",
    sessionNameParts: ["alice"],
  };
  const keys = sandbox.issueKey(HUB, "alice");
  await addHub({ keeper, locks, secrets, prompt, now: Date.now }, setting, { name: "work", keys, record });
  const shared = { hub: "work", region: "eu-west-1", roles: ["DEVELOPER"], tooLong: [] };
  await config.update((before) => ({
    ...before,
    environments: [
      { ...shared, name: "dev", accountId: DEV, rolePath: "/" },
      { ...shared, name: "prod", accountId: PROD, rolePath: "/people/" },
    ],
  }));
  secretsText = JSON.stringify(Object.fromEntries(secrets.held));
  await writeFile(join(directory, "code"), sandbox.mfaCode(ALICE_DEVICE));
});
afterEach(async () => {
  await sandbox.stop();
  await rm(directory, { recursive: true, force: true });
});

const args = (name: string, mode = "answer") => [PROGRAM, directory, sandbox.endpoint, secretsText, name, mode];
const ask = async (name: string) => (await run(process.execPath, args(name))).stdout.trim();
const count = (action: string) => sandbox.calls().filter((call) => call.action === action).length;
const questions = async () =>
  (await readFile(join(directory, "questions"), "utf8").catch(() => "")).split("\n").filter((line) => line !== "");
const askAll = () =>
  Promise.all(Array.from({ length: 20 }, (_, index) => ask(index % 2 === 0 ? "dev/DEVELOPER" : "prod/DEVELOPER")));

test("twenty processes ask the person once, spend one code, and call AWS once for each role", async () => {
  const keys = await askAll();
  expect(new Set(keys).size).toBe(2);
  expect(await questions()).toHaveLength(1);
  expect(count("GetSessionToken")).toBe(1);
  expect(count("AssumeRole")).toBe(2);
  expect(sandbox.calls().filter(({ errorCode }) => errorCode !== undefined)).toEqual([]);
});

test("where the one that asks is killed, the next asks, and nobody waits for the dead", async () => {
  const asker = spawn(process.execPath, args("dev/DEVELOPER", "hang"), { stdio: "ignore" });
  while ((await questions()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const others = askAll();
  asker.kill("SIGKILL");
  expect(new Set(await others).size).toBe(2);
  expect(await questions()).toHaveLength(2);
  expect(count("GetSessionToken")).toBe(1);
  expect(count("AssumeRole")).toBe(2);
});
