// What SDKs run: one document or an exit code, nobody asked, no loop; warm answers from the agent and nobody else.
import { chmod, cp, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { settingsLine } from "@daypass/agent";
import { answerWarm } from "../dist/answer-warm.js";
import { PACKAGE, PROGRAM, runProgram, startShellWorld, writeAws, type ShellWorld } from "./shell-world.js";

let world: ShellWorld;
beforeEach(async () => {
  world = await startShellWorld();
});
afterEach(() => world.close());

const withAgent = { DAYPASS_AGENT: "on" };
const ask = (name: string, env: Readonly<Record<string, string>> = {}) => world.run(["credential-process", name], env);

test("stdout is one document, in the form that SDKs read", async () => {
  const { code, stdout, stderr } = await ask("dev/OPEN");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const document = JSON.parse(stdout) as Record<string, unknown>;
  expect(document).toMatchObject({ Version: 1, AccountId: "222222222222" });
  expect(Object.keys(document).sort()).toEqual([
    "AccessKeyId",
    "AccountId",
    "Expiration",
    "SecretAccessKey",
    "SessionToken",
    "Version",
  ]);
  expect(Date.parse(String(document["Expiration"]))).toBeGreaterThan(Date.now());
});

test("where a person is needed nobody is asked: exit code 1, nothing on stdout", async () => {
  const { code, stdout, stderr } = await ask("prod/ADMIN");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("an MFA code is needed");
  expect(world.count("GetSessionToken")).toBe(0);
});

test("a profile whose command asks for that profile again ends, by the agent and without it", async () => {
  const command = `${process.execPath} ${PROGRAM} credential-process round`;
  await writeAws(world, "config", `[profile round]\ncredential_process = ${command}\n`);
  for (const env of [{}, withAgent]) {
    const { code, stdout, stderr } = await ask("round", env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("asks for the credentials of the same profile");
  }
});

describe("the warm way", () => {
  test("answers what the agent has, without the rest of the program", async () => {
    const first = await ask("dev/OPEN", withAgent);
    // A package that has nothing else cannot load it.
    const bare = join(world.homeDir, "bare");
    for (const file of ["package.json", "bin/start.cjs", "bin/daypass.cjs", "dist/hot.cjs"]) {
      await cp(join(PACKAGE, file), join(bare, file));
    }
    const program = [process.execPath, join(bare, "bin", "daypass.cjs"), "credential-process", "dev/OPEN"] as const;
    expect(await runProgram([...program], { ...world.env, ...withAgent })).toEqual(first);
    expect(world.count("AssumeRole")).toBe(1);
  });

  const inWorld = async (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    packageDirectory = PACKAGE,
  ) => {
    const before = { ...process.env };
    Object.assign(process.env, { HOME: world.homeDir, DAYPASS_AGENT: "on", ...env });
    try {
      return await answerWarm("daypass", args, packageDirectory);
    } finally {
      process.env["HOME"] = before["HOME"];
      for (const name of ["DAYPASS_AGENT", "_DAYPASS_PROCESS_CHAIN", "_7UP_AGENT"]) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  };

  /** Somebody who answers everything, and remembers who asked. */
  const listen = async (
    directory = world.directory,
  ): Promise<{ readonly asked: () => number; readonly close: () => Promise<void> }> => {
    let asked = 0;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const server = createServer((socket) => {
      asked += 1;
      socket.resume().end("error: no\n");
    });
    await new Promise<void>((resolve) => server.listen(join(directory, "agent.sock"), resolve));
    await chmod(join(directory, "agent.sock"), 0o600);
    await writeFile(join(directory, "agent.settings"), `${settingsLine(process.env)}\n`);
    return { asked: () => asked, close: () => new Promise((resolve) => void server.close(() => resolve())) };
  };

  test("asks a socket that is ours", async () => {
    const server = await listen();
    await chmod(world.directory, 0o700);
    expect(await inWorld(["credential-process", "dev/OPEN"])).toBe(false);
    expect(server.asked()).toBe(1);
    await server.close();
  });

  test("sends nothing where others could have made the socket", async () => {
    const server = await listen();
    await chmod(world.directory, 0o755);
    expect(await inWorld(["credential-process", "dev/OPEN"])).toBe(false);
    await chmod(world.directory, 0o700);
    await chmod(join(world.directory, "agent.sock"), 0o666);
    expect(await inWorld(["credential-process", "dev/OPEN"])).toBe(false);
    expect(server.asked()).toBe(0);
    await server.close();
  });

  test("sends nothing to the folder that one happens to be in", async () => {
    const server = await listen();
    await chmod(world.directory, 0o700);
    const env = { HOME: relative(process.cwd(), world.homeDir) };
    expect(await inWorld(["credential-process", "dev/OPEN"], env)).toBe(false);
    expect(server.asked()).toBe(0);
    await server.close();
  });

  test("is not taken where the agent is off, in a chain of commands, has other files, or for anything that is more than a name", async () => {
    const server = await listen();
    await chmod(world.directory, 0o700);
    expect(await inWorld(["credential-process", "dev/OPEN"], { DAYPASS_AGENT: "off" })).toBe(false);
    expect(await inWorld(["credential-process", "dev/OPEN"], { _DAYPASS_PROCESS_CHAIN: "a" })).toBe(false);
    expect(await inWorld(["credential-process", "dev/OPEN", "--read-only"])).toBe(false);
    expect(await inWorld(["credential-process", "dev\nOPEN"])).toBe(false);
    expect(await inWorld(["credential-process", "--help"])).toBe(false);
    expect(await inWorld(["exec", "dev/OPEN"])).toBe(false);
    await writeFile(join(world.directory, "agent.settings"), `${settingsLine({ AWS_CONFIG_FILE: "/another" })}\n`);
    expect(await inWorld(["credential-process", "dev/OPEN"])).toBe(false);
    await writeFile(join(world.directory, "agent.off"), "");
    expect(await inWorld(["credential-process", "dev/OPEN"])).toBe(false);
    expect(server.asked()).toBe(0);
    await server.close();
  });

  test("is not taken where the agent of another name is off, a name that begins with a digit too", async () => {
    const server = await listen(join(world.homeDir, ".7up"));
    const renamed = join(world.homeDir, "renamed");
    await mkdir(renamed);
    await writeFile(join(renamed, "package.json"), JSON.stringify({ name: "@acme/7up" }));
    const words = ["credential-process", "dev/OPEN"];
    expect(await inWorld(words, { _7UP_AGENT: "off" }, renamed)).toBe(false);
    expect(server.asked()).toBe(0);
    expect(await inWorld(words, { _7UP_AGENT: "on" }, renamed)).toBe(false);
    expect(server.asked()).toBe(1);
    await server.close();
  });
});
