import { describe, expect, it } from "vitest";
import { parsePolicy } from "@daypass/policy";
import { errorOf } from "./ask.js";

type Json = Readonly<Record<string, unknown>>;

const IDENTITY = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const TRUST = { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "sts:AssumeRole" };
const RESOURCE = { ...IDENTITY, Principal: { AWS: "111122223333" } };
const PLAIN = { identity: IDENTITY, resource: RESOURCE, trust: TRUST };

/** Parses with a plain statement before the one under test, so that its path has a telling index. */
function parseStatement(statement: unknown, kind: keyof typeof PLAIN = "identity") {
  return parsePolicy({ Version: "2012-10-17", Statement: [PLAIN[kind], statement] }, kind);
}

describe("actions and resources", () => {
  it.each(["*", "s3:*", "S3:getobject", "s3:Get?bject", "execute-api:Invoke", "sts:AssumeRole"])(
    "%s is an action",
    (action) => {
      expect(parseStatement({ ...IDENTITY, Action: action }).statements[1]?.action.patterns).toEqual([action]);
    },
  );

  it.each(["", "s3", "s3:", ":Get", "*:*", "s*:Get", "s3:Get Object", "s3:a:b", "s3 :x", "**", "s3:${aws:username}"])(
    "%j is no action",
    (action) => {
      expect(errorOf(() => parseStatement({ ...IDENTITY, Action: action })).path).toBe("Statement[1].Action");
    },
  );

  it.each([
    "*",
    "arn:aws:s3:::bucket/*",
    "arn:*:s3:::bucket",
    "arn:aws-us-gov:sqs:*:*:queue",
    "arn:aws:iam::111122223333:role/a:b",
    "arn:aws:s3:::${aws:PrincipalTag/team, 'a:b'}/${*}",
    "arn:aws:s3:::b/ä {}[]().^$|\\+",
  ])("%s is a resource", (resource) => {
    expect(parseStatement({ ...IDENTITY, Resource: resource }).statements[1]?.resource?.patterns).toEqual([resource]);
  });

  it.each([
    "",
    "bucket",
    "arn:aws:s3",
    "arn:aws:s3:::",
    "arn:aws:*:::bucket",
    "arn::s3:::bucket",
    "ARN:aws:s3:::bucket",
    "arn:aws:s3::${aws:PrincipalAccount}:bucket",
    "arn:aws:s3:::${aws:username",
    "arn:aws:s3:::${}",
    "arn:aws:s3:::${aws: username}",
    "arn:aws:s3:::${aws:username, default}",
    "arn:aws:s3:::${username}",
    " *",
    "**",
  ])("%j is no resource", (resource) => {
    expect(errorOf(() => parseStatement({ ...IDENTITY, Resource: resource })).path).toBe("Statement[1].Resource");
  });

  it("variables are plain text in a document of version 2008-10-17", () => {
    const statement = { ...IDENTITY, Resource: "arn:aws:s3:::${x" };
    expect(parsePolicy({ Version: "2008-10-17", Statement: statement }, "identity").statements).toHaveLength(1);
  });

  it("a malformed variable in a condition value is refused", () => {
    const condition = { StringLike: { "s3:prefix": ["ok", "${aws:username"] } };
    expect(errorOf(() => parseStatement({ ...IDENTITY, Condition: condition })).path).toBe(
      "Statement[1].Condition.StringLike.s3:prefix[1]",
    );
  });
});

describe("principals", () => {
  it.each<[string, string, Json]>([
    ["AWS", "*", { type: "everyone" }],
    ["AWS", "111122223333", { type: "account", accountId: "111122223333", written: "111122223333" }],
    [
      "AWS",
      "arn:aws-cn:iam::111122223333:root",
      { type: "account", accountId: "111122223333", written: "arn:aws-cn:iam::111122223333:root" },
    ],
    [
      "AWS",
      "arn:aws:iam::111122223333:user/a/b/Bob",
      { type: "user", arn: "arn:aws:iam::111122223333:user/a/b/Bob", uniqueId: undefined },
    ],
    [
      "AWS",
      "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/Name",
      {
        type: "role",
        arn: "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/Name",
        uniqueId: undefined,
      },
    ],
    [
      "AWS",
      "arn:aws:sts::111122223333:assumed-role/Name/me@example.com",
      { type: "role-session", arn: "arn:aws:sts::111122223333:assumed-role/Name/me@example.com" },
    ],
    [
      "AWS",
      "arn:aws:sts::111122223333:federated-user/Bob",
      { type: "federated-user", arn: "arn:aws:sts::111122223333:federated-user/Bob" },
    ],
    ["AWS", "AROADBQP57FF2AEXAMPLE", { type: "unique-id", uniqueId: "AROADBQP57FF2AEXAMPLE" }],
    ["AWS", "AIDACKCEVSQ6C2EXAMPLE", { type: "unique-id", uniqueId: "AIDACKCEVSQ6C2EXAMPLE" }],
    ["Service", "delivery.logs.amazonaws.com", { type: "service", service: "delivery.logs.amazonaws.com" }],
    ["Federated", "accounts.google.com", { type: "federated", provider: "accounts.google.com" }],
    [
      "Federated",
      "arn:aws:iam::111122223333:saml-provider/Corp",
      { type: "federated", provider: "arn:aws:iam::111122223333:saml-provider/Corp" },
    ],
    [
      "Federated",
      "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC",
      {
        type: "federated",
        provider: "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC",
      },
    ],
  ])("%s %s", (type, written, expected) => {
    const policy = parseStatement({ ...TRUST, Principal: { [type]: written } }, "trust");
    expect(policy.statements[1]?.principal?.principals).toEqual([expected]);
  });

  it("a canonical user ID stands in resource policies only", () => {
    const Principal = { CanonicalUser: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be" };
    expect(parseStatement({ ...RESOURCE, Principal }, "resource").statements).toHaveLength(2);
    expect(errorOf(() => parseStatement({ ...TRUST, Principal }, "trust")).code).toBe("invalid_principal");
  });

  it("a federated provider stands in trust policies only", () => {
    const Principal = { Federated: "accounts.google.com" };
    expect(errorOf(() => parseStatement({ ...RESOURCE, Principal }, "resource")).code).toBe("invalid_principal");
  });

  it('the bare "*" stands in resource policies, and {"AWS": "*"} in trust policies too', () => {
    const everyone = [{ type: "everyone" }];
    expect(parseStatement({ ...RESOURCE, Principal: "*" }, "resource").statements[1]?.principal?.principals).toEqual(
      everyone,
    );
    const trust = parseStatement({ ...TRUST, Principal: { AWS: "*" } }, "trust");
    expect(trust.statements[1]?.principal?.principals).toEqual(everyone);
    expect(errorOf(() => parseStatement({ ...TRUST, Principal: "*" }, "trust"))).toMatchObject({
      code: "invalid_principal",
      path: "Statement[1].Principal",
    });
  });

  it("a bare account ID or ARN is none", () => {
    for (const Principal of ["111122223333", "arn:aws:iam::111122223333:root", "**", ""]) {
      expect(errorOf(() => parseStatement({ ...RESOURCE, Principal }, "resource")).code).toBe("invalid_principal");
    }
  });

  it.each([
    ["AWS", ""],
    ["AWS", "11112222333"],
    ["AWS", "1111222233334"],
    ["AWS", "arn:aws:iam::*:root"],
    ["AWS", "arn:aws:iam::111122223333:*"],
    ["AWS", "arn:aws:iam::111122223333:user/*"],
    ["AWS", "arn:aws:iam::111122223333:role/pre*"],
    ["AWS", "arn:aws:iam::111122223333:role/a?/b"],
    ["AWS", "arn:aws:iam::111122223333:group/g"],
    ["AWS", "arn:aws:iam::111122223333:user/"],
    ["AWS", "arn:aws:iam::111122223333:user/a b"],
    ["AWS", "arn:aws:iam:us-east-1:111122223333:user/a"],
    ["AWS", "arn:aws:sts::111122223333:assumed-role/Name/*"],
    ["AWS", "arn:aws:sts::111122223333:assumed-role/Name"],
    ["AWS", "arn:aws:s3:::bucket"],
    ["AWS", "ASIADBQP57FF2AEXAMPLE"],
    ["AWS", "AROA"],
    ["AWS", "**"],
    ["Service", "*"],
    ["Service", "ec2"],
    ["Service", "*.amazonaws.com"],
    ["Federated", "*"],
    ["Federated", "arn:aws:iam::111122223333:saml-provider/*"],
    ["Federated", "arn:aws:iam::111122223333:user/a"],
  ])("%s %j is none", (type, written) => {
    const Principal = { [type]: ["other.amazonaws.com", written].slice(type === "Service" ? 0 : 1) };
    expect(errorOf(() => parseStatement({ ...TRUST, Principal }, "trust"))).toMatchObject({
      code: "invalid_principal",
      path: `Statement[1].Principal.${type}[${type === "Service" ? 1 : 0}]`,
    });
  });
});
