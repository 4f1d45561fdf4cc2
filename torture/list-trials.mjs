// Finds the trials of this folder and runs one in a folder of its own.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a program shows that it works here: strace needs ptrace, unshare a kernel that lets us mount. */
const PROBES = {
  strace: ["strace", "-f", "-o", "/dev/null", process.execPath, "--version"],
  bash: ["bash", "-c", ""],
  zsh: ["zsh", "-fc", ""],
  dash: ["dash", "-c", ""],
  ksh: ["ksh", "-c", ""],
  fish: ["fish", "--no-config", "-c", ""],
  tcsh: ["tcsh", "-fc", ""],
  nu: [process.env.DAYPASS_NU ?? "nu", "--no-config-file", "-c", ""],
  unshare: ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", tmpdir()],
};

const NOT_TRIALS = new Set(["main.mjs", "run-one.mjs", "list-trials.mjs"]);

/** The names of all trials, without loading them. */
export function trialNames() {
  return readdirSync(new URL(".", import.meta.url))
    .filter((file) => file.endsWith(".mjs") && !NOT_TRIALS.has(file))
    .map((file) => file.slice(0, -".mjs".length))
    .sort();
}

/** Returns every trial, by name. */
export async function listTrials() {
  return Promise.all(trialNames().map(findTrial));
}

/** Returns the trial of a name. Throws when its module calls it otherwise. */
export async function findTrial(name) {
  const { trial } = await import(new URL(`${name}.mjs`, import.meta.url).href);
  if (trial?.name !== name) throw new Error(`torture/${name}.mjs does not export a trial of its name`);
  return trial;
}

/** Returns the programs that a trial needs and that do not work on this machine. */
export function missingPrograms({ needs }) {
  return needs.filter((program) => {
    const [command, ...args] = PROBES[program];
    return spawnSync(command, args, { stdio: "ignore" }).status !== 0;
  });
}

/** Runs a trial in a new folder, which is gone afterwards. */
export async function runTrial(trial, { amount, seed }) {
  // Thousands of small files, for which it makes no difference whether a disk is behind them.
  const place = trial.inMemory === true && existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = mkdtempSync(join(place, "daypass-torture-"));
  try {
    return await trial.run({ amount, seed, folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
