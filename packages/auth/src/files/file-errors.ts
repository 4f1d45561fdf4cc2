// What the operating system says about a file, in words for the person whose file it is.
import { AuthError } from "../errors.js";

const WORDS: Readonly<Record<string, readonly [problem: string, hint: string]>> = {
  EACCES: ["permission denied", "see who owns it and its folder, and what they allow"],
  EPERM: ["permission denied", "see who owns it and its folder, and what they allow"],
  ENOSPC: ["the disk is full", "make room on the disk, then try again"],
  EDQUOT: ["the disk quota is used up", "make room on the disk, then try again"],
  EROFS: ["the disk is read-only", "name a file on a disk that can be written"],
  EIO: ["the disk has an error", "look at the system's log, and see that there is a backup"],
  ESTALE: ["the network disk lost the file", "try again; if it stays so, mount the disk again"],
  ENOENT: ["its folder does not exist", "create the folder first"],
  ENOTDIR: ["a part of its path is not a folder", "correct the path"],
  EISDIR: ["it is a folder", "name the file itself"],
  ELOOP: ["its links lead in a circle", "name the file itself"],
  ENAMETOOLONG: ["its path is too long", "name a file with a shorter path"],
  EMFILE: ["too many files are open", "close some programs, then try again"],
  ENFILE: ["too many files are open", "close some programs, then try again"],
  EBUSY: ["another program holds it", "close the other program, then try again"],
  ETXTBSY: ["another program holds it", "close the other program, then try again"],
};

/** Returns a `file_unusable` that names the file and says what is wrong with it. */
export function unusableFile(path: string, problem: string, hint: string, cause?: unknown): AuthError {
  return new AuthError("file_unusable", `${JSON.stringify(path)} cannot be used: ${problem}`, { hint, cause });
}

/** Returns a `file_unusable` for what the operating system answered; an error that is already ours stays as it is. */
export function unusableBySystem(path: string, error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  const code = systemCode(error) ?? "no code";
  const [problem, hint] = WORDS[code] ?? [`the system answered ${code}`, "see whether the disk can be used"];
  return unusableFile(path, problem, hint, error);
}

/** Returns a `file_malformed` that names the file and the line, counted from 1. */
export function malformedFile(path: string, line: number, problem: string, hint: string): AuthError {
  return new AuthError("file_malformed", `${JSON.stringify(path)}, line ${line}: ${problem}`, { hint });
}

/** Returns the operating system's code (`ENOENT`), where there is one. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
