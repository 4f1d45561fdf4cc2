// The shells with the program itself behind them: activated, switched, away again, and what a program sees meanwhile.
import { spawnSync } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NU } from "./terminal/open-shell.js";
import { PACKAGE, runProgram, startShellWorld, type ShellWorld } from "./shell-world.js";

const LOOK = `node -p "['IDENTITY','LABEL'].map((n) => process.env['DAYPASS_' + n] || '-').concat(/^ASIA/.test(process.env.AWS_ACCESS_KEY_ID || ''), process.env.AWS_PROFILE || '-', process.env.AWS_REGION || '-').join(' ')"`;
const SH = `eval $(aws-as -s)
${LOOK}
aws-as dev/OPEN
${LOOK}
aws-as dev/NOBODY
${LOOK}
aws-as --agent dev/OPEN
${LOOK}
aws-as -
${LOOK}
aws-as dev/OPEN
aws-as-deactivate
${LOOK}
`;
const SHELLS: readonly {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly script: string;
  /** A line of the same shell that must have run before the script is read. */
  readonly before?: string;
}[] = [
  { name: "bash", argv: ["bash", "--norc", "--noprofile"], script: SH },
  {
    name: "bash --posix",
    argv: ["bash", "--posix", "--norc", "--noprofile"],
    script: `shopt -s expand_aliases\n${SH}`,
  },
  { name: "zsh", argv: ["zsh", "-f"], script: SH },
  { name: "dash", argv: ["dash"], script: SH },
  { name: "ksh", argv: ["ksh"], script: SH },
  {
    name: "fish",
    argv: ["fish", "--no-config"],
    script: SH.replace("eval $(aws-as -s)", "aws-as-activate fish | source"),
  },
  { name: "tcsh", argv: ["tcsh", "-f"], script: SH.replace("eval $(aws-as -s)", "eval `aws-as -c`") },
  {
    name: "nu",
    argv: [NU, "--no-config-file"],
    before: "aws-as-activate nu | save --force ~/aws-as.nu",
    // A script of Nushell ends where a command fails.
    script: SH.replace("eval $(aws-as -s)", "source ~/aws-as.nu").replace(
      "aws-as dev/NOBODY",
      "try { aws-as dev/NOBODY }",
    ),
  },
];

const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("shells");

let world: ShellWorld;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  world = await startShellWorld();
  const bin = join(world.homeDir, "bin");
  await mkdir(bin);
  for (const name of ["daypass", "aacli", "aws-as", "aws-as-activate"]) {
    await symlink(join(PACKAGE, "bin", `${name}.cjs`), join(bin, name));
  }
  const PATH = [bin, world.env["PATH"] ?? ""].join(delimiter);
  env = { ...world.env, PATH, DAYPASS_AGENT: "on", AWS_REGION: "us-west-2" };
});
afterAll(() => world.close());

const isInstalled = (program: string): boolean => required || spawnSync(program, ["-c", "exit 0"]).status === 0;

describe.each(SHELLS)("$name", ({ argv, script, before }) => {
  test.skipIf(!isInstalled(argv[0]))(
    "switches, keeps what it was where a name is wrong, and leaves nothing",
    async () => {
      // Their scripts come from a pipe only, and what Node gives them is a socket.
      const isArgument = ["fish", NU].includes(argv[0]);
      if (before !== undefined) await runProgram([...argv, "-c", before], env);
      const { stdout, stderr } = await runProgram(
        isArgument ? [...argv, "-c", script] : [...argv],
        env,
        isArgument ? "" : script,
      );
      expect(stdout.trimEnd().split("\n")).toEqual([
        "- - false - us-west-2",
        "dev/OPEN dev/OPEN true - eu-west-1",
        "dev/OPEN dev/OPEN true - eu-west-1",
        "dev/OPEN dev/OPEN false daypass-dev/OPEN eu-west-1",
        "- - false - us-west-2",
        "- - false - us-west-2",
      ]);
      expect(stderr).toContain('there is no identity "dev/NOBODY"');
    },
  );
});
