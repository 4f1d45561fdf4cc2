// A vendor's service and one customer, from nothing to the customer's object, on a sandbox of its own.
// Run it: node examples/vendor-service.mjs (after npm run build)
import { randomBytes } from "node:crypto";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import { startSandbox } from "@daypass/sandbox/testing";

// What stands in for AWS: two accounts, the vendor's service user and a canary role, the customer's bucket.
const allow = (Action, Resource) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });
const serviceArn = "arn:aws:iam::111111111111:user/service";
const sandbox = await startSandbox({
  world: {
    accounts: [
      {
        id: "111111111111",
        users: [{ name: "service", policies: { assume: allow("sts:AssumeRole", "*") } }],
        roles: [
          {
            name: "canary",
            trustPolicy: {
              Version: "2012-10-17",
              Statement: [{ Effect: "Allow", Principal: { AWS: "111111111111" }, Action: "sts:AssumeRole" }],
            },
          },
        ],
      },
    ],
    buckets: [
      { name: "acme-data", account: "222222222222", objects: [{ key: "hello.txt", body: "hello from acme\n" }] },
    ],
  },
});

// --- the vendor's service
import { createCrossAccount } from "@daypass/cross-account";
import { createSqliteStore } from "@daypass/stores";

const store = await createSqliteStore({
  path: ":memory:", // a file in production
  sealingKeys: { current: { id: "2026-11", key: randomBytes(32) } }, // from your secret manager: no key, no start
});
const crossAccount = createCrossAccount({
  serviceName: "Orbit",
  vendorAccountId: "111111111111",
  vendorPrincipals: [serviceArn],
  canaryRoleArn: "arn:aws:iam::111111111111:role/canary",
  region: "us-east-1",
  store,
  credentials: sandbox.issueKey("vendor", "service"), // leave out on AWS: the SDK finds them
  endpoint: sandbox.endpoint, // leave out on AWS
  wait: async () => {}, // leave out on AWS: it needs a minute to spread a new role
});

const { integrationId } = await crossAccount.createIntegration({
  customerId: "acme",
  declaredAccountId: "222222222222",
});
const { roleName, path, trustPolicy } = await crossAccount.roleDocuments(integrationId);
// --- end

// The customer creates the role that the vendor describes, and says what it may do.
const iam = new IAM({
  endpoint: sandbox.endpoint,
  region: "us-east-1",
  credentials: sandbox.account("customer").admin,
});
await iam.createRole({ RoleName: roleName, Path: path, AssumeRolePolicyDocument: JSON.stringify(trustPolicy) });
await iam.putRolePolicy({
  RoleName: roleName,
  PolicyName: "read",
  PolicyDocument: JSON.stringify(allow("s3:GetObject", "arn:aws:s3:::acme-data/*")),
});

// --- the proof and the access
const { verification } = await crossAccount.verifyIntegration({ integrationId });
if (verification.outcome !== "proven") throw new Error(verification.nextStep);

const s3 = new S3({
  ...crossAccount.assumeCustomerRole("acme"), // credentials and region; nothing is asked yet
  endpoint: sandbox.endpoint, // leave out on AWS
  forcePathStyle: true,
});
const { Body } = await s3.getObject({ Bucket: "acme-data", Key: "hello.txt" });
process.stdout.write(await Body.transformToString());

await crossAccount.revoke({ integrationId, reason: "the example is over" });
// --- end

await store.close();
await sandbox.stop();
