// Renders templates/, the documents that a customer's security team reads: `node scripts/render-templates.mjs`. A test
// renders them again and compares, so that what is read there is what the library makes.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createCliCommands,
  createHubTemplate,
  createIamUserTemplate,
  createRoleTemplate,
  createSpokeTemplate,
  createVendorPolicy,
  renderJson,
  renderYaml,
} from "@daypass/templates";

const FOLDER = fileURLToPath(new URL("../templates/", import.meta.url));

const ofAccount = { StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}" } };
const branding = { displayName: "Orbit Analytics", supportUrl: "https://orbit.example/aws" };

/** The vendor of the examples: reads reports for good, and may make the bucket for them during the setup. */
export const ROLE = {
  serviceName: "Orbit",
  branding,
  partition: "aws",
  vendorAccountId: "111111111111",
  vendorPrincipals: ["arn:aws:iam::111111111111:role/orbit-service"],
  rolePath: "/orbit/",
  maxSessionDuration: 3600,
  externalIdPattern: "[0-9A-Za-z]{32}",
  ongoing: [
    {
      sid: "ReadReports",
      why: "Reads the reports that you put into the bucket",
      actions: ["s3:GetObject"],
      resources: ["arn:${AWS::Partition}:s3:::orbit-reports-${AWS::AccountId}/*"],
      conditions: ofAccount,
    },
    {
      sid: "ListReports",
      why: "Finds out which reports there are",
      actions: ["s3:ListBucket"],
      resources: ["arn:${AWS::Partition}:s3:::orbit-reports-${AWS::AccountId}"],
      conditions: ofAccount,
    },
  ],
  setup: [
    {
      sid: "MakeBucket",
      why: "Makes the bucket for the reports, versioned and closed to the public",
      actions: ["s3:CreateBucket", "s3:PutBucketVersioning", "s3:PutBucketPublicAccessBlock"],
      resources: ["arn:${AWS::Partition}:s3:::orbit-reports-${AWS::AccountId}"],
      conditions: ofAccount,
    },
  ],
  permissionsBoundary: "parameter",
};

const USER = {
  serviceName: "orbit-cli",
  branding,
  partition: "aws",
  userPath: "/orbit/",
  permissions: [ROLE.ongoing[0]],
  permissionsBoundary: "parameter",
};

/** The hub of the examples: developers enter dev, and a few of them prod. */
const HUB = {
  partition: "aws",
  hubAccountId: "333333333333",
  environments: [
    { name: "dev", accountId: "444444444444", roles: ["DEVELOPER", "ADMIN"] },
    { name: "prod", accountId: "555555555555", roles: ["DEVELOPER"] },
  ],
};

const SPOKE = {
  partition: "aws",
  hubAccountId: HUB.hubAccountId,
  accountId: "555555555555",
  roleName: "DEVELOPER",
  users: ["arn:aws:iam::333333333333:user/harry", "arn:aws:iam::333333333333:user/alice"],
  mfaMaxAgeSeconds: 43_200,
  maxSessionDuration: 3600,
  managedPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"],
};

/** Returns name → text of every rendered document. */
export function renderAll() {
  const role = createRoleTemplate(ROLE);
  const user = createIamUserTemplate(USER);
  const { script } = createCliCommands(ROLE, {
    accountId: "222222222222",
    region: "eu-central-1",
    integrationSuffix: "k3v9x2m7q1tz",
    externalId: "ExampleOf32LettersAndDigits01234",
    setupPhase: true,
    setupUntil: "2027-01-31T12:00:00Z",
  });
  return new Map([
    ["cross-account-role.json", renderJson(role)],
    ["cross-account-role.yaml", renderYaml(role)],
    ["cross-account-role.sh", script],
    ["iam-user.json", renderJson(user)],
    ["iam-user.yaml", renderYaml(user)],
    ["hub.yaml", renderYaml(createHubTemplate(HUB))],
    ["spoke-role.yaml", renderYaml(createSpokeTemplate(SPOKE))],
    ["vendor-policy.json", `${JSON.stringify(createVendorPolicy(ROLE), null, 2)}\n`],
  ]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, text] of renderAll()) writeFileSync(new URL(name, pathToFileURL(FOLDER)), text);
}
