// What the evaluator takes from the caller, and what it never does. Source of the derived keys: IAM User Guide, "AWS
// global condition context keys" and "Principal key values".
import { describe, expect, it } from "vitest";
import { evaluate, parsePolicy } from "@daypass/policy";
import type { AccessRequest, ContextValue, Policy, RequestPrincipal } from "@daypass/policy";
import {
  allow,
  ANONYMOUS,
  ask,
  BOB,
  document,
  errorOf,
  HERE,
  named,
  OBJECT,
  roleSession,
  root,
  THERE,
  trusts,
} from "./ask.js";

/** The value that a key has for a principal, read through the evaluator; `undefined` when it is absent. */
function valueOf(principal: RequestPrincipal, key: string): readonly string[] | undefined {
  const statement = {
    Effect: "Deny",
    Principal: "*",
    Action: "*",
    Resource: "*",
    Condition: { StringEquals: { [key]: "no such value" } },
  };
  return ask(principal, { resource: named("resource", "probe", statement) }).failedConditions[0]?.actual;
}

const app = { ...roleSession("app", HERE, { session: "me", path: "/x/y/" }), tags: { Team: "blue" } };
const federated = {
  type: "federated-user",
  arn: `arn:aws:sts::${HERE}:federated-user/bob`,
  accountId: HERE,
  uniqueId: `${HERE}:bob`,
} as const;
const service = { type: "service", service: "logs.amazonaws.com" } as const;
const outside = { type: "federated", provider: "accounts.google.com" } as const;

describe("keys that follow from the principal", () => {
  it.each<[string, RequestPrincipal, Readonly<Record<string, string | undefined>>]>([
    [
      "the root user",
      root(),
      { Arn: `arn:aws:iam::${HERE}:root`, Account: HERE, Type: "Account", id: HERE, IsAWSService: "false" },
    ],
    [
      "a user",
      BOB,
      { Arn: BOB.arn, Account: HERE, Type: "User", id: BOB.uniqueId, name: "bob", IsAWSService: "false" },
    ],
    [
      "a role session",
      app,
      {
        Arn: `arn:aws:iam::${HERE}:role/x/y/app`,
        Account: HERE,
        Type: "AssumedRole",
        id: `${app.roleUniqueId}:me`,
        IsAWSService: "false",
      },
    ],
    [
      "a federated user",
      federated,
      { Arn: federated.arn, Account: HERE, Type: "FederatedUser", id: `${HERE}:bob`, IsAWSService: "false" },
    ],
    [
      "a service",
      service,
      { IsAWSService: "true", ServiceName: "logs.amazonaws.com", ServiceNamesList: "logs.amazonaws.com" },
    ],
    ["an outside identity", outside, {}],
    ["the anonymous", ANONYMOUS, { Account: "anonymous", Type: "Anonymous", id: "anonymous" }],
  ])("%s", (_, principal, expected) => {
    const keys = {
      Arn: "aws:PrincipalArn",
      Account: "aws:PrincipalAccount",
      Type: "aws:PrincipalType",
      IsAWSService: "aws:PrincipalIsAWSService",
      ServiceName: "aws:PrincipalServiceName",
      ServiceNamesList: "aws:PrincipalServiceNamesList",
      id: "aws:userid",
      name: "aws:username",
    };
    for (const [name, key] of Object.entries(keys)) {
      expect([key, valueOf(principal, key)?.[0]]).toEqual([key, expected[name]]);
    }
    expect(valueOf(principal, "aws:ResourceAccount")).toEqual([HERE]);
  });

  it("tags are the principal's, their names without regard to case", () => {
    expect(valueOf(app, "aws:PrincipalTag/team")).toEqual(["blue"]);
    expect(valueOf({ ...BOB, tags: { a: "1" } }, "AWS:principaltag/A")).toEqual(["1"]);
    expect(valueOf({ ...federated, tags: { Team: "red" } }, "aws:PrincipalTag/team")).toEqual(["red"]);
    expect(valueOf(BOB, "aws:PrincipalTag/team")).toBeUndefined();
  });
});

describe("a key that follows from the question may not be given", () => {
  it.each([
    "aws:PrincipalArn",
    "aws:principalarn",
    "AWS:PRINCIPALACCOUNT",
    "aws:PrincipalType",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalTag/team",
    "aws:principaltag/Team",
    "aws:userid",
    "aws:username",
    "aws:ResourceAccount",
  ])("%s", (key) => {
    for (const principal of [BOB, app, ANONYMOUS]) {
      const error = errorOf(() => ask(principal, {}, { context: { [key]: "mine" } }));
      expect(error).toMatchObject({ code: "invalid_request", path: "" });
    }
  });
});

describe("a question is refused", () => {
  it.each<[string, Partial<AccessRequest>]>([
    ["an action without service", { action: "GetObject" }],
    ["an action with a wildcard", { action: "s3:*" }],
    ["an empty action", { action: "" }],
    ["a resource that is no ARN", { resource: "bucket/key" }],
    ["an empty resource", { resource: "" }],
    ["an ARN of five parts", { resource: "arn:aws:s3::bucket" }],
    ["a resource account of 11 digits", { resourceAccount: "11112222333" }],
    ["no resource account", { resourceAccount: "" }],
    ["a resource of another account than its ARN says", { resource: `arn:aws:iam::${THERE}:role/target` }],
    ["a principal's account that is none", { principal: { ...root(), accountId: "*" } }],
    ["a user of another account than its ARN says", { principal: { ...BOB, accountId: THERE } }],
    ["a user of another name than its ARN says", { principal: { ...BOB, userName: "ob" } }],
    [
      "a user whose name has the ARN's path",
      { principal: { ...BOB, arn: `arn:aws:iam::${HERE}:user/a/b`, userName: "a/b" } },
    ],
    ["a user without an account", { principal: { ...BOB, accountId: undefined } as unknown as RequestPrincipal }],
    [
      "a user that has left its account out",
      { principal: { type: "user", arn: BOB.arn, userName: "bob" } as unknown as RequestPrincipal },
    ],
    ["a principal of no known type", { principal: { type: "group" } as unknown as RequestPrincipal }],
    ["a user with a role's ARN", { principal: { ...BOB, arn: `arn:aws:iam::${HERE}:role/bob` } }],
    ["a session of another account", { principal: { ...app, accountId: THERE } }],
    ["a session of another role", { principal: { ...app, sessionArn: `arn:aws:sts::${HERE}:assumed-role/app2/me` } }],
    ["a session of another name", { principal: { ...app, sessionName: "you" } }],
    ["a session whose role ARN has the session's form", { principal: { ...app, roleArn: app.sessionArn } }],
    ["a session of two partitions", { principal: { ...app, roleArn: app.roleArn.replace("arn:aws:", "arn:aws-cn:") } }],
    ["a federated user of another account", { principal: { ...federated, accountId: THERE } }],
    ["a key given twice in different case", { context: { "s3:prefix": "a", "S3:Prefix": "b" } }],
    ["a tag given twice in different case", { principal: { ...BOB, tags: { team: "a", Team: "b" } } }],
    ["a value that is a number", { context: { "s3:max-keys": 10 as unknown as ContextValue } }],
    ["a value that is undefined", { context: { "sts:ExternalId": undefined as unknown as ContextValue } }],
    ["a list with a value that is no text", { context: { "aws:TagKeys": ["a", null] as unknown as ContextValue } }],
  ])("%s", (_, request) => {
    const admin = { identity: [named("identity", "admin", allow("*"))] };
    const error = errorOf(() => ask(BOB, admin, request));
    expect(error).toMatchObject({ code: "invalid_request", path: "" });
    expect(error.hint).not.toBe("");
  });

  it("a key named __proto__ is a key like any other", () => {
    const context = JSON.parse('{"__proto__": "x", "constructor": "y"}') as Readonly<Record<string, string>>;
    expect(ask(BOB, { identity: [named("identity", "admin", allow("*"))] }, { context }).allowed).toBe(true);
  });
});

describe("policies are refused", () => {
  const request = { principal: BOB, action: "s3:GetObject", resource: OBJECT, resourceAccount: HERE };
  const admin = parsePolicy(document(allow("*")), "identity");

  it("that parsePolicy did not make", () => {
    const forged = { ...admin };
    const made = JSON.parse(JSON.stringify(admin)) as Policy;
    for (const policy of [forged, made, Object.create(admin) as Policy]) {
      expect(errorOf(() => evaluate(request, { identity: [{ name: "x", policy }] })).code).toBe("invalid_request");
    }
  });

  it("that stand in the wrong layer", () => {
    const trust = parsePolicy(document(trusts({ AWS: HERE })), "trust");
    for (const policies of [
      { resource: { name: "x", policy: admin } },
      { identity: [{ name: "x", policy: trust }] },
      { permissionsBoundary: { name: "x", policy: trust } },
      { session: [{ name: "x", policy: trust }] },
      { serviceControl: [[{ name: "x", policy: trust }]] },
    ]) {
      expect(errorOf(() => evaluate(request, policies)).code).toBe("invalid_request");
    }
  });
});
