// The doctor, on homes with one thing wrong in each; and the record that shows what was changed in it.
import { chmod, mkdir, rm, symlink } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasTerminal } from "./has-terminal.js";
import { PROGRAM, runProgram, startPractice, type Practice } from "./practice.js";

let practice: Practice;
beforeEach(async () => {
  practice = await startPractice();
});
afterEach(() => practice[Symbol.asyncDispose]());

interface Told {
  readonly findings: readonly {
    readonly check: string;
    readonly state: string;
    readonly what: string;
    readonly fix?: string;
  }[];
}
const examine = async (env: Readonly<Record<string, string>> = {}) => {
  const { code, stdout } = await practice.run(["doctor", "--json"], env);
  const { findings } = JSON.parse(stdout) as Told;
  const wrong = findings.filter(({ state }) => state === "broken" || state === "warning");
  return { code, findings, wrong: wrong.filter(({ check }) => check !== "shells"), text: stdout };
};
const path = (file: string): string => `${practice.homeDir}/${file}`;

describe("doctor", () => {
  it("finds nothing wrong where nothing is, and ends with 0", async () => {
    const { code, wrong } = await examine();
    expect([code, wrong]).toEqual([0, []]);
  });

  it("goes on where nobody reads it any more: a crash would leave work half done", async () => {
    const script = 'set -o pipefail; "$0" "$1" config show --json | true; echo $?';
    const { env, homeDir } = practice;
    const ended = await runProgram("bash", ["-c", script, process.execPath, PROGRAM], { env, cwd: homeDir });
    expect(ended).toMatchObject({ stdout: "0\n", stderr: "" });
  });

  it("looks at what a link leads to: a link has no mode of its own", async () => {
    await mkdir(path("dotfiles"));
    const config = await practice.read(".aws/config");
    await practice.write("dotfiles/config", config);
    await chmod(path("dotfiles/config"), 0o600);
    await rm(path(".aws/config"));
    await symlink("../dotfiles/config", path(".aws/config"));
    expect((await examine()).wrong).toEqual([]);
    await chmod(path("dotfiles/config"), 0o602);
    expect((await examine()).wrong).toMatchObject([
      { check: "~/.aws", state: "broken", what: expect.stringContaining("can be changed by others (mode 602)") },
    ]);
  });

  it("does not say that secrets are in a keychain which is not used", async () => {
    const { findings } = await examine();
    const what = "there are none yet; the keychain is not used here, so they will be in a file under a passphrase";
    expect(findings).toContainEqual({ check: "secrets", state: "note", what });
    expect((await practice.run(["crypto", "show"])).stdout).toContain(what);
  });

  it("ends with 1 where something is broken, and everything that is not well has a fix", async () => {
    await practice.write(".aws/credentials", "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n");
    await chmod(path(".aws/credentials"), 0o644);
    const { code, wrong } = await examine();
    expect(code).toBe(1);
    expect(wrong.map(({ check, state }) => `${check} ${state}`)).toEqual(
      expect.arrayContaining(["~/.aws broken", "profiles broken", "profiles warning"]),
    );
    for (const { fix } of wrong) expect(fix).toMatch(/\S/);
  });

  it.each([
    ["a section that is no profile", "[oops]\nregion = x\n", "means nothing to AWS's tools"],
    [
      "a profile that is there twice",
      "[profile a]\nregion=eu-west-1\n[profile a]\nregion=eu-west-2\n",
      "is already on line 1",
    ],
    ["a mistyped setting", "[profile a]\nrole_arm = arn:aws:iam::111111111111:role/x\n", "a"],
    ["a circle", "[profile a]\nrole_arn = arn:aws:iam::111111111111:role/x\nsource_profile = a\n", "a"],
  ])("sees %s", async (_, config, words) => {
    await practice.write(".aws/config", config);
    const { wrong } = await examine();
    const said = wrong.map(({ what }) => what);
    expect(said.join("\n")).toContain(words);
    expect(new Set(said).size).toBe(said.length);
  });

  it("sees a configuration of ours that is not understood, and looks on", async () => {
    await mkdir(path(".daypass"), { mode: 0o700 });
    await practice.write(".daypass/config.json", '{"version":1,"hubs":"x"}');
    const { code, findings } = await examine();
    expect(code).toBe(1);
    expect(findings.filter(({ state }) => state === "broken").length).toBeGreaterThan(0);
    expect(findings.map(({ check }) => check)).toEqual(expect.arrayContaining(["clock", "variables"]));
  });

  it("compares the clock with AWS's", async () => {
    practice.sandbox.advanceClock(400_000);
    const { findings } = await examine();
    expect(findings.find(({ check }) => check === "clock")).toMatchObject({ state: "broken" });
  });

  it("says when AWS cannot be reached, and is not broken by it", async () => {
    const { code, findings } = await examine({ AWS_ENDPOINT_URL: "http://127.0.0.1:9" });
    expect([code, findings.find(({ check }) => check === "clock")?.state]).toEqual([0, "note"]);
  });

  it("says what earlier programs left", async () => {
    await mkdir(path(".aacli"));
    const { findings } = await examine();
    expect(findings.map(({ what }) => what).join("\n")).toContain("~/.aacli of an earlier program is there");
  });

  it.each([
    ["files that are understood", ""],
    ["a line that is not", "[profile CANARYsecret\n"],
  ])("never shows a secret, not in words and not as JSON, with %s", async (_, line) => {
    const canary = "CANARYsecretCANARYsecretCANARYsecret1234";
    const keys = `aws_access_key_id = AKIACANARYCANARYCAN1\naws_secret_access_key = ${canary}\n`;
    await practice.write(".aws/credentials", `[a]\n${keys}`);
    await practice.write(".aws/config", `[profile p]\ncredential_process = /bin/echo --password ${canary}\n${line}`);
    const env = { AWS_ACCESS_KEY_ID: "AKIACANARYCANARYCAN1", AWS_SECRET_ACCESS_KEY: canary, AWS_SESSION_TOKEN: canary };
    const commands = ["doctor", "doctor --json", "explain", "explain p", "explain p --json", "explain a"];
    for (const command of commands) {
      const { stdout, stderr } = await practice.run(command.split(" "), env);
      expect(`${command}: ${stdout}${stderr}`).not.toMatch(/CANARY/);
    }
  });
});

describe("explain", () => {
  it("says file and line of each part of a profile, without an external ID", async () => {
    const config =
      "[profile base]\nregion = eu-west-1\ncredential_process = /bin/true\n\n[profile app]\nrole_arn = arn:aws:iam::444444444444:role/app\nsource_profile = base\nexternal_id = hush-hush\n";
    await practice.write(".aws/config", config);
    const { code, stdout } = await practice.run(["explain", "app"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/profile app +~\/\.aws\/config:5\n/);
    expect(stdout).toMatch(/role_arn = arn:aws:iam::444444444444:role\/app +~\/\.aws\/config:6\n/);
    expect(stdout).toMatch(/external_id = \(not shown\) +~\/\.aws\/config:8\n/);
    expect(stdout).toMatch(/profile base +~\/\.aws\/config:1\n/);
    expect(stdout).not.toContain("hush-hush");
  });

  it("says why one cannot work, and ends with 1", async () => {
    await practice.write(".aws/config", "[profile app]\nrole_arn = arn:aws:iam::444444444444:role/app\n");
    const { code, stdout } = await practice.run(["explain", "app"]);
    expect([code, stdout]).toEqual([1, expect.stringContaining("it does not work: ")]);
  });

  it("asks nobody, and refuses a name that is not there with the nearest", async () => {
    await practice.write(".aws/config", "[profile production]\ncredential_process = /bin/true\n");
    const { code, stderr } = await practice.run(["explain", "productoin"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("did you mean production?")]);
    expect(practice.sandbox.calls()).toEqual([]);
  });
});

describe.skipIf(!hasTerminal)("audit", () => {
  const file = ".daypass/audit.jsonl";
  beforeEach(async () => {
    await practice.signIn();
  });

  it("shows what happened, all of it or since a moment", async () => {
    const { stdout } = await practice.run(["audit"]);
    expect(stdout).toMatch(/Z {2}sign_in\.granted +for 8 h 0 min +company\n/);
    expect((await practice.run(["audit", "--since", "1h"])).stdout).toBe(stdout);
    expect((await practice.run(["audit", "--since", "2999-01-01"])).stderr).toBe("nothing is recorded\n");
    expect((await practice.run(["audit", "--since", "yesterday"])).code).toBe(2);
  });

  it("with --verify is 0 for an unbroken record, and says its head", async () => {
    const { code, stdout } = await practice.run(["audit", "--verify"]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^unbroken: \d+ entr(?:y|ies), head [0-9a-f]{64}\n$/)]);
  });

  it.each([
    ["changed", (text: string) => text.replace("company", "cOmpany")],
    ["left out at its start", (text: string) => text.split("\n").slice(1).join("\n")],
    ["put in twice", (text: string) => `${text}${text}`],
    ["cut in the middle of a line", (text: string) => text.slice(0, -20)],
  ])("with --verify is 1 where an entry was %s", async (_, edit) => {
    await practice.run(["logout"]);
    await practice.write(file, edit(await practice.read(file)));
    const { code, stdout } = await practice.run(["audit", "--verify"]);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^line \d+/)]);
    const asJson = await practice.run(["audit", "--verify", "--json"]);
    expect([asJson.code, JSON.parse(asJson.stdout)]).toEqual([
      1,
      expect.objectContaining({ findings: expect.any(Array) }),
    ]);
  });

  it("with --verify is 1 where the record is gone", async () => {
    const { code } = await practice.run(["audit", "--verify"], { HOME: path("nowhere") });
    expect(code).toBe(1);
  });
});
