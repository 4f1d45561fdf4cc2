import { inspect } from "node:util";
import { createAssumeRole, CredentialsError, type AssumedRole, type RoleRequest } from "@daypass/credentials";
import { afterEach, describe, expect, test } from "vitest";
import { codeOf, requestOf } from "./fake-sts.js";
import { answerXml, errorXml, http, SECRET, startFakeWire, TOKEN, type Answer, type FakeWire } from "./fake-wire.js";

const KEYS = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "a-secret-of-the-caller" };
const open: FakeWire[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((wire) => wire.close()));
});

const setUp = async (
  answer: Parameters<typeof startFakeWire>[0],
  over: Partial<Parameters<typeof createAssumeRole>[0]> = {},
) => {
  const wire = await startFakeWire(answer);
  open.push(wire);
  return { wire, assumeRole: createAssumeRole({ credentials: KEYS, endpoint: wire.endpoint, ...over }) };
};
const always = (bytes: string) => setUp((socket) => socket.write(bytes));
const errorOf = async (work: Promise<AssumedRole>): Promise<CredentialsError> => {
  const error: unknown = await work.then(
    () => new Error("granted"),
    (reason: unknown) => reason,
  );
  if (error instanceof CredentialsError) return error;
  throw error;
};

describe("a good answer", () => {
  test("becomes the assumed role, whole and frozen", async () => {
    const { wire, assumeRole } = await always(http(200, answerXml()));
    const role = await assumeRole(requestOf());
    expect(role).toMatchObject({
      credentials: { accessKeyId: "ASIA0123456789ABCDEF", secretAccessKey: SECRET, sessionToken: TOKEN },
      assumedRoleArn: "arn:aws:sts::222222222222:assumed-role/reader/acme.report",
      roleUniqueId: "AROA0123456789ABCDEF0",
    });
    expect(Object.isFrozen(role) && Object.isFrozen(role.credentials)).toBe(true);
    expect(wire.requests).toBe(1);
  });

  test("was asked for with every field of the question", async () => {
    const { wire, assumeRole } = await setUp((socket) => socket.write(http(200, answerXml())), {
      mfaCode: async (serial) => (serial.endsWith("alice") ? "123456" : "000000"),
    });
    await assumeRole(
      requestOf({
        policy: '{"Version":"2012-10-17"}',
        policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        tags: { team: "red" },
        transitiveTagKeys: ["team"],
        sourceIdentity: "alice",
        mfaSerial: "arn:aws:iam::111111111111:mfa/alice",
      }),
    );
    expect(Object.fromEntries(new URLSearchParams(wire.bodies[0]))).toEqual({
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: "arn:aws:iam::222222222222:role/reader",
      RoleSessionName: "acme.report",
      ExternalId: "an-external-id-of-acme",
      DurationSeconds: "3600",
      Policy: '{"Version":"2012-10-17"}',
      "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
      "Tags.member.1.Key": "team",
      "Tags.member.1.Value": "red",
      "TransitiveTagKeys.member.1": "team",
      SourceIdentity: "alice",
      SerialNumber: "arn:aws:iam::111111111111:mfa/alice",
      TokenCode: "123456",
    });
  });

  test("carries no external ID where the request says null", async () => {
    const { wire, assumeRole } = await always(http(200, answerXml()));
    await assumeRole(requestOf({ externalId: null }));
    expect(wire.bodies[0]).not.toContain("ExternalId");
  });
});

describe("an answer that is not whole", () => {
  const partial: [string, Answer][] = [
    ["without an access key id", { accessKeyId: undefined as never }],
    ["with an empty secret", { secretAccessKey: "" }],
    ["without a secret", { secretAccessKey: undefined as never }],
    ["with an empty token", { sessionToken: "" }],
    ["without a token", { sessionToken: undefined as never }],
    ["without an expiration", { expiration: undefined as never }],
    ["with an expiration that is no date", { expiration: "soon" }],
    ["with a line break in the secret", { secretAccessKey: "x&#10;[default]" }],
    ["for another account", { arn: "arn:aws:sts::333333333333:assumed-role/reader/acme.report" }],
    ["for another role", { arn: "arn:aws:sts::222222222222:assumed-role/writer/acme.report" }],
    ["for another partition", { arn: "arn:aws-cn:sts::222222222222:assumed-role/reader/acme.report" }],
    ["for another session", { arn: "arn:aws:sts::222222222222:assumed-role/reader/someone" }],
    ["for a federated user", { arn: "arn:aws:sts::222222222222:federated-user/reader" }],
    ["without a role id", { assumedRoleId: undefined as never }],
    ["with another session's role id", { assumedRoleId: "AROA0123456789ABCDEF0:someone" }],
    ["that claims to live for a day", { expiration: new Date(Date.now() + 86_400_000).toISOString() }],
  ];
  test.each(partial)("%s is refused as a whole", async (_, over) => {
    const { assumeRole } = await always(http(200, answerXml(over)));
    expect(await codeOf(assumeRole(requestOf()))).toBe("sts_unavailable");
  });

  test.each([-86_400_000, -1, 0, 59_000])("is expired on arrival with %s ms left", async (left) => {
    const { assumeRole } = await always(
      http(200, answerXml({ expiration: new Date(Date.now() + left).toISOString() })),
    );
    expect(await codeOf(assumeRole(requestOf()))).toBe("expired_on_arrival");
  });

  test.each([
    ["empty", ""],
    ["HTML", "<html><body><h1>It works!</h1></body></html>"],
    ["unclosed HTML", "<!DOCTYPE html><html><br><p>It works"],
    ["JSON", '{"Credentials":{"AccessKeyId":"ASIA0123456789ABCDEF"}}'],
    ["text", "OK"],
    ["another root", answerXml().replaceAll("AssumeRoleResult", "GetSessionTokenResult")],
    ["zeros", "\0".repeat(1000)],
  ])("with status 200 and a body that is %s is refused", async (_, body) => {
    const { assumeRole } = await always(http(200, body));
    expect(await codeOf(assumeRole(requestOf()))).toBe("sts_unavailable");
  });

  const whole = http(200, answerXml());
  const head = whole.indexOf("\r\n\r\n") + 4;
  const withoutLength = http(200, answerXml(), { connection: "close" }).replace(/content-length: \d+\r\n/, "");
  const headWithoutLength = withoutLength.indexOf("\r\n\r\n") + 4;
  test.each([
    ["reset", whole, 0, true],
    ["closed short of its length", whole, 0, false],
    ["closed without a length given", withoutLength, headWithoutLength, false],
    ["reset within the body", whole, head, true],
  ] as const)("and is %s, at whatever byte, gives nothing", async (_, bytes, from, reset) => {
    const { assumeRole } = await setUp((socket, request) => {
      // Batches ask at once; each connection is cut at another byte.
      const cut = from + request - 1;
      socket.write(bytes.slice(0, cut), () => (reset ? socket.resetAndDestroy() : socket.end()));
    });
    const outcomes = new Map<string, number>();
    const cuts = bytes.length - from;
    for (let cut = 0; cut < cuts; cut += 40) {
      const batch = Array.from({ length: Math.min(40, cuts - cut) }, () => codeOf(assumeRole(requestOf())));
      for (const code of await Promise.all(batch)) outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
    }
    expect(Object.fromEntries(outcomes)).toEqual({ sts_unavailable: cuts });
  });
});

describe("a refusal", () => {
  const EXCEEDS = "The requested DurationSeconds exceeds";
  test.each([
    [403, "AccessDenied", "User: x is not authorized to perform: sts:AssumeRole on resource: y", "access_denied"],
    [403, "ExpiredToken", "The security token included in the request is expired", "caller_credentials"],
    [400, "ExpiredTokenException", "The token is expired", "caller_credentials"],
    [403, "InvalidClientTokenId", "The security token included in the request is invalid", "caller_credentials"],
    [403, "MissingAuthenticationToken", "Request is missing Authentication Token", "caller_credentials"],
    [403, "SignatureDoesNotMatch", "The request signature we calculated does not match", "caller_credentials"],
    [403, "SignatureDoesNotMatch", "Signature expired: 20300101T000000Z is now earlier than x", "clock_skew"],
    [403, "SignatureDoesNotMatch", "Signature not yet current: 20300101T000000Z is still later than x", "clock_skew"],
    [403, "RequestTimeTooSkewed", "The difference is too large", "clock_skew"],
    [403, "RegionDisabledException", "STS is not activated in this region for account:1", "region_disabled"],
    [400, "Throttling", "Rate exceeded", "throttled"],
    [400, "ThrottlingException", "Rate exceeded", "throttled"],
    [503, "RequestLimitExceeded", "Request limit exceeded.", "throttled"],
    [429, "TooManyRequestsException", "Slow down", "throttled"],
    [400, "ValidationError", `${EXCEEDS} the MaxSessionDuration set for this role.`, "session_too_long"],
    [
      400,
      "ValidationError",
      `${EXCEEDS} the 1 hour session limit for roles assumed by role chaining.`,
      "session_too_long",
    ],
    [400, "ValidationError", "1 validation error detected", "invalid_request"],
    [400, "MalformedPolicyDocument", "Syntax errors in policy.", "invalid_request"],
    [400, "PackedPolicyTooLarge", "Packed policy consumes 110% of allotted space", "invalid_request"],
    [400, "SomethingNew", "we invented a code", "invalid_request"],
    [500, "InternalFailure", "oops", "sts_unavailable"],
    [503, "ServiceUnavailable", "oops", "sts_unavailable"],
  ])("with status %s, %s and %j is %s", async (status, code, message, expected) => {
    const { wire, assumeRole } = await always(http(status, errorXml(code, message)));
    const error = await errorOf(assumeRole(requestOf()));
    expect(error.code).toBe(expected);
    expect(error.awsCode).toBe(code);
    expect(error.awsRequestId).toBe("request-7");
    expect(error.hint).not.toBe("");
    expect(error.transient).toBe(expected === "throttled" || expected === "sts_unavailable");
    // Straight: no retry of ours. Without STS's clock in the answer, not even for a skewed signature.
    expect(wire.requests).toBe(1);
  });

  test.each([
    [403, "<html><body>Access denied by the proxy</body></html>"],
    [403, "<html><p>unclosed"],
    [403, ""],
    [403, '{"__type":"AccessDenied"}'],
    [404, "Not Found"],
    [302, ""],
    [502, "<html>Bad Gateway</html>"],
  ])("with status %s that AWS did not write is no denial: %j", async (status, body) => {
    const { assumeRole } = await always(http(status, body));
    expect(await codeOf(assumeRole(requestOf()))).toBe("sts_unavailable");
  });

  test("that repeats the external ID does not bring it into the error", async () => {
    const { externalId } = requestOf();
    const message = `1 validation error detected: Value '${externalId}' at 'externalId' failed to satisfy constraint; ${externalId}`;
    const { assumeRole } = await always(http(400, errorXml("ValidationError", message)));
    const error = await errorOf(assumeRole(requestOf()));
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(externalId);
    expect(error.message).toContain("externalId");
  });

  test("of a cut answer does not bring the secrets into the error", async () => {
    const { assumeRole } = await setUp((socket) => socket.end(http(200, answerXml().slice(0, -40))));
    const error = await errorOf(assumeRole(requestOf()));
    const text = inspect(error, { depth: 9, showHidden: true });
    for (const secret of [SECRET, TOKEN, KEYS.secretAccessKey]) expect(text).not.toContain(secret);
  });
});

describe("an STS that does not answer", () => {
  test.each([
    ["takes the connection and says nothing", () => undefined],
    ["stops within the head", (socket: { write(bytes: string): void }) => socket.write("HTTP/1.1 200 OK\r\ncontent-")],
    [
      "stops within the body",
      (socket: { write(bytes: string): void }) => socket.write(http(200, answerXml()).slice(0, -100)),
    ],
  ])("but %s is given up after the deadline, and the connections are freed", async (_, answer) => {
    const { wire, assumeRole } = await setUp(answer, { timeoutMs: 100 });
    const codes = await Promise.all(Array.from({ length: 200 }, () => codeOf(assumeRole(requestOf()))));
    expect(new Set(codes)).toEqual(new Set(["sts_unavailable"]));
    await expect.poll(() => wire.open()).toBe(0);
    // Node 24 keeps the one connection that came to stand after its request was given up, for the next request.
    expect(wire.idle()).toBeLessThanOrEqual(1);
  });

  test("because nobody listens is unavailable", async () => {
    const { wire, assumeRole } = await setUp(() => undefined);
    await wire.close();
    const error = await errorOf(assumeRole(requestOf()));
    expect(error.code).toBe("sts_unavailable");
    expect(error.message).toContain("ECONNREFUSED");
  });

  test("is left when the caller gives up", async () => {
    const controller = new AbortController();
    const { wire, assumeRole } = await setUp(() => controller.abort());
    expect(await codeOf(assumeRole(requestOf(), { signal: controller.signal }))).toBe("aborted");
    await expect.poll(() => wire.open()).toBe(0);
    expect(await codeOf(assumeRole(requestOf(), { signal: controller.signal }))).toBe("aborted");
  });
});

describe("the caller's own credentials", () => {
  const fail = async (error: Error) => Promise.reject(error);
  test.each([
    [
      "AccessDenied of an STS call of their own",
      Object.assign(new Error("no"), { Code: "AccessDenied", $metadata: { httpStatusCode: 403 } }),
    ],
    ["CredentialsProviderError", Object.assign(new Error("none found"), { name: "CredentialsProviderError" })],
    ["a secret in its message", new Error("tried a-secret-of-the-caller")],
  ])("that fail with %s are the caller's trouble, not the customer's denial", async (_, reason) => {
    const { wire, assumeRole } = await setUp(() => undefined, { credentials: () => fail(reason) });
    const error = await errorOf(assumeRole(requestOf()));
    expect(error.code).toBe("caller_credentials");
    expect(inspect(error, { depth: 9 })).not.toContain("a-secret-of-the-caller");
    expect(wire.requests).toBe(0);
  });

  test("that never come are given up after the deadline", async () => {
    const { assumeRole } = await setUp(() => undefined, {
      credentials: () => new Promise(() => undefined),
      timeoutMs: 50,
    });
    expect(await codeOf(assumeRole(requestOf()))).toBe("sts_unavailable");
  });
});

describe("the clients of the AWS SDK", () => {
  test("are one for each region, and no more than 64, whatever regions are asked for", async () => {
    let made = 0;
    const { assumeRole } = await setUp((socket) => socket.write(http(200, answerXml())), {
      // A client asks for static credentials once.
      credentials: async () => {
        made++;
        return KEYS;
      },
    });
    const ask = (n: number) => assumeRole(requestOf({ region: `xx-region-${n}` }));
    for (let n = 0; n < 64; n++) await ask(n);
    await ask(0);
    expect(made).toBe(64);
    await ask(64);
    await ask(0);
    expect(made).toBe(66);
  });
});

describe("a clock that is far off", () => {
  test.each([-24 * 60, -20, -10, 10, 20, 24 * 60])(
    "by %s minutes costs one more call, and expiry is judged by STS's clock",
    async (minutes) => {
      const stsNow = Date.now() + minutes * 60_000;
      const date = new Date(stsNow).toUTCString();
      const { wire, assumeRole } = await setUp((socket, request) => {
        const good = http(200, answerXml({ expiration: new Date(stsNow + 3_600_000).toISOString() }), { date });
        socket.write(
          request === 1 ? http(403, errorXml("SignatureDoesNotMatch", "Signature expired: x"), { date }) : good,
        );
      });
      const role = await assumeRole(requestOf());
      expect(wire.requests).toBe(2);
      expect(Math.round((role.clockOffsetMs ?? 0) / 60_000)).toBe(minutes);
      // The client has learnt STS's clock.
      await assumeRole(requestOf());
      expect(wire.requests).toBe(3);
    },
  );

  test("is asked again once and no more", async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { wire, assumeRole } = await always(
      http(403, errorXml("SignatureDoesNotMatch", "Signature expired: x"), { date }),
    );
    expect(await codeOf(assumeRole(requestOf()))).toBe("clock_skew");
    expect(wire.requests).toBe(2);
  });
});

describe("a malformed request", () => {
  const LONG = "x".repeat(3000);
  const many = (count: number, make: (n: number) => string) => Array.from({ length: count }, (_, n) => make(n));
  const bad: [string, Partial<RoleRequest>][] = [
    ["roleArn", { roleArn: "reader" }],
    ["roleArn of a user", { roleArn: "arn:aws:iam::222222222222:user/reader" }],
    ["roleArn with a short account", { roleArn: "arn:aws:iam::2222:role/reader" }],
    ["roleArn with a blank", { roleArn: "arn:aws:iam::222222222222:role/reader " }],
    ["roleArn with a region", { roleArn: "arn:aws:iam:eu-west-1:222222222222:role/reader" }],
    ["roleArn of an assumed role", { roleArn: "arn:aws:sts::222222222222:assumed-role/reader/x" }],
    ["roleArn too long", { roleArn: `arn:aws:iam::222222222222:role/${LONG}/reader` }],
    ["roleSessionName too short", { roleSessionName: "a" }],
    ["roleSessionName too long", { roleSessionName: "a".repeat(65) }],
    ["roleSessionName with a blank", { roleSessionName: "a b" }],
    ["roleSessionName with a line break", { roleSessionName: "ab\n" }],
    ["externalId empty", { externalId: "" }],
    ["externalId too short", { externalId: "a" }],
    ["externalId too long", { externalId: "a".repeat(1225) }],
    ["externalId with a blank", { externalId: "a b" }],
    ["durationSeconds too short", { durationSeconds: 899 }],
    ["durationSeconds too long", { durationSeconds: 43_201 }],
    ["durationSeconds not whole", { durationSeconds: 900.5 }],
    ["durationSeconds not a number", { durationSeconds: Number.NaN }],
    ["region with a host in it", { region: "us-east-1.evil.example/#" }],
    ["region with an at sign", { region: "x@us-east-1" }],
    ["region global", { region: "aws-global" }],
    ["region empty", { region: "" }],
    ["policy not JSON", { policy: "{" }],
    ["policy a list", { policy: "[]" }],
    ["policy too long", { policy: JSON.stringify({ a: LONG }) }],
    ["policyArns too many", { policyArns: many(11, (n) => `arn:aws:iam::aws:policy/P${n}`) }],
    ["policyArns no ARN", { policyArns: ["ReadOnlyAccess"] }],
    ["tags too many", { tags: Object.fromEntries(many(51, (n) => `k${n}`).map((key) => [key, ""])) }],
    ["tags empty key", { tags: { "": "x" } }],
    ["tags long key", { tags: { ["k".repeat(129)]: "x" } }],
    ["tags long value", { tags: { k: "x".repeat(257) } }],
    ["tags bad value", { tags: { k: "<" } }],
    ["tags reserved key", { tags: { "AWS:x": "x" } }],
    ["tags twice", { tags: { team: "a", Team: "b" } }],
    ["transitiveTagKeys bad", { transitiveTagKeys: [""] }],
    ["transitiveTagKeys too many", { transitiveTagKeys: many(51, (n) => `k${n}`) }],
    ["sourceIdentity short", { sourceIdentity: "a" }],
    ["sourceIdentity reserved", { sourceIdentity: "aws:alice" }],
    ["mfaSerial short", { mfaSerial: "x" }],
    ["mfaSerial without anybody to ask", { mfaSerial: "arn:aws:iam::111111111111:mfa/alice" }],
  ];
  test.each(bad)("is refused before it leaves: %s", async (_, over) => {
    const { wire, assumeRole } = await setUp(() => undefined);
    const error = await errorOf(assumeRole(requestOf(over)));
    expect(error.code).toBe("invalid_request");
    expect(error.awsCode).toBeUndefined();
    expect(wire.requests).toBe(0);
  });
});
