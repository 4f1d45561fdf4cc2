// Agents and askers in processes of their own, for tests, trials and benches: what they are started with, what they note,
// and how they are ended by their numbers.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { spawnAgent } from "@daypass/agent";

const LOOK_EVERY_MS = 10;
const PATIENCE_MS = 60_000;

export const AGENT = fileURLToPath(new URL("agent-process.mjs", import.meta.url));
export const ASKER = fileURLToPath(new URL("ask-process.mjs", import.meta.url));

/** Returns the command of an agent of `directory`; agent-process.mjs says what `args` mean. */
export const agentCommand = (directory, log, ...args) => [process.execPath, AGENT, directory, log, ...args];

/** Starts an agent as a program starts it. Resolves with its pid when it is ready or has failed, as the log says. */
export async function startAgentProcess({ directory, log, args, env = {} }) {
  const command = agentCommand(directory, log, ...args);
  const pid = await spawnAgent({ command, env: { ...process.env, ...env } });
  await until(() => linesOf(log).some((line) => line === `ready ${pid}` || line.startsWith("failed")));
  return pid;
}

/** Returns what agents and askers noted so far. */
export function linesOf(log) {
  try {
    return readFileSync(log, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

/** Resolves when something is so; rejects after a minute. */
export async function until(isSo) {
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_EVERY_MS) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error("it never came to be");
}

/** Sends a signal to a process that may have ended by itself. */
export function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It has.
  }
}

/** Ends the agents that askers started, by the numbers in the log. */
export function endSpawned(log) {
  for (const line of linesOf(log)) if (line.startsWith("spawn ")) kill(Number(line.slice("spawn ".length)), "SIGKILL");
}
