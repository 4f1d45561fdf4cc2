// The agent starts by itself, once, however many processes want it in the same moment.
import { setTimeout } from "node:timers/promises";
import { neverPrompt, type Locks } from "@daypass/auth";
import { createAgentClient } from "./create-agent-client.js";
import { AgentError } from "./errors.js";

export interface EnsureOptions {
  readonly directory: string;
  readonly runtimeDirectory?: string | undefined;
  /** Locks between processes of the same directory: those of a `Home`. */
  readonly locks: Locks;
  /** Starts the process: `spawnAgent`. Called once by one process. */
  readonly spawn: () => Promise<void>;
  /** False: the person switched it off. */
  readonly isOn: boolean;
  /** How long a new agent may take, in milliseconds. Default ten seconds. */
  readonly readyWithinMs?: number;
  readonly pause?: (ms: number) => Promise<unknown>;
}

const LOOK_EVERY_MS = 25;

/**
 * Resolves true when an agent answers, which is started where none does; false where it is switched off. Rejects with
 * `AgentError` `agent_unavailable` where it does not come, `socket_untrusted`, or as `spawn` rejects.
 */
export async function ensureAgent(options: EnsureOptions): Promise<boolean> {
  const { directory, runtimeDirectory, locks, spawn, isOn, readyWithinMs = 10_000, pause = setTimeout } = options;
  if (!isOn) return false;
  const prompt = neverPrompt("the agent is only looked for");
  const client = createAgentClient({ directory, runtimeDirectory, prompt });
  const wait = async (most: number, isOver: () => boolean): Promise<boolean> => {
    for (let looks = 0; looks < most && !isOver(); looks++) {
      if (await client.isRunning()) return true;
      await pause(LOOK_EVERY_MS);
    }
    return false;
  };
  if (await client.isRunning()) return true;
  const looks = Math.ceil(readyWithinMs / LOOK_EVERY_MS);
  const stop = new AbortController();
  // Whoever waits for the lock looks for the agent too, so that two hundred need not take the lock in turns.
  const seen = wait(Number.POSITIVE_INFINITY, () => stop.signal.aborted).then((isThere) => {
    if (isThere) stop.abort();
    return isThere;
  });
  try {
    await locks.withLock(
      "agent start",
      async () => {
        if (stop.signal.aborted || (await client.isRunning())) return;
        await spawn();
        if (await wait(looks, () => false)) return;
        throw new AgentError("agent_unavailable", "the agent was started and does not answer", {
          hint: "start it by hand to see why, or switch it off",
        });
      },
      { signal: stop.signal },
    );
    return true;
  } catch (error) {
    if (stop.signal.aborted && (await seen)) return true;
    throw error;
  } finally {
    stop.abort();
    await seen.catch(() => false);
  }
}
