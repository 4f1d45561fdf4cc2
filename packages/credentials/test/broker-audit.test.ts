import {
  createCredentialsBroker,
  CredentialsError,
  fingerprint,
  type CredentialsBrokerOptions,
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

/** A broker on fakes. Waiting moves the clock. */
const setUp = (over: Partial<CredentialsBrokerOptions> = {}) => {
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
  return { clock, sts, audit, broker, provide: broker.provider(requestOf()) };
};

describe("the audit", () => {
  test("holds an intent before and an outcome after each call, joined and without secrets", async () => {
    const { audit, broker } = setUp();
    const request = requestOf();
    const credentials = await broker.provider(request, { subject: { customer: "acme", actor: "Zoë" } })();
    const [intent, granted] = audit.events;
    expect(intent).toMatchObject({
      type: "assume_role.intent",
      roleArn: request.roleArn,
      externalIdFingerprint: fingerprint("an-external-id-of-acme"),
      subject: { customer: "acme", actor: "Zoë" },
    });
    expect(granted).toMatchObject({
      type: "assume_role.granted",
      attemptId: intent?.attemptId,
      accessKeyId: credentials.accessKeyId,
      expiration: credentials.expiration,
    });
    const text = JSON.stringify(audit.events);
    for (const secret of [credentials.secretAccessKey, credentials.sessionToken, request.externalId ?? ""]) {
      expect(text).not.toContain(secret);
    }
  });

  test("holds every refusal with its code", async () => {
    const { audit, sts, provide } = setUp();
    sts.script = () => {
      throw new CredentialsError("access_denied", "no", { hint: "none", awsRequestId: "request-7" });
    };
    await codeOf(provide());
    expect(audit.events.map((event) => event.type)).toEqual(["assume_role.intent", "assume_role.refused"]);
    expect(audit.events[1]).toMatchObject({ code: "access_denied", awsRequestId: "request-7" });
  });

  test("is written before STS is asked", async () => {
    const order: string[] = [];
    const { provide } = setUp({
      record: async (event) => {
        await settle();
        order.push(event.type);
      },
      assumeRole: async (request) => {
        order.push("asked");
        return answerOf(request, START, 1);
      },
    });
    await provide();
    order.push("handed out");
    expect(order).toEqual(["assume_role.intent", "asked", "assume_role.granted", "handed out"]);
  });

  test("that cannot take the intent keeps STS from being asked", async () => {
    const { sts, provide } = setUp({ record: async () => Promise.reject(new Error("disk full")) });
    expect(await codeOf(provide())).toBe("audit_unavailable");
    expect(sts.calls).toHaveLength(0);
  });

  test("that cannot take the outcome has the credentials dropped", async () => {
    let broken = true;
    const { clock, sts, provide } = setUp({
      record: async (event) => {
        if (broken && event.type === "assume_role.granted") throw new Error("disk full");
      },
    });
    expect(await codeOf(provide())).toBe("audit_unavailable");
    broken = false;
    clock.move(5000);
    expect((await provide()).accessKeyId).toContain("000002");
    expect(sts.calls).toHaveLength(2);
  });

  test("that cannot take outcomes costs no call of STS for every ask", async () => {
    const { clock, sts, provide } = setUp({
      jitter: () => 0.999,
      record: async (event) => {
        if (event.type === "assume_role.granted") throw new Error("disk full");
      },
    });
    for (let ask = 0; ask < 600; ask++) {
      expect(await codeOf(provide())).toBe("audit_unavailable");
      clock.move(100);
    }
    // A minute at one call in five seconds, after some faster ones.
    expect(sts.calls.length).toBeLessThan(20);
  });

  test("that hangs counts as one that fails", async () => {
    const { sts, provide } = setUp({ timeoutMs: 20, record: () => new Promise(() => undefined) });
    expect(await codeOf(provide())).toBe("audit_unavailable");
    expect(sts.calls).toHaveLength(0);
  });

  test("that fails during renewal does not take away a session that works", async () => {
    let broken = false;
    const { clock, provide } = setUp({
      record: async () => {
        if (broken) throw new Error("disk full");
      },
    });
    const first = await provide();
    broken = true;
    clock.move(40 * MINUTE);
    expect(await provide()).toEqual(first);
    await settle();
    broken = false;
    clock.move(5000);
    await provide();
    await settle();
    expect((await provide()).accessKeyId).not.toBe(first.accessKeyId);
  });

  test("is not asked to forgive: what onGranted rejects is not handed out", async () => {
    const { provide } = setUp({
      onGranted: async () => Promise.reject(new Error("the role was re-created")),
    });
    expect(await codeOf(provide())).toContain("re-created");
  });
});
