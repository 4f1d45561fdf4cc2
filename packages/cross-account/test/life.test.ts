// The whole life of an integration through its link, against a sandbox: every step is AWS's own protocol.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { S3Client, CreateBucketCommand } from "@aws-sdk/client-s3";
import { CUSTOMER, region } from "./vendor-world.js";
import { bucket, nextTemplate, openTemplateWorld, type TemplateWorld } from "./template-world.js";

let world: TemplateWorld;
beforeAll(async () => {
  world = await openTemplateWorld();
  await world.makeBucket();
  await world.crossAccount.publishTemplate();
});
afterAll(() => world.sandbox.stop());

describe("an integration made with its link", () => {
  it("goes from link to stack to proof, drops its setup rights, is updated, rotated, revoked and gone", async () => {
    const { crossAccount } = world;
    const { integrationId, launch } = await world.linkedIntegration("whole-life");
    expect(launch.url).toContain("#/stacks/create/review?templateURL=");

    const inspected = await crossAccount.inspectRole(integrationId);
    expect(inspected.findings).toEqual([]);
    expect(inspected).toMatchObject({ inSync: true, setup: "attached", templateVersion: launch.templateVersion });

    const access = { endpoint: world.sandbox.endpoint, forcePathStyle: true, maxAttempts: 1 };
    const s3 = new S3Client({ ...crossAccount.assumeCustomerRole("whole-life"), ...access });
    const Bucket = `reports-${CUSTOMER}`;
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));

    expect((await crossAccount.verifySetupRemoved(integrationId)).outcome).toBe("present");
    const removal = await crossAccount.removeSetupPermissions(integrationId);
    expect(removal.script).toContain("ParameterKey=ExternalId,UsePreviousValue=true");
    expect(removal.script).toContain("ParameterKey=SetupPhase,ParameterValue=false");
    await world.updateStack(launch.stackName, { SetupPhase: "false" });
    const proof = await crossAccount.verifySetupRemoved(integrationId);
    expect(proof).toMatchObject({ outcome: "removed", reasons: [], canary: ["denied", "denied"] });
    expect(proof.integration.setup?.removed).toBeInstanceOf(Date);

    const later = world.another({ template: nextTemplate, publishing: { bucket, region } });
    await later.publishTemplate();
    const update = await later.describeUpdate(integrationId);
    expect(update.difference?.words).toBe("gains 1 read action, no new write");
    expect(update.upToDate).toBe(false);

    const rotation = await crossAccount.rotateExternalId(integrationId);
    expect(rotation.phase).toBe("offered");
    expect((await crossAccount.advanceRotation(integrationId)).outcome).toBe("waiting");
    await world.updateStack(launch.stackName, rotation.parameters);
    expect((await crossAccount.inspectRole(integrationId)).findings).toEqual([]);
    expect((await crossAccount.advanceRotation(integrationId)).outcome).toBe("taken");
    expect((await crossAccount.advanceRotation(integrationId)).outcome).toBe("waiting");
    const second = await crossAccount.rotateExternalId(integrationId);
    await world.updateStack(launch.stackName, second.parameters);
    expect((await crossAccount.advanceRotation(integrationId)).outcome).toBe("retired");
    expect((await crossAccount.verifyIntegration({ integrationId })).integration.state).toBe("active");
    await crossAccount.assumeCustomerRole("whole-life").credentials();

    await crossAccount.revoke({ integrationId, reason: "over" });
    expect((await crossAccount.probeAccess(integrationId)).access).toBe("possible");
    await world.cloudFormation().deleteStack({ StackName: launch.stackName });
    expect((await crossAccount.probeAccess(integrationId)).access).toBe("gone");
  });
});
