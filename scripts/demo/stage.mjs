// Sets the stage: a sandbox, an embedded database, and clients for everybody who has a part. Real HTTP, real SDK clients.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { createCredentialsBroker, createAssumeRole } from "@daypass/credentials";
import { createCrossAccount } from "@daypass/cross-account";
import { startSandbox } from "@daypass/sandbox/testing";
import { createSqliteStore } from "@daypass/stores";
import { firstTemplate } from "./templates.mjs";

export const region = "eu-central-1";
export const vendorAccountId = "111111111111";
export const customerAccountId = "222222222222";
const serviceRoleArn = `arn:aws:iam::${vendorAccountId}:role/orbit-service`;
export const templateBucket = "orbit-templates";
const canaryRoleArn = `arn:aws:iam::${vendorAccountId}:role/orbit-canary`;

/** Opens the stage; `close` stops the sandbox and removes the database. */
export async function openStage() {
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const sandbox = await startSandbox({ now });
  const folder = await mkdtemp(join(tmpdir(), "daypass-demo-"));
  const sealingKeys = { current: { id: "demo", key: randomBytes(32) } };
  const store = await createSqliteStore({ path: join(folder, "integrations.sqlite"), sealingKeys });

  /** A client that signs by the story's clock. One attempt: a refusal is part of the story, not a mishap. */
  function client(Client, options) {
    const made = new Client({ endpoint: sandbox.endpoint, region, maxAttempts: 1, ...options });
    // The SDK corrects its clock by what it hears; this one is right already, so its corrections are dropped.
    Object.defineProperty(made.config, "systemClockOffset", { get: () => aheadMs, set() {} });
    return made;
  }
  const admin = (account) => sandbox.account(account).admin;

  // The vendor's service is a role, as on ECS or Lambda: its own credentials are temporary and renewed by the engine.
  const ownSessions = createCredentialsBroker({
    assumeRole: createAssumeRole({ credentials: admin("vendor"), endpoint: sandbox.endpoint, now }),
    record: (event) => store.record(event),
    now,
  });
  const vendorCredentials = ownSessions.provider(
    { roleArn: serviceRoleArn, roleSessionName: "orbit", externalId: null, durationSeconds: 3600, region },
    { subject: { for: "the vendor's own service" } },
  );

  const certificateKey = { keyId: "orbit-demo", ...generateKeyPairSync("ed25519") };
  const options = {
    serviceName: "Orbit",
    vendorAccountId,
    vendorPrincipals: [serviceRoleArn],
    canaryRoleArn,
    region,
    endpoint: sandbox.endpoint,
    credentials: vendorCredentials,
    store,
    now,
    // The sandbox spreads changes at once; instead of making the reader wait out AWS's minute, the clock is moved.
    wait: async (milliseconds) => void (aheadMs += milliseconds),
    template: firstTemplate,
    publishing: { bucket: templateBucket, region },
    certificateKey: { keyId: certificateKey.keyId, privateKey: certificateKey.privateKey },
  };

  /** Waits until CloudFormation has finished with a stack; returns its status. */
  async function settled(account, StackName) {
    const cloudFormation = client(CloudFormationClient, { credentials: admin(account) });
    for (;;) {
      const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
      const status = Stacks[0].StackStatus;
      if (!status.endsWith("_IN_PROGRESS")) return status;
      await sleep(5);
    }
  }

  let shown = 0;
  return {
    sandbox,
    store,
    crossAccount: createCrossAccount(options),
    /** The same vendor after a release with another template. */
    release: (template) => createCrossAccount({ ...options, template }),
    certificatePublicKey: certificateKey.publicKey,
    settled,
    serviceRoleArn,
    canaryRoleArn,
    databasePath: join(folder, "integrations.sqlite"),
    sealingKeys,
    certificateKey,
    cloudFormation: (account) => client(CloudFormationClient, { credentials: admin(account) }),
    iam: (account) => client(IAMClient, { credentials: admin(account) }),
    s3: (account) => client(S3Client, { credentials: admin(account), forcePathStyle: true }),
    s3With: (access) => client(S3Client, { ...access, forcePathStyle: true }),
    sts: (credentials) => client(STSClient, { credentials }),
    admin,
    vendorCredentials,
    now,
    moveClock: (milliseconds) => void (aheadMs += milliseconds),
    newCalls() {
      const calls = sandbox.calls();
      const fresh = calls.slice(shown);
      shown = calls.length;
      return fresh;
    },
    async close() {
      await store.close();
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
