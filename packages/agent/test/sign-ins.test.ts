// What the agent holds of a person's sign-in, when the sign-in is over or another person's.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AnswerRequest } from "@daypass/agent";
import { HOUR, sessionOf, startWorld, START, turns, type World } from "./agent-world.js";

let current: string | undefined;
let looks: number;
let onLook: () => void;
/** Credentials of who is signed in; a refusal where nobody is. */
const bySignIn: AnswerRequest = async ({ identity }) => {
  const person = current;
  if (person === undefined) throw new Error("nobody is signed in");
  const isCurrent = async () => {
    looks++;
    onLook();
    return person === current;
  };
  return { credentials: sessionOf(`${identity} of ${person}`, START + HOUR), isCurrent };
};
const REFUSED = "the agent could not say what went wrong";
const tokenOf = (name: string) => sessionOf(name, 0).sessionToken;

let world: World;
beforeEach(async () => {
  current = "ada";
  looks = 0;
  onLook = () => undefined;
  world = await startWorld({ answer: bySignIn });
});
afterEach(() => world.close());

const ask = async () => (await world.client().credentials({ identity: "prod" })).credentials.sessionToken;

describe("an answer of a sign-in", () => {
  test("is handed out again while the sign-in stands, which is looked at each time", async () => {
    expect(await ask()).toBe(tokenOf("prod of ada"));
    expect(await ask()).toBe(tokenOf("prod of ada"));
    expect([world.asked.length, looks]).toEqual([1, 1]);
  });

  test("is not handed out to the next person, who gets their own", async () => {
    await ask();
    current = "bob";
    expect(await ask()).toBe(tokenOf("prod of bob"));
    expect(await ask()).toBe(tokenOf("prod of bob"));
  });

  test("is not handed out after the sign-out", async () => {
    await ask();
    current = undefined;
    await expect(ask()).rejects.toThrow(REFUSED);
    expect(world.agent.status().held).toEqual([]);
  });

  test("is not handed out where it cannot be found out whether the sign-in stands", async () => {
    await ask();
    onLook = () => {
      throw new Error("the file can be read by others");
    };
    current = undefined;
    await expect(ask()).rejects.toThrow(REFUSED);
  });

  test("is not handed out, nor as zeros, where the agent is locked while it looks", async () => {
    await ask();
    onLook = () => void world.agent.lock();
    await expect(ask()).rejects.toMatchObject({ code: "agent_locked" });
    // Nor is AWS asked for a locked agent.
    expect(world.asked).toHaveLength(1);
  });

  test("is gone at the next tick when the sign-in is over, whoever asks or not", async () => {
    await ask();
    current = undefined;
    await world.tick();
    await turns();
    expect(world.agent.status().held).toEqual([]);
    expect(world.asked).toHaveLength(1);
  });
});
