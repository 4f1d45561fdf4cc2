// A lock ends the process that held something: here the first agent is in this process, and the next one in its own.
import { afterEach, beforeEach, expect, test } from "vitest";
import { spawnAgent, type AgentOptions } from "@daypass/agent";
import { isAlive, makePlace, type Place } from "./agent-processes.js";
import { AGENT, kill } from "./run-agents.mjs";
import { HOUR, rejectionOf, startWorld, until, type World } from "./agent-world.js";

let place: Place;
let world: World;
const started: number[] = [];
const lifetimes: number[] = [];

const succeed = async (lifetimeMs: number): Promise<void> => {
  lifetimes.push(lifetimeMs);
  const command = [process.execPath, AGENT, place.directory, place.log, "plain", String(lifetimeMs)] as const;
  started.push(await spawnAgent({ command, env: process.env }));
};
const startWith = async (over: Partial<AgentOptions> = {}): Promise<void> => {
  world = await startWorld({ directory: place.directory, lifetimeMs: 20 * HOUR, succeed, ...over });
};

beforeEach(() => {
  place = makePlace();
});
afterEach(async () => {
  await world.close();
  for (const pid of started.splice(0)) {
    kill(pid, "SIGKILL");
    await until(() => !isAlive(pid));
  }
  lifetimes.splice(0);
  place.end();
});

const get = () => world.client().credentials({ identity: "prod" });
const pidThere = async () => (await world.client().status()).pid;

test(
  "a lock leaves the memory to nobody: the process ends, and another one is there, locked",
  { timeout: 60_000 },
  async () => {
    await startWith();
    await get();
    world.pass(HOUR);
    const over = new AbortController();
    const answered: boolean[] = [];
    const asking = (async () => {
      while (!over.signal.aborted) answered.push(await world.client().isRunning());
    })();
    await world.client().lock();
    over.abort();
    await asking;
    expect(await pidThere()).toBe(started[0]);
    expect(await world.agent.ended).toBe("succeeded");
    // Nobody saw a moment without an agent, in which one that is not locked could have been started.
    expect(new Set(answered)).toEqual(new Set([true]));
    expect((await rejectionOf(get())).code).toBe("agent_locked");
    // It lives no longer than the first would have.
    expect(lifetimes).toEqual([19 * HOUR]);
    await world.client().unlock();
    expect((await get()).credentials.sessionToken).toBe("token-none");
  },
);

test("whoever waits for an answer hears that it is locked", { timeout: 60_000 }, async () => {
  await startWith({ answer: () => new Promise(() => undefined) });
  const waiting = rejectionOf(get());
  await until(() => world.asked.length === 1);
  await world.client().lock();
  expect((await waiting).code).toBe("agent_locked");
  expect(await pidThere()).toBe(started[0]);
});

test("unused for long it gives way as well", { timeout: 60_000 }, async () => {
  await startWith({ unlock: async () => undefined, idleMs: HOUR });
  await get();
  world.sleep(HOUR);
  await world.tick();
  expect(await world.agent.ended).toBe("succeeded");
  expect((await rejectionOf(get())).code).toBe("agent_locked");
});

test("one that gave nothing stays, so that a lock is no new try for whoever guesses", async () => {
  await startWith({
    unlock: async () => {
      throw new Error("wrong");
    },
  });
  await world.client().lock();
  await rejectionOf(world.client().unlock("guess"));
  await world.client().lock();
  expect([await pidThere(), lifetimes]).toEqual([process.pid, []]);
  expect((await rejectionOf(world.client().unlock("guess"))).message).toContain("too early");
});

test("where the next one cannot be started it stays, locked, and tries again", { timeout: 60_000 }, async () => {
  let isBroken = true;
  await startWith({
    async succeed(lifetimeMs) {
      if (isBroken) throw new Error("no more processes");
      await succeed(lifetimeMs);
    },
  });
  await get();
  await world.client().lock();
  expect(await pidThere()).toBe(process.pid);
  expect((await rejectionOf(get())).code).toBe("agent_locked");
  isBroken = false;
  await world.tick();
  expect(await world.agent.ended).toBe("succeeded");
  expect(await pidThere()).toBe(started[0]);
});

test("one that is stopped starts no other", async () => {
  await startWith();
  await get();
  await world.client().stop();
  expect(await world.agent.ended).toBe("stopped");
  expect(lifetimes).toEqual([]);
});
