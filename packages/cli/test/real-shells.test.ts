// The shells with the program itself behind them: activated, switched, away again, and what a program sees meanwhile.
import { spawnSync } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
const SHELLS = [
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
] as const;

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

const isInstalled = (program: string): boolean => required || spawnSync(program, ["-c", ":"]).status === 0;

describe.each(SHELLS)("$name", ({ argv, script }) => {
  test.skipIf(!isInstalled(argv[0]))(
    "switches, keeps what it was where a name is wrong, and leaves nothing",
    async () => {
      // fish reads a script from a pipe only, and what Node gives it is a socket.
      const isFish = argv[0] === "fish";
      const command = isFish ? ([...argv, "-c", script] as const) : argv;
      const { stdout, stderr } = await runProgram([...command], env, isFish ? "" : script);
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
