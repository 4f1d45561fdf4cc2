// Odd machines: a home that cannot be written, none at all, a full disk, files cut short, a cache that somebody poisoned.
import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AuthError } from "../dist/errors.js";
import { openPersonConfig } from "../dist/hubs/person-config.js";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { planProfile } from "../dist/profiles/plan-profile.js";
import { DEV, HUB } from "./hub-world.js";
import { startPersonsHome, type PersonsHome } from "./persons-home.js";

const PROGRAM = fileURLToPath(new URL("home-process.mjs", import.meta.url));
const run = promisify(execFile);
const OPEN = `arn:aws:iam::${DEV}:role/OPEN`;
const USER = `arn:aws:iam::${HUB}:user/alice`;

let person: PersonsHome;
beforeEach(async () => {
  person = await startPersonsHome();
  await person.aws("credentials", person.inIni("base"));
  await person.aws("config", `[profile reader]\nrole_arn = ${OPEN}\nsource_profile = base\n`);
});
afterEach(() => person[Symbol.asyncDispose]());

const isRoot = process.getuid?.() === 0;

/** Of this process's environment: where programs are, and what replaces a module in a child. */
const inherited = (): Record<string, string> =>
  Object.fromEntries(
    ["PATH", "NODE_OPTIONS", "DAYPASS_CHILD_TWIN", "DAYPASS_CHILD_MARK"].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** Runs the program as somebody whom permissions bind, in a folder of its own. */
const runAs = async (
  profile: string,
  env: Record<string, string>,
  { directory = "", limit = "" }: { readonly directory?: string; readonly limit?: string } = {},
): Promise<string> => {
  const cwd = await mkdtemp(join(tmpdir(), "daypass-cwd-"));
  await chmod(cwd, 0o755);
  const command = `${limit} exec "$0" "$@"`;
  try {
    const { stdout } = await run("/bin/sh", ["-c", command, process.execPath, PROGRAM, profile, directory], {
      cwd,
      env: { ...inherited(), ...person.env, ...env },
      ...(isRoot && limit === "" && { uid: 65_534, gid: 65_534 }),
    });
    expect(await readdir(cwd)).toEqual([]);
    return stdout.trim();
  } finally {
    await rm(cwd, { recursive: true });
  }
};

/** Gives what is there to everybody to read and to nobody to write. */
const closeHome = async (): Promise<void> => {
  for (const path of ["", ".aws"]) await chmod(join(person.homeDir, path), 0o555);
  for (const file of ["config", "credentials"]) await chmod(join(person.homeDir, ".aws", file), 0o444);
};

describe("a home that cannot be written", () => {
  test("still gives what needs no writing, and refuses by name what does", async () => {
    await closeHome();
    expect(await runAs("base", { HOME: person.homeDir })).toBe(USER);
    expect(await runAs("reader", { HOME: person.homeDir })).toMatch(
      /^(lock_unavailable|audit_unavailable|file_unusable): /,
    );
    expect(person.count("AssumeRole")).toBe(0);
  });

  test("is no matter where the tool's own directory is elsewhere", async () => {
    await closeHome();
    const directory = await mkdtemp(join(tmpdir(), "daypass-elsewhere-"));
    await chmod(directory, 0o777);
    expect(await runAs("reader", { HOME: person.homeDir }, { directory: join(directory, "mine") })).toContain(
      "assumed-role/OPEN/",
    );
    await rm(directory, { recursive: true });
  });
});

describe("a machine without a home", () => {
  test.each([
    ["empty", ""],
    ["no absolute path", "home"],
  ])("that is %s never takes the .aws of the current folder for the person's", async (_, HOME) => {
    expect(await runAs("base", { HOME }, { limit: "true;" })).toMatch(/^invalid_option: set HOME/);
    expect(person.sandbox.calls()).toEqual([]);
  });

  test("but the root of the disk has no profiles, and none of another place is taken", async () => {
    expect(await runAs("reader", { HOME: "/" })).toMatch(/^(not_found|file_unusable|lock_unavailable): /);
    expect(person.sandbox.calls()).toEqual([]);
  });
});

describe("a full disk", () => {
  test("refuses what cannot be put on record, gives what needs no writing, and damages nothing", async () => {
    await person.setUpHub();
    const files = [".my-tool/config.json", ".my-tool/audit.jsonl", ".aws/config", ".aws/credentials"];
    const readAll = () => Promise.all(files.map((file) => readFile(join(person.homeDir, file), "utf8")));
    const before = await readAll();
    const calls = person.count("AssumeRole");
    // No file may grow: each write fails with EFBIG (setrlimit, RLIMIT_FSIZE; Node ignores the signal).
    const limit = "ulimit -f 0;";
    expect(await runAs("reader", { HOME: person.homeDir }, { limit })).toMatch(
      /^(lock_unavailable|audit_unavailable|file_unusable): /,
    );
    expect(await runAs("base", { HOME: person.homeDir }, { limit })).toBe(USER);
    expect(await readAll()).toEqual(before);
    expect(person.count("AssumeRole")).toBe(calls);
    expect(await runAs("reader", { HOME: person.homeDir }, { limit: "true;" })).toContain("assumed-role/OPEN/");
  });
});

describe("a file cut short at every byte", () => {
  const WHOLE = `[default]
aws_access_key_id = AKIADEFAULTDEFAULT01
aws_secret_access_key = defaults
[profile prod]
# the real one
role_arn = ${OPEN}
source_profile = base
duration_seconds = 900
services = local
[services local]
sts =
  endpoint_url = http://127.0.0.1:1
`;

  test("in ~/.aws/config is the named profile still, or an error that says what is wrong: never [default]", async () => {
    const home = await person.open();
    let refused = 0;
    for (let length = 0; length <= WHOLE.length; length++) {
      await person.aws("config", WHOLE.slice(0, length));
      try {
        const plan = planProfile(await home.profiles(), "prod");
        expect([plan.kind, plan.profile]).toEqual(["role", "prod"]);
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        expect(error.code).toMatch(/^(not_found|invalid_profile|file_malformed)$/);
        expect(error.hint).not.toBe("");
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(WHOLE.indexOf("source_profile"));
  });

  test("in the tool's configuration is malformed, not empty, and is never written over", async () => {
    await person.setUpHub();
    const path = join(person.homeDir, ".my-tool", "config.json");
    const whole = (await readFile(path, "utf8")).trimEnd();
    const directory = join(person.homeDir, "cut");
    await mkdir(directory);
    const config = openPersonConfig({ directory, locks: createFileLocks({ directory: join(directory, "locks") }) });
    for (let length = 0; length < whole.length; length++) {
      await writeFile(config.path, whole.slice(0, length), { mode: 0o600 });
      await expect(config.read()).rejects.toMatchObject({ code: "file_malformed" });
    }
    await writeFile(config.path, whole.slice(0, -1), { mode: 0o600 });
    await expect(config.update((before) => before)).rejects.toMatchObject({ code: "file_malformed" });
    expect(await readFile(config.path, "utf8")).toBe(whole.slice(0, -1));
  });
});

describe("a cache that somebody poisoned", () => {
  const roleOf = async (identity: string): Promise<string | undefined> => {
    const { credentials } = await person.auth({ identity }).getAwsConfig();
    const given = await credentials();
    return "accountId" in given ? given.accountId : undefined;
  };
  const cacheDir = () => join(person.homeDir, ".my-tool", "cache");
  const entries = async () => (await readdir(cacheDir())).filter((name) => name.endsWith(".session")).toSorted();

  test("with the entries of other roles gives each role its own, and asks AWS again", async () => {
    await person.setUpHub();
    const wanted = [await roleOf("dev/DEVELOPER"), await roleOf("prod/DEVELOPER")];
    const names = await entries();
    const contents = await Promise.all(names.map((name) => readFile(join(cacheDir(), name))));
    // Each in the place of the next.
    await Promise.all(
      names.map((_, index) =>
        writeFile(join(cacheDir(), names[(index + 1) % names.length] ?? ""), contents[index] ?? ""),
      ),
    );
    person.sandbox.advanceClock(60_000);
    expect([await roleOf("dev/DEVELOPER"), await roleOf("prod/DEVELOPER")]).toEqual(wanted);
    expect(new Set(wanted).size).toBe(2);
    expect(person.count("AssumeRole")).toBe(4);
  });

  test.each<[string, (path: string) => Promise<unknown>]>([
    ["nothing", (path) => writeFile(path, "")],
    ["ten megabytes", (path) => writeFile(path, Buffer.alloc(10_000_000, 0x41))],
    ["a folder", (path) => rm(path).then(() => mkdir(path))],
    ["a link to another entry", (path) => rm(path).then(() => symlink("elsewhere.session", path))],
    ["another entry's bytes", async (path) => copyFile(join(cacheDir(), (await entries())[0] ?? ""), path)],
  ])("with %s in each place is a miss, and heals by itself", async (_, poison) => {
    await person.setUpHub();
    await roleOf("dev/DEVELOPER");
    for (const name of (await entries()).toReversed()) await poison(join(cacheDir(), name));
    person.sandbox.advanceClock(60_000);
    expect(await roleOf("dev/DEVELOPER")).toBe(DEV);
    const calls = person.sandbox.calls().length;
    expect(await roleOf("dev/DEVELOPER")).toBe(DEV);
    expect(person.sandbox.calls()).toHaveLength(calls);
  });
});

describe("an answer of ten megabytes", () => {
  test.each([
    ["of blanks", " ".repeat(10_000_000)],
    [
      "with a key of nine",
      `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>${"A".repeat(9_000_000)}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    ],
  ])("%s is no answer, and none of it is repeated", async (_, body) => {
    const server = createServer((request, response) => {
      request.resume();
      response.setHeader("content-type", "text/xml").end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const asked = person.auth({
      env: { ...person.env, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` },
      profile: "reader",
    });
    const error: unknown = await asked.getAwsConfig().catch((reason: unknown) => reason);
    server.closeAllConnections();
    server.close();
    expect(error).toMatchObject({ code: "aws_unavailable" });
    expect(String(error).length).toBeLessThan(1_000);
  });
});
