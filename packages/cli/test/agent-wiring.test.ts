// The agent with the whole program round it: many processes, one question, one call; profiles for SDKs; nothing left over.
import { open, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { neverPrompt, openHome } from "@daypass/auth";
import { noteIdentities } from "../dist/note-identities.js";
import { hasTerminal } from "./has-terminal.js";
import {
  ALICE_DEVICE,
  DEV,
  HUB,
  onTerminal,
  PROD,
  PROGRAM,
  runProgram,
  startShellWorld,
  writeAws,
  type ShellWorld,
} from "./shell-world.js";

let world: ShellWorld;
let env: Readonly<Record<string, string>>;
beforeEach(async () => {
  // AWS's clock stands: a code is good however long many processes take to start.
  const start = Date.now();
  world = await startShellWorld(() => start);
  env = { ...world.env, DAYPASS_AGENT: "on" };
});
afterEach(() => world.close());

const openHomeOf = (homeDir: string) =>
  openHome({
    toolName: "daypass",
    directory: world.directory,
    env: {},
    homeDir,
    prompt: neverPrompt("nobody is there"),
    keychain: "off",
    plain: true,
  });
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
);

test.skipIf(!hasTerminal)(
  "what one code opened in the agent serves auth and web too, and nobody is asked again",
  async () => {
    const shown = await onTerminal([node, PROGRAM, "credential-process", "--prompt", "prod/ADMIN"], env, [
      { see: "MFA code", type: `${code()}\r` },
    ]);
    expect(shown.code).toBe(0);
    const written = await run("auth", "prod/ADMIN", "--profile", "x", "--duration", "15m");
    expect(written).toMatchObject({ code: 0, stderr: expect.stringContaining("profile x is prod/ADMIN") as string });
    const more = { ...env, DAYPASS_SIGNIN_ENDPOINT: world.sandbox.endpoint };
    const link = await runProgram([node, PROGRAM, "web", "prod/ADMIN", "--print", "--duration", "20m"], more);
    expect(link).toMatchObject({ code: 0, stdout: expect.stringMatching(/^http/) as string });
    expect([world.count("GetSessionToken"), world.count("AssumeRole")]).toEqual([1, 3]);
  },
);

test("many processes without a question start one agent and call AWS once", async () => {
  const answers = await Promise.all(Array.from({ length: HERD }, () => run("credential-process", "dev/OPEN")));
  expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(1);
  expect(answers[0]).toMatchObject({ code: 0, stderr: "" });
  expect(world.count("AssumeRole")).toBe(1);
});

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

test("a profile of the agent's name that holds keys of another identity is not taken for it", async () => {
  const profile = "daypass-dev/OPEN";
  const listed = async () =>
    (await readFile(join(world.directory, "shells", "identities"), "utf8")).includes(`dev/OPEN\t${profile}\t`);
  await run("shell-env", "--shell", "bash", "--agent", "--", "dev/OPEN");
  const home = await openHomeOf(world.homeDir);
  await noteIdentities(home, "daypass");
  expect(await listed()).toBe(true);
  const keys = "aws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\naws_session_token = y\n";
  await writeFile(join(world.homeDir, ".aws", "credentials"), `[${profile}]\n${keys}`, { mode: 0o600 });
  await noteIdentities(home, "daypass");
  expect(await listed()).toBe(false);
  const refused = await run("shell-env", "--shell", "bash", "--agent", "--", "dev/OPEN");
  expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("tools would take those") });
});

test("a name that a terminal would obey is not offered by Tab, and can be typed", async () => {
  const names = ["a\u202eb", "a\u200bb", "a\u009b31m", "plain"];
  await writeFile(
    join(world.homeDir, ".aws", "config"),
    names.map((name) => `[profile ${name}]\nregion = eu-west-1\n`).join(""),
  );
  const home = await openHomeOf(world.homeDir);
  await noteIdentities(home, "daypass");
  const list = await readFile(join(world.directory, "shells", "identities"), "utf8");
  expect(list.split("\n").filter((line) => /^(?:a|plain)/.test(line))).toEqual(["plain\t-\teu-west-1\t!"]);
  expect((await home.find("a\u202eb")).name).toBe("a\u202eb");
});

test("a profile that another command wrote under the agent's name is not the agent's", async () => {
  const home = await openHomeOf(world.homeDir);
  await home.editor.writeSettings("daypass-dev/OPEN", { sso_account_id: "111122223333", sso_role_name: "x" });
  await noteIdentities(home, "daypass");
  expect(await readFile(join(world.directory, "shells", "identities"), "utf8")).toContain("\ndev/OPEN\t-\t");
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

/** Somebody with keys of their own, and a role that they take; returns what the file says. */
const bossOf = (roleArn: string, more = ""): string => {
  const { accessKeyId, secretAccessKey } = world.sandbox.issueKey(HUB, "carl");
  return `[profile carl]
aws_access_key_id = ${accessKeyId}
aws_secret_access_key = ${secretAccessKey}
[profile boss]
role_arn = ${roleArn}
source_profile = carl
${more}`;
};
const OPEN = `arn:aws:iam::${DEV}:role/OPEN`;

test("who is edited is somebody else at once, and what is somebody else's is let be", async () => {
  const text = bossOf(OPEN);
  await writeAws(world, "config", text);
  const before = await run("credential-process", "boss");
  expect(JSON.parse(before.stdout)).toMatchObject({ AccountId: DEV });
  await writeAws(world, "config", `${text}[profile another]\nregion = eu-west-1\n`);
  expect((await run("credential-process", "boss")).stdout).toBe(before.stdout);
  await writeAws(world, "config", text.replace(OPEN, `arn:aws:iam::${PROD}:role/ADMIN`));
  const denied = await run("credential-process", "boss");
  expect({ ...denied, stderr: "" }).toEqual({ code: 1, stdout: "", stderr: "" });
  expect(denied.stderr).toContain("ADMIN");
  await writeAws(world, "config", "");
  expect((await run("credential-process", "boss")).stderr).toContain("there is no identity");
});

test("a shell with other files is answered by them, whoever has the same name in the agent", async () => {
  await writeAws(world, "config", bossOf(OPEN));
  await run("credential-process", "boss");
  const other = join(world.homeDir, "other-config");
  await writeFile(other, bossOf(OPEN, "role_session_name = from-the-other\n"), { mode: 0o600 });
  const asOther = { ...env, AWS_CONFIG_FILE: other };
  const { stdout, stderr } = await runProgram([node, PROGRAM, "exec", "boss", "--", "env"], asOther);
  expect(stderr).toContain("going on without the agent: the agent was started with other files");
  const [, token = ""] = /^AWS_SESSION_TOKEN=(.*)$/m.exec(stdout) ?? [];
  const inAgent = JSON.parse((await run("credential-process", "boss")).stdout) as { SessionToken: string };
  expect([token.length > 20, token === inAgent.SessionToken]).toEqual([true, false]);
  const warm = await runProgram([node, PROGRAM, "credential-process", "boss"], asOther);
  expect(JSON.parse(warm.stdout)).not.toHaveProperty("SessionToken", inAgent.SessionToken);
});

test("switched off, it is not started by itself; started by hand, it may be again", async () => {
  await run("agent", "stop", "--off");
  expect((await run("credential-process", "dev/OPEN")).code).toBe(0);
  expect(JSON.parse((await run("agent", "status", "--json")).stdout)).toEqual({ isRunning: false });
  await run("agent", "start");
  expect(JSON.parse((await run("agent", "status", "--json")).stdout)).toMatchObject({ isRunning: true, held: [] });
});

const stateOf = async (pid: number): Promise<"alive" | "ended"> => {
  const [, state = "X"] = /\) (.)/.exec(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")) ?? [];
  return state === "X" || state === "Z" ? "ended" : "alive";
};

test("reset ends the agent, which would hold what nobody could tell it to forget", async () => {
  await run("credential-process", "dev/OPEN");
  const { pid } = JSON.parse((await run("agent", "status", "--json")).stdout) as { pid: number };
  expect((await run("reset", "--yes")).code).toBe(0);
  // Until it has ended, or the test has: it may be about to.
  while ((await stateOf(pid)) === "alive") await setImmediate();
  expect(await readdir(world.homeDir)).not.toContain(".daypass");
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

/** How often each secret stands in a process's memory; `undefined` where the system lets nobody look. Linux, proc(5). */
const countInMemory = async (pid: number, secrets: readonly string[]): Promise<readonly number[] | undefined> => {
  const counts = secrets.map(() => 0);
  const memory = await open(`/proc/${pid}/mem`, "r").catch(() => undefined);
  if (memory === undefined) return undefined;
  try {
    for (const line of (await readFile(`/proc/${pid}/maps`, "utf8")).split("\n")) {
      const [, from = "", to = ""] = /^([0-9a-f]+)-([0-9a-f]+) r/.exec(line) ?? [];
      if (from === "" || line.includes("[v")) continue;
      const start = Number.parseInt(from, 16);
      const part = Buffer.alloc(Number.parseInt(to, 16) - start);
      // Pages that are reserved and not there cannot be read, and hold nothing.
      await memory.read(part, 0, part.length, start).catch(() => undefined);
      for (const [index, secret] of secrets.entries()) {
        for (const encoding of ["latin1", "utf16le"] as const) {
          const bytes = Buffer.from(secret, encoding);
          for (let at = part.indexOf(bytes); at >= 0; at = part.indexOf(bytes, at + 1)) {
            counts[index] = (counts[index] ?? 0) + 1;
          }
        }
      }
    }
  } finally {
    await memory.close();
  }
  return counts;
};

test("after a lock no secret is in the memory of the agent, nor is the process there that had them", async () => {
  const status = async () => JSON.parse((await run("agent", "status", "--json")).stdout) as { pid: number };
  const { stdout } = await run("credential-process", "dev/OPEN");
  const { SecretAccessKey = "", SessionToken = "" } = JSON.parse(stdout) as Record<string, string>;
  const secrets = [SecretAccessKey, SessionToken, ...world.secrets];
  const { pid } = await status();
  const before = await countInMemory(pid, secrets);
  if (before === undefined)
    process.stderr.write("skipped: looking into the agent's memory, which this system forbids\n");
  // That they are found where they are is what makes it worth something that they are not found afterwards.
  else expect([before[0], before[1], before[2]].every((count = 0) => count > 0)).toBe(true);
  expect((await run("agent", "lock")).code).toBe(0);
  const next = (await status()).pid;
  expect(next).not.toBe(pid);
  if (before !== undefined) expect(await countInMemory(next, secrets)).toEqual([0, 0, 0, 0]);
  while ((await stateOf(pid)) === "alive") await setImmediate();
}, 60_000);

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
