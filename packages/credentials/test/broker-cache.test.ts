// A cache that is slow, broken, shared or hostile takes nobody's session away and gives nobody an old one back.
import {
  createCredentialsBroker,
  createMemoryCache,
  requestKey,
  type CachedRole,
  type CredentialsBrokerOptions,
  type CredentialsCache,
  type RoleRequest,
} from "@daypass/credentials";
import { describe, expect, test } from "vitest";
import {
  answerOf,
  codeOf,
  createAudit,
  createClock,
  createFakeSts,
  MINUTE,
  requestOf,
  settle,
  START,
} from "./fake-sts.js";

const setUp = (over: Partial<CredentialsBrokerOptions> = {}) => {
  const clock = createClock();
  const sts = createFakeSts(clock.now);
  const broker = createCredentialsBroker({
    assumeRole: sts.assumeRole,
    record: createAudit().record,
    now: clock.now,
    jitter: () => 0.5,
    sleep: async (ms) => clock.move(ms),
    timeoutMs: 20,
    ...over,
  });
  return { clock, sts, broker, provide: broker.provider(requestOf()) };
};
const acme = (request: RoleRequest) => request.roleArn === requestOf().roleArn;
const fail = async () => Promise.reject(new Error("disk full"));
const hang = () => new Promise<never>(() => undefined);
const failAtOnce = () => {
  throw new Error("disk full");
};
const key = requestKey(requestOf());

describe("a cache", () => {
  const broken: [string, Partial<CredentialsCache>][] = [
    ["fails", { get: fail, set: fail }],
    ["fails to be read", { get: fail }],
    ["fails to be written", { set: fail }],
    ["fails without a promise", { get: failAtOnce, set: failAtOnce }],
    ["hangs", { get: hang, set: hang }],
    ["forgets everything", { get: fail, set: async () => undefined }],
  ];
  test.each(broken)("that %s costs one call of STS for each session, not one for each ask", async (_, over) => {
    const { clock, sts, provide } = setUp({ cache: { ...createMemoryCache(), ...over } });
    const first = await provide();
    for (let ask = 0; ask < 10; ask++) {
      clock.move(1000);
      expect(await provide()).toEqual(first);
    }
    expect(sts.calls).toHaveLength(1);
    // And it is renewed as ever.
    clock.move(30 * MINUTE);
    await provide();
    await expect.poll(() => sts.calls.length).toBe(2);
  });

  test("that hangs is asked again every five seconds only, so that warm asks do not wait for it", async () => {
    let reads = 0;
    const get = () => {
      reads++;
      return hang();
    };
    const { clock, provide } = setUp({ cache: { ...createMemoryCache(), get } });
    await provide();
    for (let ask = 0; ask < 100; ask++) {
      clock.move(100);
      await provide();
    }
    expect(reads).toBeLessThanOrEqual(4);
  });

  test("that fails loses a session to revoke all the same", async () => {
    const { broker, provide } = setUp({ cache: { ...createMemoryCache(), get: fail, set: fail } });
    const first = await provide();
    await broker.revoke(acme);
    expect(await codeOf(provide())).toBe("revoked");
    broker.allow(acme);
    expect((await provide()).accessKeyId).not.toBe(first.accessKeyId);
  });

  test("that keeps an old session beside the newer one in hand does not bring it back", async () => {
    const memory = createMemoryCache();
    let isBroken = false;
    const { clock, provide } = setUp({
      cache: { ...memory, set: async (...given) => (isBroken ? fail() : memory.set(...given)) },
    });
    await provide();
    isBroken = true;
    clock.move(40 * MINUTE);
    await provide();
    await settle();
    clock.move(MINUTE);
    expect((await provide()).accessKeyId).toContain("000002");
    clock.move(6000);
    expect((await provide()).accessKeyId).toContain("000002");
  });

  test("that another process has filled serves without STS", async () => {
    const cache = createMemoryCache();
    const one = setUp({ cache });
    const two = setUp({ cache });
    const kept = await one.provide();
    expect(await two.provide()).toEqual(kept);
    expect([one.sts.calls.length, two.sts.calls.length]).toEqual([1, 0]);
  });

  test("gives copies: nobody moves the dates of what is kept", async () => {
    const cache = createMemoryCache();
    const { provide } = setUp({ cache });
    await provide();
    const entry = await cache.get(key);
    entry?.obtained.setTime(0);
    entry?.assumedRole.credentials.expiration.setTime(0);
    const again = await cache.get(key);
    expect(again?.obtained.getTime()).toBe(START);
    expect(again?.assumedRole.credentials.expiration.getTime()).toBe(START + 60 * MINUTE);
  });
});

describe("revoke with a cache that cannot be purged", () => {
  test.each([
    ["fails", fail],
    ["hangs", hang],
  ])("and %s says so, ends the session, and never reads the old one again", async (_, remove) => {
    const memory = createMemoryCache();
    const { clock, sts, broker, provide } = setUp({ cache: { ...memory, delete: remove } });
    const first = await provide();
    expect(await codeOf(broker.revoke(acme))).toBe("cache_unavailable");
    expect(await codeOf(provide())).toBe("revoked");
    broker.allow(acme);
    expect(await memory.get(key)).toBeDefined();
    expect((await provide()).accessKeyId).not.toBe(first.accessKeyId);
    expect(sts.calls).toHaveLength(2);
    clock.move(MINUTE);
    expect((await provide()).accessKeyId).toContain("000002");
  });

  test("tells nothing of the cache's own error, which may hold what it was given", async () => {
    const { broker, provide } = setUp({
      cache: {
        ...createMemoryCache(),
        delete: async () => Promise.reject(new Error("cannot write secret-of-the-cache")),
      },
    });
    await provide();
    const error = await broker.revoke(acme).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "cache_unavailable", cause: undefined });
  });

  test("is remembered for as long as the cache was not purged, however many other questions come and go", async () => {
    const memory = createMemoryCache({ maxEntries: 100_000 });
    const { clock, broker, provide } = setUp({ cache: { ...memory, delete: fail } });
    const first = await provide();
    expect(await codeOf(broker.revoke(acme))).toBe("cache_unavailable");
    clock.move(30 * MINUTE);
    for (let n = 0; n < 3000; n++)
      await broker
        .provider(requestOf({ roleSessionName: `job${n}`, externalId: null, region: "us-east-1" }))()
        .catch(() => undefined);
    broker.allow(acme);
    expect((await provide()).accessKeyId).not.toBe(first.accessKeyId);
  });
});

describe("writes to a slow cache", () => {
  test("of one question come one after another: an old one that is late undoes no newer one", async () => {
    const memory = createMemoryCache();
    const gates: (() => void)[] = [];
    const slow = (key: string, entry: CachedRole) =>
      new Promise<void>((resolve) => {
        gates.push(() => resolve(memory.set(key, entry)));
      });
    const { broker, provide } = setUp({ cache: { ...memory, set: slow } });
    // Too late for its caller, who gets the session all the same.
    expect((await provide()).accessKeyId).toContain("000001");
    const revoked = codeOf(broker.revoke(acme));
    expect(await revoked).toBe("cache_unavailable");
    broker.allow(acme);
    expect((await provide()).accessKeyId).toContain("000002");
    // Only now the first write comes through; purge and second write follow it.
    while (gates.length > 0) {
      gates.shift()?.();
      await settle();
    }
    expect((await memory.get(key))?.assumedRole.credentials.accessKeyId).toContain("000002");
    expect((await provide()).accessKeyId).toContain("000002");
  });
});

describe("an entry of another process", () => {
  test("of the future, by a clock that was ahead, is not used", async () => {
    const cache = createMemoryCache();
    const { clock, sts, provide } = setUp({ cache });
    const obtained = new Date(clock.now() + 24 * 60 * MINUTE);
    await cache.set(key, {
      request: requestOf(),
      assumedRole: answerOf(requestOf(), obtained.getTime(), 99),
      obtained,
    });
    expect((await provide()).accessKeyId).toContain("000001");
    expect(sts.calls).toHaveLength(1);
  });
});
