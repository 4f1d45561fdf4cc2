// The agent: a socket, a memory, limits by the clock, and one question at a time for the person.
import { existsSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Locks } from "@daypass/auth";
import type { Clock } from "@daypass/credentials";
import { acceptConnection } from "./accept-connection.js";
import { bindSocket } from "./bind-socket.js";
import { AgentError } from "./errors.js";
import type { HardenedProcess } from "./harden-process.js";
import { createSessionHolder, keyOf, locked } from "./hold-sessions.js";
import { limitUnlocks, type Unlock } from "./limit-unlocks.js";
import { placeSocket } from "./place-socket.js";
import { createPromptRelay } from "./relay-prompt.js";
import type { AgentDoor } from "./serve-client.js";
import type { AgentStatus, AnswerRequest } from "./types.js";
import { createSleepWatch, createTwoClocks } from "./watch-time.js";

export interface AgentOptions {
  /** The person's directory. */
  readonly directory: string;
  /** XDG_RUNTIME_DIR, used where the directory's path is too long for a socket. */
  readonly runtimeDirectory?: string | undefined;
  /** Locks between processes of the same directory: those of a `Home`. */
  readonly locks: Locks;
  readonly answer: AnswerRequest;
  /** Rejects where the passphrase is wrong. `null`: whoever can reach the socket can unlock, and an idle agent ends. */
  readonly unlock: Unlock | null;
  /** From `hardenProcess`. `null`: others may be able to look into this process. */
  readonly hardened: HardenedProcess | null;
  /** Unused for so long, in milliseconds, it locks, or ends where nothing would unlock it. */
  readonly idleMs: number;
  /** It ends after so long, in milliseconds, used or not. */
  readonly lifetimeMs: number;
  /** Forgets what `answer` keeps in memory. */
  readonly onLock?: () => void;
  /** A terminal that did not answer for so long, in milliseconds, is passed over. Default two minutes. */
  readonly askWithinMs?: number;
  /** A request that is not whole after so long, in milliseconds, is cut off. Default five seconds. */
  readonly requestWithinMs?: number;
  readonly now?: Clock;
  /** Milliseconds that never go back. */
  readonly uptime?: Clock;
  /** Calls `work` every so many milliseconds until the returned function is called. */
  readonly repeat?: (everyMs: number, work: () => void) => () => void;
}

/** Why an agent ended; `unreachable`: its socket was removed. */
export type AgentEnd = "stopped" | "idle" | "lifetime" | "unreachable";

/** A running agent. */
export interface Agent {
  readonly socketPath: string;
  status(): AgentStatus;
  /** Forgets everything and gives nothing until it is unlocked. */
  lock(): void;
  /** Forgets everything, closes every connection, takes the socket away. */
  stop(): Promise<void>;
  /** Resolves with why, when it has ended. */
  readonly ended: Promise<AgentEnd>;
}

const TICK_MS = 15_000;
const MOST_CONNECTIONS = 1024;
const LONGEST_LIMIT_MS = 7 * 86_400_000;

/**
 * Starts an agent in this process. Rejects with `AgentError` `invalid_option`, `already_running`, `socket_untrusted` or
 * `unsupported_platform`.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { directory, runtimeDirectory, locks, answer, unlock, hardened, idleMs, lifetimeMs } = options;
  const { now = Date.now, uptime = () => performance.now(), repeat = repeatByTimer } = options;
  const { onLock = () => undefined, askWithinMs = 120_000, requestWithinMs = 5000 } = options;
  checkLimit("idleMs", idleMs);
  checkLimit("lifetimeMs", lifetimeMs);
  checkLimit("askWithinMs", askWithinMs);
  checkLimit("requestWithinMs", requestWithinMs);

  const paths = placeSocket({ directory, runtimeDirectory });
  const clocks = createTwoClocks(now, uptime);
  const relay = createPromptRelay({ askWithinMs });
  const sessions = createSessionHolder({ answer, relay, clocks });
  const hasSlept = createSleepWatch(clocks);
  const tryUnlock = unlock === null ? async () => undefined : limitUnlocks(unlock, clocks);
  const started = clocks.moment();
  const connections = new Set<Socket>();
  let used = started;
  let isLocked = false;
  let ending: Promise<void> | undefined;
  let finish: (why: AgentEnd) => void = () => undefined;
  const ended = new Promise<AgentEnd>((resolve) => (finish = resolve));

  const forget = () => {
    sessions.clear();
    relay.cancelAll();
    onLock();
  };
  const lock = () => {
    isLocked = true;
    forget();
  };
  /** Before anything is given, and at every tick: timers stand still while the machine sleeps. */
  const keepLimits = () => {
    if (clocks.since(started) >= lifetimeMs) void end("lifetime");
    else if (clocks.since(used) < idleMs || isLocked) return;
    else if (unlock === null) void end("idle");
    else lock();
  };
  const door: AgentDoor = {
    async credentials(request, waiter) {
      keepLimits();
      if (ending !== undefined) throw stopping();
      if (isLocked) throw locked();
      used = clocks.moment();
      // Not spread: whether it can ask is known only when it is asked.
      const leave = relay.add({
        key: keyOf(request),
        get canAsk() {
          return waiter.canAsk;
        },
        ask: waiter.ask,
        tell: waiter.tell,
      });
      try {
        return await sessions.get(request, waiter.canAsk);
      } finally {
        leave();
      }
    },
    status,
    lock,
    async unlock(passphrase) {
      if (!isLocked) return;
      await tryUnlock(passphrase);
      used = clocks.moment();
      isLocked = false;
    },
    stop: () => void end("stopped"),
  };

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
    acceptConnection(socket, door, requestWithinMs);
  });
  server.maxConnections = MOST_CONNECTIONS;
  const unbind = await bindSocket(server, { paths, locks, pid: process.pid });
  const stopTicks = repeat(TICK_MS, () => {
    const afterSleep = hasSlept();
    // Its folder was removed, or another agent is there: it would hold sessions that nobody can ask for, or lock.
    if (!existsSync(paths.socket)) void end("unreachable");
    keepLimits();
    if (!isLocked && ending === undefined) void sessions.renew(afterSleep);
  });
  hardened?.onEnd(() => void end("stopped"));

  function status(): AgentStatus {
    keepLimits();
    return {
      pid: process.pid,
      startedAt: new Date(started.wall),
      isLocked,
      endsAt: new Date(started.wall + lifetimeMs),
      waiting: relay.waiting,
      isAsking: relay.isAsking,
      held: isLocked ? [] : sessions.list(),
    };
  }

  function end(why: AgentEnd): Promise<void> {
    ending ??= (async () => {
      stopTicks();
      lock();
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      await unbind();
      // Whoever waits hears that it is locked, whoever asked it to stop hears that it is done: their last lines first.
      await new Promise((resolve) => setImmediate(resolve));
      for (const socket of connections) socket.destroySoon();
      await closed;
      finish(why);
    })();
    return ending;
  }

  return { socketPath: paths.socket, status, lock, stop: () => end("stopped"), ended };
}

function checkLimit(name: string, ms: number): void {
  if (Number.isInteger(ms) && ms > 0 && ms <= LONGEST_LIMIT_MS) return;
  throw new AgentError("invalid_option", `\`${name}\` is no number of milliseconds up to seven days`, {
    hint: "give a whole number, such as 3_600_000 for an hour",
  });
}

function stopping(): AgentError {
  return new AgentError("agent_unavailable", "the agent is ending", { hint: "ask again: a new one starts by itself" });
}

function repeatByTimer(everyMs: number, work: () => void): () => void {
  const timer = setInterval(work, everyMs);
  return () => clearInterval(timer);
}
