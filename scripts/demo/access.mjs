// The first half of the story: a customer lets a vendor in, the vendor proves the door, and uses it.
import { readFile } from "node:fs/promises";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { verifyCertificate } from "@daypass/cross-account";
import { visitConsole } from "./console-visitor.mjs";
import { customerAccountId, region, templateBucket, vendorAccountId } from "./stage.mjs";

export const bucket = `orbit-reports-${customerAccountId}`;
const report = "month,orbits\n2026-10,42\n";

export const allow = (Action, Resource) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });

const trust = (principal) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: principal }, Action: "sts:AssumeRole" }],
  });

/** The customer creates a role from what the vendor shows, changed by `edit` if somebody gets it wrong. Returns its ARN. */
export async function createCustomerRole(
  stage,
  integrationId,
  { account = "customer", edit = (policy) => policy } = {},
) {
  const { roleName, path, trustPolicy } = await stage.crossAccount.roleDocuments(integrationId);
  const iam = stage.iam(account);
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: roleName,
      Path: path,
      AssumeRolePolicyDocument: JSON.stringify(edit(structuredClone(trustPolicy))),
    }),
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: roleName,
      PolicyName: "read-reports",
      PolicyDocument: allow("s3:GetObject", `arn:aws:s3:::${bucket}/*`),
    }),
  );
  return Role.Arn;
}

export async function vendorPrepares(story, stage) {
  story.act("1. The vendor prepares", [
    `Orbit is a service in AWS account ${vendorAccountId}. It has no access key of any customer, and wants none.`,
  ]);
  const iam = stage.iam("vendor");
  await story.expect("Orbit's service gets a role that may assume roles and publish templates", async () => {
    await iam.send(
      new CreateRoleCommand({
        RoleName: "orbit-service",
        AssumeRolePolicyDocument: trust(`arn:aws:iam::${vendorAccountId}:user/admin`),
      }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: "orbit-service",
        PolicyName: "assume-customer-roles",
        PolicyDocument: allow(["sts:AssumeRole", "sts:TagSession"], "*"),
      }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: "orbit-service",
        PolicyName: "publish-templates",
        PolicyDocument: allow(
          ["s3:PutObject", "s3:GetBucketVersioning", "s3:GetEncryptionConfiguration"],
          [`arn:aws:s3:::${templateBucket}`, `arn:aws:s3:::${templateBucket}/*`],
        ),
      }),
    );
  });
  await story.expect("a canary role, without an external ID, will show that Orbit's own side works", () =>
    iam.send(
      new CreateRoleCommand({
        RoleName: "orbit-canary",
        // The account, not the service role: then a missing permission on the vendor's side shows here too.
        AssumeRolePolicyDocument: trust(`arn:aws:iam::${vendorAccountId}:root`),
      }),
    ),
  );
}

export async function vendorPublishes(story, stage) {
  story.act("2. Orbit publishes what it asks for", [
    "One description of permissions becomes a CloudFormation template. Customers read it from S3 without a signature,",
    "so Orbit reads it back in the same way before it believes that it is published.",
  ]);
  const s3 = stage.s3("vendor");
  const Bucket = templateBucket;
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
  await story.refused(
    "a bucket that keeps no versions will not do",
    () => stage.crossAccount.publishTemplate(),
    "publishing_failed",
  );
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  let missing = "";
  await story.refused(
    "nor one that only Orbit can read; the error brings the statement that is missing",
    () =>
      stage.crossAccount.publishTemplate().catch((error) => {
        missing = error.hint.slice(error.hint.indexOf("{"));
        throw error;
      }),
    "publishing_failed",
  );
  await story.expect(
    "with that statement the template is published under the hash of what it says",
    async () => {
      await s3.send(
        new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicPolicy: false } }),
      );
      const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [JSON.parse(missing)] });
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
      const published = await stage.crossAccount.publishTemplate();
      return published.templateVersion;
    },
    { detail: (version) => `template ${version}` },
  );
}

export async function customerJoins(story, stage) {
  story.act("3. A customer called acme joins", [
    "The external ID is minted here, once, and kept sealed. No function, form or flag accepts one from anybody.",
  ]);
  const input = { customerId: "acme", declaredAccountId: customerAccountId };
  const integration = await story.expect(
    "Orbit creates the integration for acme",
    () => stage.crossAccount.createIntegration(input),
    { holds: ({ state }) => state === "pending", detail: (made) => `external ID ${made.externalIdFingerprint}` },
  );
  const { integrationId } = integration;
  await story.expect(
    "asked again, it is the same integration with the same external ID",
    () => stage.crossAccount.createIntegration(input),
    {
      holds: (again) =>
        again.integrationId === integrationId && again.externalIdFingerprint === integration.externalIdFingerprint,
    },
  );
  await story.expect(
    "in the database file the external ID is nowhere to be read",
    async () => {
      const { externalId } = await stage.crossAccount.roleDocuments(integrationId);
      const files = await Promise.all(
        ["", "-wal"].map((end) => readFile(`${stage.databasePath}${end}`).catch(() => "")),
      );
      return files.some((bytes) => bytes.includes(externalId));
    },
    { holds: (found) => !found },
  );
  await story.refused(
    "before the role is proven, nobody gets in",
    () => stage.crossAccount.assumeCustomerRole("acme").credentials(),
    "integration_not_active",
  );
  return integration;
}

export async function customerLaunches(story, stage, integrationId) {
  story.act(`4. acme's administrator follows the launch link`, [
    "The link opens CloudFormation's quick-create page, filled in. Here the sandbox's console stands in for AWS's; it is",
    `walked through over HTTP, and \`npx daypass-sandbox\` shows it in a browser.`,
  ]);
  const launch = await story.expect(
    "Orbit makes the link when it is shown",
    () => stage.crossAccount.generateIntegrationUrl({ integrationId, region }),
    { detail: ({ url }) => `${url.slice(0, url.indexOf("?region"))}#/stacks/create/review?…` },
  );
  const { endpoint } = stage.sandbox;
  const admin = stage.admin("customer");
  await story.expect(
    "the console asks who it is; a wrong key is refused",
    async () => {
      const visitor = visitConsole(endpoint);
      const page = await visitor.open(launch.url);
      return visitor.signIn(page, { ...admin, secretAccessKey: "0".repeat(40) });
    },
    { holds: ({ status }) => status >= 400 },
  );
  await story.refused(
    "in another account than acme declared, the template's own rule stops the stack",
    () => createStackByLink(stage, launch.url, "dev"),
    "ValidationError",
  );
  const visitor = visitConsole(endpoint);
  const form = await story.expect(
    "in acme's account the form is there, filled in by the link",
    async () => visitor.signIn(await visitor.open(launch.url), admin),
    { holds: ({ page }) => page.includes(launch.parameters.ExternalId) && page.includes("MakeBucket") },
  );
  await story.refused(
    "without the tick that IAM resources may be made, nothing is made",
    () => visitor.submit(form, {}),
    "InsufficientCapabilitiesException",
  );
  await story.expect(
    "with it the stack is created",
    async () => {
      await visitor.submit(form, { acknowledge: "CAPABILITY_NAMED_IAM" });
      return stage.settled("customer", launch.stackName);
    },
    { holds: (status) => status === "CREATE_COMPLETE", detail: (status) => `${launch.stackName}: ${status}` },
  );
  return launch;
}

/** The whole way through the console in one go. */
export async function createStackByLink(stage, url, account) {
  const visitor = visitConsole(stage.sandbox.endpoint);
  const form = await visitor.signIn(await visitor.open(url), stage.admin(account));
  return visitor.submit(form, { acknowledge: "CAPABILITY_NAMED_IAM" });
}

const PROBES = {
  right_external_id: "with acme's external ID",
  canary_without_external_id: "the canary, without an external ID",
  no_external_id: "without an external ID",
  fresh_external_id: "with another external ID of the same make",
  last_character_changed: "with the last character changed",
  one_character_appended: "with one character appended",
  case_flipped: "with upper and lower case exchanged",
  character_5_changed: "with its fifth character changed",
  character_13_changed: "with its thirteenth character changed",
  character_21_changed: "with its twenty-first character changed",
  character_29_changed: "with its twenty-ninth character changed",
};
const LETS_IN = new Set(["right_external_id", "canary_without_external_id"]);

export async function vendorProves(story, stage, integrationId) {
  story.act("5. Orbit does not believe it: it tries the door", [
    "That the right external ID opens proves nothing: AWS accepts any ID when the role asks for none. The refusals count,",
    "and they are asked again after a minute, because AWS needs time to spread a change (here the clock is moved).",
  ]);
  const proof = await story.expect(
    "nobody pastes anything: Orbit looks where acme said the role would be, and probes it",
    () => stage.crossAccount.awaitIntegration({ integrationId }),
    { holds: (verified) => verified !== undefined },
  );
  for (const [kind, words] of Object.entries(PROBES)) {
    const answers = proof.verification.probes.filter((probe) => probe.kind === kind).map(({ answer }) => answer);
    const wanted = LETS_IN.has(kind) ? "allowed" : "denied";
    await story.expect(`${words}: ${wanted}, both times`, async () => answers, {
      holds: (all) => all.length >= 2 && all.every((answer) => answer === wanted),
    });
  }
  await story.expect("only now is the integration active", () => stage.crossAccount.getIntegration(integrationId), {
    holds: ({ state }) => state === "active",
  });
  await story.expect(
    "and acme gets a certificate of it, signed, which anybody can check",
    async () => {
      const { text } = await stage.crossAccount.certify(integrationId);
      return verifyCertificate(text, stage.certificatePublicKey, { accountId: customerAccountId });
    },
    { holds: ({ words }) => words.length > 0, detail: ({ words }) => words[1] },
  );
}

export async function vendorReads(story, stage) {
  story.act("6. Orbit sets up, and reads acme's report", [
    'new S3Client(crossAccount.assumeCustomerRole("acme")): temporary credentials, fetched when the client first asks.',
  ]);
  const s3 = stage.s3With(stage.crossAccount.assumeCustomerRole("acme"));
  await story.expect(`with the setup rights Orbit makes the bucket ${bucket}`, () =>
    s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: region } })),
  );
  await story.expect("acme puts a report into it", () =>
    stage.s3("customer").send(new PutObjectCommand({ Bucket: bucket, Key: "2026-10.csv", Body: report })),
  );
  const get = (Key) => s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  await story.expect(
    `s3:GetObject ${bucket}/2026-10.csv`,
    async () => (await get("2026-10.csv")).Body.transformToString(),
    {
      holds: (text) => text === report,
      detail: (text) => JSON.stringify(text),
    },
  );
  await story.refused(
    "writing into the bucket was not granted",
    () => s3.send(new PutObjectCommand({ Bucket: bucket, Key: "2026-10.csv", Body: "rewritten" })),
    "AccessDenied",
  );
  await story.refused(
    "deleting was not granted",
    () => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "2026-10.csv" })),
    "AccessDenied",
  );
  await story.refused(
    "looking at acme's other buckets was not granted",
    () => s3.send(new ListBucketsCommand({})),
    "AccessDenied",
  );
  await credentialsEnd(story, stage);
}

/** Daypasses end: what was handed out an hour ago is worth nothing, and the vendor does not notice. */
async function credentialsEnd(story, stage) {
  const access = stage.crossAccount.assumeCustomerRole("acme");
  const old = await access.credentials();
  stage.moveClock(61 * 60_000);
  await story.refused(
    "an hour later these credentials have ended by themselves",
    () =>
      stage
        .s3With({ region, credentials: async () => ({ ...old, expiration: undefined }) })
        .send(new GetObjectCommand({ Bucket: bucket, Key: "2026-10.csv" })),
    "ExpiredToken",
  );
  await story.expect(
    "Orbit's own client reads on, with new ones",
    async () => {
      const s3 = stage.s3With(access);
      return (await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "2026-10.csv" }))).Body.transformToString();
    },
    { holds: (text) => text === report },
  );
}

/** Asks STS directly with the vendor's own service credentials, as an attack through the vendor would. */
export const assumeDirectly = (sts, RoleArn, ExternalId) =>
  sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "attack", ...(ExternalId && { ExternalId }) }));
