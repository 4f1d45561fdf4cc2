import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  createCredentialsBroker,
  createMemoryCache,
  requestKey,
  type CredentialsBrokerOptions,
  type RoleRequest,
} from "@daypass/credentials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  answerOf,
  codeOf,
  createAudit,
  createClock,
  createFakeSts,
  failureOf,
  MINUTE,
  requestOf,
  requestOfCustomer,
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
    ...over,
  });
  return { clock, sts, broker, provide: broker.provider(requestOf()) };
};
const acme = (request: RoleRequest) => request.roleArn === requestOf().roleArn;

/** A gate that holds whoever comes until it is opened. */
const createGate = () => {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
};

describe("revoke", () => {
  test("ends a warm session from the moment it is called", async () => {
    const { broker, provide } = setUp();
    await provide();
    const done = broker.revoke(acme);
    expect(await codeOf(provide())).toBe("revoked");
    await done;
    expect(await codeOf(provide())).toBe("revoked");
  });

  test("drops an answer that is on its way", async () => {
    const cache = createMemoryCache();
    const gate = createGate();
    const { sts, broker, provide } = setUp({ cache });
    sts.script = () => gate.passed;
    const asked = codeOf(provide());
    await settle();
    await broker.revoke(acme);
    gate.open();
    expect(await asked).toBe("revoked");
    await settle();
    expect(await cache.get(requestKey(requestOf()))).toBeUndefined();
  });

  test("drops an answer whose outcome is being written to the audit", async () => {
    const cache = createMemoryCache();
    const gate = createGate();
    const { broker, provide } = setUp({
      cache,
      record: async (event) => (event.type === "assume_role.granted" ? gate.passed : undefined),
    });
    const asked = codeOf(provide());
    await settle();
    await broker.revoke(acme);
    gate.open();
    expect(await asked).toBe("revoked");
    expect(await cache.get(requestKey(requestOf()))).toBeUndefined();
  });

  test("outlives a write to the cache that was under way", async () => {
    const memory = createMemoryCache();
    const gate = createGate();
    const { broker, provide } = setUp({
      cache: {
        ...memory,
        set: async (key, entry) => {
          await gate.passed;
          await memory.set(key, entry);
        },
      },
    });
    const asked = codeOf(provide());
    await settle();
    const done = broker.revoke(acme);
    gate.open();
    await done;
    expect(await asked).toBe("revoked");
    expect(await memory.get(requestKey(requestOf()))).toBeUndefined();
  });

  test("keeps STS from being asked where only the intent was written", async () => {
    const gate = createGate();
    const { sts, broker, provide } = setUp({ record: () => gate.passed });
    const asked = codeOf(provide());
    await broker.revoke(acme);
    gate.open();
    expect(await asked).toBe("revoked");
    expect(sts.calls).toHaveLength(0);
  });

  test("holds for questions that are asked for the first time afterwards, and for nobody else", async () => {
    const { broker } = setUp();
    await broker.revoke(acme);
    expect(await codeOf(broker.provider(requestOf({ roleSessionName: "another.job" }))())).toBe("revoked");
    expect(await codeOf(broker.provider(requestOfCustomer(1))())).toBe("granted");
  });

  test("wakes a caller who waits for STS to come back", async () => {
    const { sts, broker, provide } = setUp({
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    });
    sts.script = () => {
      throw failureOf("throttled");
    };
    const asked = codeOf(provide());
    await settle();
    await broker.revoke(acme);
    expect(await asked).toBe("revoked");
  });

  test("aborts the call that is under way", async () => {
    let aborted = false;
    const { broker, provide } = setUp({
      assumeRole: (_, options) =>
        new Promise(() => {
          options?.signal?.addEventListener("abort", () => {
            aborted = true;
          });
        }),
    });
    const asked = codeOf(provide());
    await settle();
    await broker.revoke(acme);
    expect(await asked).toBe("revoked");
    expect(aborted).toBe(true);
  });

  test("can be called by onGranted, which vetoes a re-created role", async () => {
    const { broker, provide } = setUp({
      onGranted: async (): Promise<void> => {
        await broker.revoke(acme);
        throw new Error("the role was re-created");
      },
    });
    expect(await codeOf(provide())).toBe("revoked");
  });

  test("is undone by allow, and the session is then a new one", async () => {
    const { broker, provide } = setUp();
    const first = await provide();
    await broker.revoke(acme);
    broker.allow(acme);
    expect((await provide()).accessKeyId).not.toBe(first.accessKeyId);
  });

  test("followed by allow does not let an old answer through", async () => {
    const gate = createGate();
    const { sts, broker, provide } = setUp();
    sts.script = () => (sts.calls.length === 1 ? gate.passed : undefined);
    const old = codeOf(provide());
    await settle();
    await broker.revoke(acme);
    broker.allow(acme);
    expect((await provide()).accessKeyId).toContain("000002");
    gate.open();
    expect(await old).toBe("revoked");
    expect((await provide()).accessKeyId).toContain("000002");
  });

  test("followed by allow does not let an answer through whose outcome was being written", async () => {
    const gate = createGate();
    const { broker, provide } = setUp({
      record: async (event) => (event.type === "assume_role.granted" ? gate.passed : undefined),
    });
    const old = codeOf(provide());
    await settle();
    await broker.revoke(acme);
    broker.allow(acme);
    gate.open();
    expect(await old).toBe("revoked");
    expect((await provide()).accessKeyId).toContain("000002");
  });

  test("is remembered however many other questions come and go", async () => {
    const { clock, broker, provide } = setUp();
    await provide();
    await broker.revoke(acme);
    for (let n = 0; n < 3000; n++) broker.provider(requestOfCustomer(n));
    clock.move(100 * 60 * MINUTE);
    for (let n = 0; n < 3000; n++) broker.provider(requestOfCustomer(n));
    expect(await codeOf(provide())).toBe("revoked");
  });
});

describe("in whatever order things happen", () => {
  test("after revoke nobody is handed anything, and the cache stays empty", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, warm) => {
        const memory = createMemoryCache();
        const { clock, broker, provide } = setUp({
          cache: {
            ...memory,
            get: scheduler.scheduleFunction((key) => memory.get(key)),
            set: scheduler.scheduleFunction((key, entry) => memory.set(key, entry)),
            delete: scheduler.scheduleFunction((key) => memory.delete(key)),
          },
          record: scheduler.scheduleFunction(async () => undefined),
          assumeRole: scheduler.scheduleFunction(async (request: RoleRequest) => answerOf(request, START, 1)),
        });
        if (warm) {
          const entry = {
            request: requestOf(),
            assumedRole: answerOf(requestOf(), START, 7),
            obtained: new Date(START),
          };
          await memory.set(requestKey(requestOf()), entry);
          // Old enough to be renewed behind the callers.
          clock.move(40 * MINUTE);
        }
        let revoked = false;
        const late: string[] = [];
        const ask = async () => {
          const askedAfter = revoked;
          const outcome = await codeOf(provide());
          // Whoever hears "granted" after revoke has returned must have been served before it was called.
          if (askedAfter && outcome === "granted") late.push(outcome);
        };
        const later = (step: () => Promise<void>) => scheduler.schedule(Promise.resolve()).then(step);
        const steps = [
          ask(),
          ask(),
          later(ask),
          later(async () => {
            revoked = true;
            await broker.revoke(acme);
          }),
          later(ask),
          later(ask),
        ];
        await scheduler.waitFor(Promise.all(steps));
        // What goes on behind the callers: renewals, and the purge of what they wrote.
        await scheduler.waitIdle();
        expect(late).toEqual([]);
        expect(await memory.get(requestKey(requestOf()))).toBeUndefined();
        expect(await scheduler.waitFor(codeOf(provide()))).toBe("revoked");
      }),
      { numRuns: 1000 },
    );
  });

  test("STS is asked once for one question, and nobody gets a mixed tuple", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 12 }), async (scheduler, callers) => {
        let calls = 0;
        const { provide } = setUp({
          record: scheduler.scheduleFunction(async () => undefined),
          assumeRole: scheduler.scheduleFunction(async (request: RoleRequest) => answerOf(request, START, ++calls)),
        });
        const all = await scheduler.waitFor(Promise.all(Array.from({ length: callers }, () => provide())));
        expect(calls).toBe(1);
        for (const { accessKeyId, secretAccessKey, sessionToken } of all) {
          const mark = accessKeyId.slice(4);
          expect([secretAccessKey, sessionToken]).toEqual([`secret-${mark}`, `token-${mark}`]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a renewal that hangs", () => {
  test("does not keep the process alive", async () => {
    const script = `
      import { createCredentialsBroker } from "@daypass/credentials";
      let time = Date.now(), calls = 0;
      const broker = createCredentialsBroker({
        now: () => time,
        timeoutMs: 600_000,
        record: async () => undefined,
        assumeRole: async (request) => calls++ > 0 ? new Promise(() => undefined) : ${answerOf.toString().replace(/^/, "(")})(request, time, 1),
      });
      const provide = broker.provider(${JSON.stringify(requestOf())});
      await provide();
      time += 40 * 60_000;
      await provide();
      await new Promise((resolve) => setImmediate(resolve));
      process.stdout.write(String(calls));`;
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { timeout: 60_000 });
    expect(stdout).toBe("2");
  });
});

describe("a thousand customers with twenty callers each", () => {
  const customers = Array.from({ length: 1000 }, (_, n) => requestOfCustomer(n));

  test("cost one call each, cold and when all are due at once, and nobody gets another's session", async () => {
    const { clock, sts, broker } = setUp({ jitter: Math.random });
    const askAll = async () => {
      const asked = customers.flatMap((request) =>
        Array.from({ length: 20 }, () => ({ request, provide: broker.provider(request) })),
      );
      const answers = await Promise.all(
        asked.map(async ({ request, provide }) => ({ request, credentials: await provide() })),
      );
      for (const { request, credentials } of answers) {
        const accountId = request.roleArn.split(":")[4] ?? "";
        const mark = credentials.accessKeyId.slice(4);
        expect(mark.startsWith(accountId)).toBe(true);
        expect([credentials.secretAccessKey, credentials.sessionToken]).toEqual([`secret-${mark}`, `token-${mark}`]);
      }
    };
    await askAll();
    expect(sts.calls).toHaveLength(1000);
    clock.move(31 * MINUTE);
    await askAll();
    await settle();
    expect(sts.calls).toHaveLength(2000);
  });

  test("of one age are renewed over minutes, not in one moment", async () => {
    const { clock, sts, broker } = setUp({ jitter: Math.random });
    const providers = customers.map((request) => broker.provider(request));
    for (const provide of providers) await provide();
    clock.move(25 * MINUTE);
    let most = 0;
    for (let second = 0; second < 5 * 60; second += 5) {
      const before = sts.calls.length;
      clock.move(5000);
      for (const provide of providers) await provide();
      await settle();
      most = Math.max(most, sts.calls.length - before);
    }
    expect(sts.calls).toHaveLength(2000);
    // 1,000 keys over about four minutes are 20 in five seconds on average.
    expect(most).toBeLessThan(60);
  });

  test("see no error while STS throttles every second call and a session is valid", async () => {
    const { clock, sts, broker } = setUp({ jitter: Math.random });
    const providers = customers.map((request) => broker.provider(request));
    for (const provide of providers) await provide();
    sts.script = () => {
      if (sts.calls.length % 2 === 0) throw failureOf("throttled");
    };
    for (let minute = 0; minute < 90; minute++) {
      clock.move(MINUTE);
      for (const provide of providers) await provide();
      await settle();
    }
  });
});
