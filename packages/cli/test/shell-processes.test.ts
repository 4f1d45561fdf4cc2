// A switch to an identity that the agent serves, a Tab and a prompt start no process: counted by the kernel.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isInstalled, openHome, runScript, TEST_SHELLS } from "./terminal/open-shell.js";

const canTrace = spawnSync("strace", ["-f", "-o", "/dev/null", "true"]).status === 0;
const INDEX = "prod/admin\tagent-prod\teu-west-1\tprod/admin\nplain\tagent-plain\t-\tplain\n";

const TAB: Readonly<Record<string, string>> = {
  bash: "COMP_LINE='aws-as pr'; COMP_POINT=9; _aws_as_complete; [[ ${COMPREPLY[*]} == prod/admin ]] || exit 9",
  "bash --posix": "COMP_LINE='aws-as '; COMP_POINT=7; _aws_as_complete; [[ ${#COMPREPLY[*]} == 2 ]] || exit 9",
  nu: `if ("aws-as pr" | commandline complete) != ["prod/admin"] { exit 9 }`,
  zsh: "compadd() { [[ $# == 2 && $names == 'prod/admin plain' ]] || exit 9 }; _aws_as_complete",
};

/** Processes that a shell starts for these lines, by the calls that make one. */
const countProcesses = (argv: readonly string[], folder: string, env: Readonly<Record<string, string>>): number => {
  const trace = join(folder, "trace");
  const [program = "", ...args] = argv;
  const calls = "trace=clone,clone3,fork,vfork";
  const { status, stderr } = spawnSync(
    "strace",
    ["-f", "-e", calls, "-o", trace, program, ...args, join(folder, "lines")],
    {
      cwd: folder,
      env,
      encoding: "utf8",
    },
  );
  expect([status, stderr]).toEqual([0, ""]);
  return readFileSync(trace, "utf8")
    .split("\n")
    .filter((line) => /\b(clone3?|v?fork)\(/.test(line) && !line.includes("CLONE_THREAD")).length;
};

// csh has no way to read a file by itself.
test.each(TEST_SHELLS.filter((shell) => shell.language !== "csh"))(
  "$title: switching with --agent, showing who one is, and a Tab start no process",
  (shell) => {
    if (!canTrace || !isInstalled(shell)) return;
    const home = openHome({ identities: {}, index: INDEX });
    try {
      const [program = "", ...args] = shell.script;
      if (shell.before !== undefined)
        spawnSync(program, [...args, "-c", shell.before], { cwd: home.folder, env: home.env });
      const count = (lines: readonly string[]): number => {
        writeFileSync(join(home.folder, "lines"), `${[shell.activate, ...lines].join("\n")}\n`);
        return countProcesses(shell.script, home.folder, home.env);
      };
      const tab = TAB[shell.title];
      const switches = ["aws-as --agent prod/admin", "aws-as plain --agent", "aws-as", "aws-as -"];
      expect(count([...switches, ...(tab === undefined ? [] : [tab])]) - count([])).toBe(0);
    } finally {
      home.close();
    }
  },
);

test("zsh is told of Tab even where compinit comes after the activation", () => {
  const zsh = TEST_SHELLS.find(({ title }) => title === "zsh");
  if (zsh === undefined || !isInstalled(zsh)) return;
  const home = openHome({ identities: {}, index: INDEX });
  try {
    const lines = [
      zsh.activate,
      "autoload -Uz compinit && compinit -u -D",
      "_aws_as_show",
      "print -r -- $_comps[aws-as]",
    ];
    expect(runScript(zsh, home, lines)).toMatchObject({ stdout: "_aws_as_complete\n", stderr: "" });
  } finally {
    home.close();
  }
});
