// Who may assume a role. Sources: IAM User Guide, "How to use an external ID when granting access to your AWS resources
// to a third party", "Cross-account policy evaluation logic", "AWS JSON policy elements: Principal".
import { describe, expect, it } from "vitest";
import { evaluate, parsePolicy, pinPrincipals } from "@daypass/policy";
import type { RequestPrincipal } from "@daypass/policy";
import {
  allow,
  ANONYMOUS,
  assume,
  BOB,
  deny,
  document,
  HERE,
  named,
  roleSession,
  root,
  THERE,
  trusts,
  user,
} from "./ask.js";

const BOB_ARN = { AWS: BOB.arn };
const REQUIRED = { StringEquals: { "sts:ExternalId": "right" } };
const RIGHT = { "sts:ExternalId": "right" };
const WRONG = { "sts:ExternalId": "wrong" };
const ACROSS = { accountId: THERE };

type Statements = readonly Readonly<Record<string, unknown>>[];

describe("within one account", () => {
  it.each<[string, "allow" | "deny", Statements, Readonly<Record<string, string>>]>([
    ["a named user with the right external ID", "allow", [trusts(BOB_ARN, REQUIRED)], RIGHT],
    ["a named user with a wrong external ID", "deny", [trusts(BOB_ARN, REQUIRED)], WRONG],
    ["a named user without an external ID", "deny", [trusts(BOB_ARN, REQUIRED)], {}],
    ["the account's root ARN", "allow", [trusts({ AWS: `arn:aws:iam::${HERE}:root` })], {}],
    ["the bare account ID", "allow", [trusts({ AWS: HERE })], {}],
    ["a list of principals", "allow", [trusts({ AWS: [user("eve").arn, BOB.arn] })], {}],
    [
      "several external IDs",
      "allow",
      [trusts(BOB_ARN, { StringEquals: { "sts:ExternalId": ["left", "right"] } })],
      RIGHT,
    ],
    ["a principal that is not trusted", "deny", [trusts({ AWS: user("eve").arn })], {}],
    ["StringLike that does not match", "deny", [trusts(BOB_ARN, { StringLike: { "sts:ExternalId": "ri?h" } })], RIGHT],
    [
      "StringNotEquals that matches",
      "deny",
      [trusts(BOB_ARN, { StringNotEquals: { "sts:ExternalId": "right" } })],
      RIGHT,
    ],
    ["MFA required, long-term keys", "deny", [trusts(BOB_ARN, { Bool: { "aws:MultiFactorAuthPresent": "true" } })], {}],
    ["an explicit Deny", "deny", [trusts(BOB_ARN), trusts({ AWS: "*" }, {}, "Deny")], {}],
    ["a service principal only", "deny", [trusts({ Service: "ec2.amazonaws.com" })], {}],
    ["a user whose name begins like the caller's", "deny", [trusts({ AWS: user("bobby").arn })], {}],
    ["a user with whose name the caller's begins", "deny", [trusts({ AWS: user("bo").arn })], {}],
    [
      "rotation: the old of two external IDs",
      "allow",
      [trusts(BOB_ARN, { StringEquals: { "sts:ExternalId": "old" } }), trusts(BOB_ARN, REQUIRED)],
      { "sts:ExternalId": "old" },
    ],
    [
      "rotation: the new of two external IDs",
      "allow",
      [trusts(BOB_ARN, { StringEquals: { "sts:ExternalId": "old" } }), trusts(BOB_ARN, REQUIRED)],
      RIGHT,
    ],
  ])("%s: %s", (_, answer, statements, context) => {
    expect(assume(BOB, statements, context).allowed).toBe(answer === "allow");
  });

  it("a role without its trust policy is never assumed", () => {
    const request = {
      principal: BOB,
      action: "sts:AssumeRole",
      resource: `arn:aws:iam::${HERE}:role/missing`,
      resourceAccount: HERE,
    };
    const decision = evaluate(request, { identity: [named("identity", "all", allow("*"))] });
    expect(decision).toMatchObject({ allowed: false, outcome: "implicit-deny", deniedBy: "resource" });
  });

  it("permissions alone are not enough: the trust policy must allow", () => {
    const identity = [named("identity", "all", allow("*"))];
    expect(assume(BOB, [trusts({ AWS: THERE })], {}, { identity })).toMatchObject({
      allowed: false,
      deniedBy: "resource",
    });
  });

  it("a trust policy that names the caller is enough", () => {
    expect(assume(BOB, [trusts(BOB_ARN)], {}, { identity: [] }).allowed).toBe(true);
    const session = roleSession("app");
    expect(assume(session, [trusts({ AWS: session.roleArn })], {}, { identity: [] }).allowed).toBe(true);
    expect(assume(session, [trusts({ AWS: session.sessionArn })], {}, { identity: [] }).allowed).toBe(true);
  });

  it("a trust policy that names the caller does not lift its boundary and its session policy", () => {
    const other = allow("s3:*");
    const app = roleSession("app");
    for (const [caller, trusted] of [
      [BOB, BOB.arn],
      [BOB, "*"],
      [app, app.sessionArn],
    ] as const) {
      const trust = [trusts({ AWS: trusted })];
      const bounded = (limit: typeof other) => ({ permissionsBoundary: named("permissions-boundary", "limit", limit) });
      expect(assume(caller, trust, {}, { more: bounded(other) })).toMatchObject({ deniedBy: "permissions-boundary" });
      expect(assume(caller, trust, {}, { identity: [], more: bounded(allow("sts:*")) }).allowed).toBe(true);
    }
    const more = { session: [named("session", "session", other)] };
    expect(assume(app, [trusts({ AWS: app.sessionArn })], {}, { more })).toMatchObject({ deniedBy: "session" });
  });

  it("a trust policy that names the account leaves it to the account's own policies", () => {
    expect(assume(BOB, [trusts({ AWS: HERE })], {}, { identity: [] })).toMatchObject({
      allowed: false,
      deniedBy: "identity",
    });
  });
});

describe("across accounts", () => {
  it.each<[string, "allow" | "deny", Statements, Readonly<Record<string, string>>]>([
    ["the right external ID", "allow", [trusts(BOB_ARN, REQUIRED)], RIGHT],
    ["a wrong external ID", "deny", [trusts(BOB_ARN, REQUIRED)], WRONG],
    ["the right external ID in other case", "deny", [trusts(BOB_ARN, REQUIRED)], { "sts:ExternalId": "Right" }],
    ["the right external ID and a character more", "deny", [trusts(BOB_ARN, REQUIRED)], { "sts:ExternalId": "right1" }],
    ["no external ID", "deny", [trusts(BOB_ARN, REQUIRED)], {}],
    ["an empty external ID", "deny", [trusts(BOB_ARN, REQUIRED)], { "sts:ExternalId": "" }],
    ["the account is trusted, wrong external ID", "deny", [trusts({ AWS: HERE }, REQUIRED)], WRONG],
    ["not trusted at all", "deny", [trusts({ AWS: THERE })], RIGHT],
    ["everyone is trusted", "allow", [trusts({ AWS: "*" })], {}],
    ["everyone is trusted, wrong external ID", "deny", [trusts({ AWS: "*" }, REQUIRED)], WRONG],
    ["the same name in another account", "deny", [trusts({ AWS: user("bob", THERE).arn })], {}],
    ["the same account in another partition", "deny", [trusts({ AWS: `arn:aws-cn:iam::${HERE}:root` })], {}],
  ])("%s: %s", (_, answer, statements, context) => {
    expect(assume(BOB, statements, context, ACROSS).allowed).toBe(answer === "allow");
  });

  it("both sides must allow, also when the trust policy names the caller itself", () => {
    const trust = [trusts(BOB_ARN)];
    expect(assume(BOB, trust, {}, ACROSS).allowed).toBe(true);
    const identity = [named("identity", "other", allow("sts:*", `arn:aws:iam::${THERE}:role/other`))];
    expect(assume(BOB, trust, {}, { ...ACROSS, identity })).toMatchObject({ allowed: false, deniedBy: "identity" });
    expect(assume(BOB, trust, {}, { ...ACROSS, identity: [] })).toMatchObject({ allowed: false, deniedBy: "identity" });
    const denied = [named("identity", "no", allow("*"), deny("sts:AssumeRole"))];
    expect(assume(BOB, trust, {}, { ...ACROSS, identity: denied })).toMatchObject({
      outcome: "explicit-deny",
      deniedBy: "identity",
    });
  });

  it("an account narrowed by aws:PrincipalArn trusts the vendor's role, with its path, and no other", () => {
    const vendor = roleSession("vendor", HERE, { path: "/service/" });
    const trust = [
      trusts({ AWS: `arn:aws:iam::${HERE}:root` }, { ArnEquals: { "aws:PrincipalArn": vendor.roleArn }, ...REQUIRED }),
    ];
    expect(assume(vendor, trust, RIGHT, ACROSS).allowed).toBe(true);
    expect(assume(vendor, trust, WRONG, ACROSS).allowed).toBe(false);
    expect(assume(roleSession("vendor"), trust, RIGHT, ACROSS).allowed).toBe(false);
    expect(assume(roleSession("vendor2", HERE, { path: "/service/" }), trust, RIGHT, ACROSS).allowed).toBe(false);
    expect(assume(BOB, trust, RIGHT, ACROSS).allowed).toBe(false);
  });
});

describe("sessions", () => {
  const app = roleSession("app");

  it("a role that is trusted is trusted in all its sessions", () => {
    for (const session of ["a1", "me@example.com"]) {
      expect(assume(roleSession("app", HERE, { session }), [trusts({ AWS: app.roleArn })], {}, ACROSS).allowed).toBe(
        true,
      );
    }
    expect(assume(roleSession("app2"), [trusts({ AWS: app.roleArn })], {}, ACROSS).allowed).toBe(false);
  });

  it("a session that is trusted is trusted alone", () => {
    const trust = [trusts({ AWS: `arn:aws:sts::${HERE}:assumed-role/app/one` })];
    expect(assume(roleSession("app", HERE, { session: "one" }), trust, {}, ACROSS).allowed).toBe(true);
    expect(assume(roleSession("app", HERE, { session: "one2" }), trust, {}, ACROSS).allowed).toBe(false);
  });

  it("the role's ARN in other case means another role", () => {
    expect(assume(app, [trusts({ AWS: roleSession("App").roleArn })], {}, ACROSS).allowed).toBe(false);
  });
});

describe("outsiders", () => {
  const service = { type: "service", service: "ec2.amazonaws.com" } as const;
  const google = { type: "federated", provider: "accounts.google.com" } as const;
  const WEB = { identity: [], action: "sts:AssumeRoleWithWebIdentity" };

  it("a service is trusted by its name, with no permissions of its own", () => {
    expect(assume(service, [trusts({ Service: "ec2.amazonaws.com" })], {}, { identity: [] }).allowed).toBe(true);
    expect(assume(service, [trusts({ Service: "ecs.amazonaws.com" })], {}, { identity: [] }).allowed).toBe(false);
    expect(assume(service, [trusts({ AWS: HERE })], {}, { identity: [] })).toMatchObject({
      allowed: false,
      deniedBy: "resource",
    });
  });

  it("an identity provider is trusted by its name and what it asserts", () => {
    const condition = { StringEquals: { "accounts.google.com:aud": "client" } };
    const trust = [{ ...trusts({ Federated: "accounts.google.com" }, condition), Action: "sts:*" }];
    const client = { "accounts.google.com:aud": "client" };
    expect(assume(google, trust, client, WEB).allowed).toBe(true);
    expect(assume(google, trust, { "accounts.google.com:aud": "other" }, WEB).allowed).toBe(false);
    expect(assume({ ...google, provider: "www.amazon.com" }, trust, client, WEB).allowed).toBe(false);
    expect(assume(BOB, trust, client).allowed).toBe(false);
  });

  it("a cluster's provider is trusted by its name with its path", () => {
    const provider = `arn:aws:iam::${HERE}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE`;
    const key = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub";
    const trust = [
      {
        ...trusts({ Federated: provider }, { StringEquals: { [key]: "system:serviceaccount:default:app" } }),
        Action: "sts:AssumeRoleWithWebIdentity",
      },
    ];
    const cluster = { type: "federated", provider } as const;
    const decision = assume(cluster, trust, { [key]: "system:serviceaccount:default:app" }, WEB);
    expect(decision).toMatchObject({ allowed: true, unknownKeys: [] });
    expect(assume(cluster, trust, { [key]: "system:serviceaccount:default:other" }, WEB).allowed).toBe(false);
  });

  it("services and identity providers are trusted under their own names, not with everyone under AWS", () => {
    const everyone = [{ ...trusts({ AWS: "*" }), Action: "sts:*" }];
    expect(assume(BOB, everyone).allowed).toBe(true);
    expect(assume(service, everyone, {}, { identity: [] })).toMatchObject({ allowed: false, deniedBy: "resource" });
    expect(assume(google, everyone, {}, WEB)).toMatchObject({ allowed: false, deniedBy: "resource" });
    const but = [trusts({ Service: "ec2.amazonaws.com" }), trusts({ AWS: "*" }, {}, "Deny")];
    expect(assume(service, but, {}, { identity: [] }).outcome).toBe("explicit-deny");
  });

  it("who signs calls AssumeRole, who brings a token calls the operation that takes it", () => {
    const Action = "sts:*";
    expect(assume(google, [{ ...trusts({ Federated: "accounts.google.com" }), Action }]).allowed).toBe(false);
    for (const action of ["sts:AssumeRoleWithWebIdentity", "sts:assumerolewithsaml"]) {
      expect(assume(BOB, [{ ...trusts(BOB_ARN), Action }], {}, { action }).allowed).toBe(false);
      expect(assume(service, [{ ...trusts({ Service: service.service }), Action }], {}, { action }).allowed).toBe(
        false,
      );
    }
    for (const [caller, principal] of [
      [BOB, BOB_ARN],
      [google, { Federated: "accounts.google.com" }],
    ] as const) {
      const trust = [{ ...trusts(principal), Action }];
      expect(assume(caller, trust, {}, { action: "sts:TagSession" }).allowed).toBe(true);
    }
  });

  it("the anonymous assume no role, not even one that trusts everyone", () => {
    expect(assume(ANONYMOUS, [trusts({ AWS: "*" })], {}, { identity: [] })).toMatchObject({
      allowed: false,
      deniedBy: "resource",
    });
  });

  it("the root user assumes no role", () => {
    for (const where of [{}, ACROSS]) {
      expect(assume(root(), [trusts({ AWS: [HERE, "*"] })], {}, where)).toMatchObject({
        allowed: false,
        deniedBy: "resource",
      });
    }
  });

  it("a federated user assumes no role", () => {
    const federated = {
      type: "federated-user",
      arn: `arn:aws:sts::${HERE}:federated-user/bob`,
      accountId: HERE,
      uniqueId: `${HERE}:bob`,
    } as const;
    const more = { session: [named("session", "all", allow("*"))] };
    expect(assume(federated, [trusts({ AWS: [HERE, federated.arn] })], {}, { more })).toMatchObject({
      allowed: false,
      deniedBy: "resource",
    });
  });
});

describe("a policy that was saved", () => {
  const app = roleSession("app");
  const reborn = roleSession("app", HERE, { id: "AROAREBORN00000000000" });
  const ids = new Map<string, string>([
    [app.roleArn, app.roleUniqueId],
    [BOB.arn, BOB.uniqueId],
  ]);
  const ask = (principal: RequestPrincipal, trust: string) => {
    const policy = pinPrincipals(parsePolicy(trust, "trust"), (arn) => ids.get(arn));
    return evaluate(
      { principal, action: "sts:AssumeRole", resource: `arn:aws:iam::${HERE}:role/target`, resourceAccount: HERE },
      { resource: { name: "trust policy", policy } },
    ).allowed;
  };

  it("does not trust a role that was deleted and made again under the same name", () => {
    const trust = document(trusts({ AWS: app.roleArn }));
    expect(ask(app, trust)).toBe(true);
    expect(ask(reborn, trust)).toBe(false);
  });

  it("does not trust a user that was deleted and made again under the same name", () => {
    const trust = document(trusts({ AWS: [BOB.arn] }));
    expect(ask(BOB, trust)).toBe(true);
    expect(ask({ ...BOB, uniqueId: "AIDAREBORN00000000000" }, trust)).toBe(false);
  });

  it("still trusts a user that was renamed", () => {
    const renamed = { ...user("robert"), uniqueId: BOB.uniqueId };
    expect(ask(renamed, document(trusts({ AWS: BOB.arn })))).toBe(true);
  });

  it("that names a unique ID trusts its bearer alone", () => {
    expect(ask(app, document(trusts({ AWS: app.roleUniqueId })))).toBe(true);
    expect(ask(reborn, document(trusts({ AWS: app.roleUniqueId })))).toBe(false);
    expect(ask(BOB, document(trusts({ AWS: BOB.uniqueId })))).toBe(true);
    expect(ask(BOB, document(trusts({ AWS: user("eve").uniqueId })))).toBe(false);
  });

  it("that names the account and the role's ARN in a condition trusts the role that was made again", () => {
    const trust = document(trusts({ AWS: "*" }, { ArnEquals: { "aws:PrincipalArn": app.roleArn } }));
    expect(ask(reborn, trust)).toBe(true);
  });
});
