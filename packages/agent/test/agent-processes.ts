// Agents in processes of their own, for the tests: started as a program starts them, and always ended.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { placeSocket, spawnAgent } from "@daypass/agent";
import { until } from "./agent-world.js";

export const AGENT = fileURLToPath(new URL("agent-process.mjs", import.meta.url));
export const ASKER = fileURLToPath(new URL("ask-process.mjs", import.meta.url));

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
  const lines = () => {
    try {
      return readFileSync(log, "utf8").split("\n").filter(Boolean);
    } catch {
      return [];
    }
  };
  return {
    directory,
    ...placeSocket({ directory }),
    log,
    lines,
    async start(args, env = {}) {
      const pid = await spawnAgent({
        command: [process.execPath, AGENT, directory, log, ...args],
        env: { ...process.env, ...env },
      });
      pids.add(pid);
      await until(() => lines().some((line) => line === `ready ${pid}` || line.startsWith("failed")));
      return pid;
    },
    end() {
      for (const line of lines()) if (line.startsWith("spawn ")) pids.add(Number(line.slice(6)));
      for (const pid of pids) kill(pid, "SIGKILL");
      rmSync(directory, { recursive: true, force: true });
      rmSync(log, { force: true });
    },
  };
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.startsWith("Z") !== true;
  } catch {
    return false;
  }
}
