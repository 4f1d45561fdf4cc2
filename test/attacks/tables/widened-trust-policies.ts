// Trust policies that still let us in as they should, and somebody else besides: probes from the vendor's own account cannot
// see these, reading the role can. B1-02, B1-06; AWS Security Blog, "How to use trust policies with IAM roles".
import { numbered } from "../attack-table.js";
import { enter, externalIdKey as key, type TrustFacts } from "./trust-policies.js";

type Json = Readonly<Record<string, unknown>>;

const stranger = "333333333333";
const widened: Json = { codes: ["trust_widened"] };

/** Beside our statement, which stays as it is: probes from the vendor's own account cannot see these. */
const besides: readonly (readonly [attack: string, more: (facts: TrustFacts) => readonly Json[]])[] = [
  ["another account", () => [enter(stranger, undefined)]],
  [
    "another account with our external ID",
    ({ externalId }) => [enter(stranger, { StringEquals: { [key]: externalId } })],
  ],
  ["another account with an ID of its own", () => [enter(stranger, { StringEquals: { [key]: "their-own-id" } })]],
  ["another account's root", () => [enter(`arn:aws:iam::${stranger}:root`, undefined)]],
  ["another account's role", () => [enter(`arn:aws:iam::${stranger}:role/OrganizationAccess`, undefined)]],
  ["another account's user", () => [enter(`arn:aws:iam::${stranger}:user/eve`, undefined)]],
  ["another account's session", () => [enter(`arn:aws:sts::${stranger}:assumed-role/admin/eve`, undefined)]],
  ["everybody", () => [enter("*", undefined)]],
  ["everybody with our external ID", ({ externalId }) => [enter("*", { StringEquals: { [key]: externalId } })]],
  ["everybody of an organisation", () => [enter("*", { StringEquals: { "aws:PrincipalOrgID": "o-aaaaaaaaaa" } })]],
  ["everybody from an address", () => [enter("*", { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } })]],
  ["everybody with a tag", () => [enter("*", { StringEquals: { "aws:PrincipalTag/team": "admin" } })]],
  ["everybody who passes a source identity", () => [enter("*", { StringLike: { "sts:SourceIdentity": "*" } })]],
  ["another account from an address", () => [enter(stranger, { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } })]],
  ["another account with MFA", () => [enter(stranger, { Bool: { "aws:MultiFactorAuthPresent": "true" } })]],
  ["another account under a session name", () => [enter(stranger, { StringEquals: { "sts:RoleSessionName": "eve" } })]],
  [
    "another account in another year",
    () => [enter(stranger, { DateGreaterThan: { "aws:CurrentTime": "2031-01-01" } })],
  ],
  [
    "the vendor without an ID under any session name but the probes'",
    ({ vendorAccountId }) => [enter(vendorAccountId, { StringNotEquals: { "sts:RoleSessionName": "daypass-probe" } })],
  ],
  [
    "the vendor without an ID under a session name",
    ({ vendorAccountId }) => [enter(vendorAccountId, { StringLike: { "sts:RoleSessionName": "Acme*" } })],
  ],
  [
    "the vendor without an ID from an address",
    ({ vendorAccountId }) => [enter(vendorAccountId, { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } })],
  ],
  [
    "the vendor without an ID for a longer session",
    ({ vendorAccountId }) => [enter(vendorAccountId, { NumericGreaterThan: { "sts:DurationSeconds": "3600" } })],
  ],
  [
    "the vendor's other principals with the ID",
    ({ vendorAccountId, externalId }) => [enter(vendorAccountId, { StringEquals: { [key]: externalId } })],
  ],
  [
    "one other principal of the vendor's",
    ({ vendorAccountId, externalId }) => [
      enter(`arn:aws:iam::${vendorAccountId}:user/bystander`, { StringEquals: { [key]: externalId } }),
    ],
  ],
  [
    "the vendor's session of another role",
    ({ vendorAccountId, externalId }) => [
      enter(`arn:aws:sts::${vendorAccountId}:assumed-role/other/me`, { StringEquals: { [key]: externalId } }),
    ],
  ],
  ["a service", () => [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }]],
  [
    "a service of functions, which anybody in the account can pass the role to",
    () => [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  ],
  [
    "an identity provider of the web",
    () => [
      { Effect: "Allow", Principal: { Federated: "accounts.google.com" }, Action: "sts:AssumeRoleWithWebIdentity" },
    ],
  ],
  [
    "an OIDC provider without a condition",
    () => [
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::222222222222:oidc-provider/token.actions.githubusercontent.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
      },
    ],
  ],
  [
    "an OIDC provider with a wide subject",
    () => [
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::222222222222:oidc-provider/token.actions.githubusercontent.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringLike: { "token.actions.githubusercontent.com:sub": "repo:*" } },
      },
    ],
  ],
  [
    "a SAML provider",
    () => [
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::222222222222:saml-provider/adfs" },
        Action: "sts:AssumeRoleWithSAML",
      },
    ],
  ],
  ["another account that may only set context", () => [enter(stranger, undefined, { Action: "sts:*" })]],
];

/** Found by reading the role, which is what the template gives it the right for. */
export const widenedTrustPolicies = numbered(
  "B1-02",
  besides.map(([words, more]) => ({
    attack: `the customer's trust policy lets in, besides us, ${words}`,
    trust: (facts: TrustFacts) => more(facts),
    expected: widened,
  })),
  301,
);
