// Descriptions of permissions, as somebody might write them, and the templates that are made of them.
import { guideInputs } from "./fuzz/guide-inputs.mjs";
import { deepStrictEqual, ok } from "node:assert/strict";
import { parsePolicy } from "@daypass/policy";
import * as templates from "@daypass/templates";
import { parseTemplate } from "../packages/sandbox/dist/cloudformation/parse-template.js";
import { readTemplateText } from "../packages/sandbox/dist/cloudformation/read-template-text.js";
import { requireClean } from "./fuzz/check-properties.mjs";

const EXTERNAL_ID = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6";
const PARAMETERS = {
  accountId: "222222222222",
  region: "eu-west-1",
  integrationSuffix: "abcdef123456",
  externalId: EXTERNAL_ID,
  setupPhase: true,
  setupUntil: "2026-01-31T12:00:00Z",
};
const ofAccount = { StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}" } };
const role = {
  serviceName: "Acme",
  branding: { displayName: "Acme Analytics", supportUrl: "https://acme.example/help" },
  partition: "aws",
  vendorAccountId: "111111111111",
  vendorPrincipals: ["arn:aws:iam::111111111111:role/service"],
  trustConditions: { sourceIps: ["192.0.2.0/24"], organizationId: "o-exampleorg1" },
  rolePath: "/acme/",
  maxSessionDuration: 3600,
  externalIdPattern: "[0-9A-Za-z]{32}",
  ongoing: [
    {
      sid: "Read",
      why: "Reads",
      actions: ["s3:GetObject"],
      resources: ["arn:${AWS::Partition}:s3:::r-${AWS::AccountId}/*"],
      conditions: ofAccount,
    },
  ],
  setup: [
    {
      sid: "Make",
      why: "Makes",
      actions: ["s3:CreateBucket"],
      resources: ["arn:${AWS::Partition}:s3:::r-${AWS::AccountId}"],
      conditions: ofAccount,
    },
  ],
  permissionsBoundary: "parameter",
  accept: [{ code: "wildcard_action", sid: "Read", reason: "needed" }],
};
const user = {
  serviceName: role.serviceName,
  branding: role.branding,
  partition: role.partition,
  userPath: "/acme/",
  permissions: role.ongoing,
  permissionsBoundary: role.permissionsBoundary,
};
const denying = {
  ...role,
  vendorPrincipals: null,
  permissionsBoundary: null,
  ongoing: [...role.ongoing, { sid: "No", why: "n", effect: "Deny", actions: ["s3:Delete*"], resources: ["*"] }],
  setup: [],
  accept: [],
};

const WORDS = [
  [
    "*",
    "s3:*",
    "s3:Get*",
    "iam:PassRole",
    "iam:*",
    "sts:AssumeRole",
    "ec2:DescribeInstances",
    "s3:GetObject",
    "nosuch:Action",
    "Deny",
    "Allow",
  ],
  [
    "${AWS::AccountId}",
    "${AWS::Region}",
    "${AWS::StackName}",
    "${aws:username}",
    "${!Literal}",
    "${",
    "{{resolve:ssm:x}}",
    "{{ Resolve : x",
    "$",
    "!Ref x",
  ],
  [
    "arn:aws:s3:::b/*",
    "arn:aws-cn:s3:::b",
    "arn:aws:iam::${AWS::AccountId}:role/*",
    "arn:aws:s3:::*",
    "StringEquals",
    "StringLike",
    "ForAllValues:StringLike",
  ],
  [
    "Bool",
    "aws:MultiFactorAuthPresent",
    "aws:ResourceAccount",
    "false",
    "aws:SourceIp",
    "0.0.0.0/0",
    "::/0",
    "__proto__",
    "constructor",
    "toString",
  ],
  [
    ".*",
    "(a+)+",
    "[0-9]{32})|(x",
    "a|b",
    "\\w{2,64}",
    "[a-z",
    "(?=x)",
    "parameter",
    "'",
    '"',
    "\n",
    "\u0000",
    "\ud800",
    "é",
    "\u2028",
    "</script>",
    "no",
    "012",
    "2026-01-31",
  ],
  [
    "/",
    "//",
    "/a/b/c/",
    "/../",
    "o-x",
    "unknown_action",
    "wildcard_action",
    "wildcard_resource",
    "self_escalation",
    "Read",
    "Make",
    "accept",
  ],
].flat();

export const trial = {
  name: "fuzz-permission-templates",
  claim:
    "a description is refused with its place, or becomes a template that reads the same in JSON and YAML and lets nobody in without the external ID",
  wouldShow:
    "as an error of another class, a template that is read differently or not at all, a role that opens without the external ID, or text that CloudFormation would replace",
  unit: "descriptions",
  amounts: { test: 600, short: 4_000, long: 50_000 },
  needs: [],
  async run({ amount, seed }) {
    const seeds = [role, user, denying].map((one) => JSON.stringify(one));
    return guideInputs({ amount, seed, seeds, dictionary: WORDS, test: checkText });
  },
};

function checkText(text) {
  let description;
  try {
    description = JSON.parse(text);
  } catch {
    return;
  }
  const isUser = typeof description === "object" && description !== null && "userPath" in description;
  const before = JSON.stringify(description);
  const template = attempt(() =>
    isUser ? templates.createIamUserTemplate(description) : templates.createRoleTemplate(description),
  );
  requireClean();
  ok(JSON.stringify(description) === before, "the description was changed");
  if (template === undefined) return;
  const plain = JSON.parse(JSON.stringify(template));
  deepStrictEqual(readTemplateText(templates.renderJson(template)), plain, "JSON reads differently");
  deepStrictEqual(readTemplateText(templates.renderYaml(template)), plain, "YAML reads differently");
  parseTemplate(templates.renderYaml(template));
  ok(!/\{\{\s*resolve/i.test(templates.renderJson(template)), "text that CloudFormation would replace");
  if (!isUser) checkRole(description, plain);
}

function checkRole(description, template) {
  const statements = Object.values(template.Resources)
    .filter(({ Type }) => Type === "AWS::IAM::Role")
    .flatMap(({ Properties }) => Properties.AssumeRolePolicyDocument.Statement);
  requireNarrow(statements, description.vendorAccountId);
  // By itself too: what closes a group that it did not open would stand outside of the anchors.
  ok(attempt(() => new RegExp(description.externalIdPattern)) !== undefined, "a pattern that is none");
  const rendered = attempt(() => templates.renderPolicyDocuments(description, PARAMETERS));
  ok(templates.diffPermissions(description, description).gains.length === 0, "differs from itself");
  if (rendered === undefined) return;
  requireNarrow(rendered.trustPolicy.Statement, description.vendorAccountId);
  parsePolicy(JSON.stringify(rendered.trustPolicy), "trust");
  for (const { document } of rendered.policies) {
    parsePolicy(JSON.stringify(document), "identity");
    ok(!/\$\{AWS::/.test(JSON.stringify(document)), "a placeholder was left");
  }
}

function requireNarrow(statements, vendorAccountId) {
  ok(statements.length > 0, "nobody may enter");
  for (const { Effect, Action, Principal, Condition } of statements) {
    ok(
      Effect === "Allow" && Principal.AWS.endsWith(`:iam::${vendorAccountId}:root`),
      "another principal than the vendor",
    );
    const ids = Condition?.StringEquals?.["sts:ExternalId"];
    ok(
      Action === "sts:TagSession" || (Action === "sts:AssumeRole" && ids !== undefined && ids !== ""),
      "opens without the external ID",
    );
  }
}

function attempt(run) {
  try {
    return run();
  } catch (error) {
    ok(error instanceof templates.TemplateError && error.hint !== "", `refused as ${error?.name}: ${error?.message}`);
    return undefined;
  }
}
