// The same rules in eight real shells, run as scripts; and each rule seen to fail on shell code that is broken on purpose.
import { describe, expect, test } from "vitest";
import {
  isInstalled,
  openHome,
  requiresShells,
  runScript,
  TEST_SHELLS,
  type TestShell,
} from "./terminal/open-shell.js";
import { keepsDamagedToItself, rules } from "./terminal/shell-rules.js";

const missing = TEST_SHELLS.filter((shell) => !isInstalled(shell)).map(({ title }) => title);
if (missing.length > 0 && !requiresShells) process.stderr.write(`skipped: ${missing.join(", ")}: not installed\n`);

test("every shell is there when DAYPASS_REQUIRE asks for them", () => {
  expect(requiresShells ? missing : []).toEqual([]);
});

for (const shell of TEST_SHELLS) {
  describe.skipIf(missing.includes(shell.title))(`in ${shell.title}`, () => {
    test.each(Object.entries(rules))("%s", (_fact, check) => check(shell));
  });
}

test.skipIf(missing.includes("bash")).each([
  ["a line", "PROMPT_COMMAND='echo a'"],
  ["a list", "PROMPT_COMMAND=('echo a' 'echo b')"],
  ["a list with holes", "PROMPT_COMMAND=([2]='echo b' [7]='echo c')"],
  ["an empty list", "PROMPT_COMMAND=()"],
  ["nothing", "unset PROMPT_COMMAND"],
])("bash has its PROMPT_COMMAND back where it was %s", (_what, before) => {
  const home = openHome({ identities: {} });
  const show = "declare -p PROMPT_COMMAND 2>/dev/null || echo none";
  const lines = [before, show, "eval $(aws-as -s)", "eval $(aws-as -s)", "aws-as-deactivate", show];
  const { stdout, stderr } = runScript(shellOf("bash"), home, lines);
  home.close();
  const [first, second] = stdout.trimEnd().split("\n");
  expect([second, stderr]).toEqual([first, ""]);
});

const shellOf = (title: string): TestShell => {
  const shell = TEST_SHELLS.find((one) => one.title === title);
  if (shell === undefined) throw new Error(title);
  return shell;
};

const CLEAN = "deactivation brings back the environment and the prompt, and leaves nothing";
const NO_CONTRADICTION = "with --agent a profile is exported and no keys, and no program is asked";
const FAILED = "a switch that fails changes nothing and passes its exit code on";
const WORKED = "what works ends with 0, so that what follows && is done";
const NONE = "aws-as - leaves no credentials, and the region that the person had";
const REGION = "a region that the person sets between two switches is theirs";
const HELP = "what is not meant for the shell is shown and never run";
const BOTH = "two switches in a command of the person's own leave nothing of the one before it";
const NAMES = "names that are programs in disguise stay names";

test.each([
  [
    "the old keys stay beside a profile",
    "dash",
    "aws-as.sh",
    "    _aws_as_each_credential _aws_as_unset\n    _aws_as_own_region\n    export AWS_PROFILE",
    "    _aws_as_own_region\n    export AWS_PROFILE",
    NO_CONTRADICTION,
  ],
  ["AWS_SECURITY_TOKEN is forgotten", "bash", "aws-as.sh", " AWS_SECURITY_TOKEN", "", NONE],
  ["AWS_SECURITY_TOKEN is forgotten", "fish", "aws-as.fish", " AWS_SECURITY_TOKEN", "", NONE],
  ["AWS_SECURITY_TOKEN is forgotten", "tcsh", "variables", "AWS_SECURITY_TOKEN\n", "", NONE],
  ["AWS_SECURITY_TOKEN is forgotten", "nu", "aws-as.nu", " AWS_SECURITY_TOKEN", "", NONE],
  ["what was set around a command is seen again", "nu", "aws-as.nu", "load-env { ($key): null }", "", BOTH],
  ["the person's region is lost", "zsh", "aws-as.sh", "  _aws_as_each_region _aws_as_keep\n", "", NONE],
  [
    "a region set later is taken for a switch's",
    "ksh",
    "aws-as.sh",
    "  _aws_as_each_region _aws_as_keep_own_region\n",
    "",
    REGION,
  ],
  ["the prompt keeps the label", "dash", "aws-as.sh", "  _aws_as_unshow\n", "", CLEAN],
  ["the prompt keeps the label", "zsh", "aws-as.zsh", 'PS1=${PS1%%"$mark"*}${PS1#*"$mark"}', ":", CLEAN],
  [
    "a second activation takes our values for the person's",
    "bash",
    "aws-as.sh",
    'if [ -z "${_aws_as_active-}" ]; then',
    "if :; then",
    CLEAN,
  ],
  [
    "the exit code is not looked at",
    "bash --posix",
    "aws-as.sh",
    'if [ "$_aws_as_status" -eq 0 ]; then',
    "if :; then",
    FAILED,
  ],
  ["the exit code is not looked at", "fish", "aws-as.fish", "test $code -eq 0; or return $code", "true", FAILED],
  ["the exit code is not looked at", "tcsh", "become.csh", "if ($_aws_as_status == 0) then", "if (1) then", FAILED],
  [
    "the status of the last erasure is the switch's",
    "fish",
    "aws-as.fish",
    "where there was nothing to erase.\n    return 0\n",
    "where there was nothing to erase.\n",
    WORKED,
  ],
  [
    "the exit code is not looked at",
    "nu",
    "aws-as.nu",
    "let answer = ^daypass shell-env --shell nu ...$words",
    "let answer = ^daypass shell-env --shell nu ...$words | complete | get stdout",
    FAILED,
  ],
  [
    "whatever is printed is taken over",
    "nu",
    "aws-as.nu",
    'if $parts.0? != ": aws-as 1;" { return $answer }',
    "",
    HELP,
  ],
  ["the prompt keeps the label", "nu", "aws-as.nu", "$env.PROMPT_COMMAND = $state.prompt", "null", CLEAN],
  [
    "a second activation takes our values for the person's",
    "nu",
    "aws-as.nu",
    "if $env._AWS_AS? == null {\n        let was",
    "if true {\n        let was",
    CLEAN,
  ],
  [
    "names are expanded",
    "nu",
    "aws-as.nu",
    "let answer = ^daypass shell-env --shell nu ...$words",
    "let answer = ^sh -c $'daypass shell-env --shell nu ($words | str join ' ')'",
    NAMES,
  ],
  ["whatever is printed is evaluated", "ksh", "aws-as.sh", "': aws-as 1;'*)", "*' '*)", HELP],
  ["names are read twice", "tcsh", "become.csh", `"'$_aws_as_argv:q'"`, "$_aws_as_argv", NAMES],
  ["names are split", "dash", "aws-as.sh", '--shell "$_aws_as_shell" "$@"', '--shell "$_aws_as_shell" $*', NAMES],
] as const)("broken on purpose, it is noticed: %s (%s)", (_breaks, title, file, find, replace, fact) => {
  const shell = shellOf(title);
  if (!isInstalled(shell)) return;
  const check = rules[fact];
  expect(check).toBeDefined();
  expect(() => check?.(shell, { file, find, replace })).toThrow(/expected/);
});

describe.skipIf(missing.includes("nu"))("half of an answer in Nushell", () => {
  test("changes nothing and is not shown", () => keepsDamagedToItself(shellOf("nu")));

  test("broken on purpose, it is noticed: the error that Nushell makes of it is passed on", () => {
    const broken = {
      file: "aws-as.nu",
      find: "try { $parts.1 | from json --strict | transpose key value } catch { null }",
      replace: "$parts.1 | from json --strict | transpose key value",
    };
    expect(() => keepsDamagedToItself(shellOf("nu"), broken)).toThrow(/expected/);
  });
});
