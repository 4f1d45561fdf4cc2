// Publishing a template and making links to it: nothing is shown that a customer's console would not read exactly so.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCrossAccount, createMemoryStore, type Integration } from "@daypass/cross-account";
import { canaryRoleArn, CUSTOMER, region, servicePrincipal, VENDOR } from "./vendor-world.js";
import {
  bucket,
  letAnybodyRead,
  nextTemplate,
  openTemplateWorld,
  template,
  type TemplateWorld,
} from "./template-world.js";

let world: TemplateWorld;
beforeEach(async () => {
  world = await openTemplateWorld();
});
afterEach(() => world.sandbox.stop());

const make = (customerId = "acme") => world.crossAccount.createIntegration({ customerId, declaredAccountId: CUSTOMER });

describe("publishing", () => {
  it("puts the template under its version, and doing it twice is doing it once", async () => {
    await world.makeBucket();
    const first = await world.crossAccount.publishTemplate();
    expect(first.templateUrl).toBe(`${world.sandbox.endpoint}/${bucket}/Acme-${first.templateVersion}.json`);
    expect(await world.crossAccount.publishTemplate()).toEqual(first);
    const { Versions = [] } = await world.s3(VENDOR).listObjectVersions({ Bucket: bucket });
    expect(Versions).toHaveLength(1);
  });

  it("is done once by many who do it at the same time", async () => {
    await world.makeBucket();
    const published = await Promise.all(Array.from({ length: 8 }, () => world.another().publishTemplate()));
    expect(new Set(published.map((each) => JSON.stringify(each))).size).toBe(1);
  });

  it("is refused for a bucket without versions, with the command that mends it", async () => {
    await world.makeBucket("versioning");
    await expect(world.crossAccount.publishTemplate()).rejects.toMatchObject({
      code: "publishing_failed",
      hint: expect.stringContaining(`put-bucket-versioning --bucket ${bucket}`),
    });
  });

  it("is refused for somebody else's bucket of the name", async () => {
    await world
      .s3(CUSTOMER)
      .createBucket({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: region } });
    await world.s3(CUSTOMER).putBucketVersioning({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } });
    await letAnybodyRead(world.s3(CUSTOMER), [
      "s3:PutObject",
      "s3:GetBucketVersioning",
      "s3:GetEncryptionConfiguration",
    ]);
    await expect(world.crossAccount.publishTemplate()).rejects.toMatchObject({
      code: "publishing_failed",
      message: `GetBucketVersioning on bucket ${bucket} failed with AccessDenied`,
    });
    const { Contents = [] } = await world.s3(CUSTOMER).listObjectsV2({ Bucket: bucket });
    expect(Contents).toEqual([]);
  });

  it("is not done before anybody can read it without a signature, and says the statement that is missing", async () => {
    await world.makeBucket("policy");
    const refused = world.crossAccount.publishTemplate();
    await expect(refused).rejects.toMatchObject({
      code: "publishing_failed",
      hint: expect.stringContaining(
        `{"Sid":"AnybodyReadsTemplates","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::${bucket}/*"}`,
      ),
    });
    await letAnybodyRead(world.s3(VENDOR));
    await world.crossAccount.publishTemplate();
  });

  it("never replaces what somebody else put there, and never takes it for ours", async () => {
    await world.makeBucket();
    const { templateUrl } = await world.crossAccount.publishTemplate();
    const Key = templateUrl.slice(templateUrl.lastIndexOf("/") + 1);
    await world.s3(VENDOR).putObject({ Bucket: bucket, Key, Body: `{"Resources":{}}` });
    await expect(world.crossAccount.publishTemplate()).rejects.toMatchObject({
      code: "publishing_failed",
      message: expect.stringContaining("is not this template"),
    });
    const { integrationId } = await make();
    const link = world.crossAccount.generateIntegrationUrl({ integrationId, region });
    await expect(link).rejects.toMatchObject({ code: "publishing_failed" });
    expect((await world.crossAccount.getIntegration(integrationId)).launch).toBeNull();
  });
});

describe("the launch link", () => {
  beforeEach(async () => {
    await world.makeBucket();
    await world.crossAccount.publishTemplate();
  });

  it("carries every value encoded, and nothing that a customer's name could add to", async () => {
    const { integrationId } = await make("evil&param_ExternalId=x#/../ +%");
    const launch = await world.crossAccount.generateIntegrationUrl({ integrationId, region });
    const { externalId } = await world.crossAccount.roleDocuments(integrationId);
    const [page = "", query = ""] = launch.url.split("?region=")[1]?.split("?") ?? [];
    expect(page).toBe(`${region}#/stacks/create/review`);
    const values = new URLSearchParams(query);
    expect([...values.keys()]).toEqual([
      "templateURL",
      "stackName",
      ...Object.keys(launch.parameters).map((name) => `param_${name}`),
    ]);
    expect(values.get("param_ExternalId")).toBe(externalId);
    expect(values.get("param_ExpectedAccount")).toBe(CUSTOMER);
    expect(values.get("templateURL")).toBe(launch.templateUrl);
    expect(query).not.toMatch(/[+ #]/);
    expect(query).toContain(encodeURIComponent(launch.templateUrl));
    expect(launch.stackName).toMatch(/^Acme-[a-z0-9]{12}$/);
    expect(await world.createStack(launch)).toBe("CREATE_COMPLETE");
  });

  it("shown again has the same external ID, and setup rights counted from now", async () => {
    const { integrationId } = await make();
    const first = await world.crossAccount.generateIntegrationUrl({ integrationId, region });
    world.clock.advance(86_400_000);
    const second = await world.crossAccount.generateIntegrationUrl({ integrationId, region });
    expect(second.parameters["ExternalId"]).toBe(first.parameters["ExternalId"]);
    expect((second.setupUntil?.getTime() ?? 0) - (first.setupUntil?.getTime() ?? 0)).toBeGreaterThanOrEqual(86_399_000);
    const { launch, setup } = await world.crossAccount.getIntegration(integrationId);
    expect(launch).toMatchObject({ templateVersion: second.templateVersion, region, stackName: second.stackName });
    expect(setup).toEqual({ until: second.setupUntil, removed: null });
  });

  it("is not made for a revoked integration, an active one, another partition or a template that was not published", async () => {
    const { integrationId } = await make("revoked");
    await world.crossAccount.revoke({ integrationId, reason: "over" });
    const { crossAccount } = world;
    await expect(crossAccount.generateIntegrationUrl({ integrationId, region })).rejects.toMatchObject({
      code: "integration_not_active",
    });
    const active = await world.linkedIntegration("active");
    await expect(
      crossAccount.generateIntegrationUrl({ integrationId: active.integrationId, region }),
    ).rejects.toMatchObject({ code: "invalid_option" });
    const pending = (await make("pending")).integrationId;
    await expect(
      crossAccount.generateIntegrationUrl({ integrationId: pending, region: "cn-north-1" }),
    ).rejects.toMatchObject({ code: "invalid_option" });
    const newer = world.another({ template: nextTemplate });
    await expect(newer.generateIntegrationUrl({ integrationId: pending, region })).rejects.toMatchObject({
      code: "publishing_failed",
    });
    expect((await crossAccount.getIntegration(pending)).launch).toBeNull();
  });

  it("leads nowhere in another account than the customer declared", async () => {
    const { integrationId } = await make();
    const launch = await world.crossAccount.generateIntegrationUrl({ integrationId, region });
    await expect(world.createStack(launch, "333333333333")).rejects.toMatchObject({ name: "ValidationError" });
  });

  it.each([
    ["aws", "eu-west-1", "https://eu-west-1.console.aws.amazon.com/"],
    ["aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/"],
    ["aws-us-gov", "us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/"],
  ] as const)("leads to the console of partition %s", async (partition, home, host) => {
    const store = createMemoryStore();
    const crossAccount = createCrossAccount({
      serviceName: "Acme",
      vendorAccountId: VENDOR,
      partition,
      region: home,
      vendorPrincipals: [servicePrincipal.replace("arn:aws:", `arn:${partition}:`)],
      canaryRoleArn: canaryRoleArn.replace("arn:aws:", `arn:${partition}:`),
      store,
      template,
      publishing: { bucket, region: home },
      credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "never used" },
    });
    const { integrationId } = await crossAccount.createIntegration({ customerId: "acme", declaredAccountId: CUSTOMER });
    const kept = await store.get(integrationId);
    const stackId = `arn:${partition}:cloudformation:${home}:${CUSTOMER}:stack/Acme-x/0-1-2`;
    const inspection = { templateVersion: null, stackId, findings: 0, inspected: new Date() };
    await store.update({ ...(kept as Integration), inspection, version: 2 }, []);
    const { url } = await crossAccount.describeUpdate(integrationId);
    expect(
      url?.startsWith(
        `${host}cloudformation/home?region=${home}#/stacks/update/template?stackId=arn%3A${partition}%3A`,
      ),
    ).toBe(true);
    const domain = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
    expect(url).toContain(encodeURIComponent(`https://${bucket}.s3.${home}.${domain}/Acme-`));
  });
});

describe("the other way in", () => {
  it("is a script of commands that makes the same stack and stops in a wrong account", async () => {
    await world.makeBucket();
    await world.crossAccount.publishTemplate();
    const { integrationId } = await make();
    const { script, parameters } = await world.crossAccount.generateIntegrationUrl({ integrationId, region });
    expect(script).toContain(`if [ "$account" != ${CUSTOMER} ]; then`);
    for (const [name, value] of Object.entries(parameters))
      expect(script).toContain(`ParameterKey=${name},ParameterValue=${value}`);
  });

  it("needs neither bucket nor CloudFormation, but the account", async () => {
    const unpublished = world.another({}, "publishing");
    const { integrationId } = await make();
    const { script } = await unpublished.generateRoleCommands({ integrationId, region });
    expect(script).toContain("aws iam create-role");
    const unknown = await world.crossAccount.createIntegration({ customerId: "undeclared", declaredAccountId: null });
    const refused = unpublished.generateRoleCommands({ integrationId: unknown.integrationId, region });
    await expect(refused).rejects.toMatchObject({ code: "invalid_option" });
  });

  it("is not there without a template", async () => {
    const bare = world.another({}, "template");
    const { integrationId } = await make();
    for (const call of [
      bare.publishTemplate(),
      bare.generateIntegrationUrl({ integrationId, region }),
      bare.generateRoleCommands({ integrationId, region }),
      bare.describeUpdate(integrationId),
    ]) {
      await expect(call).rejects.toMatchObject({ code: "template_not_described" });
    }
  });
});

describe("template versions", () => {
  it("say which integration runs which, and what the next one changes in words", async () => {
    await world.makeBucket();
    await world.crossAccount.publishTemplate();
    const { integrationId } = await world.linkedIntegration("first");
    await world.crossAccount.inspectRole(integrationId);
    const newer = world.another({ template: nextTemplate });
    await newer.publishTemplate();
    const second = await newer.createIntegration({ customerId: "second", declaredAccountId: CUSTOMER });
    await newer.generateIntegrationUrl({ integrationId: second.integrationId, region });
    const versions = await newer.listTemplateVersions();
    expect(
      versions.map(({ offered, integrations }) => [
        offered,
        integrations.map(({ customerId, inspected }) => [customerId, inspected]),
      ]),
    ).toEqual(
      expect.arrayContaining([
        [false, [["first", true]]],
        [true, [["second", false]]],
      ]),
    );
    const update = await newer.describeUpdate(integrationId);
    expect(update.difference?.words).toBe("gains 1 read action, no new write");
    expect(update.script).toContain("--template-url");
    expect(update.script).toContain("ParameterKey=ExternalId,UsePreviousValue=true");
    expect(await world.crossAccount.describeUpdate(integrationId)).toMatchObject({ upToDate: true });
  });

  it("are not believed when the store's text is not the one that was hashed", async () => {
    await world.makeBucket();
    const { templateVersion } = await world.crossAccount.publishTemplate();
    const { integrationId } = await make();
    await world.crossAccount.generateIntegrationUrl({ integrationId, region });
    const forged = {
      ...world.store,
      getTemplate: async () => ({
        version: templateVersion,
        description: `{"serviceName":"Acme"}`,
        created: new Date(),
      }),
    };
    const misled = world.another({ store: forged });
    await expect(misled.describeUpdate(integrationId)).rejects.toMatchObject({ code: "store_corrupt" });
  });
});
