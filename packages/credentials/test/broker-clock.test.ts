// Clocks that jump, and humans who are asked for a code: what is due, and what nobody may trust any more.
import { createCredentialsBroker, createMemoryCache, type CredentialsBrokerOptions } from "@daypass/credentials";
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
  settle,
} from "./fake-sts.js";

const DAY = 24 * 60 * MINUTE;
const setUp = (over: Partial<CredentialsBrokerOptions> = {}, request = requestOf()) => {
  const clock = createClock();
  const sts = createFakeSts(clock.now);
  const audit = createAudit();
  const broker = createCredentialsBroker({
    assumeRole: sts.assumeRole,
    record: audit.record,
    now: clock.now,
    jitter: () => 0.5,
    sleep: async (ms) => clock.move(ms),
    ...over,
  });
  return { clock, sts, audit, broker, provide: broker.provider(request) };
};

describe("a cache that is shared by machines", () => {
  const CUSTOMER = requestOf();
  /** Two brokers on one cache. The clock of the first is ahead of AWS's, that of the second behind, by so many minutes. */
  const setUpTwo = (ahead: number, behind: number) => {
    const truth = createClock();
    const cache = createMemoryCache();
    const machine = (offset: number) => {
      const now = () => truth.now() + offset * MINUTE;
      const sts = createFakeSts(truth.now);
      const heard = Math.abs(offset) < 4 ? {} : { clockOffsetMs: -offset * MINUTE };
      sts.answer = (request, serial) => ({ ...answerOf(request, truth.now(), serial), ...heard });
      const broker = createCredentialsBroker({
        assumeRole: sts.assumeRole,
        record: async () => undefined,
        cache,
        now,
        jitter: () => 0.5,
        sleep: async () => undefined,
      });
      return { sts, broker, provide: broker.provider(CUSTOMER) };
    };
    return { truth, first: machine(ahead), second: machine(-behind) };
  };

  test.each([
    [10, 0],
    [0, 10],
    [10, 10],
    [24 * 60, 0],
  ])(
    "one %s minutes ahead, the other %s behind, hands out nothing that AWS holds to be expired",
    async (ahead, behind) => {
      const { truth, first, second } = setUpTwo(ahead, behind);
      // The second one has heard AWS's clock before.
      await second.broker.provider(requestOf({ roleSessionName: "another" }))();
      await first.provide();
      first.sts.script = second.sts.script = () => {
        throw failureOf("sts_unavailable");
      };
      for (let minute = 0; minute < 90; minute++) {
        truth.move(MINUTE);
        const got = await second.provide().catch(() => undefined);
        if (got !== undefined) expect(got.expiration.getTime()).toBeGreaterThan(truth.now());
      }
    },
  );
});

describe("a clock that steps", () => {
  test.each([-DAY, -2 * MINUTE, 61 * MINUTE, DAY])("by %s ms costs one call of STS, and works on", async (step) => {
    const { clock, sts, provide } = setUp();
    await provide();
    clock.move(step);
    const second = await provide();
    expect(sts.calls).toHaveLength(2);
    expect(second.expiration.getTime()).toBe(clock.now() + 60 * MINUTE);
    expect(await provide()).toEqual(second);
  });

  test("back to just after the answer does not give an old session a second hour", async () => {
    const { clock, sts, provide } = setUp();
    const first = await provide();
    // Renewal fails, so that the session grows old.
    sts.script = () => {
      throw failureOf("sts_unavailable");
    };
    clock.move(55 * MINUTE);
    expect(await provide()).toEqual(first);
    await settle();
    clock.move(-54 * MINUTE);
    sts.script = () => undefined;
    expect((await provide()).accessKeyId).not.toBe(first.accessKeyId);
  });

  test("a day ahead for one ask only, and back, does no harm", async () => {
    const { clock, sts, provide } = setUp();
    await provide();
    // STS answers by the true time: what it gives has expired by ours.
    sts.answer = (request, serial) => answerOf(request, clock.now() - DAY, serial);
    clock.move(DAY);
    expect(await codeOf(provide())).toBe("expired_on_arrival");
    clock.move(-DAY);
    sts.answer = (request, serial) => answerOf(request, clock.now(), serial);
    expect((await provide()).expiration.getTime()).toBe(clock.now() + 60 * MINUTE);
  });

  test("back after a denial does not leave STS alone for a day, nor believe the next denial at once", async () => {
    const told: unknown[] = [];
    const { clock, sts, provide } = setUp({ onDenied: (request) => void told.push(request) });
    sts.script = () => {
      throw failureOf("access_denied");
    };
    clock.move(DAY);
    await codeOf(provide());
    clock.move(-DAY);
    expect(await codeOf(provide())).toBe("access_denied");
    expect(sts.calls).toHaveLength(2);
    expect(told).toEqual([]);
    sts.script = () => undefined;
    clock.move(MINUTE);
    expect(await codeOf(provide())).toBe("granted");
  });

  test("ahead by a day after a denial does not confirm it: the first is of long ago", async () => {
    const told: unknown[] = [];
    const { clock, sts, provide } = setUp({ onDenied: (request) => void told.push(request) });
    sts.script = () => {
      throw failureOf("access_denied");
    };
    await codeOf(provide());
    clock.move(DAY);
    await codeOf(provide());
    expect(told).toEqual([]);
    clock.move(MINUTE);
    await codeOf(provide());
    expect(told).toHaveLength(1);
  });
});

describe("in the last minute of a session", () => {
  test("an STS that hangs takes away neither the session in hand nor the caller's time beyond it", async () => {
    const { clock, sts, provide } = setUp({ timeoutMs: 60_000, waitMs: 10 });
    const first = await provide();
    clock.move(59 * MINUTE + 30_000);
    sts.script = () => new Promise(() => undefined);
    expect(await provide()).toEqual(first);
  });
});

describe("a question that names an MFA device", () => {
  const asked = () => requestOf({ mfaSerial: "arn:aws:iam::111111111111:mfa/alice" });

  test("asks no human before the last minute, and none twice", async () => {
    const { clock, sts, provide } = setUp({}, asked());
    const first = await provide();
    for (let minute = 0; minute < 58; minute++) {
      clock.move(MINUTE);
      expect(await provide()).toEqual(first);
      await settle();
    }
    expect(sts.calls).toHaveLength(1);
    clock.move(MINUTE + 1);
    expect((await provide()).accessKeyId).not.toBe(first.accessKeyId);
    expect(sts.calls).toHaveLength(2);
  });

  test("is asked once where STS fails: a code is good once", async () => {
    const { sts, provide } = setUp({}, asked());
    sts.script = () => {
      throw failureOf("throttled");
    };
    expect(await codeOf(provide())).toBe("throttled");
    expect(sts.calls).toHaveLength(1);
  });

  test("gives a human longer than a machine", async () => {
    let answer = (): void => undefined;
    const { sts, provide } = setUp({ timeoutMs: 10 }, asked());
    sts.script = () => new Promise<void>((resolve) => (answer = resolve));
    const credentials = provide();
    await new Promise((resolve) => setTimeout(resolve, 30));
    answer();
    expect((await credentials).accessKeyId).toContain("000001");
  });
});
