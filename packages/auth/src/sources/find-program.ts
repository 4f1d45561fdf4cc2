// Which file a command's first word is, found as a shell would find it but for what lies in the current directory:
// a profile must not run what a repository or a download happens to hold.
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import type { Environment } from "../profiles/profile-types.js";

export interface FindOptions {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
}

/** The program's absolute path, or why there is none, in words that follow "the command". */
export type FoundProgram = { readonly path: string } | { readonly reason: string; readonly hint: string };

type Look = "runnable" | "absent" | "open_to_all";

const look = async (path: string, platform: NodeJS.Platform): Promise<Look> => {
  try {
    const found = await stat(path);
    if (!found.isFile()) return "absent";
    await access(path, constants.X_OK);
    return platform !== "win32" && (found.mode & 0o002) !== 0 ? "open_to_all" : "runnable";
  } catch {
    return "absent";
  }
};

const candidatesOf = (word: string, { env, platform }: FindOptions): readonly string[] => {
  if (isAbsolute(word)) return [word];
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const endings = platform === "win32" ? ["", ".exe", ".com"] : [""];
  return folders.flatMap((folder) => endings.map((ending) => join(folder, `${word}${ending}`)));
};

/** Returns the program. Relative paths and relative parts of PATH are not followed; a file that anybody may write is refused. */
export const findProgram = async (word: string, options: FindOptions): Promise<FoundProgram> => {
  if (!isAbsolute(word) && /[/\\]/.test(word)) {
    return { reason: "is named by a relative path", hint: "write its whole path, beginning with /; ~ is not expanded" };
  }
  for (const path of candidatesOf(word, options)) {
    const found = await look(path, options.platform);
    if (found === "runnable") return { path };
    if (found === "open_to_all") {
      return { reason: "is a program that every user may change", hint: `chmod o-w ${JSON.stringify(path)}` };
    }
  }
  return { reason: "is not there, or not a program", hint: "correct its path, or install it" };
};
