// The example of a tool, run as its users run it: on a sandbox, by its own process.
import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HUB, SETUP_WORLD, createPlainBrowser, headingOf } from "./setup-desk.js";

const folder = new URL("../../../examples/simple-cli/", import.meta.url);
const program = fileURLToPath(new URL("simple-cli.mjs", folder));

let sandbox: Sandbox;
let home: string;
beforeEach(async () => {
  sandbox = await startSandbox({ world: SETUP_WORLD });
  home = await mkdtemp(join(tmpdir(), "daypass-example-"));
  const { accessKeyId, secretAccessKey } = sandbox.issueKey(HUB, "carl");
  await mkdir(join(home, ".aws"));
  await writeFile(
    join(home, ".aws", "credentials"),
    `[work]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nregion = us-east-1\n`,
  );
});
afterEach(async () => {
  await sandbox.stop();
  await rm(home, { recursive: true, force: true });
});

const env = (more: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: home,
  AWS_ENDPOINT_URL: sandbox.endpoint,
  AWS_REGION: "us-east-1",
  AWS_EC2_METADATA_DISABLED: "true",
  ...more,
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly talk: string;
}

const run = (words: readonly string[], more: Record<string, string> = {}): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, ["--no-warnings", program, ...words], { env: env(more) }, (error, out, talk) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, talk });
    });
  });

test("it is at most 120 lines, its README's code stands in it, and the three lines are there", async () => {
  const [code, readme] = await Promise.all([readFile(program, "utf8"), readFile(new URL("README.md", folder), "utf8")]);
  expect(code.split("\n").length + readme.split("\n").length).toBeLessThanOrEqual(120);
  const blocks = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, block = ""]) => block.trim());
  expect(blocks).toHaveLength(2);
  for (const block of blocks) expect(code).toContain(block);
});

test("it lists buckets by the profile that is named", async () => {
  expect(await run([], { AWS_PROFILE: "work" })).toMatchObject({ code: 0, out: "hub-data\n" });
});

test("it says what to do where nobody has signed in, and what it would try", async () => {
  const refused = await run([]);
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.talk).toMatch(/error: nothing on this machine gives credentials[^]*hint: /);
  const { out } = await run(["--explain"]);
  expect(out).toMatch(/^environment +passed_over +neither keys/m);
  expect(await run(["--constructor"])).toMatchObject({ code: 2 });
  expect(await run(["--setup"], { CI: "true" })).toMatchObject({ code: 1, out: "" });
});

test("it is set up in a browser, and works from then on", async () => {
  const child = spawn(process.execPath, ["--no-warnings", program, "--setup-page"], {
    env: env(),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let url = "";
  for await (const line of createInterface(child.stderr)) {
    if (!line.startsWith("http://")) continue;
    url = line;
    break;
  }
  const browser = createPlainBrowser();
  await browser.open(url);
  await browser.press("answer", { method: "profile" });
  await browser.press("answer", { profile: "work" });
  expect(headingOf(await browser.press("answer"))).toBe("list-buckets is set up");
  expect(await ended).toBe(0);
  expect(await run([])).toMatchObject({ code: 0, out: "hub-data\n" });
});
