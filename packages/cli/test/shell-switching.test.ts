// The same rules in seven real shells, run as scripts; and each rule seen to fail on shell code that is broken on purpose.
import { describe, expect, test } from "vitest";
import { isInstalled, requiresShells, TEST_SHELLS, type TestShell } from "./terminal/open-shell.js";
import { rules } from "./terminal/shell-rules.js";

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

const shellOf = (title: string): TestShell => {
  const shell = TEST_SHELLS.find((one) => one.title === title);
  if (shell === undefined) throw new Error(title);
  return shell;
};

const CLEAN = "deactivation brings back the environment and the prompt, and leaves nothing";
const NO_CONTRADICTION = "with --agent a profile is exported and no keys, and no program is asked";
const FAILED = "a switch that fails changes nothing and passes its exit code on";
const NONE = "aws-as - leaves no credentials, and the region that the person had";
const REGION = "a region that the person sets between two switches is theirs";
const HELP = "what is not meant for the shell is shown and never run";
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
