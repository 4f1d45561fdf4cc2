// Real shells on a terminal of their own, in a home directory of their own, with the stand-ins first on their path.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const shipped = fileURLToPath(new URL("../../", import.meta.url));

export interface TestShell {
  readonly title: string;
  readonly argv: readonly string[];
  /** What makes its prompt `$ ` and its terminal plain; typed before anything is looked at. */
  readonly plain: readonly string[];
  readonly activate: string;
  /** On a terminal. */
  readonly env?: Readonly<Record<string, string>>;
  readonly language: "sh" | "csh" | "fish";
  /** Runs the file of that name. */
  readonly script: readonly string[];
}

const sh = (title: string, argv: readonly string[], plain: readonly string[] = []): TestShell => ({
  title,
  argv,
  plain,
  script: argv.filter((word) => word !== "-i" && word !== "--noediting"),
  activate: "eval $(aws-as -s)",
  language: "sh",
});

export const TEST_SHELLS: readonly TestShell[] = [
  sh("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"]),
  sh("bash --posix", ["bash", "--posix", "--norc", "--noprofile", "--noediting", "-i"]),
  sh("zsh", ["zsh", "-f", "+Z", "-o", "nopromptsp", "-o", "nopromptcr", "-i"]),
  sh("dash", ["dash", "-i"]),
  // In UTF-8 it draws lines itself, and some of them twice when they come fast.
  { ...sh("ksh", ["ksh", "-o", "noemacs", "-o", "novi", "-i"]), env: { LC_ALL: "C" } },
  {
    title: "fish",
    argv: ["fish", "--no-config", "-i"],
    plain: ["function fish_prompt; printf '$ '; end"],
    script: ["fish", "--no-config"],
    activate: "aws-as-activate fish | source",
    language: "fish",
  },
  {
    title: "tcsh",
    argv: ["tcsh", "-f", "-i"],
    plain: ["unset edit; set prompt='$ '"],
    script: ["tcsh", "-f"],
    activate: "eval `aws-as -c`",
    language: "csh",
  },
];

export const requiresShells = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("shells");

export const isInstalled = ({ argv: [program = ""] }: TestShell): boolean =>
  spawnSync(program, ["-c", ":"]).status === 0 && spawnSync("python3", ["--version"]).status === 0;

export interface TestHome {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

export interface HomeOptions {
  readonly identities: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The list that shells read, if there is one. */
  readonly index?: string;
  /** The installed program instead of its stand-in. */
  readonly isReal?: boolean;
  /** Where the package lies below the home. */
  readonly packageFolder?: string;
  /** Text that is changed in a shipped file before anything reads it: how a broken one is tried. */
  readonly broken?: { readonly file: string; readonly find: string; readonly replace: string };
}

const breakFile = (folder: string, { file, find, replace }: NonNullable<HomeOptions["broken"]>): void => {
  const path = join(folder, "shells", file);
  const text = readFileSync(path, "utf8");
  if (text.split(find).length !== 2) throw new Error(`not exactly once in ${file}: ${find}`);
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
};

/** Returns a home in a new folder; `close` removes it. */
export const openHome = ({
  identities,
  env = {},
  index,
  packageFolder = "package",
  broken,
  isReal = false,
}: HomeOptions): TestHome => {
  const folder = mkdtempSync(join(tmpdir(), "daypass-shells-"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  // The teeth break our modules in the processes of a test, too.
  const twin = ["NODE_OPTIONS", "DAYPASS_CHILD_TWIN", "DAYPASS_CHILD_MARK"]
    .filter((name) => process.env[name] !== undefined)
    .map((name) => `export ${name}='${process.env[name]}'\n`)
    .join("");
  for (const name of ["daypass", "aws-as", "aws-as-activate", "aws"]) {
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\n${twin}exec "${process.execPath}" ${isReal ? `"${join(shipped, "bin", `${name}.cjs`)}"` : `"${join(here, "stand-in.mjs")}" ${name}`} "$@"\n`,
      { mode: 0o755 },
    );
  }
  const packageDirectory = join(folder, packageFolder);
  mkdirSync(packageDirectory, { recursive: true });
  cpSync(join(shipped, "shells"), join(packageDirectory, "shells"), { recursive: true });
  if (broken !== undefined) breakFile(packageDirectory, broken);
  writeFileSync(join(folder, "identities.json"), JSON.stringify(identities));
  if (index !== undefined) {
    mkdirSync(join(folder, ".daypass", "shells"), { recursive: true });
    writeFileSync(join(folder, ".daypass", "shells", "identities"), index);
  }
  return {
    folder,
    env: {
      HOME: folder,
      PATH: [bin, "/usr/bin", "/bin"].join(delimiter),
      TERM: "dumb",
      LC_ALL: "C.UTF-8",
      PS1: "$ ",
      STAND_IN_IDENTITIES: join(folder, "identities.json"),
      STAND_IN_PACKAGE: packageDirectory,
      ...env,
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
};

export type Step = readonly [send: string, until: string];

/** Types each line and waits for what must end the screen then. Returns everything after the preparation. */
export const typeInto = (shell: TestShell, home: TestHome, steps: readonly Step[]): string => {
  // Whoever runs the tests may be root, whose prompt is another.
  const ready = [null, shell.plain.length === 0 ? ["$ "] : ["> ", "# "]];
  const plain = shell.plain.map((line): Step => [line, "\n$ "]);
  const task = {
    argv: shell.argv,
    env: { ...home.env, ...shell.env },
    cwd: home.folder,
    seconds: 15,
    steps: [ready, ...[...plain, ...steps].map(([send, until]) => [`${send}\r`, [until]])],
  };
  const { stdout, stderr } = spawnSync("python3", [join(here, "drive.py")], {
    input: JSON.stringify(task),
    encoding: "utf8",
  });
  const { text, late } = JSON.parse(stdout === "" ? `{"text":${JSON.stringify(stderr)},"late":-1}` : stdout) as {
    text: string;
    late: number | null;
  };
  if (late !== null) throw new Error(`${shell.title}: step ${late} did not end as it must; the terminal:\n${text}`);
  return text;
};

export interface ScriptResult {
  readonly stdout: string;
  readonly stderr: string;
  /** What each `dump(name)` found in the environment. */
  readonly environments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Files in the home that the script, or something that ran in it, has made. */
  readonly made: readonly string[];
}

/** A line that keeps the environment under a name. */
export const dump = (name: string): string => `env -0 > dump-${name}`;

const readDump = (path: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readFileSync(path, "utf8")
      .split("\0")
      .filter((entry) => entry !== "")
      .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)])
      // These change with each command, or are ksh's own.
      .filter(([name]) => name !== "_" && name !== "_AST_FEATURES"),
  );

/** Runs the lines as a script of this shell. */
export const runScript = (shell: TestShell, home: TestHome, lines: readonly string[]): ScriptResult => {
  const before = new Set(readdirSync(home.folder));
  writeFileSync(join(home.folder, "script"), `${lines.join("\n")}\n`);
  const [program, ...args] = [...shell.script, "script"] as const;
  const { stdout, stderr } = spawnSync(program, args, { cwd: home.folder, env: home.env, encoding: "utf8" });
  const left = readdirSync(home.folder).filter((name) => !before.has(name) && name !== "script" && name !== ".daypass");
  const dumps = left.filter((name) => name.startsWith("dump-"));
  return {
    stdout,
    stderr,
    environments: Object.fromEntries(
      dumps.map((name) => [name.slice("dump-".length), readDump(join(home.folder, name))]),
    ),
    made: left.filter((name) => !name.startsWith("dump-") && !name.startsWith(".")),
  };
};
