// What is held, for how long, and what ends it: by clocks that the test moves.
import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AuthError } from "@daypass/auth";
import type { AnswerRequest } from "@daypass/agent";
import {
  exchange,
  HOUR,
  personWho,
  rejectionOf,
  sessionOf,
  startWorld,
  turns,
  until,
  type World,
} from "./agent-world.js";

const MINUTE = 60_000;
let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const get = (identity = "prod") => world.client().credentials({ identity });
/** Starts anew with an `answer` that the test turns on and off. */
async function startWith(answer: AnswerRequest, over: Parameters<typeof startWorld>[0] = {}): Promise<void> {
  await world.close();
  world = await startWorld({ answer, ...over });
}

describe("holding", () => {
  test("what is held is given again without asking", async () => {
    const first = await get();
    expect(await get()).toEqual(first);
    expect(first).toMatchObject({ region: "eu-west-1", credentials: { accountId: "111122223333" } });
    expect(world.asked).toHaveLength(1);
  });

  test("every part of the question has its own answer", async () => {
    const questions = [
      { identity: "prod" },
      { identity: "prod2" },
      { identity: "prod", narrowing: { durationSeconds: 900 } },
      { identity: "prod", narrowing: { durationSeconds: 901 } },
      { identity: "prod", narrowing: { policy: "{}" } },
      { identity: "prod", narrowing: { policyArns: ["a", "b"] } },
      { identity: "prod", narrowing: { policyArns: ["a,b"] } },
      { identity: "prod", narrowing: { tags: { a: "b" } } },
      { identity: "prod", narrowing: { tags: { b: "a" } } },
      { identity: "prod", narrowing: { sourceIdentity: "a" } },
      { identity: "prod", narrowing: { roleSessionName: "a" } },
      { identity: "prod", narrowing: { externalId: "a" } },
      { identity: "prod", narrowing: { transitiveTagKeys: ["a"] } },
    ];
    for (const question of [...questions, ...questions]) await world.client().credentials(question);
    expect(world.asked).toHaveLength(questions.length);
  });

  test("expired credentials are never given, by either clock", async () => {
    await get();
    world.pass(HOUR - 1);
    await get();
    expect(world.asked).toHaveLength(1);
    world.pass(1);
    await get();
    expect(world.asked).toHaveLength(2);
    // The clock is set back while an hour passes.
    world.sleep(-5 * HOUR);
    world.pass(HOUR);
    await get();
    expect(world.asked).toHaveLength(3);
  });

  test.each([1, 5, 30, 59, 61, 480, 660])("after a sleep of %i minutes nothing expired is given", async (minutes) => {
    await get();
    world.sleep(minutes * MINUTE);
    const { credentials } = await get();
    expect(credentials.expiration?.getTime()).toBeGreaterThan(world.now());
    expect(world.asked).toHaveLength(minutes >= 60 ? 2 : 1);
  });

  test("an answer that is expired, endless or malformed is none", async () => {
    const session = sessionOf("x", world.now() + HOUR);
    for (const credentials of [
      sessionOf("x", world.now()),
      sessionOf("x", Number.NaN),
      { ...session, secretAccessKey: 'a"\nb' },
      { ...session, sessionToken: "" },
    ]) {
      await startWith(async () => ({ credentials }));
      expect((await rejectionOf(get())).code).toBe("answer_unusable");
    }
  });

  test("keys that do not end by themselves are given and not held", async () => {
    await startWith(async () => ({ credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" } }));
    await get();
    expect((await get()).credentials).toEqual({ accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" });
    expect(world.asked).toHaveLength(2);
    expect(world.agent.status().held).toEqual([]);
  });

  test("renew asks although there is an answer", async () => {
    await get();
    await world.client().credentials({ identity: "prod", renew: true });
    expect(world.asked).toEqual([{ identity: "prod" }, { identity: "prod", renew: true }]);
  });

  test("the status says what is held, without a secret", async () => {
    await get();
    const status = await world.client().status();
    expect(status.held).toEqual([{ identity: "prod", isNarrowed: false, expiration: new Date(world.now() + HOUR) }]);
    expect(JSON.stringify(status)).not.toMatch(/canary|token-of|ASIA/);
  });
});

describe("renewing before the end", () => {
  test("what is used is renewed at half of its life, and nobody waits for it", async () => {
    await get();
    world.pass(29 * MINUTE);
    await world.tick();
    expect(world.asked).toHaveLength(1);
    world.pass(MINUTE);
    await world.tick();
    expect(world.asked).toHaveLength(2);
    world.pass(45 * MINUTE);
    await get();
    expect(world.asked).toHaveLength(2);
  });

  test("a renewal never asks the person, whoever waits at a terminal", async () => {
    await startWith(async ({ identity, renew }, prompt) => {
      if (renew === true || identity === "other") await prompt.ask({ kind: "mfa_code", message: "code" });
      return { credentials: sessionOf(identity, world.now() + HOUR) };
    });
    await get();
    let type: (code: string) => void = () => undefined;
    const person = personWho(() => new Promise((resolve) => (type = resolve)));
    const other = world.client(person).credentials({ identity: "other" });
    await until(() => person.questions.length === 1);
    world.pass(31 * MINUTE);
    await world.tick();
    type("123456");
    await other;
    expect(world.asked).toHaveLength(3);
    expect(person.questions).toHaveLength(1);
  });

  test("a renewal that fails takes nothing away, and is not repeated at every tick", async () => {
    let isDown = false;
    await startWith(async ({ identity }) => {
      if (isDown) throw new AuthError("aws_unavailable", "down", { hint: "wait" });
      return { credentials: sessionOf(identity, world.now() + HOUR) };
    });
    await get();
    isDown = true;
    for (let tick = 0; tick < 4 * 58; tick++) {
      world.pass(15_000);
      await world.tick();
      await get();
    }
    expect(world.asked.length).toBeLessThan(20);
    isDown = false;
    world.pass(5 * MINUTE);
    expect((await get()).credentials.accessKeyId).toBe("ASIAIOSFODNN7EXAMPLE");
  });

  test("what nobody uses any more is not renewed", async () => {
    await startWith(async ({ identity }) => ({ credentials: sessionOf(identity, world.now() + 4 * HOUR) }));
    await get();
    world.pass(2 * HOUR);
    await world.tick();
    expect(world.asked).toHaveLength(1);
  });

  test("after a sleep the failures of the evening are forgotten", async () => {
    let isDown = true;
    await startWith(async ({ identity }) => {
      if (isDown) throw new AuthError("aws_unavailable", "down", { hint: "wait" });
      return { credentials: sessionOf(identity, world.now() + HOUR) };
    });
    await rejectionOf(get());
    isDown = false;
    expect((await rejectionOf(get())).code).toBe("aws_unavailable");
    world.sleep(8 * HOUR);
    await world.tick();
    await get();
  });
});

describe("polling", () => {
  test("an hour of a polling SDK costs few questions to AWS when it says no", async () => {
    await startWith(async () => {
      throw new AuthError("access_denied", "no", { hint: "no" });
    });
    for (let second = 0; second < 3600; second += 5) {
      await exchange(world.socket, "credential-process prod\n");
      world.pass(5000);
    }
    expect(world.asked.length).toBeLessThan(25);
  });

  test("an hour of a polling SDK asks a locked agent for nothing", async () => {
    await world.agent.lock();
    for (let second = 0; second < 3600; second += 5) {
      expect(await exchange(world.socket, "credential-process prod\n")).toContain("code: agent_locked");
      world.pass(5000);
    }
    expect(world.asked).toHaveLength(0);
  });

  test("an hour of a polling SDK at a terminal where the person gave up is few questions", async () => {
    const person = personWho(async () => {
      throw new AuthError("cancelled", "no", { hint: "no" });
    });
    await startWith(async ({ identity }, prompt) => {
      await prompt.ask({ kind: "mfa_code", message: "code" });
      return { credentials: sessionOf(identity, world.now() + HOUR) };
    });
    for (let second = 0; second < 3600; second += 5) {
      await rejectionOf(world.client(person).credentials({ identity: "prod" }));
      world.pass(5000);
    }
    expect(person.questions.length).toBeLessThan(25);
  });
});

describe("locking", () => {
  const unlock = async (passphrase: string | undefined) => {
    if (passphrase !== "right") throw new Error("wrong");
  };

  test("a locked agent has forgotten everything, and gives nothing until it is unlocked", async () => {
    let forgotten = 0;
    await startWith(async ({ identity }) => ({ credentials: sessionOf(identity, world.now() + HOUR) }), {
      unlock,
      onLock: () => (forgotten += 1),
    });
    await get();
    await world.client().lock();
    expect(forgotten).toBe(1);
    expect((await rejectionOf(get())).code).toBe("agent_locked");
    expect(await world.client().status()).toMatchObject({ isLocked: true, held: [] });
    expect((await rejectionOf(world.client().unlock("wrong"))).code).toBe("unlock_refused");
    expect((await rejectionOf(get())).code).toBe("agent_locked");
    world.pass(1000);
    await world.client().unlock("right");
    await get();
    expect(world.asked).toHaveLength(2);
  });

  test("guesses wait longer and longer", async () => {
    let guesses = 0;
    await startWith(async () => ({ credentials: sessionOf("x", world.now() + HOUR) }), {
      unlock: async () => {
        guesses += 1;
        throw new Error("wrong");
      },
    });
    await world.client().lock();
    for (let second = 0; second < 3600; second++) {
      await rejectionOf(world.client().unlock("guess"));
      world.pass(1000);
    }
    expect(guesses).toBeLessThan(70);
  });

  test("what was on its way when it was locked does not come in afterwards", async () => {
    let give: () => void = () => undefined;
    await startWith(async ({ identity }) => {
      await new Promise<void>((resolve) => (give = resolve));
      return { credentials: sessionOf(identity, world.now() + HOUR) };
    });
    const waiting = rejectionOf(get());
    await until(() => world.asked.length === 1);
    await world.agent.lock();
    await world.client().unlock();
    expect((await waiting).code).toBe("agent_locked");
    give();
    // Whoever waited has long heard it; what comes now is for nobody.
    await turns();
    expect(world.agent.status().held).toEqual([]);
  });

  test("a question that is being asked is given up when it is locked", async () => {
    await startWith(async ({ identity }, prompt) => {
      await prompt.ask({ kind: "mfa_code", message: "code" });
      return { credentials: sessionOf(identity, world.now() + HOUR) };
    });
    let isWithdrawn = false;
    const person = personWho(
      (_question, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => {
            isWithdrawn = true;
            reject(new Error("withdrawn"));
          });
        }),
    );
    const failed = rejectionOf(world.client(person).credentials({ identity: "prod" }));
    await until(() => world.agent.status().isAsking);
    await world.agent.lock();
    expect((await failed).code).toBe("agent_locked");
    await until(() => isWithdrawn);
  });

  test("unused it locks by itself, by the wall clock, and a sleeping machine counts", async () => {
    await startWith(async ({ identity }) => ({ credentials: sessionOf(identity, world.now() + 9 * HOUR) }), {
      unlock,
      idleMs: HOUR,
    });
    await get();
    world.pass(HOUR - 1);
    await get();
    world.sleep(HOUR);
    expect((await rejectionOf(get())).code).toBe("agent_locked");
  });

  test("a clock that is set back gives no more time", async () => {
    await startWith(async ({ identity }) => ({ credentials: sessionOf(identity, world.now() + 9 * HOUR) }), {
      unlock,
      idleMs: HOUR,
    });
    await get();
    world.sleep(-20 * HOUR);
    world.pass(HOUR);
    expect((await rejectionOf(get())).code).toBe("agent_locked");
  });

  test("unused it ends where nothing would unlock it", async () => {
    await startWith(async ({ identity }) => ({ credentials: sessionOf(identity, world.now() + HOUR) }), {
      idleMs: HOUR,
    });
    world.pass(HOUR);
    await world.tick();
    expect(await world.agent.ended).toBe("idle");
    expect((await rejectionOf(get())).code).toBe("agent_unavailable");
  });

  test("it ends when its time is over, however much it is used", async () => {
    await startWith(async ({ identity }) => ({ credentials: sessionOf(identity, world.now() + HOUR) }), {
      lifetimeMs: 2 * HOUR,
    });
    for (let quarter = 0; quarter < 7; quarter++) {
      world.pass(HOUR / 4);
      await get();
    }
    world.sleep(HOUR / 4);
    expect((await rejectionOf(get())).code).toBe("agent_unavailable");
    expect(await world.agent.ended).toBe("lifetime");
  });

  test("it ends where its socket was removed: nobody could ask it, or lock it", async () => {
    await get();
    await rm(world.agent.socketPath);
    await world.tick();
    expect(await world.agent.ended).toBe("unreachable");
  });

  test("it ends where another one has its place, and leaves that one's socket there", async () => {
    await get();
    await rm(world.agent.socketPath);
    const other = await startWorld({ directory: world.directory });
    await world.tick();
    expect(await world.agent.ended).toBe("unreachable");
    expect(await other.client().isRunning()).toBe(true);
    await other.agent.stop();
  });

  test("stop answers, then nothing answers any more", async () => {
    await get();
    await world.client().stop();
    expect(await world.agent.ended).toBe("stopped");
    expect(await world.client().isRunning()).toBe(false);
    await turns();
  });
});
