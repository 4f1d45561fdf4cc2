// Starts the process that is to be the agent: detached from the terminal, without secrets in its environment, without
// core files. Node cannot set limits of processes, so that a shell sets this one and becomes the agent.
import { spawn } from "node:child_process";
import { scrubEnvironment } from "./scrub-environment.js";
import { AgentError } from "./errors.js";

export interface SpawnOptions {
  /** The program and its arguments. Nothing secret: arguments can be read by every user. */
  readonly command: readonly [string, ...string[]];
  /** The environment; secrets are taken out. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Limits of core files end at zero, soft and hard. What a kernel pipes to a program all the same, `emptyCores` empties. */
const SCRIPT = 'ulimit -c 0 && umask 077 && exec "$@"';

/** Starts the agent's process. Resolves with its pid when it runs; rejects with `AgentError` `agent_unavailable`. */
export function spawnAgent({ command, env }: SpawnOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("/bin/sh", ["-c", SCRIPT, "sh", ...command], {
      cwd: "/",
      detached: true,
      env: scrubEnvironment(env),
      stdio: "ignore",
    });
    const fail = (cause?: unknown) =>
      reject(
        new AgentError("agent_unavailable", "the agent cannot be started", {
          hint: "look whether /bin/sh and this program can be run",
          cause,
        }),
      );
    child.once("error", fail);
    child.once("spawn", () => {
      child.unref();
      if (child.pid === undefined) fail();
      else resolve(child.pid);
    });
  });
}
