// What shells evaluate, what files of settings are filled with, and what is refused before a key is shown.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startShellWorld, writeAws, type ShellWorld } from "./shell-world.js";

let world: ShellWorld;
beforeAll(async () => {
  world = await startShellWorld();
});
afterAll(() => world.close());

const lines = (text: string): readonly string[] => text.trimEnd().split("\n");
const switchTo = (name: string, ...more: readonly string[]) =>
  world.call(["shell-env", "--shell", "bash", ...more, "--", name]);

describe("shell-env", () => {
  test("takes away everything that says who one is before it says who one becomes", async () => {
    const { code, stdout } = await switchTo("dev/OPEN");
    expect(code).toBe(0);
    const said = lines(stdout);
    const firstSet = said.findIndex((line) => line.startsWith("export "));
    const unset = said.slice(1, firstSet).map((line) => line.replace(/^unset (.*);$/, "$1"));
    expect(unset).toEqual(
      expect.arrayContaining(["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_ROLE_ARN"]),
    );
    expect(unset).toEqual(expect.arrayContaining(["AWS_ACCOUNT_ID", "AWS_CREDENTIAL_SCOPE"]));
    expect(said.slice(firstSet).every((line) => line.startsWith("export "))).toBe(true);
    expect(stdout).not.toContain("export AWS_PROFILE");
    for (const name of ["AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "DAYPASS_IDENTITY", "DAYPASS_LABEL"]) {
      expect(stdout).toContain(`export ${name}='`);
    }
    expect(stdout).toContain("export AWS_REGION='eu-west-1';");
    expect(stdout).toContain("export AWS_DEFAULT_REGION='eu-west-1';");
  });

  test("writes nothing to stdout where it fails, so that nothing is evaluated", async () => {
    const { code, stdout, stderr } = await switchTo("dev/OPNE");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain('there is no identity "dev/OPNE"');
    expect(stderr).toContain("dev/OPEN");
  });

  test("spends no code on a shell that it does not speak", async () => {
    const before = world.sandbox.calls().length;
    const { code, stdout } = await world.call(["shell-env", "--shell", "cmd", "--", "dev/OPEN"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(world.sandbox.calls()).toHaveLength(before);
  });

  test("shows no keys on a terminal", async () => {
    let shown = "";
    const stdout = { isTTY: true, write: (text: string) => void (shown += text) };
    const { code, stderr } = await world.call(["shell-env", "--shell", "bash", "--", "dev/OPEN"], { stdout });
    expect({ code, shown }).toEqual({ code: 2, shown: "" });
    expect(stderr).toContain("aws-as -s");
  });

  test("takes a region in short, over the identity's own", async () => {
    const { stdout } = await switchTo("dev/OPEN", "--region", "ue1");
    expect(stdout).toContain("export AWS_REGION='us-east-1';");
    expect((await switchTo("dev/OPEN", "--region", "nowhere")).code).toBe(2);
  });

  test("a session that is narrowed is another session, and AWS is asked for it with the limit", async () => {
    const file = join(world.homeDir, "policy.json");
    await writeFile(
      file,
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "s3:ListBucket", Resource: "*" }],
      }),
    );
    const whole = await switchTo("dev/OPEN");
    const less = await switchTo("dev/OPEN", "--policy-file", file);
    const keyOf = (text: string) => /AWS_ACCESS_KEY_ID='(\w+)'/.exec(text)?.[1];
    expect(keyOf(less.stdout)).toMatch(/^ASIA/);
    expect(keyOf(less.stdout)).not.toBe(keyOf(whole.stdout));
  });

  test("a policy that is not understood asks AWS for nothing", async () => {
    const file = join(world.homeDir, "broken.json");
    const statement = { Effect: "Allow", Action: "s3:*", Resource: "*", Condition: { StringEqualz: { a: "b" } } };
    await writeFile(file, JSON.stringify({ Version: "2012-10-17", Statement: [statement] }));
    const before = world.count("AssumeRole");
    const { code, stdout, stderr } = await switchTo("dev/OPEN", "--policy-file", file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("StringEqualz");
    expect(world.count("AssumeRole")).toBe(before);
  });

  test("--read-only is AWS's own ReadOnlyAccess as a session policy", async () => {
    // The sandbox has no copy of it, so that AWS's refusal names what was asked for.
    const { code, stdout, stderr } = await switchTo("dev/OPEN", "--read-only");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("arn:aws:iam::aws:policy/ReadOnlyAccess");
  });

  test("an identity of which AWS can make no less is refused, not handed out whole", async () => {
    const session = {
      Version: 1,
      AccessKeyId: "ASIAIOSFODNN7EXAMPLE",
      SecretAccessKey: "secret",
      SessionToken: "token",
    };
    const command = `/bin/echo '${JSON.stringify(session)}'`;
    await writeAws(world, "config", `[profile plain]\nregion = eu-west-1\ncredential_process = ${command}\n`);
    const { code, stdout, stderr } = await switchTo("plain", "--read-only");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("cannot be narrowed");
  });

  test("--agent with less than the whole identity is refused: its profile could not keep to it", async () => {
    const before = world.count("AssumeRole");
    const env = { ...world.env, DAYPASS_AGENT: "on" };
    const args = ["shell-env", "--shell", "bash", "--agent", "--duration", "15m", "--", "dev/OPEN"];
    const { code, stdout, stderr } = await world.call(args, { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("is the whole identity");
    expect(world.count("AssumeRole")).toBe(before);
  });

  test("two tags of one key are refused", async () => {
    const { code, stderr } = await switchTo("dev/OPEN", "--tag", "a=1", "--tag", "a=2");
    expect(code).toBe(2);
    expect(stderr).toContain("twice");
  });
});

describe("env", () => {
  test("gives the variables as JSON and as a file of settings, alike", async () => {
    const json = await world.call(["env", "--format", "json", "dev/OPEN"]);
    const dotenv = await world.call(["env", "--format", "dotenv", "dev/OPEN"]);
    const values = JSON.parse(json.stdout) as Record<string, string>;
    expect(Object.keys(values)).toEqual(
      expect.arrayContaining(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"]),
    );
    const read = Object.fromEntries(
      lines(dotenv.stdout).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    expect(read).toEqual(values);
  });

  test("wants to be told for whom", async () => {
    expect((await world.call(["env", "dev/OPEN"])).code).toBe(2);
    expect((await world.call(["env", "--shell", "fish", "--format", "json", "dev/OPEN"])).code).toBe(2);
  });
});

describe("a shell that is not activated", () => {
  test("is told so by aws-as, and gets no keys", async () => {
    const before = world.sandbox.calls().length;
    const { code, stdout, stderr } = await world.call(["dev/OPEN"], { program: "aws-as" });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("aws-as -s");
    expect(world.sandbox.calls()).toHaveLength(before);
  });

  test("gets one line to evaluate from aws-as -s, aws-as -c and aws-as-activate", async () => {
    const sh = await world.call(["-s"], { program: "aws-as" });
    expect(sh.stdout).toMatch(/^[^\n]*activate\.sh"\n$/);
    expect((await world.call(["-s"], { program: "aws-as-activate" })).stdout).toBe(sh.stdout);
    expect((await world.call(["-c"], { program: "aws-as" })).stdout).toContain("activate.csh");
    expect((await world.call(["fish"], { program: "aws-as-activate" })).stdout).toContain("aws-as.fish");
    expect((await world.call(["-s", "fish"], { program: "aws-as-activate" })).code).toBe(2);
  });
});

test("an identity called like a command is an identity to aws-as", async () => {
  const { stderr } = await world.call(["list"], { program: "aws-as" });
  expect(stderr).toContain("nothing was switched");
});
