// What the elements of a statement mean. Each title names the page of the IAM User Guide whose rule it is.
import { describe, expect, it } from "vitest";
import type { PolicySet, RequestPrincipal } from "@daypass/policy";
import { allow, ANONYMOUS, ask, BOB, BUCKET, deny, named, roleSession, root, THERE, user, HERE } from "./ask.js";

const identity = (...statements: Parameters<typeof named>[2][]) => [named("identity", "identity", ...statements)];
const boundary = (...statements: Parameters<typeof named>[2][]) =>
  named("permissions-boundary", "boundary", ...statements);
const bucket = (...statements: Parameters<typeof named>[2][]) => named("resource", "bucket policy", ...statements);
const grants = (principal: unknown, effect = "Allow") => ({
  Effect: effect,
  Principal: principal,
  Action: "s3:*",
  Resource: [BUCKET, `${BUCKET}/*`],
});

describe('"AWS JSON policy elements: Principal", all principals', () => {
  it("the anonymous may do what a bucket allows everyone, and no more", () => {
    for (const everyone of ["*", { AWS: "*" }]) {
      expect(ask(ANONYMOUS, { resource: bucket(grants(everyone)) }).allowed).toBe(true);
    }
    expect(ask(ANONYMOUS, { resource: bucket(grants({ AWS: HERE })) })).toMatchObject({ deniedBy: "resource" });
    expect(ask(ANONYMOUS, { identity: identity(allow("*")) }).allowed).toBe(false);
    expect(ask(ANONYMOUS, { resource: bucket(grants("*"), grants("*", "Deny")) }).outcome).toBe("explicit-deny");
  });

  it("principals of other accounts need their own permissions too", () => {
    const resource = bucket(grants("*"));
    expect(ask(BOB, { resource }, { resourceAccount: THERE })).toMatchObject({ deniedBy: "identity" });
    expect(ask(BOB, { resource, identity: identity(allow("s3:*")) }, { resourceAccount: THERE }).allowed).toBe(true);
  });

  it("everyone but one is denied by a condition on aws:PrincipalArn, the anonymous too", () => {
    const except = { Condition: { ArnNotEquals: { "aws:PrincipalArn": BOB.arn } } };
    const resource = bucket(grants("*"), { ...grants("*", "Deny"), ...except });
    expect(ask(BOB, { resource }).allowed).toBe(true);
    expect(ask(user("eve"), { resource }).outcome).toBe("explicit-deny");
    expect(ask(ANONYMOUS, { resource }).outcome).toBe("explicit-deny");
  });

  it("an unknown canonical user might be anyone with an account: enough to deny, not enough to allow", () => {
    const CanonicalUser = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
    expect(ask(BOB, { resource: bucket(grants({ CanonicalUser })) }).allowed).toBe(false);
    expect(ask(BOB, { resource: bucket(grants("*"), grants({ CanonicalUser }, "Deny")) }).outcome).toBe(
      "explicit-deny",
    );
    expect(ask(ANONYMOUS, { resource: bucket(grants("*"), grants({ CanonicalUser }, "Deny")) }).allowed).toBe(true);
  });
});

describe('"AWS JSON policy elements: NotPrincipal" with Deny', () => {
  const audit = roleSession("audit", THERE, { session: "app" });
  const account = `arn:aws:iam::${THERE}:root`;
  const spares = (principals: readonly string[], caller: RequestPrincipal, more: PolicySet = {}) =>
    ask(
      caller,
      {
        ...more,
        resource: bucket(grants("*"), {
          Effect: "Deny",
          NotPrincipal: { AWS: principals },
          Action: "s3:*",
          Resource: [BUCKET, `${BUCKET}/*`],
        }),
      },
      { resourceAccount: THERE },
    ).allowed;
  const bob = user("Bob", THERE);

  it("spares a user that is listed with its account, and nobody else of the account", () => {
    expect(spares([bob.arn, account], bob)).toBe(true);
    expect(spares([bob.arn], bob)).toBe(false);
    expect(spares([account], bob)).toBe(false);
    expect(spares([bob.arn, account], user("Eve", THERE))).toBe(false);
    expect(spares([bob.arn, account], ANONYMOUS)).toBe(false);
    expect(spares([account], root(THERE))).toBe(true);
  });

  it("spares a session that is listed with its role and account", () => {
    expect(spares([audit.sessionArn, audit.roleArn, account], audit)).toBe(true);
    expect(spares([audit.roleArn, account], audit)).toBe(false);
    expect(spares([audit.sessionArn, account], audit)).toBe(false);
    expect(spares([audit.sessionArn, audit.roleArn], audit)).toBe(false);
  });

  it("never spares a principal that has a permissions boundary", () => {
    expect(spares([bob.arn, account], bob, { permissionsBoundary: boundary(allow("*")) })).toBe(false);
    expect(spares(["*"], bob, { permissionsBoundary: boundary(allow("*")) })).toBe(false);
    expect(spares(["*"], bob)).toBe(true);
  });

  it("spares a service that is listed", () => {
    const log = { type: "service", service: "cloudtrail.amazonaws.com" } as const;
    const statement = (service: string) => ({
      Effect: "Deny",
      NotPrincipal: { Service: service },
      Action: "*",
      Resource: "*",
    });
    expect(ask(log, { resource: bucket(grants("*"), statement(log.service)) }).allowed).toBe(true);
    expect(ask(log, { resource: bucket(grants("*"), statement("ec2.amazonaws.com")) }).allowed).toBe(false);
  });
});

describe('"IAM JSON policy elements": NotAction and NotResource', () => {
  it("NotAction allows all other actions, and denies all other actions", () => {
    const not = (Effect: string) => ({ Effect, NotAction: ["iam:*", "s3:Get*"], Resource: "*" });
    expect(ask(BOB, { identity: identity(not("Allow")) }, { action: "s3:PutObject" }).allowed).toBe(true);
    expect(ask(BOB, { identity: identity(not("Allow")) }, { action: "S3:getobject" }).allowed).toBe(false);
    expect(ask(BOB, { identity: identity(allow("*"), not("Deny")) }, { action: "s3:PutObject" }).allowed).toBe(false);
    expect(ask(BOB, { identity: identity(allow("*"), not("Deny")) }, { action: "iam:GetUser" }).allowed).toBe(true);
  });

  it("NotResource allows all other resources", () => {
    const other = { Effect: "Allow", Action: "*", NotResource: [`${BUCKET}/a*`, `${BUCKET}/b`] };
    expect(ask(BOB, { identity: identity(other) }).allowed).toBe(true);
    expect(ask(BOB, { identity: identity(other) }, { resource: `${BUCKET}/abc` }).allowed).toBe(false);
    const none = { ...other, NotResource: "*" };
    expect(ask(BOB, { identity: identity(none) }).allowed).toBe(false);
  });

  it("a * at the end of an ARN's part, which can reach over colons, helps no Allow and spares from no Deny", () => {
    const request = { action: "lambda:InvokeFunction", resource: `arn:aws:lambda:eu-west-1:${HERE}:function:secret` };
    const asks = (...statements: Parameters<typeof identity>) =>
      ask(BOB, { identity: identity(...statements) }, request);
    const not = (NotResource: string, Effect: string) => ({ Effect, Action: "*", NotResource });
    for (const pattern of ["arn:aws:lambda:*:function:secret", "arn:aws:lambda:eu-*:function:sec*"]) {
      expect(asks(allow("*", pattern)).allowed).toBe(false);
      expect(asks(allow("*"), deny("*", pattern)).outcome).toBe("explicit-deny");
      expect(asks(not(pattern, "Allow")).allowed).toBe(false);
      expect(asks(allow("*"), not(pattern, "Deny")).outcome).toBe("explicit-deny");
    }
    for (const pattern of ["arn:aws:lambda:*:function:other", "arn:aws:lambda:*t:function:secret"]) {
      expect(asks(allow("*"), deny("*", pattern)).allowed).toBe(true);
      expect(asks(not(pattern, "Allow")).allowed).toBe(true);
    }
    expect(asks(allow("*", "arn:aws:lambda:*:*:function:secret")).allowed).toBe(true);
  });

  it("a * in an ARN reaches over slashes and not over colons", () => {
    const may = (pattern: string, resource: string) =>
      ask(BOB, { identity: identity(allow("*", pattern)) }, { resource }).allowed;
    for (const key of [
      "1/test/object.jpg",
      "1/2/test/3/object.jpg",
      "1///test///object.jpg",
      "/test/object.jpg",
      "1/test/",
    ]) {
      expect(may(`${BUCKET}/*/test/*`, `${BUCKET}/${key}`)).toBe(true);
    }
    for (const key of ["1-test/object.jpg", "test/object.jpg", "1/2/test.jpg"]) {
      expect(may(`${BUCKET}/*/test/*`, `${BUCKET}/${key}`)).toBe(false);
    }
    expect(may("arn:aws:sqs:*:*:queue", "arn:aws:sqs:a:b:c:queue")).toBe(false);
    expect(may("arn:aws:sqs:*:*:*:queue", "arn:aws:sqs:a:b:c:queue")).toBe(true);
  });

  it("actions without a resource need the pattern *", () => {
    const list = { action: "s3:ListAllMyBuckets", resource: "*" };
    expect(ask(BOB, { identity: identity(allow("*", "*")) }, list).allowed).toBe(true);
    expect(ask(BOB, { identity: identity(allow("*", "arn:aws:s3:::*")) }, list).allowed).toBe(false);
  });
});
