// The agent: a socket, a memory, limits by the clock, and one question at a time for the person.
import { createServer, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Locks } from "@daypass/auth";
import type { Clock } from "@daypass/credentials";
import { acceptConnection } from "./accept-connection.js";
import { bindSocket } from "./bind-socket.js";
import { AgentError } from "./errors.js";
import { handOver } from "./hand-over.js";
import type { HardenedProcess } from "./harden-process.js";
import { createSessionHolder, keyOf, locked } from "./hold-sessions.js";
import { limitUnlocks, type Unlock } from "./limit-unlocks.js";
import { placeSocket } from "./place-socket.js";
import { createPromptRelay } from "./relay-prompt.js";
import type { AgentDoor } from "./serve-client.js";
import { settingsLine } from "./settings-line.js";
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
  /** What `answer` reads files and finds endpoints by. Default: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Forgets what `answer` keeps in memory. */
  readonly onLock?: () => void;
  /** True: it begins locked, in the place of one that is there still. */
  readonly takesOver?: boolean;
  /**
   * Starts a process that takes over, for so many milliseconds at most; resolves when it was started. A lock then ends this
   * one, with all of its memory. Default: this one goes on, and what it held stays in its memory until that is used again.
   */
  readonly succeed?: (lifetimeMs: number) => Promise<void>;
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

/** Why an agent ended; `unreachable`: its socket was removed; `succeeded`: it was locked, and another one is there. */
export type AgentEnd = "stopped" | "idle" | "lifetime" | "unreachable" | "succeeded";

/** A running agent. */
export interface Agent {
  readonly socketPath: string;
  status(): AgentStatus;
  /** Forgets everything and gives nothing until it is unlocked; resolves when the memory is gone too, where it can be. */
  lock(): Promise<void>;
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
  // oxlint-disable-next-line node/no-process-env -- the default of an option
  const { env = process.env } = options;
  const { onLock = () => undefined, askWithinMs = 120_000, requestWithinMs = 5000 } = options;
  const { takesOver = false, succeed } = options;
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
  const waiting = new Set<(error: AgentError) => void>();
  let used = started;
  let isLocked = takesOver;
  /** It gave something, or was opened: there is something in its memory. */
  let isSpent = false;
  let handover: Promise<void> | undefined;
  let ending: Promise<void> | undefined;
  let finish: (why: AgentEnd) => void = () => undefined;
  const ended = new Promise<AgentEnd>((resolve) => (finish = resolve));

  const forget = () => {
    sessions.clear();
    relay.cancelAll();
    onLock();
  };
  const close = () => {
    isLocked = true;
    forget();
    // What AWS is still being asked nobody waits for any more.
    for (const refuse of waiting) refuse(locked());
  };
  const untilLocked = <T>(answered: Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      waiting.add(reject);
      void answered.then(resolve, reject).finally(() => waiting.delete(reject));
    });
  const replace = async (start: (lifetimeMs: number) => Promise<void>) => {
    const restMs = Math.max(1, Math.ceil(lifetimeMs - clocks.since(started)));
    const place = { directory, runtimeDirectory };
    if (await handOver({ place, succeed: () => start(restMs), pid: process.pid })) void end("succeeded");
    // It is tried again at the next tick.
    else handover = undefined;
  };
  const surrender = async () => {
    if (succeed === undefined || !isSpent || ending !== undefined) return;
    handover ??= replace(succeed);
    await handover;
  };
  const lock = async () => {
    close();
    await surrender();
  };
  /** Before anything is given, and at every tick: timers stand still while the machine sleeps. */
  const keepLimits = () => {
    if (clocks.since(started) >= lifetimeMs) void end("lifetime");
    else if (clocks.since(used) < idleMs || isLocked) return;
    else if (unlock === null) void end("idle");
    else void lock();
  };
  const door: AgentDoor = {
    async credentials(request, waiter) {
      keepLimits();
      if (ending !== undefined) throw stopping();
      if (isLocked) throw locked();
      used = clocks.moment();
      isSpent = true;
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
        return await untilLocked(sessions.get(request, waiter.canAsk));
      } finally {
        leave();
      }
    },
    status,
    lock,
    async unlock(passphrase) {
      if (!isLocked) return;
      if (handover !== undefined || ending !== undefined) throw stopping();
      await tryUnlock(passphrase);
      used = clocks.moment();
      isSpent = true;
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
  const settings = settingsLine(env);
  const bound = await bindSocket(server, { paths, locks, pid: process.pid, settings, takesOver });
  const stopTicks = repeat(TICK_MS, () => {
    const afterSleep = hasSlept();
    // Its folder was removed, or another agent is there: it would hold sessions that nobody can ask for, or lock.
    if (!bound.isThere() && handover === undefined) void end("unreachable");
    keepLimits();
    if (isLocked) void surrender();
    else if (ending === undefined) void sessions.renew(afterSleep);
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
      close();
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      await bound.unbind();
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
