import {
  createCredentialsBroker,
  CredentialsError,
  type CredentialsBrokerOptions,
  type RoleRequest,
} from "@daypass/credentials";
import { describe, expect, test } from "vitest";
import {
  codeOf,
  createAudit,
  createClock,
  createFakeSts,
  failureOf,
  MINUTE,
  requestOf,
  requestOfCustomer,
  settle,
} from "./fake-sts.js";

const setUp = (over: Partial<CredentialsBrokerOptions> = {}) => {
  const clock = createClock();
  const sts = createFakeSts(clock.now);
  const told: RoleRequest[] = [];
  const denied = new Set<string>();
  sts.script = (request) => {
    if (denied.has(request.roleArn)) throw failureOf("access_denied");
  };
  const broker = createCredentialsBroker({
    assumeRole: sts.assumeRole,
    record: createAudit().record,
    now: clock.now,
    jitter: () => 0.5,
    sleep: async (ms) => clock.move(ms),
    onDenied: async (request) => void told.push(request),
    ...over,
  });
  return { clock, sts, told, denied, broker, provide: broker.provider(requestOf()) };
};
const ROLE = requestOf().roleArn;

describe("a denial", () => {
  test("reaches a caller without a session at once, and STS is left alone for the propagation time", async () => {
    const { clock, sts, denied, told, provide } = setUp();
    denied.add(ROLE);
    expect(await codeOf(provide())).toBe("access_denied");
    clock.move(MINUTE - 1);
    expect(await codeOf(provide())).toBe("access_denied");
    expect(sts.calls).toHaveLength(1);
    expect(told).toHaveLength(0);
  });

  test("that was only a change on its way is forgotten after a grant", async () => {
    const { clock, denied, told, provide } = setUp();
    denied.add(ROLE);
    await codeOf(provide());
    denied.clear();
    clock.move(MINUTE);
    expect(await codeOf(provide())).toBe("granted");
    denied.add(ROLE);
    clock.move(30 * MINUTE);
    await provide();
    await settle();
    expect(told).toHaveLength(0);
  });

  test("stops renewal and leaves the session in hand until it is confirmed", async () => {
    const { clock, sts, denied, told, provide } = setUp();
    const first = await provide();
    denied.add(ROLE);
    clock.move(31 * MINUTE);
    await provide();
    await settle();
    for (let second = 0; second < 59; second++) {
      clock.move(1000);
      expect(await provide()).toEqual(first);
      await settle();
    }
    expect(sts.calls).toHaveLength(2);
    clock.move(1000);
    await codeOf(provide());
    await settle();
    expect(sts.calls).toHaveLength(3);
    expect(told).toEqual([requestOf()]);
    expect(await codeOf(provide())).toBe("access_denied");
  });

  test("that is confirmed is told once, and asked again every five minutes at most", async () => {
    const { clock, sts, denied, told, provide } = setUp();
    denied.add(ROLE);
    for (let second = 0; second < 3600; second++) {
      expect(await codeOf(provide())).toBe("access_denied");
      clock.move(1000);
    }
    expect(told).toHaveLength(1);
    expect(sts.calls.length).toBeLessThanOrEqual(14);
    denied.clear();
    clock.move(5 * MINUTE);
    expect(await codeOf(provide())).toBe("granted");
  });

  test("is told again where nobody could be told", async () => {
    let tries = 0;
    const { clock, denied, provide } = setUp({
      onDenied: async () => {
        tries++;
        if (tries === 1) throw new Error("the store is down");
      },
    });
    denied.add(ROLE);
    for (let minute = 0; minute < 20; minute++) {
      expect(await codeOf(provide())).toBe("access_denied");
      clock.move(MINUTE);
    }
    expect(tries).toBe(2);
  });

  test("is lifted by allow, without waiting", async () => {
    const { clock, denied, broker, provide } = setUp();
    denied.add(ROLE);
    await codeOf(provide());
    clock.move(MINUTE);
    await codeOf(provide());
    denied.clear();
    expect(await codeOf(provide())).toBe("access_denied");
    broker.allow((request) => request.roleArn === ROLE);
    expect(await codeOf(provide())).toBe("granted");
  });
});

describe("a denial of everybody", () => {
  /** All of `count` customers hold sessions, then are denied; everybody asks every ten seconds for ten minutes. */
  const denyMany = async (count: number, over: Partial<CredentialsBrokerOptions> = {}) => {
    const scene = setUp(over);
    const { clock, denied, broker } = scene;
    const requests = Array.from({ length: count }, (_, n) => requestOfCustomer(n));
    const providers = requests.map((request) => broker.provider(request));
    await Promise.all(providers.map((provide) => provide()));
    for (const request of requests) denied.add(request.roleArn);
    clock.move(31 * MINUTE);
    const outcomes: string[] = [];
    for (let round = 0; round < 60; round++) {
      outcomes.push(...(await Promise.all(providers.map((provide) => codeOf(provide())))));
      await settle();
      clock.move(10_000);
    }
    return { ...scene, providers, outcomes };
  };

  test("is our own fault: nobody is suspended, and the sessions in hand go on", async () => {
    const { told, outcomes } = await denyMany(20);
    expect(told).toHaveLength(0);
    expect(new Set(outcomes)).toEqual(new Set(["granted"]));
  });

  test("is our own fault while the canary fails, even where it is two customers only", async () => {
    const { told, outcomes } = await denyMany(2, { isVendorFault: async () => true });
    expect(told).toHaveLength(0);
    expect(new Set(outcomes)).toEqual(new Set(["granted"]));
  });

  test("is held to be our own fault where the canary cannot be asked", async () => {
    for (const isVendorFault of [
      async () => Promise.reject(new Error("canary unreachable")),
      () => new Promise<boolean>(() => undefined),
    ]) {
      const { told } = await denyMany(1, { isVendorFault, timeoutMs: 20 });
      expect(told).toHaveLength(0);
    }
  });

  test("ends when STS grants again", async () => {
    const { clock, denied, providers, told } = await denyMany(20);
    denied.clear();
    clock.move(2 * MINUTE);
    for (const provide of providers) await provide();
    await settle();
    clock.move(30 * MINUTE);
    for (const provide of providers) expect(await codeOf(provide())).toBe("granted");
    expect(told).toHaveLength(0);
  });

  test("is not assumed from one customer's many sessions", async () => {
    const { clock, denied, told, broker } = setUp();
    denied.add(ROLE);
    const names = Array.from({ length: 10 }, (_, n) => `acme.job${n}`);
    const providers = names.map((roleSessionName) => broker.provider(requestOf({ roleSessionName })));
    for (let round = 0; round < 2; round++) {
      for (const provide of providers) await codeOf(provide());
      clock.move(MINUTE);
    }
    // The other five were not asked for: a role that is denied five times over is left alone.
    expect(told).toHaveLength(5);
  });

  test("is not assumed from three customers while many others are granted", async () => {
    const { clock, denied, told, broker } = setUp();
    const requests = Array.from({ length: 20 }, (_, n) => requestOfCustomer(n));
    for (const request of requests.slice(0, 3)) denied.add(request.roleArn);
    for (let round = 0; round < 2; round++) {
      for (const request of requests) await codeOf(broker.provider({ ...request, roleSessionName: `round${round}` })());
      for (const request of requests) await codeOf(broker.provider(request)());
      clock.move(MINUTE);
    }
    expect(new Set(told.map((request) => request.roleArn)).size).toBe(3);
  });

  test("that comes one by one, as sessions are renewed, suspends two customers at most", async () => {
    const { clock, denied, told, broker } = setUp();
    const requests = Array.from({ length: 10 }, (_, n) => requestOfCustomer(n));
    const providers = requests.map((request) => broker.provider(request));
    for (const provide of providers) {
      await provide();
      clock.move(3 * MINUTE);
    }
    for (const request of requests) denied.add(request.roleArn);
    for (let round = 0; round < 50; round++) {
      for (const provide of providers) await codeOf(provide());
      await settle();
      clock.move(MINUTE);
    }
    expect(new Set(told.map(({ roleArn }) => roleArn)).size).toBeLessThanOrEqual(2);
  });

  test.each([
    "because no identity-based policy allows the sts:AssumeRole action",
    "with an explicit deny in an identity-based policy",
    "with an explicit deny in a service control policy",
    "because no permissions boundary allows the sts:AssumeRole action",
    "because no session policy allows the sts:AssumeRole action",
    "because no VPC endpoint policy allows the sts:AssumeRole action",
  ])("is our own fault, even of one customer, where AWS says: %s", async (words) => {
    const { clock, sts, told, provide } = setUp();
    sts.script = () => {
      throw new CredentialsError("access_denied", `User: x is not authorized to perform: y ${words}`, { hint: "none" });
    };
    for (let minute = 0; minute < 10; minute++) {
      expect(await codeOf(provide())).toBe("access_denied");
      clock.move(MINUTE);
    }
    expect(told).toHaveLength(0);
  });

  test("is the customer's where AWS names the customer's own policies", async () => {
    for (const words of [
      "because no role trust policy allows the sts:AssumeRole action",
      "with an explicit deny in a resource control policy",
    ]) {
      const { clock, sts, told, provide } = setUp();
      sts.script = () => {
        throw new CredentialsError("access_denied", `not authorized ${words}`, { hint: "none" });
      };
      await codeOf(provide());
      clock.move(MINUTE);
      await codeOf(provide());
      expect(told).toHaveLength(1);
    }
  });
});

describe("the canary", () => {
  test("is asked once for all who are denied at the same time", async () => {
    let asked = 0;
    const { clock, denied, broker } = setUp({
      isVendorFault: async () => {
        asked++;
        await settle();
        return true;
      },
    });
    denied.add(ROLE);
    const providers = Array.from({ length: 100 }, (_, n) => broker.provider(requestOf({ roleSessionName: `job${n}` })));
    await Promise.all(providers.map((provide) => codeOf(provide())));
    clock.move(MINUTE);
    await Promise.all(providers.map((provide) => codeOf(provide())));
    expect(asked).toBe(1);
  });

  test.each([undefined, null, 0, "false"])("that answers %s has not said no", async (answer) => {
    const { clock, denied, told, provide } = setUp({ isVendorFault: async () => answer as never });
    denied.add(ROLE);
    await codeOf(provide());
    clock.move(MINUTE);
    await codeOf(provide());
    expect(told).toHaveLength(0);
  });

  test("that answers after allow or revoke confirms no denial of the time before", async () => {
    for (const change of ["allow", "revoke"] as const) {
      let answer = (): void => undefined;
      const scene = setUp({ isVendorFault: () => new Promise((resolve) => (answer = () => resolve(false))) });
      const { clock, denied, told, broker, provide } = scene;
      denied.add(ROLE);
      await codeOf(provide());
      clock.move(MINUTE);
      const asked = codeOf(provide());
      await settle();
      await broker[change]((request) => request.roleArn === ROLE);
      answer();
      expect(await asked).toBe(change === "allow" ? "access_denied" : "revoked");
      expect(told).toHaveLength(0);
      broker.allow((request) => request.roleArn === ROLE);
      denied.clear();
      expect(await codeOf(provide())).toBe("granted");
    }
  });
});
