// A customer connects by a link: publish the template, show the link, wait for the role, and see what it runs.
// Run it: npm run build && node examples/launch-link.mjs
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { S3 } from "@aws-sdk/client-s3";
import { createCrossAccount, createMemoryStore } from "@daypass/cross-account";
import { startSandbox } from "@daypass/sandbox/testing";

const document = (...Statement) => ({ Version: "2012-10-17", Statement });
const serviceArn = "arn:aws:iam::111111111111:user/service";
const sandbox = await startSandbox({
  world: {
    accounts: [
      {
        id: "111111111111",
        users: [
          {
            name: "service",
            policies: { all: document({ Effect: "Allow", Action: ["sts:*", "s3:*"], Resource: "*" }) },
          },
        ],
        roles: [
          {
            name: "canary",
            trustPolicy: document({ Effect: "Allow", Principal: { AWS: "111111111111" }, Action: "sts:AssumeRole" }),
          },
        ],
      },
    ],
  },
});

// The bucket that customers' consoles read the template from: the vendor's own, versioned, readable by anybody.
const vendor = new S3({
  endpoint: sandbox.endpoint,
  region: "us-east-1",
  credentials: sandbox.account("vendor").admin,
  forcePathStyle: true,
});
const Bucket = "orbit-templates";
await vendor.createBucket({ Bucket });
await vendor.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
await vendor.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration: { BlockPublicPolicy: false } });
const everybody = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` };
await vendor.putBucketPolicy({ Bucket, Policy: JSON.stringify(document(everybody)) });

const crossAccount = createCrossAccount({
  serviceName: "Orbit",
  vendorAccountId: "111111111111",
  vendorPrincipals: [serviceArn],
  canaryRoleArn: "arn:aws:iam::111111111111:role/canary",
  region: "us-east-1",
  store: createMemoryStore(),
  template: {
    branding: { displayName: "Orbit Analytics" },
    ongoing: [
      {
        sid: "ReadReports",
        why: "Reads the reports that you put into the bucket",
        actions: ["s3:GetObject"],
        resources: ["arn:${AWS::Partition}:s3:::orbit-reports-${AWS::AccountId}/*"],
        conditions: { StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}" } },
      },
    ],
    setup: [],
    permissionsBoundary: null,
  },
  publishing: { bucket: "orbit-templates", region: "us-east-1" },
  credentials: sandbox.issueKey("vendor", "service"), // leave out on AWS: the SDK finds them
  endpoint: sandbox.endpoint, // leave out on AWS
  wait: async () => {}, // leave out on AWS: it needs a minute to spread a new role
});

await crossAccount.publishTemplate(); // once per release
const { integrationId } = await crossAccount.createIntegration({
  customerId: "acme",
  declaredAccountId: "222222222222",
});
const { url } = await crossAccount.generateIntegrationUrl({ integrationId, region: "us-east-1" });

// The customer opens the link, ticks the acknowledgement and creates the stack. Here that is done by CloudFormation's API
// with what stands in the link; `npx daypass-sandbox` has the console for it.
const query = new URLSearchParams(new URL(url).hash.split("?")[1]);
const cloudFormation = new CloudFormation({
  endpoint: sandbox.endpoint,
  region: "us-east-1",
  credentials: sandbox.account("222222222222").admin,
});
await cloudFormation.createStack({
  StackName: query.get("stackName"),
  TemplateURL: query.get("templateURL"),
  Parameters: [...query]
    .filter(([name]) => name.startsWith("param_"))
    .map(([name, value]) => ({ ParameterKey: name.slice("param_".length), ParameterValue: value })),
  Capabilities: ["CAPABILITY_NAMED_IAM"],
});

const verified = await crossAccount.awaitIntegration({ integrationId });
const { inSync } = await crossAccount.inspectRole(integrationId);
process.stdout.write(`${verified.integration.state}, ${inSync ? "as its template made it" : "changed"}\n`);

await sandbox.stop();
