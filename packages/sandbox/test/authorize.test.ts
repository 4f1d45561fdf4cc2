// What the services tell the evaluator about a call, seen through a permission that asks for it.
import { GetAccessKeyInfoCommand } from "@aws-sdk/client-sts";
import {
  CreateRoleCommand,
  GetRoleCommand,
  DeleteUserCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterEach, describe, expect, it } from "vitest";
import {
  allowing,
  assume,
  CUSTOMER,
  document,
  keysOf,
  outcome,
  roleArn,
  sts,
  trusting,
  VENDOR,
  world,
} from "./sts-clients.js";
import type { Keys } from "./sts-clients.js";

let sandbox: Sandbox;
afterEach(() => sandbox.stop());
const at = Date.UTC(2026, 6, 7, 12, 30, 0);

const asked = (keys: Keys) =>
  outcome(
    sts(sandbox, keys).send(new GetAccessKeyInfoCommand({ AccessKeyId: sandbox.account("prod").admin.accessKeyId })),
  );

describe("condition keys of every call", () => {
  const user: readonly (readonly [string, object, boolean])[] = [
    ["aws:CurrentTime is the sandbox's", { DateEquals: { "aws:CurrentTime": "2026-07-07T12:30:00Z" } }, true],
    ["aws:EpochTime is in seconds", { NumericEquals: { "aws:EpochTime": String(at / 1000) } }, true],
    ["aws:SourceIp is the socket's", { IpAddress: { "aws:SourceIp": "127.0.0.1/32" } }, true],
    ["aws:SecureTransport is true, as at AWS's endpoints", { Bool: { "aws:SecureTransport": "true" } }, true],
    ["aws:RequestedRegion is the signature's", { StringEquals: { "aws:RequestedRegion": "eu-central-1" } }, true],
    ["aws:UserAgent is the header", { StringLike: { "aws:UserAgent": "aws-sdk-js/*" } }, true],
    ["aws:Referer is absent when there is none", { Null: { "aws:Referer": "true" } }, true],
    ["aws:ViaAWSService is false", { Bool: { "aws:ViaAWSService": "false" } }, true],
    ["aws:username is the user's", { StringEquals: { "aws:username": "asker" } }, true],
    ["aws:PrincipalAccount is the caller's", { StringEquals: { "aws:PrincipalAccount": CUSTOMER } }, true],
    ["aws:ResourceAccount is the resource's", { StringEquals: { "aws:ResourceAccount": CUSTOMER } }, true],
    ["aws:PrincipalTag is the user's tag", { StringEquals: { "aws:PrincipalTag/Team": "red" } }, true],
    ["aws:PrincipalOrgID is absent outside organisations", { Null: { "aws:PrincipalOrgID": "true" } }, true],
    [
      "aws:MultiFactorAuthPresent is absent for long-term keys",
      { Null: { "aws:MultiFactorAuthPresent": "true" } },
      true,
    ],
    ["aws:TokenIssueTime is absent for long-term keys", { Null: { "aws:TokenIssueTime": "true" } }, true],
    ["aws:SourceIp is nobody else's", { IpAddress: { "aws:SourceIp": "127.0.0.2/32" } }, false],
    ["a later time has not come", { DateGreaterThan: { "aws:CurrentTime": "2026-07-07T12:30:01Z" } }, false],
  ];
  it.each(user)("to a user: %s", async (_what, condition, allowed) => {
    sandbox = await startSandbox({
      now: () => at,
      world: world({
        users: [
          { name: "asker", tags: { team: "red" }, policies: { own: allowing("sts:GetAccessKeyInfo", "*", condition) } },
        ],
      }),
    });
    const client = sts(sandbox, sandbox.issueKey("customer", "asker"));
    client.config.systemClockOffset = at - Date.now();
    const answer = client.send(new GetAccessKeyInfoCommand({ AccessKeyId: sandbox.account("prod").admin.accessKeyId }));
    expect(await outcome(answer)).toMatch(allowed ? /^ok$/ : /^403 AccessDenied/);
  });

  const session: readonly (readonly [string, object, boolean])[] = [
    ["aws:MultiFactorAuthPresent is false", { Bool: { "aws:MultiFactorAuthPresent": "false" } }, true],
    ["aws:TokenIssueTime is there", { Null: { "aws:TokenIssueTime": "false" } }, true],
    ["aws:SourceIdentity is the session's", { StringEquals: { "aws:SourceIdentity": "ada" } }, true],
    ["aws:PrincipalTag is the session's tag", { StringEquals: { "aws:PrincipalTag/cost": "7" } }, true],
    ["aws:PrincipalArn is the role's", { ArnEquals: { "aws:PrincipalArn": roleArn("asker") } }, true],
    ["aws:userid ends with the session's name", { StringLike: { "aws:userid": "AROA*:probe" } }, true],
    ["aws:username is absent", { Null: { "aws:username": "true" } }, true],
    ["sts:ExternalId is not theirs later on", { Null: { "sts:ExternalId": "true" } }, true],
    ["the source identity is nobody else's", { StringEquals: { "aws:SourceIdentity": "eve" } }, false],
  ];
  it.each(session)("to a session: %s", async (_what, condition, allowed) => {
    const trust = trusting({ AWS: VENDOR }, undefined, ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]);
    sandbox = await startSandbox({
      world: world({
        roles: [
          {
            name: "asker",
            trustPolicy: document(trust),
            policies: { own: allowing("sts:GetAccessKeyInfo", "*", condition) },
          },
        ],
      }),
    });
    const vendor = sts(sandbox, sandbox.account("vendor").admin);
    const answer = await assume(vendor, roleArn("asker"), {
      SourceIdentity: "ada",
      Tags: [{ Key: "cost", Value: "7" }],
      ExternalId: "acme-1",
    });
    expect(await asked(keysOf(answer))).toMatch(allowed ? /^ok$/ : /^403 AccessDenied/);
  });
});

describe("policies that are saved", () => {
  const iam = () =>
    new IAMClient({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      credentials: sandbox.account("customer").admin,
      maxAttempts: 1,
    });
  const texts: readonly (readonly [string, unknown, string])[] = [
    ["no JSON", "{", "This policy contains invalid Json"],
    [
      "a trust policy with a resource",
      document({ ...trusting({ AWS: VENDOR }), Resource: "*" }),
      "Has prohibited field Resource",
    ],
    [
      "a trust policy without a principal",
      document({ Effect: "Allow", Action: "sts:AssumeRole" }),
      "Missing required field Principal",
    ],
    [
      "a trust policy without an action",
      document({ Effect: "Allow", Principal: { AWS: VENDOR } }),
      "Missing required field Action",
    ],
    [
      "a user that does not exist",
      document(trusting({ AWS: `arn:aws:iam::${VENDOR}:user/ghost` })),
      `Invalid principal in policy: "AWS":"arn:aws:iam::${VENDOR}:user/ghost"`,
    ],
    [
      "an account that does not exist",
      document(trusting({ AWS: "arn:aws:iam::999999999999:root" })),
      'Invalid principal in policy: "AWS":"arn:aws:iam::999999999999:root"',
    ],
    [
      "a unique id that nobody has",
      document(trusting({ AWS: "AROAAAAAAAAAAAAAAAAAA" })),
      'Invalid principal in policy: "AWS":"AROAAAAAAAAAAAAAAAAAA"',
    ],
    [
      "a wildcard within a name",
      document(trusting({ AWS: [VENDOR, `arn:aws:iam::${VENDOR}:user/*`] })),
      `Invalid principal in policy: "AWS":"arn:aws:iam::${VENDOR}:user/*"`,
    ],
    [
      "a session of an unknown account",
      document(trusting({ AWS: "arn:aws:sts::999999999999:assumed-role/x/yy" })),
      'Invalid principal in policy: "AWS":"arn:aws:sts::999999999999:assumed-role/x/yy"',
    ],
    [
      "an unknown operator",
      document(trusting({ AWS: VENDOR }, { StringEqualz: { "sts:ExternalId": "x" } })),
      "Syntax errors in policy.",
    ],
    [
      "one statement outside a list, wrong inside",
      { Version: "2012-10-17", Statement: { ...trusting({ AWS: "nobody" }) } },
      'Invalid principal in policy: "AWS":"nobody"',
    ],
  ];
  it.each(texts)("are refused in IAM's words: %s", async (_what, policy, text) => {
    sandbox = await startSandbox();
    const AssumeRolePolicyDocument = typeof policy === "string" ? policy : JSON.stringify(policy);
    const answer = iam().send(new CreateRoleCommand({ RoleName: "r", AssumeRolePolicyDocument }));
    expect(await outcome(answer)).toBe(`400 MalformedPolicyDocument ${text}`);
  });

  it.each([
    ["a principal", trusting({ AWS: VENDOR }), "Policy document should not specify a principal."],
    ["no resource", { Effect: "Allow", Action: "s3:*" }, "Policy statement must contain resources."],
    ["no action", { Effect: "Allow", Resource: "*" }, "Policy statement must contain actions."],
  ])("are refused as permissions: %s", async (_what, statement, text) => {
    sandbox = await startSandbox({
      world: world({ roles: [{ name: "r", trustPolicy: document(trusting({ AWS: VENDOR })) }] }),
    });
    const PolicyDocument = JSON.stringify(document(statement));
    const answer = iam().send(new PutRolePolicyCommand({ RoleName: "r", PolicyName: "p", PolicyDocument }));
    expect(await outcome(answer)).toBe(`400 MalformedPolicyDocument ${text}`);
  });

  it("show a deleted principal by its unique id, and do not trust its successor", async () => {
    const bob = `arn:aws:iam::${CUSTOMER}:user/bob`;
    sandbox = await startSandbox({
      world: world({
        users: [{ name: "bob" }],
        roles: [{ name: "r", trustPolicy: document(trusting({ AWS: [bob, VENDOR] })) }],
      }),
    });
    const shown = async () =>
      decodeURIComponent(
        (await iam().send(new GetRoleCommand({ RoleName: "r" }))).Role?.AssumeRolePolicyDocument ?? "",
      );
    expect(await shown()).toContain(bob);
    await iam().send(new DeleteUserCommand({ UserName: "bob" }));
    expect(await shown()).toMatch(/\["AIDA[A-Z2-7]{17}","111111111111"\]/);
    await iam().send(new CreateUserCommand({ UserName: "bob" }));
    expect(await shown()).not.toContain(bob);
    expect(await outcome(assume(sts(sandbox, sandbox.issueKey("customer", "bob")), roleArn("r")))).toMatch(
      /^403 AccessDenied/,
    );
  });
});
