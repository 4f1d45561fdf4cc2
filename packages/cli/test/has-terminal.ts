// Whether this machine has what the tests make a terminal with. Where it has not, what needs one is skipped, and it is said.
import { spawnSync } from "node:child_process";

export const hasTerminal = spawnSync("python3", ["-c", "import pty"]).status === 0;
if (!hasTerminal) process.stderr.write("skipped: python3, which makes the terminal, is not installed\n");
