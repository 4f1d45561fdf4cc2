// Reads a world file from disk. Missing, unreadable and malformed are three mistakes with three remedies.
import { readFileSync } from "node:fs";
import { SandboxError } from "./errors.js";

/** Returns the file's JSON, unchecked. Throws `SandboxError` `missing_world`, `unreadable_world` or `invalid_world`. */
export function readWorldFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    if (code === "ENOENT") {
      throw new SandboxError("missing_world", `there is no world file ${path}`, {
        hint: "check the path, which is relative to the current directory",
        cause: error,
      });
    }
    throw new SandboxError("unreadable_world", `the world file ${path} cannot be read (${code})`, {
      hint: "check that it is a file and that you may read it",
      cause: error,
    });
  }
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new SandboxError("invalid_world", `the world file ${path} is not JSON${placeOf(error, text)}`, {
      hint: "correct it there; docs/world-file.md describes its form",
      cause: error,
    });
  }
}

/** Where the parser stopped, when it says so; never its words, which quote the file. */
function placeOf(error: unknown, text: string): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
  if (position === undefined) return "";
  const lines = text.slice(0, Number(position)).split("\n");
  return `: see line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}`;
}
