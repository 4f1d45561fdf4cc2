// The vendor's world with a template, a bucket to publish it in, and a customer who makes stacks.
import { CloudFormation, type Parameter } from "@aws-sdk/client-cloudformation";
import { S3 } from "@aws-sdk/client-s3";
import type { CrossAccountOptions, IntegrationLaunch, TemplateOptions } from "@daypass/cross-account";
import type { WorldFile } from "@daypass/sandbox/testing";
import {
  canaryRoleArn,
  CUSTOMER,
  document,
  openVendorWorld,
  region,
  VENDOR,
  vendorWorld,
  type VendorWorld,
} from "./vendor-world.js";

export const bucket = "acme-templates";

const ofAccount = { StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}" } };

export const reading: TemplateOptions["ongoing"][number] = {
  sid: "ReadReports",
  why: "Reads the reports that you put into your bucket",
  actions: ["s3:GetObject"],
  resources: ["arn:${AWS::Partition}:s3:::reports-${AWS::AccountId}/*"],
  conditions: ofAccount,
};

export const template: TemplateOptions = {
  branding: { displayName: "Acme Analytics", supportUrl: "https://acme.example/help" },
  ongoing: [reading],
  setup: [
    {
      sid: "MakeBucket",
      why: "Makes the bucket that your reports go to",
      actions: ["s3:CreateBucket"],
      resources: ["arn:${AWS::Partition}:s3:::reports-${AWS::AccountId}"],
      conditions: ofAccount,
    },
  ],
  permissionsBoundary: null,
};

/** A later template of the same vendor: one read action more. */
export const nextTemplate: TemplateOptions = {
  ...template,
  ongoing: [
    reading,
    {
      sid: "ListReports",
      why: "Finds out which reports there are",
      actions: ["s3:ListBucket"],
      resources: ["arn:${AWS::Partition}:s3:::reports-${AWS::AccountId}"],
      conditions: ofAccount,
    },
  ],
};

const [vendor = { id: VENDOR }] = vendorWorld.accounts ?? [];

/** The service may publish, and nobody else may write. */
const publishingWorld: WorldFile = {
  accounts: [
    {
      ...vendor,
      users: (vendor.users ?? []).map((user) =>
        user.name === "service"
          ? {
              ...user,
              policies: {
                ...user.policies,
                publish: document({
                  Effect: "Allow",
                  Action: ["s3:PutObject", "s3:GetBucketVersioning", "s3:GetEncryptionConfiguration"],
                  Resource: "*",
                }),
              },
            }
          : user,
      ),
    },
  ],
};

export interface TemplateWorld extends VendorWorld {
  readonly s3: (accountId: string) => S3;
  readonly cloudFormation: (accountId?: string) => CloudFormation;
  /** Makes the bucket as it should be; `skip` leaves out what a vendor may forget. */
  makeBucket(skip?: "versioning" | "policy"): Promise<void>;
  /** Creates the stack that a link leads to, as the console would. */
  createStack(launch: IntegrationLaunch, accountId?: string): Promise<string>;
  /** Changes parameters of a stack, keeping its template and the others. */
  updateStack(stackName: string, changed: Readonly<Record<string, string>>): Promise<void>;
  /** A customer whose integration was made with the link and is active. */
  linkedIntegration(customerId?: string): Promise<{ integrationId: string; launch: IntegrationLaunch }>;
}

/** Opens the world with a bucket and a published template. The caller stops `sandbox`. */
export async function openTemplateWorld(changes: Partial<CrossAccountOptions> = {}): Promise<TemplateWorld> {
  const world = await openVendorWorld(
    { canaryRoleArn, template, publishing: { bucket, region }, ...changes },
    publishingWorld,
  );
  const { sandbox, crossAccount } = world;
  const client = (accountId: string) => ({
    endpoint: sandbox.endpoint,
    region,
    credentials: sandbox.account(accountId).admin,
    maxAttempts: 1,
    systemClockOffset: world.clock.now() - Date.now(),
  });
  const s3 = (accountId: string) => new S3({ ...client(accountId), forcePathStyle: true });
  const cloudFormation = (accountId = CUSTOMER) => new CloudFormation(client(accountId));

  async function createStack(launch: IntegrationLaunch, accountId = CUSTOMER): Promise<string> {
    const query = new URLSearchParams(new URL(launch.url).hash.replace(/^[^?]*\?/, ""));
    const StackName = query.get("stackName") ?? "";
    const Parameters: Parameter[] = [...query]
      .filter(([name]) => name.startsWith("param_"))
      .map(([name, value]) => ({ ParameterKey: name.slice("param_".length), ParameterValue: value }));
    await cloudFormation(accountId).createStack({
      StackName,
      TemplateURL: query.get("templateURL") ?? "",
      Parameters,
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    });
    return settle(StackName, accountId);
  }

  async function settle(StackName: string, accountId: string): Promise<string> {
    for (;;) {
      const { Stacks: [stack] = [] } = await cloudFormation(accountId).describeStacks({ StackName });
      if (stack?.StackStatus?.endsWith("_IN_PROGRESS") !== true) return stack?.StackStatus ?? "";
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  return {
    ...world,
    s3,
    cloudFormation,
    createStack,

    async makeBucket(skip) {
      const Bucket = bucket;
      await s3(VENDOR).createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } });
      if (skip !== "versioning") {
        await s3(VENDOR).putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
      }
      if (skip !== "policy") await letAnybodyRead(s3(VENDOR));
    },

    async updateStack(StackName, changed) {
      const { Stacks: [stack] = [] } = await cloudFormation().describeStacks({ StackName });
      await cloudFormation().updateStack({
        StackName,
        UsePreviousTemplate: true,
        Capabilities: ["CAPABILITY_NAMED_IAM"],
        Parameters: (stack?.Parameters ?? []).map(({ ParameterKey = "" }) => {
          const value = changed[ParameterKey];
          return value === undefined
            ? { ParameterKey, UsePreviousValue: true }
            : { ParameterKey, ParameterValue: value };
        }),
      });
      const status = await settle(StackName, CUSTOMER);
      if (status !== "UPDATE_COMPLETE") throw new Error(`the stack is ${status}`);
    },

    async linkedIntegration(customerId = "acme") {
      const { integrationId } = await crossAccount.createIntegration({ customerId, declaredAccountId: CUSTOMER });
      const launch = await crossAccount.generateIntegrationUrl({ integrationId, region });
      const status = await createStack(launch);
      if (status !== "CREATE_COMPLETE") throw new Error(`the stack is ${status}`);
      const { integration, verification } = await crossAccount.verifyIntegration({ integrationId });
      if (integration.state !== "active")
        throw new Error(`it is ${integration.state}: ${verification.causes[0]?.text}`);
      return { integrationId, launch };
    },
  };
}

/** What S3 needs so that CloudFormation, which reads without a signature, can read. */
export async function letAnybodyRead(s3: S3, more: readonly string[] = []): Promise<void> {
  await s3.putPublicAccessBlock({ Bucket: bucket, PublicAccessBlockConfiguration: { BlockPublicPolicy: false } });
  const statement = {
    Sid: "AnybodyReadsTemplates",
    Effect: "Allow",
    Principal: "*",
    Action: ["s3:GetObject", ...more],
    Resource: [`arn:aws:s3:::${bucket}/*`, ...(more.length === 0 ? [] : [`arn:aws:s3:::${bucket}`])],
  };
  await s3.putBucketPolicy({ Bucket: bucket, Policy: JSON.stringify(document(statement)) });
}
