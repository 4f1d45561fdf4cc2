import {
  createAuditedAttempt,
  CredentialsError,
  fingerprint,
  type AssumedRole,
  type AuditedAttemptOptions,
} from "@daypass/credentials";
import { describe, expect, test } from "vitest";
import {
  answerOf,
  codeOf,
  createAudit,
  createClock,
  createFakeSts,
  failureOf,
  requestOf,
  settle,
  START,
} from "./fake-sts.js";

const setUp = (over: Partial<AuditedAttemptOptions> = {}) => {
  const clock = createClock();
  const sts = createFakeSts(clock.now);
  const audit = createAudit();
  const { assumeRole } = sts;
  const attempt = createAuditedAttempt({ assumeRole, record: audit.record, now: clock.now, ...over });
  return { clock, sts, attempt, events: audit.events, types: () => audit.events.map(({ type }) => type) };
};
const INTENT = "assume_role.intent";
const GRANTED = "assume_role.granted";
const REFUSED = "assume_role.refused";

describe("an attempt on record", () => {
  test("asks STS each time, and keeps nothing", async () => {
    const { sts, attempt, types } = setUp();
    const first = await attempt(requestOf());
    const second = await attempt(requestOf());
    expect(second.credentials.accessKeyId).not.toBe(first.credentials.accessKeyId);
    expect(sts.calls).toHaveLength(2);
    expect(types()).toEqual([INTENT, GRANTED, INTENT, GRANTED]);
  });

  test("says who asked for what, under an id that joins intent and outcome", async () => {
    const { attempt, events } = setUp({ createAttemptId: () => "attempt-7" });
    await attempt(requestOf(), { subject: { probe: "right_external_id" } });
    const externalIdFingerprint = fingerprint("an-external-id-of-acme");
    const said = { attemptId: "attempt-7", subject: { probe: "right_external_id" }, externalIdFingerprint };
    expect(events).toMatchObject([said, { ...said, accessKeyId: "ASIA222222222222000001" }]);
  });

  test("passes a denial on as it is, after its outcome is on record", async () => {
    const { sts, attempt, events } = setUp();
    const denial = failureOf("access_denied");
    sts.script = () => {
      throw denial;
    };
    await expect(attempt(requestOf())).rejects.toBe(denial);
    expect(events[1]).toMatchObject({ type: REFUSED, code: "access_denied" });
  });

  test("records a foreign error as unknown and passes it on", async () => {
    const { sts, attempt, events } = setUp();
    const foreign = new Error("the terminal is closed");
    sts.script = () => {
      throw foreign;
    };
    await expect(attempt(requestOf())).rejects.toBe(foreign);
    expect(events[1]).toMatchObject({ type: REFUSED, code: "unknown" });
  });

  test.each([
    ["the intent", INTENT, 0],
    ["the outcome of a grant", GRANTED, 1],
  ])(
    "gives nothing where %s cannot be written, not even where the audit says access_denied",
    async (_, type, calls) => {
      const { sts, attempt } = setUp({
        record: async (event) => {
          if (event.type === type) throw failureOf("access_denied");
        },
      });
      expect(await codeOf(attempt(requestOf()))).toBe("audit_unavailable");
      expect(sts.calls).toHaveLength(calls);
    },
  );

  test("says that the audit failed where the outcome of a denial cannot be written", async () => {
    const { sts, attempt } = setUp({
      record: async (event) => {
        if (event.type === REFUSED) throw new Error("disk full");
      },
    });
    sts.script = () => {
      throw failureOf("access_denied");
    };
    expect(await codeOf(attempt(requestOf()))).toBe("audit_unavailable");
  });

  const whole = answerOf(requestOf(), START, 1);
  test.each([
    ["nothing", undefined],
    ["no credentials", { ...whole, credentials: undefined }],
    ["no secret", { ...whole, credentials: { ...whole.credentials, secretAccessKey: undefined } }],
    ["no expiration", { ...whole, credentials: { ...whole.credentials, expiration: undefined } }],
    [
      "an expiration that is no date",
      { ...whole, credentials: { ...whole.credentials, expiration: new Date("soon") } },
    ],
    ["no role", { ...whole, assumedRoleArn: undefined }],
    ["another role", { ...whole, assumedRoleArn: "arn:aws:sts::222222222222:assumed-role/writer/acme.report" }],
    ["no unique id", { ...whole, roleUniqueId: undefined }],
  ])("whose answer has %s is a refusal, with its outcome on record", async (_, answer) => {
    const { attempt, events } = setUp({ assumeRole: async () => answer as AssumedRole });
    expect(await codeOf(attempt(requestOf()))).toBe("sts_unavailable");
    expect(events.map(({ type, code }) => code ?? type)).toEqual([INTENT, "sts_unavailable"]);
  });

  test("that STS never answers ends in time, on record", async () => {
    const { attempt, events } = setUp({ timeoutMs: 20, assumeRole: () => new Promise(() => undefined) });
    expect(await codeOf(attempt(requestOf()))).toBe("sts_unavailable");
    expect(events[1]).toMatchObject({ type: REFUSED, code: "sts_unavailable" });
  });

  test("of a malformed question is neither recorded nor asked", async () => {
    const { sts, attempt, events } = setUp();
    expect(await codeOf(attempt(requestOf({ region: "" })))).toBe("invalid_request");
    expect([sts.calls.length, events.length]).toEqual([0, 0]);
  });
});

describe("giving an attempt up", () => {
  test("before it begins leaves no trace", async () => {
    const { attempt, events } = setUp();
    expect(await codeOf(attempt(requestOf(), { signal: AbortSignal.abort() }))).toBe("aborted");
    expect(events).toEqual([]);
  });

  test("while STS is asked is an outcome, and takes the caller's own reason where it is an error of ours", async () => {
    const { sts, attempt, events } = setUp();
    sts.script = () => new Promise(() => undefined);
    const reason = new CredentialsError("revoked", "over", { hint: "none" });
    for (const [given, code] of [
      [reason, "revoked"],
      [new Error("enough"), "aborted"],
    ] as const) {
      const controller = new AbortController();
      const asked = codeOf(attempt(requestOf(), { signal: controller.signal }));
      await settle();
      controller.abort(given);
      expect(await asked).toBe(code);
      expect(events.at(-1)).toMatchObject({ type: REFUSED, code });
    }
  });

  test("while the intent is written keeps STS from being asked", async () => {
    const controller = new AbortController();
    const { sts, attempt } = setUp({ record: async () => controller.abort() });
    expect(await codeOf(attempt(requestOf(), { signal: controller.signal }))).toBe("aborted");
    expect(sts.calls).toHaveLength(0);
  });

  test("leaves no listener behind on a signal that serves a thousand attempts", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners++;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners--;
      remove(...given);
    };
    const { sts, attempt } = setUp();
    sts.script = () => {
      if (sts.calls.length % 2 === 0) throw failureOf("throttled");
    };
    await Promise.all(Array.from({ length: 1000 }, () => codeOf(attempt(requestOf(), { signal }))));
    expect(listeners).toBe(0);
  });
});
