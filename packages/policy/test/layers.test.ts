// How the kinds of policies work together. Each title names the page of the IAM User Guide whose rule or example it is.
import { describe, expect, it } from "vitest";
import { parsePolicy } from "@daypass/policy";
import type { PolicySet, RequestPrincipal } from "@daypass/policy";
import {
  allow,
  ANONYMOUS,
  ask,
  BOB,
  BUCKET,
  deny,
  HERE,
  named,
  OBJECT,
  roleSession,
  root,
  THERE,
  user,
} from "./ask.js";

const identity = (...statements: Parameters<typeof named>[2][]) => [named("identity", "identity", ...statements)];
const boundary = (...statements: Parameters<typeof named>[2][]) =>
  named("permissions-boundary", "boundary", ...statements);
const session = (...statements: Parameters<typeof named>[2][]) => [named("session", "session", ...statements)];
const level = (...statements: Parameters<typeof named>[2][]) => [named("service-control", "level", ...statements)];
const bucket = (...statements: Parameters<typeof named>[2][]) => named("resource", "bucket policy", ...statements);
const grants = (principal: unknown, effect = "Allow") => ({
  Effect: effect,
  Principal: principal,
  Action: "s3:*",
  Resource: [BUCKET, `${BUCKET}/*`],
});

describe('"Policy evaluation for requests within a single account", the example of Carlos', () => {
  const carlos = user("carlossalazar", "123456789012");
  const own = ["arn:aws:s3:::carlossalazar/*", "arn:aws:s3:::carlossalazar"];
  const policies: PolicySet = {
    identity: identity(
      allow(["s3:GetBucketLocation", "s3:ListAllMyBuckets"], "arn:aws:s3:::*", { Sid: "AllowS3ListRead" }),
      allow("s3:*", own, { Sid: "AllowS3Self" }),
      deny("s3:*", "arn:aws:s3:::*log*", { Sid: "DenyS3Logs" }),
    ),
  };
  const put = (resource: string, resourcePolicy?: PolicySet["resource"]) =>
    ask(
      carlos,
      { ...policies, resource: resourcePolicy },
      { action: "s3:PutObject", resource, resourceAccount: "123456789012" },
    );

  it("he is denied the log bucket", () => {
    const decision = put("arn:aws:s3:::carlossalazar-logs/file");
    expect(decision).toMatchObject({ outcome: "explicit-deny", deniedBy: "identity" });
    expect(decision.decidedBy.map(({ sid }) => sid)).toEqual(["DenyS3Logs"]);
  });

  it("he may write to his own bucket, whichever of the two policies allows it", () => {
    const Principal = { AWS: carlos.arn };
    const own = bucket({ Effect: "Allow", Principal, Action: "s3:*", Resource: "arn:aws:s3:::carlossalazar/*" });
    expect(put("arn:aws:s3:::carlossalazar/file", own).allowed).toBe(true);
    expect(put("arn:aws:s3:::carlossalazar/file").allowed).toBe(true);
    const request = {
      action: "s3:PutObject",
      resource: "arn:aws:s3:::carlossalazar/file",
      resourceAccount: "123456789012",
    };
    expect(ask(carlos, { resource: own }, request).allowed).toBe(true);
    expect(ask(carlos, {}, request)).toMatchObject({ outcome: "implicit-deny", deniedBy: "identity", decidedBy: [] });
  });
});

describe('"Cross-account policy evaluation logic", the example of Carlos', () => {
  const carlos = user("carlossalazar", "111111111111");
  const policies: PolicySet = {
    identity: identity(
      allow("s3:ListAllMyBuckets", "*"),
      allow("s3:*Object*", "arn:aws:s3:::Production/*"),
      deny("s3:*", ["arn:aws:s3:::*log*", "arn:aws:s3:::*log*/*"]),
    ),
  };
  const production = bucket({
    Effect: "Allow",
    Action: ["s3:GetObject*", "s3:PutObject*", "s3:ReplicateObject", "s3:RestoreObject"],
    Principal: { AWS: "arn:aws:iam::111111111111:user/carlossalazar" },
    Resource: "arn:aws:s3:::Production/*",
  });
  const does = (action: string, resource: string, resourcePolicy?: PolicySet["resource"]) =>
    ask(carlos, { ...policies, resource: resourcePolicy }, { action, resource, resourceAccount: "222222222222" });

  it("both accounts allow the production bucket, and neither the log bucket", () => {
    expect(does("s3:PutObject", "arn:aws:s3:::Production/file", production).allowed).toBe(true);
    expect(does("s3:PutObject", "arn:aws:s3:::Production-logs/file")).toMatchObject({ outcome: "explicit-deny" });
  });

  it("the bucket's account does not allow him to delete", () => {
    expect(does("s3:DeleteObject", "arn:aws:s3:::Production/file", production)).toMatchObject({ deniedBy: "resource" });
  });

  it("case matters in resources and not in actions", () => {
    expect(does("S3:putobject", "arn:aws:s3:::Production/file", production).allowed).toBe(true);
    expect(does("s3:PutObject", "arn:aws:s3:::production/file", production).allowed).toBe(false);
  });
});

describe('"Policy evaluation logic", the difference between explicit and implicit denies', () => {
  const policies = {
    identity: identity(
      allow(["iam:Get*", "iam:List*"], "*", { Sid: "AllowGetList" }),
      deny("iam:*Report", "*", { Sid: "DenyReports" }),
    ),
  };
  it.each([
    ["iam:GetUser", "allow"],
    ["iam:CreatePolicy", "implicit-deny"],
    ["iam:GetOrganizationsAccessReport", "explicit-deny"],
    ["iam:GenerateCredentialReport", "explicit-deny"],
  ])("%s: %s", (action, outcome) => {
    expect(ask(BOB, policies, { action, resource: "*" }).outcome).toBe(outcome);
  });
});

describe('"Resource-based policies and implicit denies in other policy types (same account)"', () => {
  const app = roleSession("app");
  const federated = {
    type: "federated-user",
    arn: `arn:aws:sts::${HERE}:federated-user/bob`,
    accountId: HERE,
    uniqueId: `${HERE}:bob`,
  } as const;
  const OTHER = allow("ec2:*");

  it.each<[string, RequestPrincipal, unknown, boolean]>([
    ["a role session, the role ARN allowed", app, { AWS: app.roleArn }, false],
    ["a role session, the session ARN allowed", app, { AWS: app.sessionArn }, true],
    ["a user, the user ARN allowed", BOB, { AWS: BOB.arn }, true],
    ["a federated user, the user ARN allowed", federated, { AWS: BOB.arn }, false],
    ["a federated user, the federated user ARN allowed", federated, { AWS: federated.arn }, true],
    ["a role session, everyone allowed", app, "*", true],
    ["a user, everyone allowed", BOB, "*", true],
    ["a user, the account allowed", BOB, { AWS: HERE }, false],
    ["a role session, the account allowed", app, { AWS: HERE }, false],
  ])("%s, implicit denies everywhere else: %s", (_, principal, named_, allowed) => {
    const policies = {
      identity: identity(OTHER),
      permissionsBoundary: boundary(OTHER),
      session: session(OTHER),
      resource: bucket(grants(named_)),
    };
    expect(ask(principal, policies).allowed).toBe(allowed);
  });

  it("a grant to the role needs no identity-based policy, but the boundary and the session policy", () => {
    const resource = bucket(grants({ AWS: app.roleArn }));
    expect(ask(app, { resource }).allowed).toBe(true);
    expect(ask(app, { resource, permissionsBoundary: boundary(OTHER) })).toMatchObject({
      deniedBy: "permissions-boundary",
    });
    expect(ask(app, { resource, session: session(OTHER) })).toMatchObject({ deniedBy: "session" });
    const both = { permissionsBoundary: boundary(allow("s3:*")), session: session(allow("s3:*")) };
    expect(ask(app, { resource, ...both }).allowed).toBe(true);
  });

  it("a grant to the account is the account's to use", () => {
    const resource = bucket(grants({ AWS: HERE }));
    expect(ask(BOB, { resource })).toMatchObject({ allowed: false, deniedBy: "identity" });
    expect(ask(BOB, { resource, identity: identity(allow("s3:*")) }).allowed).toBe(true);
  });

  it("an explicit deny holds against every grant", () => {
    for (const principal of [app.sessionArn, BOB.arn]) {
      const resource = bucket(grants({ AWS: principal }));
      const caller = principal === BOB.arn ? BOB : app;
      expect(ask(caller, { resource, permissionsBoundary: boundary(deny("*")) }).outcome).toBe("explicit-deny");
      expect(ask(caller, { resource, identity: identity(deny("*")) }).outcome).toBe("explicit-deny");
    }
    expect(ask(app, { resource: bucket(grants("*")), session: session(deny("*")) }).outcome).toBe("explicit-deny");
  });

  it("a federated user has no more than its session policy gives", () => {
    const policies = { identity: identity(allow("s3:*")) };
    expect(ask(federated, policies)).toMatchObject({ allowed: false, deniedBy: "session" });
    expect(ask(federated, { ...policies, session: session(allow("s3:*")) }).allowed).toBe(true);
  });

  it("a Deny for a user also holds for the sessions that it federates", () => {
    const policies = { session: session(allow("s3:*")), identity: identity(allow("s3:*")) };
    expect(ask(federated, { ...policies, resource: bucket(grants({ AWS: BOB.arn }, "Deny")) }).outcome).toBe(
      "explicit-deny",
    );
    const elsewhere = bucket(grants({ AWS: user("bob", THERE).arn }, "Deny"));
    expect(ask(federated, { ...policies, resource: elsewhere }).allowed).toBe(true);
    expect(ask(federated, { ...policies, resource: bucket(grants({ AWS: BOB.uniqueId }, "Deny")) }).outcome).toBe(
      "explicit-deny",
    );
    const role = bucket(grants({ AWS: app.roleUniqueId }, "Deny"));
    expect(ask(federated, { ...policies, resource: role }).allowed).toBe(true);
  });

  it("across accounts every layer of the caller must allow, also for a grant to the session", () => {
    const resource = bucket(grants({ AWS: [app.sessionArn, app.roleArn, BOB.arn] }));
    const across = { resourceAccount: THERE };
    const all = { identity: identity(allow("s3:*")), resource };
    expect(ask(app, all, across).allowed).toBe(true);
    expect(ask(app, { resource }, across)).toMatchObject({ deniedBy: "identity" });
    expect(ask(app, { ...all, permissionsBoundary: boundary(OTHER) }, across)).toMatchObject({
      deniedBy: "permissions-boundary",
    });
    expect(ask(app, { ...all, session: session(OTHER) }, across)).toMatchObject({ deniedBy: "session" });
    expect(ask(app, { identity: all.identity }, across)).toMatchObject({ deniedBy: "resource" });
  });
});

describe('"Permissions boundaries for IAM entities"', () => {
  const shirley = user("ShirleyRodriguez");
  const limits = boundary(allow(["s3:*", "cloudwatch:*", "ec2:*"]));

  it("the example of Shirley: the boundary limits and does not grant", () => {
    const createUser = { action: "iam:CreateUser", resource: "*" };
    const identityPolicies = identity(allow("iam:CreateUser"));
    expect(ask(shirley, { identity: identityPolicies, permissionsBoundary: limits }, createUser)).toMatchObject({
      outcome: "implicit-deny",
      deniedBy: "permissions-boundary",
    });
    expect(ask(shirley, { permissionsBoundary: limits })).toMatchObject({ deniedBy: "identity" });
    expect(ask(shirley, { identity: identity(allow("s3:*")), permissionsBoundary: limits }).allowed).toBe(true);
  });
});

describe('"Policies and permissions in IAM", session policies', () => {
  const app = roleSession("app");

  it("the session has what both the role and the session policies allow", () => {
    const role = identity(allow(["s3:*", "ec2:*"]));
    expect(ask(app, { identity: role, session: session(allow("s3:GetObject")) }).allowed).toBe(true);
    expect(ask(app, { identity: role, session: session(allow("s3:PutObject")) })).toMatchObject({
      deniedBy: "session",
    });
    expect(ask(app, { session: session(allow("s3:GetObject")) })).toMatchObject({ deniedBy: "identity" });
  });

  it("several session policies are one layer: one Allow is enough, and one Deny", () => {
    const several = [...session(allow("ec2:*")), ...session(allow("s3:GetObject"))];
    const role = identity(allow("*"));
    expect(ask(app, { identity: role, session: several }).allowed).toBe(true);
    expect(ask(app, { identity: role, session: [...several, ...session(deny("s3:GetObject"))] }).outcome).toBe(
      "explicit-deny",
    );
  });

  it("no session policy is no limit", () => {
    expect(ask(app, { identity: identity(allow("*")), session: [] }).allowed).toBe(true);
  });
});

describe('AWS Organizations User Guide, "SCP evaluation"', () => {
  const all = level(allow("*"));
  const admin = { identity: identity(allow("*")) };

  it("every level from the root to the account must allow", () => {
    expect(ask(BOB, { ...admin, serviceControl: [all, all, all] }).allowed).toBe(true);
    for (const [index] of [all, all, all].entries()) {
      const serviceControl = [all, all, all].with(index, level(allow("ec2:*")));
      expect(ask(BOB, { ...admin, serviceControl })).toMatchObject({
        outcome: "implicit-deny",
        deniedBy: "service-control",
      });
    }
  });

  it("a level without any policy allows nothing", () => {
    expect(ask(BOB, { ...admin, serviceControl: [all, []] })).toMatchObject({ deniedBy: "service-control" });
  });

  it("one policy of a level is enough, and one Deny anywhere", () => {
    expect(ask(BOB, { ...admin, serviceControl: [[...level(allow("ec2:*")), ...all]] }).allowed).toBe(true);
    const denied = ask(BOB, { ...admin, serviceControl: [all, [...all, ...level(deny("s3:GetObject"))]] });
    expect(denied).toMatchObject({ outcome: "explicit-deny", deniedBy: "service-control" });
  });

  it("a policy limits and does not grant", () => {
    expect(ask(BOB, { serviceControl: [all] })).toMatchObject({ deniedBy: "identity" });
  });

  it("a policy binds the root user, and grants by bucket policies", () => {
    expect(ask(root(), { serviceControl: [level(deny("s3:*")), all] }).outcome).toBe("explicit-deny");
    const resource = bucket(grants({ AWS: BOB.arn }));
    expect(ask(BOB, { resource, serviceControl: [level(allow("ec2:*"))] })).toMatchObject({
      deniedBy: "service-control",
    });
  });

  it("a policy does not bind services and the anonymous, who belong to no account", () => {
    const resource = bucket(grants("*"));
    const serviceControl = [level(deny("*"))];
    expect(ask({ type: "service", service: "cloudtrail.amazonaws.com" }, { resource, serviceControl }).allowed).toBe(
      true,
    );
    expect(ask(ANONYMOUS, { resource, serviceControl }).allowed).toBe(true);
  });
});

describe('"Policies and permissions in IAM", policies and the root user', () => {
  it("the root user may do everything in its account that nothing denies", () => {
    expect(ask(root(), {}).allowed).toBe(true);
    expect(ask(root(), { resource: bucket(grants({ AWS: THERE })) }).allowed).toBe(true);
    expect(ask(root(), { resource: bucket(grants("*", "Deny")) }).outcome).toBe("explicit-deny");
    expect(ask(root(), { resource: bucket(grants({ AWS: HERE }, "Deny")) }).outcome).toBe("explicit-deny");
  });

  it("in another account it needs that account's grant", () => {
    const across = { resourceAccount: THERE };
    expect(ask(root(), {}, across)).toMatchObject({ deniedBy: "resource" });
    expect(ask(root(), { resource: bucket(grants({ AWS: HERE })) }, across).allowed).toBe(true);
    expect(ask(root(), { resource: bucket(grants({ AWS: BOB.arn })) }, across).allowed).toBe(false);
  });

  it("a KMS key allows even the root user only by its own policy", () => {
    const key = { action: "kms:Decrypt", resource: `arn:aws:kms:eu-west-1:${HERE}:key/1` };
    const keyPolicy = (principal: unknown) =>
      named("resource", "key policy", { Effect: "Allow", Principal: principal, Action: "kms:*", Resource: "*" });
    expect(ask(root(), {}, key)).toMatchObject({ deniedBy: "resource" });
    expect(ask(BOB, { identity: identity(allow("kms:*")) }, key)).toMatchObject({ deniedBy: "resource" });
    const account = keyPolicy({ AWS: HERE });
    expect(ask(root(), { resource: account }, key).allowed).toBe(true);
    expect(ask(BOB, { resource: account, identity: identity(allow("kms:*")) }, key).allowed).toBe(true);
    expect(ask(BOB, { resource: account }, key)).toMatchObject({ deniedBy: "identity" });
    expect(ask(BOB, { identity: identity(allow("kms:*")) }, { action: "kms:ListKeys", resource: "*" }).allowed).toBe(
      true,
    );
  });
});

describe("documents without principals", () => {
  it("serve in any layer of the caller, as one managed policy does on AWS", () => {
    const policy = parsePolicy({ Version: "2012-10-17", Statement: allow("s3:*") }, "identity");
    const managed = { name: "managed", policy };
    const policies = {
      identity: [managed],
      permissionsBoundary: managed,
      session: [managed],
      serviceControl: [[managed]],
    };
    expect(ask(roleSession("app"), policies, { resource: OBJECT }).allowed).toBe(true);
  });
});
