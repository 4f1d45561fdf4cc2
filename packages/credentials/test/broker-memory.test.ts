// What a broker remembers is bounded, and what it must not forget it does not forget.
import {
  createCredentialsBroker,
  CredentialsError,
  type CredentialsBrokerOptions,
  type RoleRequest,
} from "@daypass/credentials";
import { describe, expect, test } from "vitest";
import { codeOf, createClock, createFakeSts, failureOf, MINUTE, requestOf, requestOfCustomer } from "./fake-sts.js";

const setUp = (over: Partial<CredentialsBrokerOptions> = {}) => {
  const clock = createClock();
  const sts = createFakeSts(clock.now);
  const broker = createCredentialsBroker({
    assumeRole: sts.assumeRole,
    record: async () => undefined,
    now: clock.now,
    jitter: () => 0.5,
    sleep: async (ms) => clock.move(ms),
    // What is remembered is the subject here, not how fast STS is asked.
    callsPerSecond: 1_000_000,
    ...over,
  });
  return { clock, sts, broker, provide: broker.provider(requestOf()) };
};
const acme = (request: RoleRequest) => request.roleArn === requestOf().roleArn;
const errorOf = async (work: () => unknown): Promise<CredentialsError> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof CredentialsError) return error;
    throw error;
  }
  throw new Error("it did not throw");
};

describe("the rules of revoke and allow", () => {
  test("are one for each function: a hundred thousand turns of one are remembered as the last", async () => {
    const { broker } = setUp();
    let asked = 0;
    const counted = (request: RoleRequest) => {
      asked++;
      return acme(request);
    };
    for (let turn = 0; turn < 50_000; turn++) {
      await broker.revoke(counted);
      broker.allow(counted);
    }
    await broker.revoke(counted);
    asked = 0;
    expect(await codeOf(broker.provider(requestOf())())).toBe("revoked");
    expect(asked).toBe(1);
    broker.allow(counted);
    asked = 0;
    expect(await codeOf(broker.provider(requestOf({ roleSessionName: "new.one" }))())).toBe("granted");
    // Nothing before it revokes, so it is not even remembered.
    expect(asked).toBe(0);
  });

  test("are ten thousand and no more: further ones end what is known, say so, and forget none", async () => {
    const { broker, provide } = setUp();
    await provide();
    const never = Array.from({ length: 10_000 }, () => () => false);
    for (const match of never) await broker.revoke(match);
    const error = await errorOf(() => broker.revoke(acme));
    expect(error).toMatchObject({ code: "invalid_request", hint: expect.stringContaining("one function for each") });
    expect(await codeOf(provide())).toBe("revoked");
    expect((await errorOf(() => broker.allow(() => true))).code).toBe("invalid_request");
    expect(await codeOf(provide())).toBe("revoked");
    // One of those that are remembered may still be said again.
    await broker.revoke(never[0] ?? acme);
  });

  test("say what they said last, in the order in which they said it", async () => {
    const { broker } = setUp();
    const everybody = () => true;
    await broker.revoke(everybody);
    broker.allow(acme);
    expect(await codeOf(broker.provider(requestOf())())).toBe("granted");
    await broker.revoke(everybody);
    expect(await codeOf(broker.provider(requestOf({ roleSessionName: "new.one" }))())).toBe("revoked");
  });

  const bad: [string, (request: RoleRequest) => unknown][] = [
    [
      "throws",
      () => {
        throw new Error("a-secret-of-the-match");
      },
    ],
    ["answers by a promise", async () => true],
    ["answers by a promise that fails", async () => Promise.reject(new Error("late"))],
    ["answers nothing", () => undefined],
  ];
  test.each(bad)(
    "a function that %s changes nothing that is known, and opens nothing that is not",
    async (_, match) => {
      const { broker, provide } = setUp();
      await provide();
      const careless = match as (request: RoleRequest) => boolean;
      expect((await errorOf(() => broker.revoke(careless))).code).toBe("invalid_request");
      expect(await codeOf(provide())).toBe("granted");
      await broker.revoke(acme);
      expect((await errorOf(() => broker.allow(careless))).code).toBe("invalid_request");
      expect(await codeOf(provide())).toBe("revoked");
      // Before anything is known, it is only heard of when something is asked.
      const early = setUp();
      await early.broker.revoke(careless);
      expect(await codeOf(early.provide())).toBe("invalid_request");
    },
  );
});

describe("questions", () => {
  /** How often a match is asked by a revoke is how many questions are known. */
  const count = async (broker: ReturnType<typeof setUp>["broker"]): Promise<number> => {
    let known = 0;
    await broker.revoke(() => {
      known++;
      return false;
    });
    return known;
  };

  test("are not remembered before they are asked", async () => {
    const { broker } = setUp();
    for (let n = 0; n < 10_000; n++) broker.provider(requestOfCustomer(n));
    expect(await count(broker)).toBe(0);
  });

  test("are forgotten once their sessions have lapsed", async () => {
    const { clock, broker } = setUp();
    for (let round = 0; round < 5; round++) {
      for (let n = 0; n < 3000; n++) await broker.provider(requestOf({ roleSessionName: `job.${round}.${n}` }))();
      clock.move(61 * MINUTE);
    }
    expect(await count(broker)).toBeLessThan(7000);
  });

  test("of ten thousand customers are kept while their sessions live", async () => {
    const { sts, broker } = setUp();
    const providers = Array.from({ length: 10_000 }, (_, n) => broker.provider(requestOfCustomer(n)));
    for (const provide of providers) await provide();
    for (const provide of providers) await provide();
    expect(sts.calls).toHaveLength(10_000);
    expect(await count(broker)).toBe(10_000);
  });

  test("that are new with every ask fill no memory, though their sessions live", async () => {
    const { broker } = setUp();
    for (let n = 0; n < 60_000; n++) await broker.provider(requestOf({ roleSessionName: `request.${n}` }))();
    expect(await count(broker)).toBeLessThanOrEqual(50_000);
  });

  test("that are denied are not forgotten before the denial can be confirmed", async () => {
    const told: string[] = [];
    const { clock, sts, broker, provide } = setUp({ onDenied: ({ roleArn }) => void told.push(roleArn) });
    sts.script = (request) => {
      if (acme(request)) throw failureOf("access_denied");
    };
    await codeOf(provide());
    for (let n = 0; n < 3000; n++) await broker.provider(requestOfCustomer(n))();
    clock.move(62 * MINUTE);
    for (let n = 0; n < 3000; n++) await broker.provider(requestOfCustomer(n))();
    clock.move(-MINUTE);
    await codeOf(provide());
    expect(told).toEqual([requestOf().roleArn]);
  });
});
