// What was typed wrongly is said in the program's own words, with what to type instead.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runHere } from "./run-here.js";
import type { Person } from "./start-person.js";

const nobody = { env: {}, home: "/nonexistent" } as unknown as Person;
const type = (...args: readonly string[]) => runHere(nobody, args);

describe("what is typed wrongly", () => {
  it.each([
    [["lst"], 'there is no command "lst"', "did you mean `list`? `daypass --help` shows all"],
    [["nothing-like-it"], 'there is no command "nothing-like-it"', "`daypass --help` shows all"],
    [
      ["config", "add-hubb"],
      'there is no command "add-hubb"',
      "did you mean `add-hub`? `daypass config --help` shows all",
    ],
    [["crypto", "on"], 'there is no command "on"', "`daypass crypto --help` shows all"],
    [["sandbox", "stop"], 'there is no command "stop"', "`daypass sandbox --help` shows all"],
    [
      ["list", "--jsno"],
      'there is no flag "--jsno" here',
      "did you mean `--json`? `daypass list --help` shows what it takes",
    ],
    [["list", "-x"], 'there is no flag "-x" here', "`daypass list --help` shows what it takes"],
    [["--nope"], 'there is no flag "--nope" here', "`daypass --help` shows what there is"],
    [["list", "me"], '"me" is more than this takes', "`daypass list --help` shows what it takes"],
    [["rotate"], "HUB is missing", "`daypass rotate --help` shows what it takes"],
    [
      ["login", "--start-url"],
      "--start-url is missing, or what belongs to it",
      "`daypass login --help` shows what it takes",
    ],
    [["sandbox", "--port", "x"], '"x" is nothing for port', "`daypass sandbox start --help` shows what it takes"],
    [["env", "me", "--format", "yml"], '"yml" is nothing for --format', "say one of: dotenv, json"],
    [["list", "--json", "--json"], "--json is given twice", "`daypass list --help` shows what it takes"],
    [
      ["exec", "me", "--duration", "5m", "--", "true"],
      '"5m" is no duration that AWS gives',
      "say 15m to 12h, as in 1h30m, or seconds, as in 3600",
    ],
  ])("%j", async (args, message, hint) => {
    const { code, stdout, stderr } = await type(...args);
    if (args.includes("--json")) {
      expect([code, JSON.parse(stderr)]).toEqual([2, { error: { code: "usage", message, hint, exitCode: 2 } }]);
    } else {
      expect([code, stdout, stderr]).toEqual([2, "", `daypass: ${message}\n  hint: ${hint}\n`]);
    }
  });

  it("cannot write to the terminal what it was not meant to show", async () => {
    for (const args of [
      ["\u001B]0;x\u0007"],
      ["list", "--\u001B[31m"],
      ["list", "\u001B[31m"],
      ["list", "--json=\u001B[31m"],
    ]) {
      const { code, stderr } = await type(...args);
      expect(code).toBe(2);
      expect(stderr).not.toMatch(/[\u0007\u001B]/);
    }
  });
});

it("where nothing is set up, every command that needs an identity says how to begin", async () => {
  const home = await mkdtemp(join(tmpdir(), "dp-nothing-"));
  const hint =
    "  hint: `daypass config` sets up a hub's user, `daypass login` and `daypass sync` IAM Identity Center; `daypass sandbox` is to try it without an account\n";
  const commands = [
    ["list"],
    ["web"],
    ["auth"],
    ["exec", "--", "true"],
    ["exec", "nope", "--", "true"],
    ["shell-env", "--shell", "sh", "nope"],
  ];
  for (const args of commands) {
    const { stderr } = await runHere({ env: {}, home } as unknown as Person, args);
    expect(stderr).toMatch(/^(?:\w+(?:-as)?: )?there is no identity(?: yet| "nope", nor any other yet)\n/);
    expect(stderr.endsWith(hint)).toBe(true);
  }
  await rm(home, { recursive: true });
});

describe("help", () => {
  it("is what the program says where nothing is typed, and what a group of commands says", async () => {
    const [alone, help] = [await type(), await type("--help")];
    expect(alone).toEqual(help);
    expect(alone.stdout).toMatch(/^USAGE\n {2}daypass COMMAND\n/);
    expect((await type("documents")).stdout).toContain("COMMANDS\n  hub ");
  });

  it("comes for `help COMMAND` as for `COMMAND --help`", async () => {
    expect(await type("help")).toEqual(await type("--help"));
    expect(await type("help", "config", "add-hub")).toEqual(await type("config", "add-hub", "--help"));
  });

  it("says which words and flags a command takes, and of no flag that it is not set", async () => {
    const { stdout } = await type("web", "--help");
    expect(stdout).toMatch(/^USAGE\n {2}daypass web \[flags\] \[IDENTITY\]\n/);
    expect(stdout).not.toContain("default");
  });

  it("fits a terminal of 100 columns", async () => {
    const commands = [...(await type("--help")).stdout.matchAll(/^ {2}([a-z][a-z-]+) {2,}\S/gm)].map(
      ([, name = ""]) => name,
    );
    expect(commands.length).toBeGreaterThan(20);
    for (const command of commands) {
      const { stdout } = await type(command, "--help");
      const [, ...lines] = stdout.split("\nFLAGS\n")[1]?.split("\n") ?? [];
      expect(lines.filter((line) => line.length > 100)).toEqual([]);
    }
  });
});
