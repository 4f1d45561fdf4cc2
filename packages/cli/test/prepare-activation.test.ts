import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, readdirSync, cpSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { namesOf } from "../dist/names.js";
import { CREDENTIAL_VARIABLES } from "../dist/shells/change-environment.js";
import { prepareActivation } from "../dist/shells/prepare-activation.js";
import { dump, isInstalled, openHome, runScript, TEST_SHELLS } from "./terminal/open-shell.js";

const packageDirectory = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const names = namesOf("daypass");
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "daypass-activation-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const prepare = (shell: string, options: Partial<Parameters<typeof prepareActivation>[0]> = {}) =>
  prepareActivation({ shell, names, packageDirectory, homeDir: root, home: root, ...options });

test.each([
  ["bash", `_aws_as_shells="${packageDirectory}/shells" && . "\${_aws_as_shells}/activate.sh"\n`],
  ["tcsh", `set _aws_as_shells = ${packageDirectory}/shells ; source $_aws_as_shells:q/activate.csh ;\n`],
  ["fish", `source "${packageDirectory}/shells/aws-as.fish"\n`],
  ["pwsh", `. "${packageDirectory}/shells/aws-as.ps1"\n`],
])("%s is given one line that only reads a file", async (shell, line) => {
  expect(await prepare(shell)).toBe(line);
  expect(readdirSync(root)).toEqual([]);
});

test("Nushell is given the file itself", async () => {
  expect(await prepare("nu")).toBe(readFileSync(join(packageDirectory, "shells", "aws-as.nu"), "utf8"));
});

test("a package of another name has nothing of the old one in what shells read", async () => {
  const other = namesOf("@org/cli-name");
  const line = await prepare("zsh", { names: other });
  expect(line).toContain(join(root, ".cli-name", "shells"));
  const folder = join(root, ".cli-name", "shells");
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  expect(texts.join("\n")).not.toMatch(/daypass/i);
  expect(texts.join("\n")).toContain("CLI_NAME_LABEL");
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(await prepare("nu", { names: other })).not.toMatch(/daypass/i);
});

const ODD = "od  d'd\"i$(touch ran)*\t[a]\n;touch ran;r";

test("a home in an odd path that the shell does not know as its home is refused", async () => {
  const homeDir = join(root, ODD);
  mkdirSync(homeDir);
  const odd = join(homeDir, "package");
  cpSync(join(packageDirectory, "shells"), join(odd, "shells"), { recursive: true });
  await expect(prepare("sh", { homeDir, home: "/elsewhere", packageDirectory: odd })).rejects.toThrow(
    "cannot be handed",
  );
  expect(await prepare("sh", { homeDir, home: homeDir, packageDirectory: odd })).toBe(
    '_aws_as_shells="$HOME/.daypass/shells" && . "${_aws_as_shells}/activate.sh"\n',
  );
});

const ACTIVATIONS: Readonly<Record<string, readonly string[]>> = {
  sh: ["eval $(aws-as -s)", 'eval "$(aws-as -s)"', "eval $(aws-as-activate -s)", 'eval "$(aws-as-activate -s)"'],
  csh: ["eval `aws-as -c`", 'eval "`aws-as-activate -c`"'],
  fish: ["aws-as-activate fish | source", "eval (aws-as-activate fish)"],
  nu: ["source aws-as.nu"],
};

const PACKAGES: readonly (readonly [string, string])[] = [
  ["package", "a plain path"],
  [ODD, "a path of blanks, quotes, line ends and commands"],
];

for (const shell of TEST_SHELLS) {
  describe.skipIf(!isInstalled(shell))(`in ${shell.title}`, () => {
    test.each(PACKAGES)("every form of the line works from %j (%s)", (packageFolder) => {
      for (const activation of ACTIVATIONS[shell.language] ?? []) {
        const identities = { one: { access: { accessKeyId: "ASIAONE", secretAccessKey: "x", expiration: 4e12 } } };
        const home = openHome({ packageFolder, identities });
        try {
          const { environments, stderr, made } = runScript(shell, home, [activation, "aws-as one", dump("one")]);
          expect([stderr, made]).toEqual(["", []]);
          expect(environments["one"]).toMatchObject({ AWS_ACCESS_KEY_ID: "ASIAONE", DAYPASS_LABEL: "one" });
        } finally {
          home.close();
        }
      }
    });
  });
}

test("the lists in the shells' files are the one that switches are made from", () => {
  const all = [...CREDENTIAL_VARIABLES, "DAYPASS_IDENTITY", "DAYPASS_LABEL", "DAYPASS_EXPIRES_AT"];
  const read = (file: string): string => readFileSync(join(packageDirectory, "shells", file), "utf8");
  expect(read("variables").trim().split("\n")).toEqual(all);
  const listed = (text: string | undefined): string[] => text?.match(/\b(AWS|DAYPASS)_[A-Z_]+\b/g) ?? [];
  expect(listed(/for _aws_as_v in (AWS_ACCESS[^;]*);/.exec(read("aws-as.sh"))?.[1])).toEqual(all);
  expect(listed(/set -g _aws_as_variables ([^#]*?)\n\n/.exec(read("aws-as.fish"))?.[1])).toEqual(all);
  expect(listed(/\$script:AwsAsVariables = @\(([^)]*)\)/.exec(read("aws-as.ps1"))?.[1])).toEqual(all);
  expect(listed(/const _aws_as_variables = \[([^\]]*)\]/.exec(read("aws-as.nu"))?.[1])).toEqual(all);
});

test.skipIf(spawnSync("shellcheck", ["--version"]).status !== 0)(
  "shellcheck has nothing to say of what bash, dash and ksh read",
  () => {
    const files = readdirSync(join(packageDirectory, "shells")).filter((file) => /\.(sh|bash)$/.test(file));
    const { stdout } = spawnSync("shellcheck", files, { cwd: join(packageDirectory, "shells"), encoding: "utf8" });
    expect(stdout).toBe("");
  },
);
