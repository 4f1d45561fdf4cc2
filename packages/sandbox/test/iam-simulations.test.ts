// The policy simulator: it says what the calls themselves would meet, and no more than AWS's says.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EvaluationResult, SimulatePrincipalPolicyCommandInput } from "@aws-sdk/client-iam";
import { refusalLine } from "./iam-clients.js";
import { CUSTOMER, startPeople, VENDOR } from "./people-clients.js";
import type { People } from "./people-clients.js";
import { allowing, document, trusting } from "./sts-clients.js";

const DEV = "444444444444";
const userArn = (name: string, account = CUSTOMER) => `arn:aws:iam::${account}:user/${name}`;
const roleArn = (name: string, account = CUSTOMER) => `arn:aws:iam::${account}:role/${name}`;
const policyArn = (name: string) => `arn:aws:iam::${CUSTOMER}:policy/${name}`;
const denying = (action: string) => document({ Effect: "Deny", Action: action, Resource: "*" });
const text = (value: unknown) => JSON.stringify(value);

let people: People;
let admin: ReturnType<People["iam"]>;
beforeAll(async () => {
  people = await startPeople({
    accounts: [
      {
        id: CUSTOMER,
        policies: [
          { name: "Reads", document: allowing("s3:Get*") },
          { name: "OnlyS3", document: allowing("s3:*") },
        ],
        users: [
          {
            name: "ada",
            tags: { team: "red" },
            policies: {
              own: document(
                { Effect: "Allow", Action: "s3:ListBucket", Resource: "*" },
                { Effect: "Deny", Action: "s3:DeleteObject", Resource: "*" },
              ),
              assume: allowing("sts:AssumeRole"),
              home: allowing("s3:PutObject", "arn:aws:s3:::home/${aws:username}/*"),
              careful: allowing("ec2:StopInstances", "*", { Bool: { "aws:MultiFactorAuthPresent": "true" } }),
              red: allowing("ec2:StartInstances", "*", { StringEquals: { "aws:PrincipalTag/team": "red" } }),
            },
            attachedPolicyArns: [policyArn("Reads")],
          },
          {
            name: "bounded",
            policies: { all: allowing("*") },
            permissionsBoundaryArn: policyArn("OnlyS3"),
          },
          { name: "asker", policies: { ask: allowing("iam:SimulatePrincipalPolicy", userArn("asker")) } },
        ],
        roles: [
          { name: "closed", trustPolicy: document(trusting({ AWS: VENDOR })), policies: { all: allowing("s3:*") } },
        ],
      },
      { id: DEV, users: [{ name: "dev", tags: { team: "red" }, policies: { all: allowing("*") } }] },
    ],
    organization: {
      id: "o-exampleorg1",
      accounts: [DEV],
      serviceControlPolicies: {
        accounts: {
          [DEV]: {
            Only: document(
              { Effect: "Allow", Action: ["s3:*", "iam:*"], Resource: "*" },
              { Effect: "Deny", Action: "s3:DeleteObject", Resource: "*" },
            ),
          },
        },
      },
    },
  });
  admin = people.iam(people.sandbox.account(CUSTOMER).admin);
});
afterAll(() => people.sandbox.stop());

const simulate = async (
  ActionNames: string[],
  more: Partial<SimulatePrincipalPolicyCommandInput> = {},
  client = admin,
): Promise<EvaluationResult[]> => {
  const answer = await client.simulatePrincipalPolicy({ PolicySourceArn: userArn("ada"), ActionNames, ...more });
  return answer.EvaluationResults ?? [];
};
const custom = async (PolicyInputList: string[], ActionNames: string[], more: object = {}) =>
  (await admin.simulateCustomPolicy({ PolicyInputList, ActionNames, ...more })).EvaluationResults ?? [];
const decisions = (results: readonly EvaluationResult[]) => results.map(({ EvalDecision }) => EvalDecision);
const entry = (ContextKeyName: string, value: string, ContextKeyType: "string" | "boolean" = "string") => ({
  ContextKeyName,
  ContextKeyValues: [value],
  ContextKeyType,
});

describe("SimulatePrincipalPolicy", () => {
  it("tells allowed, denied by a statement, and allowed by none, with the statements that decided", async () => {
    const results = await simulate(["s3:ListBucket", "s3:DeleteObject", "s3:PutBucketAcl", "s3:GetObject"]);
    expect(decisions(results)).toEqual(["allowed", "explicitDeny", "implicitDeny", "allowed"]);
    expect(results.map(({ MatchedStatements }) => MatchedStatements?.map((match) => match.SourcePolicyId))).toEqual([
      ["user_ada_own"],
      ["user_ada_own"],
      [],
      ["Reads"],
    ]);
    expect(results[0]).toMatchObject({ EvalActionName: "s3:ListBucket", EvalResourceName: "*" });
  });

  it("does not consult trust policies", async () => {
    const ResourceArns = [roleArn("closed"), roleArn("somewhere", VENDOR)];
    expect(decisions(await simulate(["sts:AssumeRole"], { ResourceArns }))).toEqual(["allowed", "allowed"]);
    const sts = people.sts(people.sandbox.issueKey(CUSTOMER, "ada"));
    const real = sts.assumeRole({ RoleArn: roleArn("closed"), RoleSessionName: "probe" });
    expect(await refusalLine(real)).toContain("403 AccessDenied");
    const PolicySourceArn = userArn("asker");
    expect(decisions(await simulate(["sts:AssumeRole"], { PolicySourceArn, ResourceArns }))).toEqual([
      "implicitDeny",
      "implicitDeny",
    ]);
  });

  it("fills policy variables from the user, and conditions from the user's tags", async () => {
    const ResourceArns = ["arn:aws:s3:::home/ada/x", "arn:aws:s3:::home/ben/x"];
    expect(decisions(await simulate(["s3:PutObject"], { ResourceArns }))).toEqual(["allowed", "implicitDeny"]);
    expect(decisions(await simulate(["ec2:StartInstances"]))).toEqual(["allowed"]);
    const ContextEntries = [entry("aws:PrincipalTag/Team", "blue")];
    expect(decisions(await simulate(["ec2:StartInstances"], { ContextEntries }))).toEqual(["implicitDeny"]);
  });

  it("tells which keys are missing, and judges without them until they are given", async () => {
    const [without] = await simulate(["ec2:StopInstances"]);
    expect([without?.EvalDecision, without?.MissingContextValues]).toEqual([
      "implicitDeny",
      ["aws:MultiFactorAuthPresent"],
    ]);
    const ContextEntries = [entry("aws:multifactorauthpresent", "true", "boolean")];
    const [withKey] = await simulate(["ec2:StopInstances"], { ContextEntries });
    expect([withKey?.EvalDecision, withKey?.MissingContextValues]).toEqual(["allowed", []]);
  });

  it("tells missing keys for each resource when resources are given", async () => {
    const [result] = await simulate(["ec2:StopInstances"], {
      ResourceArns: [`arn:aws:ec2:us-east-1:${CUSTOMER}:instance/i-1`],
    });
    expect(result?.MissingContextValues).toEqual([]);
    expect(result?.ResourceSpecificResults).toMatchObject([
      {
        EvalResourceName: `arn:aws:ec2:us-east-1:${CUSTOMER}:instance/i-1`,
        EvalResourceDecision: "implicitDeny",
        MissingContextValues: ["aws:MultiFactorAuthPresent"],
      },
    ]);
  });

  it("judges the attached boundary, or the one that is passed in its place", async () => {
    const PolicySourceArn = userArn("bounded");
    const detail = async (more = {}) =>
      (await simulate(["s3:GetObject", "sts:AssumeRole"], { PolicySourceArn, ...more })).map(
        ({ EvalDecision, PermissionsBoundaryDecisionDetail }) => [
          EvalDecision,
          PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
        ],
      );
    expect(await detail()).toEqual([
      ["allowed", true],
      ["implicitDeny", false],
    ]);
    expect(await detail({ PermissionsBoundaryPolicyInputList: [text(allowing("sts:*"))] })).toEqual([
      ["implicitDeny", false],
      ["allowed", true],
    ]);
    expect((await simulate(["s3:GetObject"]))[0]?.PermissionsBoundaryDecisionDetail).toBeUndefined();
  });

  it("judges the organisation's policies of a member account, and shows none of their statements", async () => {
    const client = people.iam(people.sandbox.account(DEV).admin);
    const asked = { PolicySourceArn: userArn("dev", DEV) };
    const results = await simulate(["s3:GetObject", "s3:DeleteObject", "sts:AssumeRole"], asked, client);
    expect(
      results.map(({ EvalDecision, OrganizationsDecisionDetail, MatchedStatements }) => [
        EvalDecision,
        OrganizationsDecisionDetail?.AllowedByOrganizations,
        MatchedStatements?.length,
      ]),
    ).toEqual([
      ["allowed", true, 1],
      ["explicitDeny", false, 0],
      ["implicitDeny", false, 0],
    ]);
    expect((await simulate(["s3:GetObject"]))[0]?.OrganizationsDecisionDetail).toBeUndefined();
  });

  it("adds policies that are passed, a denial among them", async () => {
    const PolicyInputList = [text(allowing("sqs:*")), text(denying("s3:*"))];
    const results = await simulate(["sqs:SendMessage", "s3:ListBucket"], { PolicyInputList });
    expect(decisions(results)).toEqual(["allowed", "explicitDeny"]);
    expect(results.map(({ MatchedStatements }) => MatchedStatements?.map((match) => match.SourcePolicyId))).toEqual([
      ["PolicyInputList.1"],
      ["PolicyInputList.2"],
    ]);
  });

  it("judges a role's policies", async () => {
    const [result] = await simulate(["s3:GetObject"], { PolicySourceArn: roleArn("closed") });
    expect(result?.MatchedStatements).toMatchObject([
      { SourcePolicyId: "role_closed_all", SourcePolicyType: "IAM Policy" },
    ]);
  });

  it("pages", async () => {
    const ActionNames = ["s3:ListBucket", "s3:DeleteObject", "s3:GetObject"];
    const input = { PolicySourceArn: userArn("ada"), ActionNames };
    const first = await admin.simulatePrincipalPolicy({ ...input, MaxItems: 2 });
    expect([first.EvaluationResults?.length, first.IsTruncated]).toEqual([2, true]);
    const rest = await admin.simulatePrincipalPolicy({ ...input, Marker: first.Marker });
    expect(rest.EvaluationResults?.map(({ EvalActionName }) => EvalActionName)).toEqual(["s3:GetObject"]);
    const other = { ...input, ActionNames: ["s3:GetObject"], Marker: first.Marker };
    expect(await refusalLine(admin.simulatePrincipalPolicy(other))).toContain("400 ValidationError");
  });
});

describe("SimulateCustomPolicy", () => {
  it("knows nothing but what it is given", async () => {
    const policies = [text(allowing("s3:*", "arn:aws:s3:::home/${aws:username}"))];
    const ResourceArns = ["arn:aws:s3:::home/ada"];
    const [without] = await custom(policies, ["s3:GetObject"], { ResourceArns });
    expect(without?.EvalDecision).toBe("implicitDeny");
    expect(without?.ResourceSpecificResults?.[0]?.MissingContextValues).toEqual(["aws:username"]);
    const ContextEntries = [entry("aws:username", "ada")];
    expect(decisions(await custom(policies, ["s3:GetObject"], { ResourceArns, ContextEntries }))).toEqual(["allowed"]);
    expect(decisions(await custom(policies, ["s3:GetObject"], { ResourceArns, CallerArn: userArn("ada") }))).toEqual([
      "allowed",
    ]);
  });

  it("tells where the statements stand", async () => {
    const listed = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "First",
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Resource": ["*", "arn:aws:sqs:us-east-1:222222222222:a \\"}]{["]
        },
        { "Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*", "Condition": {} }
    ]
}`;
    const places = async (document: string, action: string) =>
      (await custom([document], [action]))[0]?.MatchedStatements?.map(({ StartPosition, EndPosition }) => [
        [StartPosition?.Line, StartPosition?.Column],
        [EndPosition?.Line, EndPosition?.Column],
      ]);
    expect(await places(listed, "sqs:SendMessage")).toEqual([
      [
        [3, 19],
        [9, 10],
      ],
    ]);
    expect(await places(listed, "sqs:ReceiveMessage")).toEqual([
      [
        [9, 10],
        [10, 96],
      ],
    ]);
    const one = `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"},"Version":"2012-10-17"}`;
    expect(await places(one, "sqs:SendMessage")).toEqual([
      [
        [1, 14],
        [1, one.indexOf("}") + 2],
      ],
    ]);
  });

  it("knows the tags and the id of its own account's users, and of no other's", async () => {
    const red = [text(allowing("s3:GetObject", "*", { StringEquals: { "aws:PrincipalTag/team": "red" } }))];
    const ask = (CallerArn: string, more: object = {}) => custom(red, ["s3:GetObject"], { CallerArn, ...more });
    expect(decisions(await ask(userArn("ada")))).toEqual(["allowed"]);
    expect(decisions(await ask(userArn("dev", DEV)))).toEqual(["implicitDeny"]);
    const { User } = await people.iam(people.sandbox.account(DEV).admin).getUser({ UserName: "dev" });
    const ContextEntries = [entry("aws:userid", User?.UserId ?? "")];
    expect(await refusalLine(ask(userArn("dev", DEV), { ContextEntries }))).toContain("InvalidInput");
  });

  it("judges a resource's policy with the caller, in the caller's account and in another", async () => {
    const ResourcePolicy = text(
      document({
        Effect: "Allow",
        Principal: { AWS: userArn("ada") },
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::b/*",
      }),
    );
    const asked = { ResourcePolicy, CallerArn: userArn("ada"), ResourceArns: ["arn:aws:s3:::b/k"] };
    const nothing = [text(allowing("sqs:*"))];
    const [own] = await custom(nothing, ["s3:GetObject"], asked);
    expect(own?.EvalDecision).toBe("allowed");
    expect(own?.MatchedStatements).toMatchObject([
      { SourcePolicyId: "ResourcePolicy", SourcePolicyType: "Resource Policy" },
    ]);
    const ResourceOwner = `arn:aws:iam::${VENDOR}:root`;
    expect(decisions(await custom(nothing, ["s3:GetObject"], { ...asked, ResourceOwner }))).toEqual(["implicitDeny"]);
    const both = [text(allowing("s3:*"))];
    expect(decisions(await custom(both, ["s3:GetObject"], { ...asked, ResourceOwner }))).toEqual(["allowed"]);
    expect(
      decisions(await custom(both, ["s3:GetObject"], { ...asked, ResourceOwner, CallerArn: userArn("ben") })),
    ).toEqual(["implicitDeny"]);
  });
});

describe("refused", () => {
  const ask = (more: object) => () =>
    admin.simulatePrincipalPolicy({ PolicySourceArn: userArn("ada"), ActionNames: ["s3:GetObject"], ...more });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      "a session's ARN",
      ask({ PolicySourceArn: `arn:aws:sts::${CUSTOMER}:assumed-role/closed/s` }),
      "400 InvalidInput Invalid Entity Arn",
    ],
    ["a user who is not there", ask({ PolicySourceArn: userArn("nobody") }), "404 NoSuchEntity"],
    ["another account's user", ask({ PolicySourceArn: userArn("admin", VENDOR) }), "403 AccessDenied"],
    ["an action without a service", ask({ ActionNames: ["GetObject"] }), "400 InvalidInput"],
    ["an action with a wildcard", ask({ ActionNames: ["s3:*"] }), "400 InvalidInput"],
    ["a resource that is no ARN", ask({ ResourceArns: ["bucket"] }), "400 InvalidInput"],
    ["a policy that is none", ask({ PolicyInputList: ["{}"] }), "400 InvalidInput"],
    [
      "more than 10,000 questions",
      ask({ ActionNames: Array(101).fill("s3:GetObject"), ResourceArns: Array(100).fill("*") }),
      "400 InvalidInput At most 10000",
    ],
    ["two boundaries", ask({ PermissionsBoundaryPolicyInputList: ["{}", "{}"] }), "400 ValidationError"],
    ["a caller that is a role", ask({ CallerArn: roleArn("closed") }), "400 InvalidInput"],
    ["an owner that is no account", ask({ ResourceOwner: userArn("ada") }), "400 InvalidInput"],
    [
      "a key twice",
      ask({ ContextEntries: [entry("aws:SourceIp", "a"), entry("aws:sourceip", "b")] }),
      "400 InvalidInput",
    ],
    [
      "a key about the caller that is not so",
      ask({ ContextEntries: [entry("aws:username", "ben")] }),
      "400 InvalidInput",
    ],
    [
      "a role with a resource's policy and no caller",
      ask({ PolicySourceArn: roleArn("closed"), ResourcePolicy: "{}" }),
      "400 InvalidInput CallerArn is required",
    ],
    [
      "a custom simulation of a resource's policy without a caller",
      () =>
        admin.simulateCustomPolicy({
          PolicyInputList: [text(allowing("*"))],
          ActionNames: ["s3:GetObject"],
          ResourcePolicy: "{}",
        }),
      "400 InvalidInput CallerArn is required",
    ],
  ])("is %s", async (_, call, expected) => {
    expect(await refusalLine(call())).toContain(expected);
  });

  it("is who may not ask, and about whom they may not", async () => {
    const asker = people.iam(people.sandbox.issueKey(CUSTOMER, "asker"));
    expect(decisions(await simulate(["s3:GetObject"], { PolicySourceArn: userArn("asker") }, asker))).toEqual([
      "implicitDeny",
    ]);
    expect(await refusalLine(simulate(["s3:GetObject"], {}, asker))).toBe(
      `403 AccessDenied User: ${userArn("asker")} is not authorized to perform: iam:SimulatePrincipalPolicy on resource: ${userArn("ada")} because no identity-based policy allows the iam:SimulatePrincipalPolicy action`,
    );
    expect(
      await refusalLine(
        asker.simulateCustomPolicy({ PolicyInputList: [text(allowing("*"))], ActionNames: ["s3:GetObject"] }),
      ),
    ).toContain("iam:SimulateCustomPolicy");
  });
});
