// Who a shell is, from its environment; who one can be, last used first; and the choice where nobody was named.
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasTerminal } from "./has-terminal.js";
import { readWish } from "../dist/narrowing-flags.js";
import { onTerminal, PROGRAM, startShellWorld, type ShellWorld } from "./shell-world.js";

let world: ShellWorld;
beforeAll(async () => {
  world = await startShellWorld();
});
afterAll(() => world.close());

const NOW = Date.parse("2026-01-01T00:00:00Z");
const KEYS = { AWS_ACCESS_KEY_ID: "ASIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "not-shown", AWS_SESSION_TOKEN: "not-shown" };
const whoami = async (env: Readonly<Record<string, string>>, ...flags: readonly string[]) =>
  world.call(["whoami", ...flags], { env: { ...world.env, ...env }, now: () => NOW });

describe("whoami", () => {
  test.each([
    [{}, "-\n"],
    [
      {
        ...KEYS,
        DAYPASS_IDENTITY: "prod/admin",
        AWS_REGION: "eu-west-1",
        AWS_CREDENTIAL_EXPIRATION: "2026-01-01T00:52:10Z",
      },
      "prod/admin, eu-west-1, 52 min left\n",
    ],
    [
      { ...KEYS, DAYPASS_IDENTITY: "prod/admin", AWS_CREDENTIAL_EXPIRATION: "2025-12-31T23:00:00Z" },
      "prod/admin, expired\n",
    ],
    [{ ...KEYS, AWS_DEFAULT_REGION: "us-east-1" }, "keys ASIAEXAMPLE, set by somebody else, us-east-1\n"],
    [{ AWS_PROFILE: "mine" }, "profile mine\n"],
    [{ AWS_PROFILE: "daypass-dev/OPEN", DAYPASS_IDENTITY: "dev/OPEN" }, "dev/OPEN, renewed by itself\n"],
    // A name that outlived its keys is nobody.
    [{ DAYPASS_IDENTITY: "prod/admin" }, "-\n"],
  ])("%j is %j", async (env, said) => {
    expect(await whoami(env)).toEqual({ code: 0, stdout: said, stderr: "" });
  });

  test("a name that outlived its keys is not said to programs either", async () => {
    const { stdout } = await whoami({ DAYPASS_IDENTITY: "prod/admin" }, "--json");
    expect(JSON.parse(stdout)).not.toHaveProperty("identity");
  });

  test("shows no secret in any form", async () => {
    for (const flags of [[], ["--json"], ["--why"], ["--json", "--why"]]) {
      const { stdout, stderr } = await whoami(KEYS, ...flags);
      expect(stdout + stderr).not.toContain("not-shown");
    }
  });

  test("a name from the environment cannot write to the terminal", async () => {
    const { stdout } = await whoami({ ...KEYS, DAYPASS_IDENTITY: "x\u001b]0;owned\u0007\r\n" });
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  test("--why says that a profile and keys are two people to two tools", async () => {
    const { stdout, stderr } = await whoami({ ...KEYS, AWS_PROFILE: "mine" }, "--why");
    expect(stdout).toMatch(/AWS CLI\s+/);
    expect(stdout).toMatch(/JavaScript v3\s+/);
    expect(stderr).toContain("hint: ");
  });

  test("--json has what the words say", async () => {
    const env = { ...KEYS, DAYPASS_IDENTITY: "prod/admin", AWS_CREDENTIAL_EXPIRATION: "2026-01-01T01:00:00Z" };
    const { stdout } = await whoami(env, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ identity: "prod/admin", by: "keys", secondsLeft: 3600 });
  });
});

describe("list", () => {
  test("those used last come first, with what is left of them", async () => {
    await world.call(["env", "--format", "json", "dev/OPEN"]);
    const { stdout } = await world.call(["list"]);
    expect(stdout.split("\n")[0]).toMatch(/^ {3}dev\/OPEN +59 min left +eu-west-1 /);
    const listed = JSON.parse((await world.call(["list", "--json"])).stdout) as { name: string }[];
    expect(listed.map(({ name }) => name)).toEqual(["dev/OPEN", "open", "work", "prod/ADMIN"]);
  });

  test("what is remembered is names and times, for this user's eyes only", async () => {
    const file = join(world.directory, "recent.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { recent } = JSON.parse(await readFile(file, "utf8")) as { recent: object[] };
    expect(recent.map((one) => Object.keys(one).sort())).toEqual([["expiration", "name", "used"]]);
  });

  test("a file of recents that is broken is no obstacle", async () => {
    await writeFile(join(world.directory, "recent.json"), "{");
    expect((await world.call(["list"])).code).toBe(0);
  });
});

describe("where no identity is named", () => {
  test("nobody to ask is a usage error, and asks AWS nothing", async () => {
    const { code, stderr } = await world.run(["env", "--format", "json"]);
    expect(code).toBe(2);
    expect(stderr).toContain("no identity is named");
  });

  test.skipIf(!hasTerminal)("a person types some of its letters", async () => {
    const stdout = join(world.homeDir, "out.json");
    const command = [process.execPath, PROGRAM, "env", "--format", "json"];
    const steps = [
      { see: "Who do you want to be?", type: "dopn" },
      { see: "dopn", type: "\r" },
    ];
    const { code, output } = await onTerminal(command, world.env, steps, { stdout });
    expect(output).toContain("dev/OPEN");
    expect(code).toBe(0);
    expect(JSON.parse(await readFile(stdout, "utf8"))).toHaveProperty("AWS_SESSION_TOKEN");
    expect(output).not.toContain("AWS_SESSION_TOKEN");
  });
});

test("--read-only is of the partition in which the identity is", async () => {
  const home = {
    config: { read: async () => ({ hubs: [{ name: "cn", partition: "aws-cn" }] }) },
    profiles: async () => ({
      profiles: new Map([["gov", { settings: new Map([["role_arn", { value: "arn:aws-us-gov:iam::1:role/x" }]]) }]]),
    }),
  } as unknown as Parameters<typeof readWish>[1];
  const arnsOf = async (identity: Parameters<typeof readWish>[2]) =>
    (await readWish({ readOnly: true }, home, identity)).narrowing.policyArns;
  const about = { description: "", kind: "profile" } as const;
  expect(await arnsOf({ ...about, kind: "hub_role", name: "dev/x", hub: "cn" })).toEqual([
    "arn:aws-cn:iam::aws:policy/ReadOnlyAccess",
  ]);
  expect(await arnsOf({ ...about, name: "profile:gov" })).toEqual(["arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess"]);
  expect(await arnsOf({ ...about, name: "other", region: "eusc-de-east-1" })).toEqual([
    "arn:aws-eusc:iam::aws:policy/ReadOnlyAccess",
  ]);
  expect(await arnsOf({ ...about, name: "other" })).toEqual(["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
});
