// The judge of STS's answers by itself, over every single deviation from a good one, for the answer that just came and for
// the one that was kept.
import { CredentialsError, type AssumedRole, type CachedRole, type RoleRequest } from "@daypass/credentials";
import { describe, expect, test } from "vitest";
import { checkAnswer, readAnswer, type Answer } from "../dist/check-answer.js";
import { answerOf, requestOf, START } from "./fake-sts.js";

const HOUR = 3_600_000;
const ARN = "arn:aws:sts::222222222222:assumed-role/reader/acme.report";

const answer = (over: { credentials?: object; user?: object } = {}): Answer => ({
  Credentials: {
    AccessKeyId: "ASIA0123456789ABCDEF",
    SecretAccessKey: "secret+/=",
    SessionToken: "token+/=",
    Expiration: new Date(START + HOUR),
    ...over.credentials,
  },
  AssumedRoleUser: { Arn: ARN, AssumedRoleId: "AROA0123456789ABCDEF0:acme.report", ...over.user },
});

const refusal = (given: Answer, over: Partial<RoleRequest> = {}): string => {
  try {
    checkAnswer(given, requestOf(over), START);
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    expect(error.transient).toBe(true);
    return `${error.code}: ${error.message}`;
  }
  return "taken";
};
const unusable = (detail: string) => `sts_unavailable: STS could not be reached or gave no usable answer: ${detail}`;
const LACKS_KEY = unusable("the answer lacks a key, a secret or a token");
const LACKS_EXPIRATION = unusable("the answer lacks an expiration");
const LACKS_ID = unusable("the answer lacks the role's unique id");
const OTHER_ROLE = unusable("the answer is for another role or session");

describe("an answer that just came", () => {
  test("is taken as it is, and frozen, dates of its own", () => {
    const expiration = new Date(START + HOUR);
    const role = checkAnswer(answer({ credentials: { Expiration: expiration } }), requestOf(), START);
    expect(role).toEqual({
      credentials: {
        accessKeyId: "ASIA0123456789ABCDEF",
        secretAccessKey: "secret+/=",
        sessionToken: "token+/=",
        expiration: new Date(START + HOUR),
      },
      assumedRoleArn: ARN,
      roleUniqueId: "AROA0123456789ABCDEF0",
    });
    expect(role.credentials.expiration).not.toBe(expiration);
    expect([role, role.credentials].every(Object.isFrozen)).toBe(true);
  });

  test.each<[string, Answer]>([
    ["nothing", {}],
    ["no credentials", { AssumedRoleUser: answer().AssumedRoleUser }],
    ...["AccessKeyId", "SecretAccessKey", "SessionToken"].flatMap((field): [string, Answer][] => [
      [`no ${field}`, answer({ credentials: { [field]: undefined } })],
      [`an empty ${field}`, answer({ credentials: { [field]: "" } })],
      [`a ${field} that is no text`, answer({ credentials: { [field]: 7 } })],
      [`a ${field} that ends in a line break`, answer({ credentials: { [field]: "x\n" } })],
      [`a ${field} that begins with a blank`, answer({ credentials: { [field]: " x" } })],
      [`a ${field} with a letter beyond ASCII`, answer({ credentials: { [field]: "xé" } })],
    ]),
  ])("is refused with %s", (_, given) => {
    expect(refusal(given)).toBe(LACKS_KEY);
  });

  test.each<[string, unknown]>([
    ["none", undefined],
    ["text", "2030-01-01T01:00:00Z"],
    ["a number", START + HOUR],
    ["no date", new Date(Number.NaN)],
    ["something with a time", { getTime: () => START + HOUR }],
  ])("is refused with an expiration that is %s", (_, Expiration) => {
    expect(refusal(answer({ credentials: { Expiration } }))).toBe(LACKS_EXPIRATION);
  });

  test.each<[string, string | undefined]>([
    ["nobody", undefined],
    ["another account", "arn:aws:sts::222222222223:assumed-role/reader/acme.report"],
    ["a shorter account", "arn:aws:sts::22222222222:assumed-role/reader/acme.report"],
    ["another role", "arn:aws:sts::222222222222:assumed-role/readers/acme.report"],
    ["another session", "arn:aws:sts::222222222222:assumed-role/reader/acme.reports"],
    ["a session in other case", "arn:aws:sts::222222222222:assumed-role/reader/Acme.report"],
    ["another partition", "arn:aws-cn:sts::222222222222:assumed-role/reader/acme.report"],
    ["no partition of AWS", "arn:AWS:sts::222222222222:assumed-role/reader/acme.report"],
    ["a federated user", "arn:aws:sts::222222222222:federated-user/reader/acme.report"],
    ["a role of IAM", "arn:aws:iam::222222222222:role/reader/acme.report"],
    ["something more before", `x${ARN}`],
    ["something more behind", `${ARN}/x`],
    ["a path", "arn:aws:sts::222222222222:assumed-role/path/reader/acme.report"],
    ["a line break", `${ARN}\n`],
  ])("is refused when it is for %s", (_, Arn) => {
    expect(refusal(answer({ user: { Arn } }))).toBe(OTHER_ROLE);
  });

  test("is for the same role where only the case of its name differs, as IAM compares names", () => {
    const Arn = "arn:aws:sts::222222222222:assumed-role/Reader/acme.report";
    expect(checkAnswer(answer({ user: { Arn } }), requestOf(), START).assumedRoleArn).toBe(Arn);
    expect(refusal(answer(), { roleArn: "arn:aws:iam::222222222222:role/path/to/READER" })).toBe("taken");
  });

  test("is for another role where the question names none", () => {
    expect(refusal(answer(), { roleArn: "reader" })).toBe(OTHER_ROLE);
  });

  test("of another partition's role is taken by who asked there", () => {
    const Arn = ARN.replace("arn:aws:", "arn:aws-us-gov:");
    const roleArn = "arn:aws-us-gov:iam::222222222222:role/reader";
    expect(refusal(answer({ user: { Arn } }), { roleArn })).toBe("taken");
  });

  test.each<[string, string | undefined]>([
    ["none", undefined],
    ["an empty one", ""],
    ["one without session", "AROA0123456789ABCDEF0"],
    ["one with another session", "AROA0123456789ABCDEF0:someone"],
    ["one with something more behind", "AROA0123456789ABCDEF0:acme.report:"],
    ["one too short", "AROA0123456789A:acme.report"],
    ["one too long", `${"A".repeat(129)}:acme.report`],
    ["one with a dash", "AROA-0123456789ABCDEF:acme.report"],
    ["one with a blank before", " AROA0123456789ABCDEF:acme.report"],
    ["one with a blank behind", "AROA0123456789ABCDEF :acme.report"],
  ])("is refused with a role id that is %s", (_, AssumedRoleId) => {
    expect(refusal(answer({ user: { AssumedRoleId } }))).toBe(LACKS_ID);
  });

  test.each(["A".repeat(16), "A".repeat(128)])("may have the unique id %s", (id) => {
    const given = answer({ user: { AssumedRoleId: `${id}:acme.report` } });
    expect(checkAnswer(given, requestOf(), START).roleUniqueId).toBe(id);
  });

  const EXPIRED = "expired_on_arrival: STS answered with credentials that are expired or about to be";
  const TOO_LONG = unusable("the answer claims a longer life than was asked for");
  test.each([
    [-HOUR, EXPIRED],
    [0, EXPIRED],
    [60_000, EXPIRED],
    [60_001, "taken"],
    [HOUR + 600_000, "taken"],
    [HOUR + 600_001, TOO_LONG],
    [24 * HOUR, TOO_LONG],
  ])("with %s ms to live, an hour having been asked for, is: %s", (left, expected) => {
    expect(refusal(answer({ credentials: { Expiration: new Date(START + left) } }))).toBe(expected);
  });
});

describe("an answer that was kept", () => {
  const entry = (over: { request?: object; role?: object; credentials?: object; obtained?: Date } = {}): CachedRole => {
    const role: AssumedRole = answerOf(requestOf(), START, 7);
    return {
      request: { ...requestOf(), ...over.request },
      assumedRole: { ...role, ...over.role, credentials: { ...role.credentials, ...over.credentials } },
      obtained: over.obtained ?? new Date(START),
    };
  };
  const read = (given: CachedRole) => readAnswer(given, requestOf());

  test("is read as a frozen copy that carries the question asked now", () => {
    const kept = entry();
    const request = requestOf();
    const copy = readAnswer(kept, request);
    expect(copy).toEqual(kept);
    expect(copy?.request).toBe(request);
    expect(copy?.obtained).not.toBe(kept.obtained);
    expect(copy?.assumedRole.credentials).not.toBe(kept.assumedRole.credentials);
    expect([copy, copy?.assumedRole, copy?.assumedRole.credentials].every(Object.isFrozen)).toBe(true);
  });

  test.each<[string, CachedRole]>([
    ["another external ID", entry({ request: { externalId: "an-external-id-of-else" } })],
    ["another region", entry({ request: { region: "us-east-1" } })],
    ["a question that is none", entry({ request: { roleArn: 7 } })],
    ["no question", { ...entry(), request: undefined as never }],
  ])("for %s is no answer", (_, kept) => {
    expect(read(kept)).toBeUndefined();
  });

  test.each<[string, CachedRole]>([
    ["without its role", { ...entry(), assumedRole: undefined as never }],
    [
      "without its credentials",
      { ...entry(), assumedRole: { ...entry().assumedRole, credentials: undefined as never } },
    ],
    ["with an expiration that is a word", entry({ credentials: { expiration: "x" } })],
    ["with an empty key", entry({ credentials: { accessKeyId: "" } })],
    ["with a line break in the secret", entry({ credentials: { secretAccessKey: "x\ny" } })],
    ["with a token that is no text", entry({ credentials: { sessionToken: ["x"] } })],
    ["of another role", entry({ role: { assumedRoleArn: ARN.replace("reader", "writer") } })],
    ["with an ARN that is no text", entry({ role: { assumedRoleArn: [ARN] } })],
    ["with a malformed unique id", entry({ role: { roleUniqueId: "AROA" } })],
    ["with a unique id that is no text", entry({ role: { roleUniqueId: ["AROA0123456789ABCDEF0"] } })],
    ["that claims to live longer than asked", entry({ credentials: { expiration: new Date(START + HOUR + 600_001) } })],
    ["obtained by a clock that was behind", entry({ obtained: new Date(START - 600_001) })],
    ["of a time that is none", entry({ obtained: new Date(Number.NaN) })],
    ["with an expiration that is none", entry({ credentials: { expiration: new Date(Number.NaN) } })],
  ])("%s is no answer", (_, kept) => {
    expect(read(kept)).toBeUndefined();
  });

  test.each([
    ["ten minutes more than asked", entry({ credentials: { expiration: new Date(START + HOUR + 600_000) } })],
    [
      "a clock that was behind by as much as STS said",
      entry({ obtained: new Date(START - 86_400_000), role: { clockOffsetMs: 86_400_000 } }),
    ],
  ])("with %s is an answer", (_, kept) => {
    expect(read(kept)).toEqual(kept);
  });

  test("is believed about its own question without comparing it with itself", () => {
    const kept = entry();
    expect(readAnswer(kept, kept.request)).toEqual(kept);
    const bare = { ...kept, request: { ...kept.request, policyArns: [7] as unknown as string[] } };
    expect(readAnswer(bare, bare.request)).toEqual(bare);
  });
});
