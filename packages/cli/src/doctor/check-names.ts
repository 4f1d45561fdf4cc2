// Whether anything of another name is left: what this program was called before a company renamed it, and what it
// replaces. A renamed program that still reads somebody else's directory or variables is two programs.
import { lstat, readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Workbench } from "../workbench.js";
import { broken, note, ok, warning, type Check, type Finding } from "./finding.js";

type Found = Omit<Finding, "check">;

/** Written in two parts, so that a renaming of the whole program leaves it as it is. */
const FIRST_NAME = ["day", "pass"].join("");

/** Files in which a shell is set up, below the home directory. */
const SHELL_FILES = [
  ".bashrc",
  ".bash_profile",
  ".profile",
  ".zshrc",
  ".zprofile",
  ".kshrc",
  ".tcshrc",
  ".cshrc",
  ".config/fish/config.fish",
];
const AWS_FILES = [".aws/config", ".aws/credentials"];
/** What this program takes the place of, by its directory. */
const PREDECESSORS = [".aacli", ".aws-auth"];
const MAX_BYTES = 32 * 1024 * 1024;

/** Lines with the name in them, package scopes aside: the sandbox is a package of its own. */
const countLines = (text: string, name: string): number => {
  const escaped = name.replaceAll(/[.-]/g, String.raw`\$&`);
  const capital = escaped.charAt(0).toUpperCase() + escaped.slice(1);
  const word = new RegExp(`(?<!@)${escaped}|${capital}|${escaped.toUpperCase()}_`, "g");
  return text.split("\n").filter((line) => line.search(word) >= 0).length;
};

const readText = async (path: string): Promise<string> => {
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isFile() === true && stats.size <= MAX_BYTES ? readFile(path, "utf8").catch(() => "") : "";
};

const isThere = async (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

const listFiles = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

/** The program itself: its bundles, shells and texts. */
const checkProgram = async ({ packageDirectory }: Workbench): Promise<readonly Found[]> => {
  const found: Found[] = [];
  for (const part of ["bin", "dist", "shells"]) {
    for (const path of await listFiles(join(packageDirectory, part))) {
      const lines = countLines(await readText(path), FIRST_NAME);
      if (lines > 0)
        found.push(
          broken(
            `${relative(packageDirectory, path)} still says ${FIRST_NAME}`,
            "pack the program again under its new name",
          ),
        );
    }
  }
  return found;
};

const checkPerson = async (bench: Workbench, name: string): Promise<readonly Found[]> => {
  const found: Found[] = [];
  if (await isThere(join(bench.homeDir, `.${name}`))) {
    found.push(
      warning(`~/.${name} is left`, `see what is in it; \`${bench.names.name} import\` reads old configurations`),
    );
  }
  for (const file of [...SHELL_FILES, ...AWS_FILES]) {
    const lines = countLines(await readText(join(bench.homeDir, file)), name);
    if (lines > 0) found.push(warning(`~/${file} says ${name} in ${lines} lines`, "take them out"));
  }
  const prefix = `${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}_`;
  for (const variable of Object.keys(bench.env)) {
    if (variable.startsWith(prefix)) found.push(warning(`${variable} is set, and nothing reads it`, "unset it"));
  }
  return found;
};

export const namesCheck: Check = {
  name: "names",
  async run(bench: Workbench) {
    const { name } = bench.names;
    const found: Found[] = [];
    if (name !== FIRST_NAME) found.push(...(await checkProgram(bench)), ...(await checkPerson(bench, FIRST_NAME)));
    for (const directory of PREDECESSORS) {
      if (directory !== bench.names.directoryName && (await isThere(join(bench.homeDir, directory)))) {
        found.push(note(`~/${directory} of an earlier program is there`, `\`${name} import\` takes it over`));
      }
    }
    const isRenamed = name !== FIRST_NAME && found.every(({ state }) => state === "note");
    return [
      ok(isRenamed ? `everything is called ${name}, and nothing ${FIRST_NAME}` : `this is ${name} ${bench.version}`),
      ...found,
    ];
  },
};
