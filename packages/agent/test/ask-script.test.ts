// The script that SDKs run: by nc, by curl, by the program itself; and real SDKs that run it.
import { execFile, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderAskScript } from "@daypass/agent";
import { AuthError } from "@daypass/auth";
import { HOUR, sessionOf, startWorld, type World, withoutSettings } from "./agent-world.js";

const run = promisify(execFile);
const works = (program: string, ...args: string[]) => spawnSync(program, args, { stdio: "ignore" }).error === undefined;
const python = process.env["DAYPASS_PYTHON"] ?? "python3";
const hasBoto3 = spawnSync(python, ["-c", "import boto3"], { stdio: "ignore" }).status === 0;
const hasNc = works("nc", "-h");
const hasCurl = works("curl", "--version");
const hasShellcheck = works("shellcheck", "--version");
for (const [isThere, name] of [
  [hasBoto3, "boto3"],
  [hasNc, "nc"],
  [hasCurl, "curl"],
  [hasShellcheck, "shellcheck"],
] as const) {
  if (!isThere) process.stderr.write(`skipped: ${name} is not installed\n`);
}

let world: World;
let folder = "";
let marker = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ask script's "));
  marker = join(folder, "fallback ran");
  const fallback = join(folder, "the program");
  writeFileSync(
    fallback,
    `#!/bin/sh\nprintf '%s|' "$@" >> '${marker.replaceAll("'", `'\\''`)}'\necho '{"Version":1,"by":"fallback"}'\n`,
  );
  chmodSync(fallback, 0o755);
  world = await startWorld({
    answer: async ({ identity }, prompt) => {
      if (identity === "denied")
        throw new AuthError("access_denied", "AWS says no to \u001b[31mit\u202e", { hint: "ask them" });
      if (identity === "asks") await prompt.ask({ kind: "mfa_code", message: "code" });
      return { credentials: sessionOf(identity, Date.now() + HOUR) };
    },
    now: Date.now,
  });
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes the script. `programs`: only these are found; `cat` and `ls` always. */
function writeScript(
  over: { mayAsk?: boolean; socket?: string; fallback?: [string, ...string[]]; uid?: number } = {},
): string {
  const path = join(folder, `ask-${scripts++}`);
  const paths = { folder: world.directory, socket: over.socket ?? world.socket };
  const { fallback = [join(folder, "the program"), "credential-process"], mayAsk = false, uid } = over;
  writeFileSync(path, renderAskScript({ paths, fallback, mayAsk, ...(uid !== undefined && { uid }) }));
  chmodSync(path, 0o755);
  return path;
}
let scripts = 0;

/** A PATH on which only these programs are. */
function pathOf(...programs: string[]): string {
  const path = mkdtempSync(join(folder, "bin-"));
  for (const program of ["ls", "sh", ...programs]) {
    symlinkSync(
      spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim(),
      join(path, program),
    );
  }
  return path;
}

async function ask(script: string, identity: string, PATH = process.env["PATH"] ?? "", more: object = {}) {
  rmSync(marker, { force: true });
  const done = await run("sh", [script, identity], { env: { PATH, ...more } }).then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    (error: unknown) => error as { stdout: string; stderr: string; code: number },
  );
  const { stdout, stderr, code } = done;
  return { stdout, stderr, code, fallback: existsSync(marker) ? readFileSync(marker, "utf8") : undefined };
}

const WAYS: readonly [string, boolean, readonly string[]][] = [
  ["nc", hasNc, ["nc"]],
  ["curl", hasCurl, ["curl"]],
];

describe.each(WAYS)("by %s", (_way, isThere, programs) => {
  test.skipIf(!isThere)("one document comes out, and nothing else runs", async () => {
    const { stdout, stderr, code, fallback } = await ask(writeScript(), "prod/admin", pathOf(...programs));
    expect(JSON.parse(stdout)).toMatchObject({ Version: 1, SessionToken: sessionOf("prod/admin", 0).sessionToken });
    expect({ stderr, code, fallback }).toEqual({ stderr: "", code: 0, fallback: undefined });
  });

  test.skipIf(!isThere)("a refusal is on standard error, with exit code 1", async () => {
    const { stdout, stderr, code, fallback } = await ask(writeScript(), "denied", pathOf(...programs));
    expect({ stdout, code, fallback }).toEqual({ stdout: "", code: 1, fallback: undefined });
    expect(stderr).toBe("error: AWS says no to \\u{1b}[31mit\\u{202e}\nhint: ask them\ncode: access_denied\n");
  });

  test.skipIf(!isThere)("an SDK asks nobody, unless the person allowed it", async () => {
    const path = pathOf(...programs);
    const silent = await ask(writeScript(), "asks", path);
    expect(silent).toMatchObject({ code: 1, fallback: undefined });
    expect(silent.stderr).toContain("code: prompt_unavailable");
    expect(await ask(writeScript({ mayAsk: true }), "asks", path)).toMatchObject({
      code: 0,
      fallback: "credential-process|asks|",
    });
  });

  const ODD = [
    "with space",
    "$(touch pwned)",
    "`touch pwned`",
    "a'b\"c",
    "a\\nb\\c",
    "%s%n%d",
    "*",
    "é ü 漢",
    "a;b&c|d>e",
    "a&identity=x",
    '{"Version":1}',
    "@/etc/passwd",
    "a=b",
    "=@x",
  ];
  test.skipIf(!isThere).each(ODD)("the identity %j arrives as it is", async (identity) => {
    const { stdout } = await ask(writeScript(), identity, pathOf(...programs));
    expect(JSON.parse(stdout)).toHaveProperty("SessionToken", sessionOf(identity, 0).sessionToken);
    expect(world.asked).toContainEqual({ identity });
  });
});

describe("the script", () => {
  test.each(["", "-x", "two\nlines"])("the identity %j is refused before anything is asked", async (identity) => {
    const before = world.asked.length;
    const { stdout, code, fallback } = await ask(writeScript(), identity);
    expect({ stdout, code, fallback }).toEqual({ stdout: "", code: 2, fallback: undefined });
    expect(world.asked).toHaveLength(before);
  });

  test("without nc and curl the program answers", async () => {
    expect(await ask(writeScript(), "prod", pathOf())).toMatchObject({ code: 0, fallback: "credential-process|prod|" });
  });

  test("where no agent answers the program does", async () => {
    const socket = join(world.directory, "none.sock");
    expect(await ask(writeScript({ socket }), "it's", undefined)).toMatchObject({
      fallback: "credential-process|it's|",
    });
  });

  test.each([
    { AWS_CONFIG_FILE: "/another/config" },
    { AWS_SHARED_CREDENTIALS_FILE: "/another/credentials" },
    { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
    { AWS_USE_FIPS_ENDPOINT: "true\n" },
  ])("where %o may make the name somebody else, the program answers", async (env) => {
    const before = world.asked.length;
    expect(await ask(writeScript(), "prod", undefined, env)).toMatchObject({
      fallback: "credential-process|prod|",
      stderr: "",
    });
    expect(world.asked).toHaveLength(before);
  });

  test("what the agent was started with has to be there", async () => {
    const file = join(world.directory, "agent.settings");
    renameSync(file, `${file}.away`);
    const answer = await ask(writeScript(), "prod");
    renameSync(`${file}.away`, file);
    expect(answer).toMatchObject({ fallback: "credential-process|prod|", stderr: "" });
  });

  test("an nc that knows no sockets is no obstacle", async () => {
    const path = hasCurl ? pathOf("curl") : pathOf();
    writeFileSync(join(path, "nc"), "#!/bin/sh\necho 'nc: invalid option -- U' >&2\nexit 1\n");
    chmodSync(join(path, "nc"), 0o755);
    const { stdout } = await ask(writeScript(), "prod", path);
    expect(JSON.parse(stdout)).toHaveProperty("Version", 1);
  });

  test("a socket that is not ours alone is not asked", async () => {
    const before = world.asked.length;
    chmodSync(world.socket, 0o666);
    expect(await ask(writeScript(), "prod")).toMatchObject({ fallback: "credential-process|prod|" });
    chmodSync(world.socket, 0o600);
    chmodSync(world.directory, 0o755);
    expect(await ask(writeScript(), "prod")).toMatchObject({ fallback: "credential-process|prod|" });
    chmodSync(world.directory, 0o700);
    expect(await ask(writeScript({ uid: 4711 }), "prod")).toMatchObject({ fallback: "credential-process|prod|" });
    const link = join(world.directory, "link.sock");
    symlinkSync(world.socket, link);
    expect(await ask(writeScript({ socket: link }), "prod")).toMatchObject({ fallback: "credential-process|prod|" });
    expect(world.asked).toHaveLength(before);
  });

  test.skipIf(!hasShellcheck)("shellcheck finds nothing in it", () => {
    for (const mayAsk of [true, false]) {
      const { stdout, status } = spawnSync("shellcheck", ["-s", "sh", writeScript({ mayAsk })], {
        encoding: "utf8",
      });
      expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
    }
  });

  test("paths of two lines are refused when it is made", () => {
    const paths = { folder: "/tmp/a\nb", socket: "/tmp/a\nb/agent.sock" };
    expect(() => renderAskScript({ paths, fallback: ["x"], mayAsk: false, uid: 0 })).toThrow("more than one line");
  });

  test.each(["dash", "bash", "zsh", "ksh", "busybox"])("%s runs it", async (shell) => {
    if (!works(shell, "-c", "true")) {
      process.stderr.write(`skipped: ${shell} is not installed\n`);
      return;
    }
    const script = writeScript();
    const { stdout } = await run(shell, shell === "busybox" ? ["sh", script, "prod"] : [script, "prod"]);
    expect(JSON.parse(stdout)).toHaveProperty("Version", 1);
  });
});

describe("real SDKs run it", () => {
  // Without either the script has only its fallback, which is none here.
  test.skipIf(!hasNc && !hasCurl)("the AWS SDK for JavaScript", async () => {
    const { fromIni } = await import("@aws-sdk/credential-providers");
    withoutSettings();
    const found = await fromIni({ profile: "dp", configFilepath: config(), filepath: config("none") })();
    expect(found).toMatchObject({
      accessKeyId: "ASIAIOSFODNN7EXAMPLE",
      sessionToken: sessionOf("prod/admin", 0).sessionToken,
    });
  });

  test.skipIf(!hasBoto3)("boto3", async () => {
    const program = `
import boto3, json
found = boto3.Session(profile_name="dp").get_credentials()
frozen = found.get_frozen_credentials()
print(json.dumps([found.method, frozen.access_key, frozen.token]))`;
    const { stdout } = await run(python, ["-c", program], { env: environment() });
    expect(JSON.parse(stdout)).toEqual([
      "custom-process",
      "ASIAIOSFODNN7EXAMPLE",
      sessionOf("prod/admin", 0).sessionToken,
    ]);
  });

  /** A profile that asks by the script. */
  function config(name = "config"): string {
    const directory = join(folder, "aws");
    mkdirSync(directory, { recursive: true });
    const path = join(directory, name);
    const script = writeScript();
    // No quoting that every SDK agrees on gets past an apostrophe: a program gives the script a plain place.
    const plain = join(world.directory, "ask");
    writeFileSync(plain, readFileSync(script));
    chmodSync(plain, 0o755);
    writeFileSync(
      path,
      name === "config" ? `[profile dp]\nregion = eu-west-1\ncredential_process = ${plain} prod/admin\n` : "",
    );
    return path;
  }
  function homeWith(path: string): string {
    const home = mkdtempSync(join(folder, "home-"));
    mkdirSync(join(home, ".aws"));
    writeFileSync(join(home, ".aws", "config"), readFileSync(path));
    return home;
  }
  function environment(): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "",
      HOME: homeWith(config()),
      AWS_EC2_METADATA_DISABLED: "true",
    };
  }
});
