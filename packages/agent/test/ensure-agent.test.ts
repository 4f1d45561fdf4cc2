// The agent starts by itself, or says why it does not.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAgentClient, ensureAgent, placeSocket, spawnAgent, startAgent, type Agent } from "@daypass/agent";
import { neverPrompt, type Locks } from "@daypass/auth";
import { HOUR, locksOf, rejectionOf, sessionOf } from "./agent-world.js";

let directory = "";
let locks: Locks;
let agent: Agent | undefined;
let spawned = 0;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "ensure-"));
  locks = await locksOf(directory);
  agent = undefined;
  spawned = 0;
});
afterEach(async () => {
  await agent?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const start = async () => {
  agent = await startAgent({
    directory,
    locks,
    answer: async ({ identity }) => ({ credentials: sessionOf(identity, Date.now() + HOUR) }),
    unlock: null,
    hardened: null,
    idleMs: HOUR,
    lifetimeMs: HOUR,
  });
};
const ensure = (over: Partial<Parameters<typeof ensureAgent>[0]> = {}) =>
  ensureAgent({
    directory,
    locks,
    isOn: true,
    spawn: async () => {
      spawned += 1;
      await start();
    },
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    ...over,
  });

describe("an agent that is not there", () => {
  test("it is started once for all who want it", async () => {
    expect(await Promise.all(Array.from({ length: 30 }, () => ensure()))).toEqual(
      Array.from({ length: 30 }, () => true),
    );
    expect(spawned).toBe(1);
  });

  test("whoever gets the lock looks again before it starts one", async () => {
    // So long that nobody sees the agent by looking while it waits for the lock.
    const pause = () => new Promise((resolve) => setTimeout(resolve, 200));
    await Promise.all(Array.from({ length: 5 }, () => ensure({ pause })));
    expect(spawned).toBe(1);
  });

  test("it is not started where it is switched off", async () => {
    expect(await ensure({ isOn: false })).toBe(false);
    expect(spawned).toBe(0);
  });

  test("it is not started where one answers", async () => {
    await start();
    expect(await ensure()).toBe(true);
    expect(spawned).toBe(0);
  });

  test("it is said where it does not come", async () => {
    const failed = await rejectionOf(ensure({ spawn: async () => undefined, readyWithinMs: 100 }));
    expect(failed).toMatchObject({ code: "agent_unavailable", hint: expect.stringContaining("switch it off") });
  });

  test("it is not started where the place is somebody else's", async () => {
    writeFileSync(placeSocket({ directory }).socket, "");
    expect((await rejectionOf(ensure())).code).toBe("socket_untrusted");
    expect(spawned).toBe(0);
  });

  test("a client hears that there is none", async () => {
    const client = createAgentClient({ directory, prompt: neverPrompt("nobody is here") });
    expect(await client.isRunning()).toBe(false);
    expect((await rejectionOf(client.credentials({ identity: "prod" }))).code).toBe("agent_unavailable");
    expect((await rejectionOf(client.status())).code).toBe("agent_unavailable");
  });
});

describe("options that are none", () => {
  test.each([
    ["idleMs", 0],
    ["idleMs", 1.5],
    ["idleMs", Number.POSITIVE_INFINITY],
    ["lifetimeMs", -1],
    ["lifetimeMs", 8 * 24 * HOUR],
    ["askWithinMs", Number.NaN],
    ["requestWithinMs", 0],
  ])("%s of %d is refused", async (name, value) => {
    const failed = await rejectionOf(
      startAgent({
        directory,
        locks,
        answer: () => Promise.reject(new Error("never asked")),
        unlock: null,
        hardened: null,
        idleMs: HOUR,
        lifetimeMs: HOUR,
        [name]: value,
      }),
    );
    expect(failed).toMatchObject({ code: "invalid_option", message: expect.stringContaining(name) });
  });

  test.each(["relative", "/two\nlines", "/nul\0"])("the directory %j is refused", (path) => {
    expect(() => placeSocket({ directory: path })).toThrow(expect.objectContaining({ code: "invalid_option" }));
  });

  test("a program that is not there is no agent", async () => {
    // The shell that becomes it starts, and ends: nobody answers afterwards.
    const spawn = async () => void (await spawnAgent({ command: [join(directory, "none")], env: process.env }));
    expect((await rejectionOf(ensure({ spawn, readyWithinMs: 100 }))).code).toBe("agent_unavailable");
  });
});
