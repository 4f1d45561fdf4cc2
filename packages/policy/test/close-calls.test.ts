// Near misses: what lies one character, one digit or one part beside what matches. Each of them was once a change in the
// evaluator that no other test noticed.
import { describe, expect, it } from "vitest";
import { parsePolicy } from "@daypass/policy";
import type { AccessRequest, RequestPrincipal } from "@daypass/policy";
import {
  allow,
  ask,
  assume,
  BOB,
  denies,
  deny,
  errorOf,
  HERE,
  holds,
  named,
  OBJECT,
  roleSession,
  root,
  THERE,
  trusts,
  user,
} from "./ask.js";

const ADMIN = { identity: [named("identity", "admin", allow("*"))] };
const EVE = user("eve");
const APP = roleSession("app", HERE, { session: "me" });
const federatedUser = (name: string) =>
  ({
    type: "federated-user",
    arn: `arn:aws:sts::${HERE}:federated-user/${name}`,
    accountId: HERE,
    uniqueId: `${HERE}:${name}`,
  }) as const satisfies RequestPrincipal;
const grants = (principal: unknown, effect = "Allow") =>
  named("resource", "bucket policy", { Effect: effect, Principal: principal, Action: "s3:*", Resource: "*" });

describe("numbers", () => {
  it.each([
    ["NumericEquals", "1.5", "1.50", true],
    ["NumericEquals", "1.50", "1.5", true],
    ["NumericGreaterThan", "1.5", "2", true],
    ["NumericGreaterThan", "2", "1.5", false],
    ["NumericLessThan", "10", "9.75", true],
    ["NumericLessThan", "9.75", "10", false],
    ["NumericEquals", "0.05", "0.5", false],
  ])("%s %s holds for %s: %s", (operator, expected, actual, answer) => {
    expect(holds({ [operator]: { "s3:max-keys": expected } }, { "s3:max-keys": actual })).toBe(answer);
  });

  it("up to the largest that JSON keeps exactly are read without quotation marks", () => {
    const Condition = { NumericEquals: { "s3:max-keys": Number.MAX_SAFE_INTEGER } };
    const { statements } = parsePolicy({ Statement: allow("*", "*", { Condition }) }, "identity");
    expect(statements[0]?.conditions[0]?.values).toEqual(["9007199254740991"]);
  });
});

describe("dates", () => {
  const NOW = "2030-01-01T00:00:00Z";
  it.each([
    ["2030-01-01T00:00:00.5Z", "2030-01-01T00:00:00.5Z", true],
    ["2030-01-01T00:00:00.5Z", NOW, false],
    ["1893456000.5", "2030-01-01T00:00:00.5Z", true],
    ["1893456000.25", "2030-01-01T00:00:00.250Z", true],
    ["2030-01-01T23:00:00+23:00", NOW, true],
    ["2030-01-01T00:59:00+00:59", NOW, true],
    ["2029-12-31T23:01:00-00:59", NOW, true],
  ])("%s is the moment %s: %s", (expected, actual, answer) => {
    expect(holds({ DateEquals: { "aws:CurrentTime": expected } }, { "aws:CurrentTime": actual })).toBe(answer);
  });

  it("differ by the fraction of a second, later being greater", () => {
    const context = { "aws:CurrentTime": "2030-01-01T00:00:00.5Z" };
    expect(holds({ DateGreaterThan: { "aws:CurrentTime": NOW } }, context)).toBe(true);
    expect(holds({ DateLessThan: { "aws:CurrentTime": "2030-01-01T00:00:01Z" } }, context)).toBe(true);
  });

  it.each([
    "x2030-01-01",
    "2030-01-01T00:00:00+00:60",
    "2030-01-01T00:00:00+24:00",
    "x1893456000",
    "1893456000x",
    "1893456000.",
    "1893456000.x",
    "soon",
  ])("that are none spare nobody from a Deny and let nobody in: %s", (written) => {
    const condition = { DateEquals: { "aws:CurrentTime": NOW } };
    expect(denies(condition, { "aws:CurrentTime": written })).toBe(true);
    expect(holds({ DateNotEquals: { "aws:CurrentTime": NOW } }, { "aws:CurrentTime": written })).toBe(false);
    expect(denies({ DateEquals: { "aws:CurrentTime": written } }, { "aws:CurrentTime": NOW })).toBe(true);
  });
});

describe("addresses", () => {
  const same = (range: string, address: string) => ({
    allowed: holds({ IpAddress: { "aws:SourceIp": range } }, { "aws:SourceIp": address }),
    malformed: denies({ IpAddress: { "aws:SourceIp": range } }, { "aws:SourceIp": address }),
  });
  it.each([
    ["1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"],
    ["1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::ffff:1.2.3.4", "::ffff:102:304"],
  ])("%s is %s", (range, address) => {
    expect(same(range, address).allowed).toBe(true);
  });

  it.each(["10.0.0.0/08", "10.0.0.0/8x", "10.0.0.0/1e1", "10.0.0.0/", "10.0.0.0/ 8", "10.0.0.0/8/8"])(
    "a range with a malformed prefix is none: %s",
    (range) => {
      expect(same(range, "10.1.2.3")).toEqual({ allowed: false, malformed: true });
    },
  );

  it.each(["1.2.3.4:5:6:7:8:9:a", "1:2:3:4:5:6:7:8::", "1:2:3:4:5:1.2.3.4:6", "1.2.3.4::"])(
    "is none with a part in the wrong place: %s",
    (address) => {
      expect(same("::/0", address)).toEqual({ allowed: false, malformed: true });
    },
  );
});

describe("texts", () => {
  it.each([
    ["StringLike", "*ab*b", "ab", false],
    ["StringLike", "*ab*b", "abb", true],
    ["StringNotEquals", "a*", "abc", true],
    ["StringNotEquals", "a*", "a*", false],
    ["StringEqualsIgnoreCase", "a*b", "A*B", true],
    ["StringEqualsIgnoreCase", "a*b", "AB", false],
    ["BinaryEquals", "YWJj", "YWJj", true],
    ["BinaryEquals", "YWI=", "YWI=", true],
    ["BinaryEquals", "YQ==", "YQ==", true],
    ["BinaryEquals", "YWI=", "YWJj", false],
  ])("%s %s holds for %s: %s", (operator, expected, actual, answer) => {
    expect(holds({ [operator]: { "aws:UserAgent": expected } }, { "aws:UserAgent": actual })).toBe(answer);
    const negated = denies({ [operator]: { "aws:UserAgent": expected } }, { "aws:UserAgent": actual });
    expect(negated).toBe(answer);
  });

  it.each(["YQ", "YWI", "YQ=", "YWJj=", "Y", "YWJjY=", "YW Jj"])(
    "that is no base64 is not compared, though a lenient reader would: %s",
    (written) => {
      expect(denies({ BinaryEquals: { "aws:UserAgent": "YQ==" } }, { "aws:UserAgent": written })).toBe(true);
      expect(holds({ BinaryEquals: { "aws:UserAgent": written } }, { "aws:UserAgent": written })).toBe(false);
    },
  );

  it("an ARN with a variable that has no value equals none", () => {
    const context = { "aws:SourceArn": "arn:aws:s3:::bucket" };
    const pattern = "arn:aws:s3:::${aws:PrincipalTag/team}";
    expect(denies({ ArnLike: { "aws:SourceArn": pattern } }, context)).toBe(false);
    expect(holds({ ArnNotLike: { "aws:SourceArn": pattern } }, context)).toBe(true);
  });

  it("a boolean with a variable that has no value equals none", () => {
    const condition = { Bool: { "aws:SecureTransport": "${aws:PrincipalTag/team}" } };
    expect(denies(condition, { "aws:SecureTransport": "true" })).toBe(false);
  });

  it("a list that holds more than empty texts is not null", () => {
    expect(holds({ Null: { "aws:TagKeys": "false" } }, { "aws:TagKeys": ["", "a"] })).toBe(true);
    expect(denies({ Null: { "aws:TagKeys": "true" } }, { "aws:TagKeys": ["", "a"] })).toBe(false);
  });
});

describe("variables", () => {
  const reads = (resource: string, context: AccessRequest["context"] = {}, key = "a") =>
    ask(
      BOB,
      { identity: [named("identity", "own", allow("s3:GetObject", resource))] },
      { resource: `arn:aws:s3:::bucket/${key}`, context },
    ).allowed;

  it("with an empty list for a value have their default", () => {
    expect(reads("arn:aws:s3:::bucket/${aws:TagKeys, 'a'}", { "aws:TagKeys": [] })).toBe(true);
    expect(reads("arn:aws:s3:::bucket/${aws:TagKeys, 'a'}")).toBe(true);
  });

  it("with several values stand for none of them", () => {
    expect(reads("arn:aws:s3:::bucket/${aws:TagKeys}", { "aws:TagKeys": ["a"] })).toBe(true);
    expect(reads("arn:aws:s3:::bucket/${aws:TagKeys}", { "aws:TagKeys": ["a", "b"] })).toBe(false);
    expect(reads("arn:aws:s3:::bucket/${aws:TagKeys, 'a'}", { "aws:TagKeys": ["a", "b"] })).toBe(false);
  });

  it("that are malformed are refused, also before one that is not", () => {
    const resource = "arn:aws:s3:::bucket/${x ${aws:userid}";
    expect(errorOf(() => named("identity", "own", allow("*", resource))).path).toBe("Statement[0].Resource");
  });

  it.each([
    ["StringEqualsIgnoreCase", "${my:Key}"],
    ["StringEquals", "${my:Key}"],
    ["ArnLike", "arn:aws:s3:::${my:Key}"],
    ["Bool", "${my:Key}"],
  ])("of %s are told when the catalogue does not know them, and nothing else is", (operator, value) => {
    const own = (text: string) => {
      const Condition = { [operator]: { "aws:SourceArn": text } };
      return ask(BOB, { identity: [named("identity", "own", allow("*", "*", { Condition }))] }).unknownKeys;
    };
    expect(own(value)).toEqual(["my:key"]);
    expect(own(value.replace("my:Key", "aws:userid"))).toEqual([]);
    expect(own("true")).toEqual([]);
  });

  it.each(["NumericEquals", "DateEquals", "BinaryEquals", "IpAddress", "ArnEquals"])(
    "are none to %s with a malformed value, so that nothing is told",
    (operator) => {
      const Condition = { [operator]: { "aws:SourceArn": "${my:Key}" } };
      const { unknownKeys } = ask(BOB, { identity: [named("identity", "own", allow("*", "*", { Condition }))] });
      expect(unknownKeys).toEqual([]);
    },
  );

  it("of Resource are told only when the catalogue does not know them", () => {
    const statement = allow("*", "arn:aws:s3:::bucket/${aws:username}/${my:Key}");
    expect(ask(BOB, { identity: [named("identity", "own", statement)] }).unknownKeys).toEqual(["my:key"]);
  });

  it.each([
    ["accounts.google.com:aud", true],
    ["accounts.google.com:audience", false],
    ["accounts.google.com:aud/x", false],
    ["proxy/accounts.google.com:aud", false],
    ["google:aud", false],
  ])("the key %s is a provider's: %s", (key, known) => {
    const Condition = { StringEquals: { [key]: "x" } };
    const { unknownKeys } = ask(BOB, { identity: [named("identity", "own", allow("*", "*", { Condition }))] });
    expect(unknownKeys).toEqual(known ? [] : [key]);
  });
});

describe("resources", () => {
  it("a star within a part of an ARN never reaches over a colon, and one at its end may", () => {
    const request = { action: "sns:Publish", resource: `arn:aws:sns:eu-:1:${HERE}:topic` };
    const within = deny("*", `arn:aws:sns:eu*1:${HERE}:topic`);
    const atEnd = deny("*", `arn:aws:sns:eu*:${HERE}:topic`);
    expect(ask(BOB, { identity: [named("identity", "own", allow("*"), within)] }, request).allowed).toBe(true);
    // AWS does not say when a star at the end of a part does.
    expect(ask(BOB, { identity: [named("identity", "own", allow("*"), atEnd)] }, request).allowed).toBe(false);
  });

  it.each([
    "xarn:aws:s3:::bucket",
    "arnx:aws:s3:::bucket",
    "arn:_aws:s3:::bucket",
    "arn:aws_:s3:::bucket",
    "arn:aws:_s3:::bucket",
    "arn:aws:s3_:::bucket",
    "arn:aws:s3:_eu::bucket",
    "arn:aws:s3:eu_::bucket",
    "arn:aws:s3::_1:bucket",
    "arn:aws:s3::1_:bucket",
  ])("of a policy are refused with a character too many in any part: %s", (resource) => {
    expect(errorOf(() => named("identity", "own", allow("*", resource)))).toMatchObject({
      code: "invalid_policy",
      path: "Statement[0].Resource",
    });
  });

  it("that only hold the ARN of a KMS key in their name are none", () => {
    const resource = `arn:aws:s3:::bucket/arn:aws:kms:eu-west-1:${HERE}:key/1`;
    expect(ask(BOB, ADMIN, { resource }).allowed).toBe(true);
  });
});

describe("condition keys", () => {
  it.each([" aws:userid", "!aws:userid", "aws:userid ", "aws: userid", "aws:"])("%j is none", (key) => {
    const statement = allow("*", "*", { Condition: { StringEquals: { [key]: "x" } } });
    expect(errorOf(() => named("identity", "own", statement)).message).toContain("malformed condition key");
  });
});

describe("principals", () => {
  const federated = federatedUser("bob");
  const session = [named("session", "all", allow("*"))];

  it("a Deny for one user leaves another one alone, by ARN and by unique ID", () => {
    for (const principal of [BOB.arn, BOB.uniqueId]) {
      const resource = grants({ AWS: principal }, "Deny");
      expect(ask(BOB, { ...ADMIN, resource }).outcome).toBe("explicit-deny");
      for (const other of [EVE, APP, root()]) expect(ask(other, { ...ADMIN, resource }).allowed).toBe(true);
    }
  });

  it("a grant to a user is none to the sessions that it federates", () => {
    for (const principal of [BOB.arn, BOB.uniqueId]) {
      expect(ask(federated, { resource: grants({ AWS: principal }) }).allowed).toBe(false);
    }
  });

  it("a grant to one federated user is none to another, nor to anybody else", () => {
    const resource = grants({ AWS: federated.arn });
    expect(ask(federated, { resource, session }).allowed).toBe(true);
    for (const other of [federatedUser("eve"), BOB, APP]) {
      expect(ask(other, { resource, session }).allowed).toBe(false);
    }
  });

  it("the strongest of several grants counts, in whatever order they stand", () => {
    const narrow = { session: [named("session", "all", allow("*"))] };
    for (const principals of [
      [BOB.arn, HERE],
      [HERE, BOB.arn],
    ]) {
      expect(ask(BOB, { resource: grants({ AWS: principals }) }).allowed).toBe(true);
    }
    for (const principals of [
      [APP.roleArn, HERE],
      [HERE, APP.roleArn],
    ]) {
      expect(ask(APP, { resource: grants({ AWS: principals }), ...narrow }).allowed).toBe(true);
    }
  });

  it("NotPrincipal spares everybody where everyone is listed beside others", () => {
    const statement = { Effect: "Deny", Action: "*", Resource: "*", NotPrincipal: { AWS: [EVE.arn, "*"] } };
    expect(ask(BOB, { ...ADMIN, resource: named("resource", "bucket policy", statement) }).allowed).toBe(true);
  });

  it("NotPrincipal spares a federated user that is listed with its account", () => {
    const statement = (principals: readonly string[]) =>
      named("resource", "bucket policy", {
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        NotPrincipal: { AWS: principals },
      });
    const policies = { ...ADMIN, session };
    expect(ask(federated, { ...policies, resource: statement([federated.arn, HERE]) }).allowed).toBe(true);
    for (const listed of [[federated.arn], [HERE], [federatedUser("eve").arn, HERE]]) {
      expect(ask(federated, { ...policies, resource: statement(listed) }).outcome).toBe("explicit-deny");
    }
  });

  const HEX = "0123456789abcdef".repeat(4);
  it.each<[string, string, string]>([
    ["AWS", `arn:aws-cn:iam::${HERE}:root`, "account"],
    ["AWS", `arn:aws-us-gov:iam::${HERE}:user/bob`, "user"],
    ["AWS", `arn:aws-cn:iam::${HERE}:role/path/app`, "role"],
    ["AWS", `arn:aws-cn:sts::${HERE}:assumed-role/app/me`, "role-session"],
    ["AWS", `arn:aws-cn:sts::${HERE}:federated-user/bob`, "federated-user"],
    ["AWS", BOB.uniqueId, "unique-id"],
  ])("of type %s may be %s: %s", (type, written, expected) => {
    const { statements } = grants({ [type]: written }).policy;
    expect(statements[0]?.principal?.principals[0]?.type).toBe(expected);
  });

  it("of type Federated may be a provider of another partition", () => {
    const trust = trusts({ Federated: `arn:aws-cn:iam::${HERE}:saml-provider/idp` });
    expect(named("trust", "trust policy", trust).policy.statements).toHaveLength(1);
  });

  it.each<[string, string]>([
    ["AWS", `x${HERE}`],
    ["AWS", `${HERE}1`],
    ["AWS", `xarn:aws:iam::${HERE}:root`],
    ["AWS", `arn:aws:iam::${HERE}:root/x`],
    ["AWS", `xarn:aws:iam::${HERE}:user/bob`],
    ["AWS", `arn:aws:iam::${HERE}:user/bob/`],
    ["AWS", `xarn:aws:sts::${HERE}:assumed-role/app/me`],
    ["AWS", `arn:aws:sts::${HERE}:assumed-role/app/me/x`],
    ["AWS", `xarn:aws:sts::${HERE}:federated-user/bob`],
    ["AWS", `arn:aws:sts::${HERE}:federated-user/bob/x`],
    ["AWS", `x${BOB.uniqueId}`],
    ["AWS", `${BOB.uniqueId}-`],
    ["Service", "ec2.amazonaws.com/x"],
    ["Service", "/ec2.amazonaws.com"],
    ["Service", "ec2"],
    ["CanonicalUser", `${HEX}0`],
    ["CanonicalUser", `0${HEX}`],
    ["CanonicalUser", HEX.slice(1)],
    ["CanonicalUser", HEX.toUpperCase()],
  ])("of type %s with a character too many or too few are refused: %s", (type, written) => {
    expect(errorOf(() => grants({ [type]: written }))).toMatchObject({
      code: "invalid_principal",
      path: `Statement[0].Principal.${type}`,
    });
  });

  it.each([
    `xarn:aws:iam::${HERE}:saml-provider/idp`,
    `arn:aws:iam::${HERE}:saml-provider/idp/x`,
    `arn:aws:iam::${HERE}:oidc-provider/idp x`,
    `arn:aws:iam::${HERE}:role/idp`,
  ])("a provider's ARN with a character too many is refused: %s", (written) => {
    expect(errorOf(() => named("trust", "trust policy", trusts({ Federated: written }))).code).toBe(
      "invalid_principal",
    );
  });
});

describe("a question is refused", () => {
  it.each<[string, Partial<AccessRequest>]>([
    ["a session whose role is a user", { principal: { ...APP, roleArn: `arn:aws:iam::${HERE}:user/app` } }],
    [
      "a session within another resource",
      { principal: { ...APP, sessionArn: `arn:aws:sts::${HERE}:federated-user/x:assumed-role/app/me` } },
    ],
    [
      "a federated user with a session's ARN",
      { principal: { ...federatedUser("bob"), arn: `arn:aws:sts::${HERE}:assumed-role/app/bob` } },
    ],
    ["a root user's account of 13 digits", { principal: root(`${HERE}3`) }],
    ["a root user's account with a letter before it", { principal: root(`x${HERE}`) }],
    ["a resource's account of 13 digits", { resourceAccount: `${HERE}3` }],
    ["a resource's account with a blank before it", { resourceAccount: ` ${HERE}` }],
    ["an action with a wildcard at its end", { action: "s3:GetObject*" }],
    ["an action with a blank before it", { action: " s3:GetObject" }],
    ["a resource with a letter before its ARN", { resource: "xarn:aws:s3:::bucket" }],
  ])("for %s", (_, request) => {
    expect(errorOf(() => ask(BOB, ADMIN, request)).code).toBe("invalid_request");
  });
});

describe("a decision names the layer", () => {
  const all = allow("*");
  const layers = {
    identity: [named("identity", "identity", all)],
    permissionsBoundary: named("permissions-boundary", "permissions-boundary", all),
    session: [named("session", "session", all)],
    serviceControl: [[named("service-control", "service-control", all)]],
    resource: grants({ AWS: APP.roleArn }),
  };

  it("of every Allow", () => {
    expect(ask(APP, layers).decidedBy.map(({ layer }) => layer)).toEqual([
      "identity",
      "permissions-boundary",
      "session",
      "service-control",
      "resource",
    ]);
  });

  it("of a Deny, whichever it is", () => {
    const no = deny("*");
    const denied = {
      identity: { identity: [named("identity", "no", no)] },
      "permissions-boundary": { permissionsBoundary: named("permissions-boundary", "no", no) },
      session: { session: [named("session", "no", no)] },
      "service-control": { serviceControl: [[named("service-control", "no", no)]] },
      resource: { resource: grants({ AWS: APP.roleArn }, "Deny") },
    };
    for (const [layer, over] of Object.entries(denied)) {
      const decision = ask(APP, { ...layers, ...over });
      expect([decision.outcome, decision.deniedBy]).toEqual(["explicit-deny", layer]);
      expect(decision.decidedBy.map((statement) => statement.layer)).toEqual([layer]);
    }
  });
});

describe("a role is given by its trust policy only", () => {
  it.each([
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
  ])("%s on a role that came without one is denied to an administrator", (action) => {
    const request = { action, resource: `arn:aws:iam::${HERE}:role/target` };
    for (const caller of [BOB, root()]) {
      expect(ask(caller, ADMIN, request)).toMatchObject({ allowed: false, deniedBy: "resource" });
    }
  });

  it("whatever is asked of a trust policy, the root user is not served by it", () => {
    const trust = [{ ...trusts({ AWS: HERE }), Action: "sts:*" }];
    expect(assume(BOB, trust, {}, { action: "sts:GetServiceBearerToken" }).allowed).toBe(true);
    expect(assume(root(), trust, {}, { action: "sts:GetServiceBearerToken" })).toMatchObject({
      allowed: false,
      deniedBy: "resource",
    });
    expect(assume(BOB, [{ ...trusts({ AWS: THERE }), Action: "sts:*" }], {}, { action: "iam:GetRole" })).toMatchObject({
      allowed: false,
    });
  });
});

describe("a document", () => {
  it("may be an object without a prototype", () => {
    const source = Object.assign(Object.create(null) as object, { Statement: allow("*") });
    expect(parsePolicy(source, "identity").statements).toHaveLength(1);
  });

  it("of a resource may have Sids as its service takes them", () => {
    const statement = { Sid: "public read / 1", ...allow("s3:GetObject", OBJECT), Principal: "*" };
    expect(named("resource", "bucket policy", statement).policy.statements[0]?.sid).toBe("public read / 1");
  });
});
