// Real shells on a terminal of their own, in a home directory of their own, with the stand-ins first on their path.
import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

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
  readonly language: "sh" | "csh" | "fish" | "nu";
  /** Runs the file of that name. */
  readonly script: readonly string[];
  /** A line that must have run before a script with `activate` in it is read. */
  readonly before?: string;
}

const sh = (title: string, argv: readonly string[], plain: readonly string[] = []): TestShell => ({
  title,
  argv,
  plain,
  script: argv.filter((word) => word !== "-i" && word !== "--noediting"),
  activate: "eval $(aws-as -s)",
  language: "sh",
});

/** Not among Debian's packages: on the path, or where the variable says. */
export const NU = process.env["DAYPASS_NU"] ?? (spawnSync("which", ["nu"], { encoding: "utf8" }).stdout.trim() || "nu");
const SAVE_NU = "aws-as-activate nu | save --force aws-as.nu";

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
  {
    title: "nu",
    argv: [NU, "--no-config-file"],
    plain: ["$env.PROMPT_COMMAND = {|| '$ ' }", SAVE_NU],
    script: [NU, "--no-config-file"],
    before: SAVE_NU,
    activate: "source aws-as.nu",
    language: "nu",
  },
];

export const requiresShells = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("shells");

export const isInstalled = ({ argv: [program = ""] }: TestShell): boolean =>
  spawnSync(program, ["-c", "exit 0"]).status === 0 && spawnSync("python3", ["--version"]).status === 0;

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

const taskFor = (shell: TestShell, home: TestHome, steps: readonly Step[], seconds: number): string => {
  // Whoever runs the tests may be root, whose prompt is another.
  const ready = [null, shell.plain.length === 0 ? ["$ "] : ["> ", "# "]];
  const plain = shell.plain.map((line): Step => [line, "\n$ "]);
  return JSON.stringify({
    argv: shell.argv,
    env: { ...home.env, ...shell.env },
    cwd: home.folder,
    seconds,
    steps: [ready, ...[...plain, ...steps].map(([send, until]) => [`${send}\r`, [until]])],
  });
};

const readScreen = (shell: TestShell, stdout: string, stderr: string): string => {
  const { text, late } = JSON.parse(stdout === "" ? `{"text":${JSON.stringify(stderr)},"late":-1}` : stdout) as {
    text: string;
    late: number | null;
  };
  if (late !== null) throw new Error(`${shell.title}: step ${late} did not end as it must; the terminal:\n${text}`);
  return text;
};

const TYPIST = join(here, "drive.py");

/** Types each line and waits for what must end the screen then. Returns everything after the preparation. */
export const typeInto = (shell: TestShell, home: TestHome, steps: readonly Step[]): string => {
  const { stdout, stderr } = spawnSync("python3", [TYPIST], {
    input: taskFor(shell, home, steps, 15),
    encoding: "utf8",
  });
  return readScreen(shell, stdout, stderr);
};

/** The same, where this process has something to answer meanwhile: the sandbox. */
export const typeMeanwhile = async (shell: TestShell, home: TestHome, steps: readonly Step[]): Promise<string> => {
  const typed = promisify(execFile)("python3", [TYPIST]);
  typed.child.stdin?.end(taskFor(shell, home, steps, 60));
  const { stdout, stderr } = await typed;
  return readScreen(shell, stdout, stderr);
};

export interface ScriptResult {
  readonly stdout: string;
  readonly stderr: string;
  /** What each `dump(name)` found in the environment. */
  readonly environments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Files in the home that the script, or something that ran in it, has made. */
  readonly made: readonly string[];
}

/** A line that keeps the environment under a name, in every shell's language. */
export const dump = (name: string): string => `env -0 | dd status=none of=dump-${name}`;

const readDump = (path: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readFileSync(path, "utf8")
      .split("\0")
      .filter((entry) => entry !== "")
      .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)])
      // These change with each command, or are Nushell's and ksh's own.
      .filter(([name = ""]) => !["_", "LAST_EXIT_CODE", "_AST_FEATURES"].includes(name)),
  );

/** Runs the lines as a script of this shell. */
export const runScript = (shell: TestShell, home: TestHome, lines: readonly string[]): ScriptResult => {
  const [program = "", ...args] = shell.script;
  const options = { cwd: home.folder, env: home.env, encoding: "utf8" } as const;
  if (shell.before !== undefined) spawnSync(program, [...args, "-c", shell.before], options);
  const before = new Set(readdirSync(home.folder));
  writeFileSync(join(home.folder, "script"), `${lines.join("\n")}\n`);
  const { stdout, stderr } = spawnSync(program, [...args, "script"], options);
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
