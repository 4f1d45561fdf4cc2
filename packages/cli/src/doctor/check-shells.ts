// Whether this shell, and the next one, know the four names.
import { access, constants, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { programFiles } from "../program-files.js";
import type { Workbench } from "../workbench.js";
import { note, ok, warning, type Check, type Finding } from "./finding.js";

const findOnPath = async (name: string, path: string): Promise<string | undefined> => {
  for (const folder of path.split(delimiter)) {
    if (!folder.startsWith("/")) continue;
    const file = join(folder, name);
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
};

/** What each shell reads when a person opens it, and the line that belongs there. */
const ACTIVATION: Readonly<Record<string, readonly [file: string, line: string]>> = {
  bash: [".bashrc", 'eval "$(aws-as -s)"'],
  zsh: [".zshrc", 'eval "$(aws-as -s)"'],
  ksh: [".kshrc", 'eval "$(aws-as -s)"'],
  fish: [".config/fish/config.fish", "aws-as-activate fish | source"],
  tcsh: [".tcshrc", "eval `aws-as -c`"],
};

export const shellsCheck: Check = {
  name: "shells",
  async run(bench: Workbench) {
    const found: Omit<Finding, "check">[] = [];
    const names = (await programFiles(bench.packageDirectory)).map(([name]) => name);
    const missing: string[] = [];
    for (const name of names) {
      if ((await findOnPath(name, bench.env["PATH"] ?? "")) === undefined) missing.push(name);
    }
    if (missing.length > 0) {
      found.push(
        warning(
          `${missing.join(", ")} cannot be found on PATH`,
          "install the package globally, or add its folder to PATH",
        ),
      );
    }
    const shell = (bench.env["SHELL"] ?? "").split("/").at(-1) ?? "";
    const [file, line] = ACTIVATION[shell] ?? [];
    if (file === undefined || line === undefined) return found.length > 0 ? found : [ok("the programs are on PATH")];
    const text = await readFile(join(bench.homeDir, file), "utf8").catch(() => "");
    if (/aws-as/.test(text)) found.push(ok(`~/${file} activates aws-as in each ${shell}`));
    else found.push(note(`~/${file} does not activate aws-as`, `add: ${line}`));
    return found;
  },
};
