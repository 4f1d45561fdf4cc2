// Finds every system call with which a program touches some files, and makes one of them fail, or the last.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** Calls that change files or tell whether they were changed. */
const CALLS =
  "openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink,chmod,fchmod,fchmodat,rename,mkdir,fallocate,close";

/** Returns `[call, number]` for every call of `command` on `paths`, in their order of kinds. */
export async function countCalls(command, paths, log) {
  const watch = paths.flatMap((path) => ["-P", path]);
  await run(["-f", "-qq", "-o", log, "-e", `trace=${CALLS}`, ...watch, ...command]);
  const counts = new Map();
  for (const line of readFileSync(log, "utf8").split("\n")) {
    const call = /^\d+\s+(\w+)\(/.exec(line)?.[1];
    if (call !== undefined) counts.set(call, (counts.get(call) ?? 0) + 1);
  }
  return [...counts].flatMap(([call, count]) => Array.from({ length: count }, (_, index) => [call, index + 1]));
}

/** Runs `command` with one call of it answered by `what`: `signal=KILL`, `error=ENOSPC`. Returns `{ code, signal, output }`. */
export function runWithFault(command, paths, [call, number], what) {
  const watch = paths.flatMap((path) => ["-P", path]);
  const inject = `inject=${call}:${what}:when=${number}`;
  return run(["-f", "-qq", "-o", "/dev/null", "-e", `trace=${call}`, "-e", inject, ...watch, ...command]);
}

async function run(args) {
  const child = spawn("strace", args, { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  const [code, signal] = await once(child, "close");
  return { code, signal, output };
}
