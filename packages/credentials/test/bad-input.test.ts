// Whatever is passed in, what comes out is an error of this package that names what is wrong, or the right thing.
import {
  createAssumeRole,
  createAuditedAttempt,
  createCredentialsBroker,
  createMemoryCache,
  createRoleSessionName,
  CredentialsError,
  fingerprint,
  requestKey,
  signByClock,
  type AssumeRole,
  type RoleRequest,
} from "@daypass/credentials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerOf, createFakeSts, requestOf, START } from "./fake-sts.js";

/** Called as JavaScript calls it: the types say no already. */
type Careless = (...given: unknown[]) => unknown;
const careless = (work: unknown): Careless => work as Careless;

const errorOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
};
const messageOf = async (work: () => unknown): Promise<string> => {
  const error = await errorOf(work);
  if (!(error instanceof CredentialsError)) return `not ours: ${String(error)}`;
  expect(error.code).toBe("invalid_request");
  expect(error.hint).not.toBe("");
  return error.message;
};

const { assumeRole } = createFakeSts(() => START);
const record = async () => undefined;
const good = { assumeRole, record, now: () => START };
const broker = createCredentialsBroker(good);
const provider = careless(broker.provider);
const without = (field: keyof RoleRequest) => {
  const { [field]: _, ...rest } = requestOf();
  return rest;
};

describe("an option", () => {
  const cases: [string, () => unknown, string][] = [
    ["no options", careless(createAssumeRole), "createAssumeRole needs `credentials`: it is missing"],
    [
      "forgotten credentials",
      () => careless(createAssumeRole)({}),
      "createAssumeRole needs `credentials`: it is missing",
    ],
    [
      "credentials that are none",
      () => careless(createAssumeRole)({ credentials: null }),
      "createAssumeRole needs `credentials` to be credentials or a provider, as the AWS SDK takes them",
    ],
    [
      "a misspelt option",
      () => careless(createAssumeRole)({ credentials: undefined, endPoint: "https://sts.example" }),
      'createAssumeRole does not know "endPoint"',
    ],
    [
      "no code of MFA, but a text",
      () => careless(createAssumeRole)({ credentials: undefined, mfaCode: "123456" }),
      "createAssumeRole needs `mfaCode` to be a function",
    ],
    [
      "a deadline longer than timers wait",
      () => createAssumeRole({ credentials: undefined, timeoutMs: 2 ** 31 }),
      "createAssumeRole needs `timeoutMs` to be a number of milliseconds from 1 to 2147483647",
    ],
    [
      "no options of a broker",
      careless(createCredentialsBroker),
      "createCredentialsBroker needs `assumeRole`: it is missing",
    ],
    [
      "a broker without audit",
      () => careless(createCredentialsBroker)({ assumeRole }),
      "createCredentialsBroker needs `record`: it is missing",
    ],
    [
      "a text for a broker",
      () => careless(createCredentialsBroker)("record"),
      "createCredentialsBroker is not given as an object",
    ],
    [
      "a cache that cannot be purged",
      () => careless(createCredentialsBroker)({ ...good, cache: { get: record, set: record, clear: record } }),
      "createCredentialsBroker needs `cache` to be an object with get, set, delete, clear",
    ],
    [
      "a wait that is no number",
      () => createCredentialsBroker({ ...good, waitMs: Number.NaN }),
      "createCredentialsBroker needs `waitMs` to be a number of milliseconds from 0 to 2147483647",
    ],
    [
      "an attempt without audit",
      () => careless(createAuditedAttempt)({ assumeRole }),
      "createAuditedAttempt needs `record`: it is missing",
    ],
    [
      "a signal that is none",
      () => careless(createAuditedAttempt(good))(requestOf(), { signal: true }),
      "the attempt needs `signal` to be an AbortSignal",
    ],
    [
      "an unknown option of a provider",
      () => provider(requestOf(), { subjects: {} }),
      'provider does not know "subjects"',
    ],
    [
      "room that is no number",
      () => careless(createMemoryCache)({ maxEntries: "9" }),
      "createMemoryCache needs `maxEntries` to be a positive whole number",
    ],
    ["room by itself", () => careless(createMemoryCache)(9), "createMemoryCache is not given as an object"],
    ["no entry", () => careless(createMemoryCache().set)("key", undefined), "a cache entry is not whole"],
    ["no function for revoke", careless(broker.revoke), "revoke needs `match`: it is missing"],
    ["a request for allow", () => careless(broker.allow)(requestOf()), "allow needs `match` to be a function"],
    [
      "a name for session names",
      () => careless(createRoleSessionName)("acme"),
      "the parts of a session name are not a list of texts",
    ],
    ["no external ID for the fingerprint", careless(fingerprint), "an external ID is not text"],
    [
      "no client for the clock",
      () => careless(signByClock)({}, Date.now),
      "signByClock is given no client or no clock",
    ],
    ["no request for the key", careless(requestKey), "the request has a field of the wrong kind"],
  ];
  test.each(cases)("is named where it is wrong: %s", async (_, work, message) => {
    expect(await messageOf(work)).toBe(message);
  });

  test.each([
    "http://sts.example",
    "http://127.0.0.1.example:4566",
    "https://user:password@sts.example",
    "https://sts.example?x=1",
    "ftp://localhost",
    "sts.example",
  ])("that would send a session's secrets in the clear, or is no address, is refused: %s", async (endpoint) => {
    const message = await messageOf(() => createAssumeRole({ credentials: undefined, endpoint }));
    expect(message).toBe("createAssumeRole needs `endpoint` to be an https URL, or an http one of this machine");
  });

  test.each(["https://sts.example", "http://localhost:4566", "http://127.0.0.1:4566/", "http://[::1]:4566"])(
    "that names an address of this machine, or an encrypted one, is taken: %s",
    (endpoint) => {
      expect(createAssumeRole({ credentials: undefined, endpoint })).toBeTypeOf("function");
    },
  );

  test("is taken from the object itself, not from a polluted prototype", async () => {
    // What a flaw elsewhere in the process would do.
    Reflect.set(Object.prototype, "record", async () => undefined);
    try {
      expect(await messageOf(() => careless(createCredentialsBroker)({ assumeRole }))).toContain(
        "`record`: it is missing",
      );
    } finally {
      Reflect.deleteProperty(Object.prototype, "record");
    }
  });
});

describe("a question", () => {
  test.each(["roleArn", "roleSessionName", "externalId", "durationSeconds", "region"] as const)(
    "without %s is refused by name, by everybody who takes one",
    async (field) => {
      const message = `the request needs \`${field}\`: it is missing`;
      for (const given of [without(field), { ...requestOf(), [field]: undefined }]) {
        expect(await messageOf(() => provider(given))).toBe(message);
        expect(await messageOf(() => careless(createAuditedAttempt(good))(given))).toBe(message);
        expect(await messageOf(() => careless(createAssumeRole({ credentials: undefined }))(given))).toBe(message);
      }
    },
  );

  const wrong: [string, object, string][] = [
    ["a field that nobody knows", { sessionPolicy: "{}" }, 'the request does not know "sessionPolicy"'],
    ["a number for an external ID", { externalId: 7 }, "the request needs `externalId` to be text or null"],
    ["a text for a duration", { durationSeconds: "3600" }, "the request needs `durationSeconds` to be a number"],
    ["null for a policy", { policy: null }, "the request needs `policy` to be text"],
    [
      "one policy ARN by itself",
      { policyArns: "arn:aws:iam::aws:policy/X" },
      "the request needs `policyArns` to be a list of texts",
    ],
    ["no policy ARN, which would not narrow the session", { policyArns: [] }, "policyArns is empty"],
    ["a Map for tags", { tags: new Map([["team", "red"]]) }, "the request needs `tags` to be a plain object of texts"],
    ["a number in the tags", { tags: { team: 7 } }, "the request needs `tags` to be a plain object of texts"],
    [
      "a hole in a list",
      { transitiveTagKeys: [undefined] },
      "the request needs `transitiveTagKeys` to be a list of texts",
    ],
    [
      "a longer list than any, of which no more is copied",
      { policyArns: Array.from({ length: 60 }, () => "x") },
      "policyArns are not at most 10 ARNs of managed policies",
    ],
  ];
  test.each(wrong)("with %s is refused", async (_, over, message) => {
    expect(await messageOf(() => provider({ ...requestOf(), ...over }))).toBe(message);
  });

  test("whose external ID was forgotten does not read like one of the ID `undefined`", async () => {
    expect(await messageOf(() => requestKey({ ...requestOf(), externalId: 7 as never }))).toContain("wrong kind");
    expect(requestKey(requestOf({ externalId: "undefined" }))).not.toBe(
      requestKey(without("externalId") as RoleRequest),
    );
  });

  test("that answers anew each time it is looked at is asked as it was checked", async () => {
    const sts = createFakeSts(() => START);
    const changing = createCredentialsBroker({ ...good, assumeRole: sts.assumeRole });
    let reads = 0;
    const request = Object.defineProperty(requestOf(), "roleArn", {
      enumerable: true,
      get: () => (reads++ === 0 ? requestOf().roleArn : "arn:aws:iam::333333333333:role/other"),
    });
    await changing.provider(request)();
    expect(sts.calls.map(({ roleArn }) => roleArn)).toEqual([requestOf().roleArn]);
    expect(reads).toBe(1);
  });

  test("with a tag of the name __proto__ keeps it as a tag, and pollutes nothing", async () => {
    const sts = createFakeSts(() => START);
    const tags: unknown = JSON.parse('{"__proto__":"red","constructor":"blue"}');
    const polluting = createCredentialsBroker({ ...good, assumeRole: sts.assumeRole });
    await polluting.provider(requestOf({ tags: tags as Record<string, string> }))();
    expect(Object.entries(sts.calls[0]?.tags ?? {})).toEqual([
      ["__proto__", "red"],
      ["constructor", "blue"],
    ]);
    expect(Reflect.get({}, "red")).toBeUndefined();
    const keys = ["red", "blue"].map((value) =>
      requestKey(requestOf({ tags: JSON.parse(`{"__proto__":"${value}"}`) })),
    );
    expect(keys[0]).not.toBe(keys[1]);
  });

  test("of megabytes is refused without a long look", async () => {
    const huge = "x".repeat(20_000_000);
    for (const over of [
      { roleArn: `arn:aws:iam::222222222222:role/${huge}` },
      { externalId: huge },
      { policy: `{"a":"${huge}"}` },
      { tags: { team: huge } },
      { tags: Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`k${n}`, ""])) },
      { transitiveTagKeys: Array.from({ length: 5_000_000 }, () => "k") },
    ]) {
      const message = await messageOf(() => provider({ ...requestOf(), ...over }));
      expect(message.length).toBeLessThan(200);
    }
  });
});

describe("a subject", () => {
  test.each([
    ["a text", "acme"],
    ["a Map", new Map()],
    ["a number in it", { customer: 7 }],
    ["a long value", { customer: "x".repeat(1025) }],
    ["a long name", { ["x".repeat(129)]: "acme" }],
    ["too many fields", Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, "x"]))],
  ])("that is or holds %s is refused", async (_, subject) => {
    expect(await messageOf(() => provider(requestOf(), { subject }))).toContain("`subject` to be a plain object of");
  });
});

describe("nobody who calls the door with nonsense", () => {
  test("gets anything but an error of this package", async () => {
    const sane: AssumeRole = async (request) => answerOf(request, START, 1);
    const doors: Careless[] = [
      createAssumeRole,
      createAuditedAttempt,
      createCredentialsBroker,
      createMemoryCache,
      createRoleSessionName,
      fingerprint,
      requestKey,
      signByClock,
      broker.provider,
      broker.revoke,
      broker.allow,
      createAuditedAttempt({ ...good, assumeRole: sane }),
      createAssumeRole({ credentials: undefined }),
      (...given: unknown[]) => careless(createCredentialsBroker)({ ...good, ...Object(given[0]) }),
      (...given: unknown[]) => provider({ ...requestOf(), ...Object(given[0]) }),
      (...given: unknown[]) => careless(createMemoryCache().set)("key", ...given),
    ].map(careless);
    const nonsense = fc.oneof(
      fc.anything({ withNullPrototype: true, withMap: true, withDate: true, withBigInt: true }),
      fc.dictionary(
        fc.constantFrom(
          "record",
          "assumeRole",
          "cache",
          "roleArn",
          "externalId",
          "tags",
          "policyArns",
          "timeoutMs",
          "signal",
        ),
        fc.anything({ withBoxedValues: true }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(doors.length - 1), fc.array(nonsense, { maxLength: 2 }), async (door, given) => {
        const error = await errorOf(() => doors[door]?.(...given));
        expect(error === undefined || error instanceof CredentialsError).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});
