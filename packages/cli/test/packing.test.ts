// The tarball: what is in it, that it installs and runs, and that under another name nothing of ours is left.
import { execFileSync } from "node:child_process";
import { appendFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Sandbox from "@daypass/sandbox";
import { packCli, renameText } from "../../../scripts/pack-cli.mjs";
import { runProgram } from "./practice.js";

const EVERYTHING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dp-pack-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const list = (archive: string): readonly string[] =>
  execFileSync("tar", ["-tzf", archive], { encoding: "utf8" })
    .trim()
    .split("\n")
    .filter((path) => !path.endsWith("/"))
    .map((path) => path.replace(/^package\//, ""));

/** As anybody installs it, but without the registry: there is nothing to fetch. */
const install = (archive: string): string => {
  const prefix = `${archive}.installed`;
  const flags = ["--global", "--offline", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"];
  execFileSync("npm", ["install", ...flags, "--prefix", prefix, archive], { stdio: "pipe" });
  return join(prefix, "bin");
};
const environment = (bin: string) => ({
  PATH: `${bin}:${process.env["PATH"] ?? ""}`,
  HOME: join(folder, "home"),
  SHELL: "/bin/bash",
  AWS_ENDPOINT_URL: "http://127.0.0.1:9",
  LANG: "C.UTF-8",
});
const run = (bin: string, program: string, ...args: string[]) =>
  runProgram(join(bin, program), args, { env: environment(bin), cwd: folder });

describe("the tarball", () => {
  let archive: string;
  let bin: string;
  beforeAll(() => {
    archive = packCli({ out: folder });
    bin = install(archive);
  });

  it("holds the programs, the bundles, the shells and three texts, and nothing else", () => {
    const files = list(archive);
    const plain = files.filter((path) => !/^(?:dist\/cold|shells)\//.test(path));
    expect(plain).toEqual([
      "LICENSE",
      "README.md",
      "bin/aacli.cjs",
      "bin/aws-as-activate.cjs",
      "bin/aws-as.cjs",
      "bin/daypass.cjs",
      "bin/start.cjs",
      "dist/help.txt",
      "dist/hot.cjs",
      "dist/keychain-program.mjs",
      "dist/sandbox.mjs",
      "package.json",
    ]);
    expect(files.filter((path) => path.startsWith("dist/cold/")).every((path) => path.endsWith(".mjs"))).toBe(true);
    expect(files).toEqual(expect.arrayContaining(["dist/cold/main.mjs", "shells/aws-as.bash", "shells/aws-as.fish"]));
  });

  it("is the same, byte for byte, when it is packed again", async () => {
    const again = packCli({ out: join(folder, "again") });
    expect((await readFile(again)).equals(await readFile(archive))).toBe(true);
  });

  it("depends on nothing but the keychain, which may be missing", async () => {
    const text = await readFile(join(bin, "../lib/node_modules/daypass/package.json"), "utf8");
    const manifest = JSON.parse(text) as Record<string, unknown>;
    expect(manifest["dependencies"]).toBeUndefined();
    expect(Object.keys(manifest["optionalDependencies"] as object)).toEqual(["@napi-rs/keyring"]);
    expect(manifest["scripts"]).toBeUndefined();
  });

  it("installs globally with all four names, and each runs", async () => {
    expect((await readdir(bin)).toSorted()).toEqual(["aacli", "aws-as", "aws-as-activate", "daypass"]);
    for (const program of ["daypass", "aacli", "aws-as", "aws-as-activate"]) {
      expect([program, (await run(bin, program, "--help")).code]).toEqual([program, 0]);
    }
    expect((await run(bin, "daypass", "--version")).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
    expect((await run(bin, "daypass", "doctor", "--json")).stdout).toContain('"this is daypass ');
  });

  it("has the company to practise in with it, where nothing of the workspace is", async () => {
    const { code, stdout } = await run(bin, "daypass", "sandbox", "--", "daypass", "list");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +dev\/admin +eu-west-1 +admin in \d{12} by people$/m);
  });

  it("has a sandbox that reads templates in YAML, too", async () => {
    const packed = pathToFileURL(join(bin, "../lib/node_modules/daypass/dist/sandbox.mjs")).href;
    const { startSandbox } = (await import(packed)) as typeof Sandbox;
    const sandbox = await startSandbox({
      world: { accounts: [{ id: "111111111111", users: [{ name: "ada", policies: { all: EVERYTHING } }] }] },
    });
    const credentials = sandbox.issueKey("111111111111", "ada");
    const cfn = new CloudFormation({ region: "eu-west-1", endpoint: sandbox.endpoint, credentials });
    const TemplateBody = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n";
    const { StackId } = await cfn.createStack({ StackName: "yaml", TemplateBody });
    const { Stacks } = await cfn.describeStacks({ StackName: StackId });
    await sandbox.stop();
    expect(Stacks?.[0]?.StackStatus).toBe("CREATE_COMPLETE");
  });

  it("says where the sandbox is where it is not there", async () => {
    await rm(join(bin, "../lib/node_modules/daypass/dist/sandbox.mjs"));
    const { code, stderr } = await run(bin, "daypass", "sandbox", "--", "true");
    expect([code, stderr]).toEqual([1, expect.stringContaining("npx daypass sandbox")]);
  });
});

describe("under another name", () => {
  let bin: string;
  let installed: string;
  beforeAll(() => {
    bin = install(packCli({ name: "@orgname/cliname", out: folder }));
    installed = join(bin, "../lib/node_modules/@orgname/cliname");
  });

  it("the program, its directory, variables and messages are called so", async () => {
    expect(await readdir(bin)).toContain("cliname");
    expect((await run(bin, "cliname", "--help")).stdout).toMatch(/^USAGE\n {2}cliname COMMAND/);
    expect((await run(bin, "cliname", "explain", "nobody")).stderr).toMatch(/^cliname: there is no identity/);
    const { stdout } = await run(bin, "cliname", "doctor", "--json");
    expect(stdout).toContain("/.cliname");
    const env = { ...environment(bin), CLINAME_KEYCHAIN: "off", DAYPASS_KEYCHAIN: "on" };
    const { stdout: seen } = await runProgram(join(bin, "cliname"), ["doctor"], { env, cwd: folder });
    expect(seen).toContain("DAYPASS_KEYCHAIN is set, and nothing reads it");
  });

  it("no file of it says daypass, scopes of other packages aside, and the doctor says that it looked", async () => {
    const files = await readdir(installed, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const text = await readFile(join(file.parentPath, file.name), "utf8");
      // The library's templates sign with a key of their own, whatever the program is called.
      const own = text.replaceAll("@daypass/", "").replaceAll(/\bDaypass:/g, "");
      expect([file.name, own.match(/.{0,40}daypass.{0,40}|DAYPASS_\w+/i)?.[0]]).toEqual([file.name, undefined]);
    }
    const { stdout } = await run(bin, "cliname", "doctor");
    expect(stdout).toContain("everything is called cliname, and nothing daypass");
  });

  it("the doctor finds one word that was left, and ends with 1", async () => {
    await appendFile(join(installed, "dist", "hot.cjs"), "\n// daypass\n");
    const { code, stdout } = await run(bin, "cliname", "doctor");
    expect([code, stdout]).toEqual([1, expect.stringContaining("dist/hot.cjs still says daypass")]);
  });

  it.each([
    [
      "my-tool",
      "daypass DAYPASS_X daypassSignInId Daypass @daypass/sandbox",
      "my-tool MY_TOOL_X myToolSignInId MyTool @daypass/sandbox",
    ],
    ["daypass", "daypass", "daypass"],
    ["7up", "${DAYPASS_LABEL-}", "${_7UP_LABEL-}"],
  ])("as %s a text is right in every spelling", (name, text, renamed) => {
    expect(renameText(text, name)).toBe(renamed);
  });

  it("refuses what is no name of a package", () => {
    for (const name of ["../x", "Day Pass", "@a/b/c", "", "-x"]) {
      expect(() => packCli({ name, out: folder })).toThrow("is no package name");
    }
  });

  it("refuses the name of somebody else's program, whose directory it would take", () => {
    for (const name of ["@acme/aws", "ssh", "aws-as", "start"]) {
      expect(() => packCli({ name, out: folder })).toThrow("is taken by another program");
    }
  });
});
