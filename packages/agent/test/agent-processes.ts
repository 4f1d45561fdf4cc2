// Agents in processes of their own, for the tests: started as a program starts them, and always ended.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placeSocket } from "@daypass/agent";
import { endSpawned, kill, linesOf, startAgentProcess } from "./run-agents.mjs";

export interface Place {
  readonly directory: string;
  readonly folder: string;
  readonly socket: string;
  readonly log: string;
  lines(): readonly string[];
  /** Starts an agent and returns its pid when it is ready. */
  start(args: readonly string[], env?: Record<string, string>): Promise<number>;
  /** Ends what was started. */
  end(): void;
}

export function makePlace(): Place {
  const directory = mkdtempSync(join(tmpdir(), "agents-"));
  const log = `${directory}.log`;
  const pids = new Set<number>();
  return {
    directory,
    ...placeSocket({ directory }),
    log,
    lines: () => linesOf(log),
    async start(args, env = {}) {
      const pid = await startAgentProcess({ directory, log, args, env });
      pids.add(pid);
      return pid;
    },
    end() {
      endSpawned(log);
      for (const pid of pids) kill(pid, "SIGKILL");
      rmSync(directory, { recursive: true, force: true });
      rmSync(log, { force: true });
    },
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.startsWith("Z") !== true;
  } catch {
    return false;
  }
}
