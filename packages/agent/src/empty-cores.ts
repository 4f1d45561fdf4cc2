// A core file of this process has none of its memory in it. The limit of core files does not do: a kernel that pipes cores
// to a program, as most systems have it, asks for no limit (core(5), "Piping core dumps to a program").
import { writeFileSync } from "node:fs";

/** Of every process: which kinds of memory go into a core file. core(5), "Controlling which mappings are written". */
const FILTER = "/proc/self/coredump_filter";

/**
 * Leaves memory out of core files from now on, of this process and of those that it starts later. Does nothing where the
 * system has no such choice: Linux has it.
 */
export function emptyCores(filter: string = FILTER): void {
  try {
    writeFileSync(filter, "0", { flag: "r+" });
  } catch {
    // Another system, or a kernel that writes no cores at all.
  }
}
