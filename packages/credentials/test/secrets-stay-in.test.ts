// Canaries: planted wherever a secret passes, and looked for wherever something comes out.
import { inspect } from "node:util";
import { S3Client } from "@aws-sdk/client-s3";
import {
  createAssumeRole,
  createAuditedAttempt,
  createCredentialsBroker,
  createMemoryCache,
  requestKey,
  type AuditEvent,
  type CachedRole,
} from "@daypass/credentials";
import { afterEach, describe, expect, test } from "vitest";
import { codeOf, createAudit, requestOf } from "./fake-sts.js";
import { answerXml, errorXml, http, SECRET, startFakeWire, TOKEN, type FakeWire } from "./fake-wire.js";

const EXTERNAL_ID = "an/external+id=of@acme";
const CALLER_SECRET = "canary/of/the/caller/secret+key";
const CALLER_TOKEN = "canaryTokenOfTheCaller/".repeat(20);
const SHORT_TOKEN = "canaryOfAShortToken";
const CANARIES = [
  SHORT_TOKEN,
  EXTERNAL_ID,
  encodeURIComponent(EXTERNAL_ID),
  CALLER_SECRET,
  CALLER_TOKEN,
  SECRET,
  TOKEN,
];
const request = requestOf({ externalId: EXTERNAL_ID });

const open: FakeWire[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((wire) => wire.close()));
});
const startSts = async (bytes: (body: string) => string) => {
  const wire: FakeWire = await startFakeWire((socket) => socket.write(bytes(wire.bodies.at(-1) ?? "")));
  open.push(wire);
  const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: CALLER_SECRET, sessionToken: CALLER_TOKEN };
  return createAssumeRole({ credentials, endpoint: wire.endpoint });
};
const reasonOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
/** As a logger would show it, and as deep as a debugger would. */
const textsOf = (value: unknown): readonly string[] => [
  inspect(value, { depth: 12, showHidden: true, getters: true }),
  String(value),
  value instanceof Error ? `${value.message} ${value.stack} ${JSON.stringify(value)}` : "",
];
const expectNoCanary = (value: unknown) => {
  for (const text of textsOf(value)) for (const canary of CANARIES) expect(text).not.toContain(canary);
};

describe("an error", () => {
  const canonical = `The request signature we calculated does not match.\n\nThe Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:${CALLER_TOKEN}\n'${SHORT_TOKEN}`;
  const refusals: [string, (body: string) => string][] = [
    [
      "a wrong signature, with the request as AWS saw it",
      () => http(403, errorXml("SignatureDoesNotMatch", canonical)),
    ],
    [
      "a validation error that repeats the request",
      (body) => http(400, errorXml("ValidationError", `1 error: ${body.replaceAll("&", " ")}`)),
    ],
    ["a denial that names the external ID", () => http(403, errorXml("AccessDenied", `not with ${EXTERNAL_ID}`))],
    [
      "a refusal that repeats the token in its first line",
      () => http(400, errorXml("Nonsense", `token ${CALLER_TOKEN} is bad`)),
    ],
    ["a code that is the external ID", () => http(400, errorXml(EXTERNAL_ID, "no"))],
    [
      "a request id that is the external ID",
      () => http(400, errorXml("Nonsense", "no"), { "x-amzn-requestid": EXTERNAL_ID }),
    ],
    [
      "an answer for another role",
      () => http(200, answerXml({ arn: "arn:aws:sts::222222222222:assumed-role/writer/acme.report" })),
    ],
    ["an answer that has expired", () => http(200, answerXml({ expiration: new Date(0).toISOString() }))],
    ["an answer that is cut", () => http(200, answerXml().slice(0, -90))],
    ["an answer that is not XML", () => http(200, `{"SecretAccessKey":"${SECRET}","SessionToken":"${TOKEN}"}`)],
    ["a page that repeats the request", (body) => http(502, `<html>${body} ${CALLER_TOKEN}</html>`)],
  ];
  test.each(refusals)("of %s carries no secret, nor does the audit", async (_, bytes) => {
    const assumeRole = await startSts(bytes);
    const audit = createAudit();
    const attempt = createAuditedAttempt({ assumeRole, record: audit.record });
    const error = await reasonOf(attempt(request));
    expect(error).toBeDefined();
    expectNoCanary(error);
    expectNoCanary(audit.events);
    expect(JSON.stringify(audit.events)).not.toContain(EXTERNAL_ID);
  });

  test("prints as one line, whatever a server put into it", async () => {
    const assumeRole = await startSts(() =>
      http(400, errorXml("Nonsense", "red \u001b[31m alert\u2028next &#7; line")),
    );
    const error = await reasonOf(assumeRole(request));
    expect(error instanceof Error && error.message).toBe(
      "STS refuses the form of the request: red ?[31m alert?next ? line",
    );
  });

  test("of a malformed question repeats nothing of it", async () => {
    const broker = createCredentialsBroker({ assumeRole: async () => Promise.reject(), record: createAudit().record });
    for (const over of [
      { externalId: `${EXTERNAL_ID} ` },
      { policy: CALLER_SECRET },
      { tags: { a: `${SECRET}<` } },
      { region: TOKEN },
    ]) {
      try {
        broker.provider({ ...request, ...over });
        expect.unreachable();
      } catch (error) {
        expectNoCanary(error);
      }
    }
  });
});

describe("what comes out when all goes well", () => {
  test("shows its secrets to nobody who logs it, and has them for who reads its fields", async () => {
    const assumeRole = await startSts(() => http(200, answerXml()));
    const cache = createMemoryCache();
    const granted: unknown[] = [];
    const events: AuditEvent[] = [];
    const broker = createCredentialsBroker({
      assumeRole,
      cache,
      record: async (event) => void events.push(event),
      onGranted: (...given) => void granted.push(given),
    });
    const provide = broker.provider(request);
    const credentials = await provide();
    const role = await assumeRole(request);
    const entry: CachedRole | undefined = await cache.get(requestKey(request));
    for (const shown of [assumeRole, cache, broker, provide, credentials, role, entry, granted, events])
      expectNoCanary(shown);
    expect([credentials.secretAccessKey, credentials.sessionToken]).toEqual([SECRET, TOKEN]);
    expect(JSON.parse(JSON.stringify(credentials))).toMatchObject({ secretAccessKey: SECRET, sessionToken: TOKEN });
    expect(Object.keys(credentials)).toEqual(["accessKeyId", "secretAccessKey", "sessionToken", "expiration"]);
    expect(entry?.request.externalId).toBe(EXTERNAL_ID);
  });

  test("is what a client of the AWS SDK takes, as a provider and as a value", async () => {
    const assumeRole = await startSts(() => http(200, answerXml()));
    const provide = createCredentialsBroker({ assumeRole, record: createAudit().record }).provider(request);
    for (const credentials of [provide, await provide(), (await assumeRole(request)).credentials]) {
      const resolved = await new S3Client({ region: "eu-west-1", credentials }).config.credentials();
      expect(resolved.secretAccessKey).toBe(SECRET);
    }
  });

  test("a request for the customer's account is on its way with the external ID, and with nothing that is empty", async () => {
    const bodies: string[] = [];
    const assumeRole = await startSts((body) => {
      bodies.push(body);
      return http(200, answerXml());
    });
    expect(await codeOf(assumeRole({ ...request, tags: {}, transitiveTagKeys: [] }))).toBe("granted");
    expect(new URLSearchParams(bodies[0]).get("ExternalId")).toBe(EXTERNAL_ID);
    expect(bodies[0]).not.toMatch(/Tags|TransitiveTagKeys/);
  });
});
