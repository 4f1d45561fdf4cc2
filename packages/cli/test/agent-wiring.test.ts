// The agent with the whole program round it: many processes, one question, one call; profiles for SDKs; nothing left over.
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hasTerminal } from "./has-terminal.js";
import { ALICE_DEVICE, onTerminal, PROGRAM, runProgram, startShellWorld, type ShellWorld } from "./shell-world.js";

let world: ShellWorld;
let env: Readonly<Record<string, string>>;
beforeEach(async () => {
  world = await startShellWorld();
  env = { ...world.env, DAYPASS_AGENT: "on" };
});
afterEach(() => world.close());

const node = process.execPath;
const run = (...args: readonly string[]) => runProgram([node, PROGRAM, ...args], env);
const code = () => world.sandbox.mfaCode(ALICE_DEVICE);
const HERD = 12;

test.skipIf(!hasTerminal)(
  "many processes at once: one question, at one terminal, and one call of each kind",
  async () => {
    const steps = [{ see: "MFA code", type: `${code()}\r` }];
    const command = [node, PROGRAM, "credential-process", "--prompt", "prod/ADMIN"];
    const shown = await Promise.all(Array.from({ length: HERD }, () => onTerminal(command, env, steps)));
    expect(shown.map((each) => each.code)).toEqual(Array.from({ length: HERD }, () => 0));
    expect(shown.filter(({ done }) => done === 1)).toHaveLength(1);
    const keys = new Set(shown.map(({ output }) => /"AccessKeyId":"(\w+)"/.exec(output)?.[1]));
    expect(keys.size).toBe(1);
    expect(world.count("GetSessionToken")).toBe(1);
    expect(world.count("AssumeRole")).toBe(1);
    // Whoever cannot ask has it now too.
    expect((await run("credential-process", "prod/ADMIN")).code).toBe(0);
    expect(world.count("AssumeRole")).toBe(1);
  },
  60_000,
);

test("many processes without a question start one agent and call AWS once", async () => {
  const answers = await Promise.all(Array.from({ length: HERD }, () => run("credential-process", "dev/OPEN")));
  expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(1);
  expect(answers[0]).toMatchObject({ code: 0, stderr: "" });
  expect(world.count("AssumeRole")).toBe(1);
}, 60_000);

test("--agent puts no key into the shell: a profile that asks", async () => {
  const { code: exit, stdout } = await run("shell-env", "--shell", "bash", "--agent", "--", "dev/OPEN");
  expect(exit).toBe(0);
  expect(stdout).toContain("export AWS_PROFILE='daypass-dev/OPEN';");
  expect(stdout).not.toMatch(/export AWS_(ACCESS|SECRET|SESSION)/);
  const config = await readFile(join(world.homeDir, ".aws", "config"), "utf8");
  expect(config).toContain(`credential_process = ${join(world.directory, "ask")} dev/OPEN`);
  expect((await stat(join(world.directory, "ask"))).mode & 0o777).toBe(0o700);
  const asked = await runProgram([join(world.directory, "ask"), "dev/OPEN"], env);
  expect(JSON.parse(asked.stdout)).toMatchObject({ Version: 1 });
  expect(world.count("AssumeRole")).toBe(1);
});

test("a profile that asks us is nobody whom we could be", async () => {
  await run("shell-env", "--shell", "bash", "--agent", "--", "dev/OPEN");
  const { stdout } = await run("list", "--json");
  expect(stdout).not.toContain("daypass-dev");
  const { code: exit, stderr } = await run("credential-process", "daypass-dev/OPEN");
  expect(exit).toBe(1);
  expect(stderr).toContain("there is no identity");
});

test("--agent with less than the whole identity is refused: its profile could not keep to it", async () => {
  const { code: exit, stdout } = await run("shell-env", "--shell", "bash", "--agent", "--read-only", "--", "dev/OPEN");
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
});

test("a locked agent gives nothing, and an unlocked one asks AWS again", async () => {
  await run("credential-process", "dev/OPEN");
  expect((await run("agent", "lock")).code).toBe(0);
  const { code: exit, stdout, stderr } = await run("credential-process", "dev/OPEN");
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
  expect(stderr).toContain("the agent is locked");
  await run("agent", "unlock");
  expect((await run("credential-process", "dev/OPEN")).code).toBe(0);
  expect(world.count("AssumeRole")).toBe(2);
});

test("switched off, it is not started by itself; started by hand, it may be again", async () => {
  await run("agent", "stop", "--off");
  expect((await run("credential-process", "dev/OPEN")).code).toBe(0);
  expect(JSON.parse((await run("agent", "status", "--json")).stdout)).toEqual({ isRunning: false });
  await run("agent", "start");
  expect(JSON.parse((await run("agent", "status", "--json")).stdout)).toMatchObject({ isRunning: true, held: [] });
});

test("who a shell is does not decide who the agent is", async () => {
  const stale = { ...env, AWS_PROFILE: "not-there", AWS_ACCESS_KEY_ID: "AKIASTALE", AWS_SECRET_ACCESS_KEY: "stale" };
  const { code: exit } = await runProgram([node, PROGRAM, "credential-process", "dev/OPEN"], stale);
  expect(exit).toBe(0);
  const { pid } = JSON.parse((await run("agent", "status", "--json")).stdout) as { pid: number };
  const environ = await readFile(`/proc/${pid}/environ`, "utf8");
  expect(environ).not.toMatch(/AWS_PROFILE|AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY/);
});

const filesBelow = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test("sessions of the agent are in no file, no argument, no environment and no title", async () => {
  const { stdout } = await run("credential-process", "dev/OPEN");
  const { SecretAccessKey, SessionToken } = JSON.parse(stdout) as Record<string, string>;
  await run("shell-env", "--shell", "bash", "--agent", "--", "dev/OPEN");
  const { pid } = JSON.parse((await run("agent", "status", "--json")).stdout) as { pid: number };
  const secrets = [SecretAccessKey ?? "", SessionToken ?? ""];
  expect(secrets.every((secret) => secret.length > 20)).toBe(true);
  const places = [
    ...(await filesBelow(world.homeDir)),
    ...["cmdline", "environ", "comm"].map((name) => `/proc/${pid}/${name}`),
  ];
  const found: string[] = [];
  for (const place of places) {
    const text = await readFile(place, "latin1");
    if ([...secrets, ...(place.endsWith("secrets.json") ? [] : world.secrets)].some((each) => text.includes(each))) {
      found.push(place);
    }
  }
  expect(found).toEqual([]);
});
