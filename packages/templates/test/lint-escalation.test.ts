// Ways to more rights: on oneself, on others, by way of a service, and around the end of the setup.
import { lintPermissions, lintUserPermissions } from "@daypass/templates";
import type { PermissionStatement, PolicyConditions, UserDescription } from "@daypass/templates";
import { describe, expect, it } from "vitest";
import { allow, deny, OWN_ACCOUNT, role } from "./lint-describe.js";

const OWN = "arn:aws:iam::${AWS::AccountId}:role/acme/*";
const OTHER = "arn:aws:iam::${AWS::AccountId}:role/acme-workers/*";

function codes(
  statements: PermissionStatement | readonly PermissionStatement[],
  setup: readonly PermissionStatement[] = [],
): readonly string[] {
  return lintPermissions(role(statements, setup)).map(({ severity, code }) => `${severity} ${code}`);
}

describe("self-escalation", () => {
  it.each([
    ["iam:PutRolePolicy", OWN],
    ["iam:AttachRolePolicy", OWN],
    ["iam:DetachRolePolicy", OWN],
    ["iam:DeleteRolePolicy", OWN],
    ["iam:UpdateAssumeRolePolicy", OWN],
    ["iam:DeleteRolePermissionsBoundary", OWN],
    ["iam:PutRolePermissionsBoundary", OWN],
    ["iam:UpdateRole", OWN],
    ["iam:TagRole", OWN],
    ["iam:PassRole", OWN],
    ["iam:CreateRole", OWN],
    ["iam:CreatePolicyVersion", "arn:aws:iam::*:policy/acme/OngoingPolicy-1"],
    ["iam:SetDefaultPolicyVersion", "arn:aws:iam::*:policy/acme/*"],
    ["iam:PutRolePolicy", "*"],
    ["iam:PutRolePolicy", "arn:aws:iam::*:role/*"],
    ["iam:PutRolePolicy", "arn:aws:iam::*:role/ac?e/*"],
    ["iam:PutRolePolicy", "arn:aws:iam::*:role/acme/Acme-abcdefabcdef"],
    ["iam:PutRolePolicy", "arn:aws:iam::${AWS::AccountId}:role/${aws:PrincipalTag/path}/*"],
    ["iam:*RolePolicy", OWN],
    ["iam:putrolepolicy", OWN],
  ])("is found: %s on %s", (action, resource) => {
    expect(codes([], [allow(action, resource)])).toContain("error self_escalation");
  });

  it("is found whatever the conditions say", () => {
    const conditions = { ArnLike: { "iam:PermissionsBoundary": "arn:aws:iam::*:policy/limit" } };
    expect(codes(allow("iam:PutRolePolicy", OWN, conditions))).toContain("error self_escalation");
  });

  it.each([
    ["iam:PutRolePolicy", OTHER],
    ["iam:PutRolePolicy", "arn:aws:iam::*:role/acmeX/*"],
    ["iam:CreatePolicyVersion", "arn:aws:iam::*:policy/acme-workers/*"],
    ["iam:GetRole", OWN],
  ])("is not seen in %s on %s", (action, resource) => {
    expect(codes(allow(action, resource))).not.toContain("error self_escalation");
  });

  it("is not what a Deny says", () => {
    expect(codes([allow("sqs:ListQueues", "*"), deny("iam:PutRolePolicy", OWN)])).toEqual([]);
  });
});

describe("escalation through others", () => {
  it.each<[string, string, PolicyConditions | undefined, string]>([
    ["iam:CreateAccessKey", "*", undefined, "error"],
    ["iam:CreateAccessKey", "arn:aws:iam::*:user/bob", undefined, "error"],
    ["iam:AddUserToGroup", "arn:aws:iam::*:group/admins", undefined, "error"],
    ["iam:PutRolePolicy", OTHER, undefined, "error"],
    [
      "iam:AttachRolePolicy",
      OTHER,
      { StringNotEquals: { "iam:PolicyARN": "arn:aws:iam::aws:policy/AWSBillingReadOnlyAccess" } },
      "error",
    ],
    ["iam:AttachRolePolicy", OTHER, { ArnLike: { "iam:PolicyARN": "arn:aws:iam::aws:policy/*" } }, "error"],
    ["iam:AttachRolePolicy", OTHER, { StringLike: { "iam:PolicyARN": "*" } }, "error"],
    ["iam:AttachRolePolicy", OTHER, { Null: { "iam:PolicyARN": "false" } }, "error"],
    [
      "iam:PutRolePolicy",
      OTHER,
      { ArnLike: { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" } },
      "error",
    ],
    ["iam:PassRole", OTHER, { StringLike: { "iam:PassedToService": "*" } }, "warning"],
    [
      "iam:PassRole",
      "arn:aws:iam::*:role/?*",
      { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
      "error",
    ],
    ["iam:PassRole", "arn:aws:iam::*:*", { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } }, "error"],
    ["iam:UpdateAssumeRolePolicy", OTHER, undefined, "error"],
    ["iam:CreatePolicyVersion", "arn:aws:iam::*:policy/other", undefined, "error"],
    ["iam:PassRole", "*", undefined, "error"],
    [
      "iam:PassRole",
      "arn:aws:iam::*:role/*",
      { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
      "error",
    ],
    ["iam:PassRole", OTHER, undefined, "warning"],
    ["lambda:UpdateFunctionCode", "*", undefined, "error"],
    ["lambda:UpdateFunctionCode", "arn:aws:lambda:*:*:function:*", undefined, "error"],
    ["kms:PutKeyPolicy", "*", undefined, "error"],
    ["kms:PutKeyPolicy", "arn:aws:kms:*:*:key/*", undefined, "error"],
    ["kms:CreateGrant", "arn:aws:kms:*:*:key/*", undefined, "error"],
    ["sts:AssumeRole", "*", undefined, "error"],
    ["sts:AssumeRole", "arn:aws:iam::*:role/*", undefined, "error"],
    ["ssm:SendCommand", "*", undefined, "error"],
    ["s3:PutBucketPolicy", "arn:aws:s3:::*", OWN_ACCOUNT, "error"],
    ["cloudformation:UpdateStack", "arn:aws:cloudformation:*:*:stack/*", undefined, "error"],
    ["secretsmanager:PutResourcePolicy", "*", undefined, "error"],
    ["sso:CreateAccountAssignment", "*", undefined, "error"],
  ])("is found: %s on %s with %o", (action, resource, conditions, severity) => {
    expect(codes(allow(action, resource, conditions))).toContain(`${severity} escalation_path`);
  });

  it.each<[string, string, PolicyConditions | undefined]>([
    ["iam:AttachRolePolicy", OTHER, { ArnEquals: { "iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess" } }],
    [
      "iam:PutRolePolicy",
      OTHER,
      { ArnEquals: { "iam:PermissionsBoundary": "arn:aws:iam::${AWS::AccountId}:policy/limit" } },
    ],
    ["iam:PassRole", OTHER, { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } }],
    ["lambda:UpdateFunctionCode", "arn:aws:lambda:*:*:function:acme-*", undefined],
    ["kms:PutKeyPolicy", "arn:aws:kms:*:*:key/*", { StringEquals: { "aws:ResourceTag/ManagedBy": "acme" } }],
    ["kms:CreateGrant", "*", { Bool: { "kms:GrantIsForAWSResource": "true" } }],
    ["sts:AssumeRole", "arn:aws:iam::*:role/acme-spoke", undefined],
    ["ssm:StartSession", "*", { StringEquals: { "ssm:resourceTag/ManagedBy": "acme" } }],
  ])("is not seen in %s on %s with %o", (action, resource, conditions) => {
    expect(codes(allow(action, resource, conditions)).filter((code) => code.endsWith("escalation_path"))).toEqual([]);
  });

  it("says which of the other rights make use of a role that is handed on", () => {
    const statements = [
      allow("iam:PassRole", "*"),
      allow("lambda:CreateFunction", "arn:aws:lambda:*:*:function:acme-*", undefined, { sid: "Make" }),
    ];
    const found = lintPermissions(role(statements)).find(({ code }) => code === "escalation_path");
    expect(found?.message).toMatch(/together with lambda:CreateFunction/);
    expect(found?.fix).toMatch(/name the resources, and limit it by iam:PassedToService/);
  });

  it("says of a pattern what is in it, once", () => {
    const found = lintPermissions(role(allow("iam:*", "*"))).filter(({ code }) => code === "escalation_path");
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toMatch(/^iam:\* holds iam:AddUserToGroup, .* and \d+ more/);
  });
});

describe("the canary", () => {
  const setup = [allow("sqs:CreateQueue", "arn:aws:sqs:*:*:acme-*", undefined, { sid: "Prepare" })];

  it.each([
    ["iam:ListRoleTags", "*"],
    ["iam:ListRoleTags", "arn:aws:iam::${AWS::AccountId}:role/acme/Acme-*"],
    ["iam:List*", "arn:aws:iam::*:role/*"],
    ["iam:listroletags", "arn:aws:iam::*:role/acme/*"],
  ])("may not be granted for ever: %s on %s", (action, resource) => {
    expect(codes(allow(action, resource), setup)).toContain("error canary_granted");
  });

  it.each([
    ["iam:ListRoleTags", "arn:aws:iam::*:role/other/*"],
    ["iam:ListUserTags", "*"],
  ])("is not granted by %s on %s", (action, resource) => {
    expect(codes(allow(action, resource), setup)).toEqual([]);
  });

  it("is no matter where nothing ends", () => {
    expect(codes(allow("iam:ListRoleTags", "*"))).toEqual([]);
  });
});

describe("a user's permissions", () => {
  function user(permissions: readonly PermissionStatement[]): UserDescription {
    return {
      serviceName: "Acme",
      branding: { displayName: "Acme" },
      partition: "aws",
      userPath: "/acme/",
      permissions,
      permissionsBoundary: null,
    };
  }

  it("are read the same way", () => {
    expect(lintUserPermissions(user([allow("s3:ListBuckets", "*")]))).toMatchObject([{ code: "unknown_action" }]);
    expect(lintUserPermissions(user([allow("sqs:ListQueues", "*")]))).toEqual([]);
  });

  it("may not reach the user itself", () => {
    const found = lintUserPermissions(user([allow("iam:PutUserPolicy", "arn:aws:iam::*:user/acme/*")]));
    expect(found.map(({ code }) => code)).toContain("self_escalation");
  });

  it("have no setup that could end", () => {
    expect(lintUserPermissions(user([allow("sqs:CreateQueue", "arn:aws:sqs:*:*:acme-*")]))).toEqual([]);
  });
});

describe("what is accepted", () => {
  const statement = allow("sqs:CreateQueue", "arn:aws:sqs:*:*:acme-*");
  const reason = "queues come and go with customers";

  it("is still found, with the reason", () => {
    const accept = [{ code: "setup_rights_ongoing", sid: "Work", reason }] as const;
    expect(lintPermissions(role(statement, [], { accept }))).toMatchObject([
      { code: "setup_rights_ongoing", accepted: reason },
    ]);
  });

  it.each([
    ["another statement", { code: "setup_rights_ongoing", sid: "Other", reason }],
    ["another finding", { code: "wildcard_action", sid: "Work", reason }],
  ] as const)("is not accepted by an entry for %s, which is reported", (_, entry) => {
    expect(lintPermissions(role(statement, [], { accept: [entry] }))).toMatchObject([
      { code: "setup_rights_ongoing", accepted: null },
      { severity: "warning", code: "accept_unused", sid: entry.sid, accepted: null },
    ]);
  });

  it("leaves to the renderer what only the renderer can find", () => {
    const accept = [{ code: "needs_s3", sid: "", reason }] as const;
    expect(lintPermissions(role(allow("sqs:ListQueues", "*"), [], { accept }))).toEqual([]);
  });
});
