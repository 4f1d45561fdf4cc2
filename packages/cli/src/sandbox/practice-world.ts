// The company that a person practises in: a hub account with one user and her phone, three accounts behind it, and an
// Identity Center for the same three. Data only; every account, key and secret in it exists on this machine alone.

const HUB = "333333333333";

export interface PracticeEnvironment {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly roles: readonly string[];
}

export const ENVIRONMENTS: readonly PracticeEnvironment[] = [
  { name: "dev", accountId: "444444444444", region: "eu-west-1", roles: ["admin", "read-only"] },
  { name: "stage", accountId: "555555555555", region: "eu-west-1", roles: ["admin", "read-only"] },
  { name: "prod", accountId: "666666666666", region: "eu-central-1", roles: ["admin", "read-only"] },
];

/** The hub's user, who is also a person of Identity Center. */
export const PERSON = "ada";
export const HUB_NAME = "people";
export const HUB_ACCOUNT = HUB;
export const SSO_SESSION = "company";
export const SSO_REGION = "us-east-1";
export const DEVICE_SERIAL = `arn:aws:iam::${HUB}:mfa/adas-phone`;

const policy = (...statements: readonly object[]) => ({ Version: "2012-10-17", Statement: statements });
const allow = (action: string | readonly string[], resource: string | readonly string[] = "*") => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
});
const READS = ["s3:Get*", "s3:List*", "iam:Get*", "iam:List*", "cloudformation:Describe*"];
const everything = policy(allow("*"));
const reading = policy(allow(READS));

/** As the AWS guide to roles has it: whoever comes from the hub, and only with a code. IAM User Guide, "MFA-protected API access". */
const fromHubWithMfa = policy({
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${HUB}:root` },
  Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
  Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
});

const bucket = ({ name, accountId, region }: PracticeEnvironment) => ({
  name: `${name}-reports`,
  account: accountId,
  region,
  objects: [{ key: "today.txt", body: `a report of ${name}\n`, contentType: "text/plain" }],
});

/** Returns the world. `deviceSecret` is what ada's phone is given: 32 letters of base 32, made anew for each run. */
export const describePracticeWorld = (deviceSecret: string): object => ({
  accounts: [
    {
      id: HUB,
      name: "hub",
      users: [
        {
          name: PERSON,
          policies: {
            work: policy(
              allow(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], "arn:aws:iam::*:role/*"),
              allow(["iam:ListMFADevices", "iam:*AccessKey*"]),
            ),
          },
          mfaDevices: [{ name: "adas-phone", secret: deviceSecret }],
        },
      ],
    },
    ...ENVIRONMENTS.map(({ name, accountId }) => ({
      id: accountId,
      name,
      roles: [
        { name: "admin", trustPolicy: fromHubWithMfa, policies: { all: everything }, maxSessionDuration: 43_200 },
        { name: "read-only", trustPolicy: fromHubWithMfa, policies: { reading }, maxSessionDuration: 43_200 },
      ],
    })),
  ],
  buckets: ENVIRONMENTS.map(bucket),
  identityCenter: {
    region: SSO_REGION,
    users: [{ name: PERSON }],
    permissionSets: [
      { name: "AdministratorAccess", inlinePolicy: everything },
      { name: "ReadOnly", inlinePolicy: reading, sessionDuration: 28_800 },
    ],
    assignments: ENVIRONMENTS.flatMap(({ name, accountId }) => [
      // Nobody is an administrator of prod by default.
      ...(name === "prod" ? [] : [{ user: PERSON, account: accountId, permissionSet: "AdministratorAccess" }]),
      { user: PERSON, account: accountId, permissionSet: "ReadOnly" },
    ]),
  },
});
