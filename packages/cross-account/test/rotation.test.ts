// Replacing an external ID: at no moment does access break, and at no moment is something believed that was not shown.
import { generateKeyPairSync } from "node:crypto";
import { verifyCertificate } from "@daypass/cross-account";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTemplateWorld, type TemplateWorld } from "./template-world.js";

let world: TemplateWorld;
let integrationId = "";
let stackName = "";
beforeEach(async () => {
  world = await openTemplateWorld();
  await world.makeBucket();
  await world.crossAccount.publishTemplate();
  const linked = await world.linkedIntegration();
  integrationId = linked.integrationId;
  stackName = linked.launch.stackName;
});
afterEach(() => world.sandbox.stop());

const rotate = () => world.crossAccount.rotateExternalId(integrationId);
const advance = () => world.crossAccount.advanceRotation(integrationId);
const externalId = async () => (await world.crossAccount.roleDocuments(integrationId)).externalId;
const credentials = () => world.crossAccount.assumeCustomerRole("acme").credentials();

describe("a rotation", () => {
  it("is begun once, by however many, and says the same to all", async () => {
    const begun = await Promise.all(Array.from({ length: 5 }, () => world.another().rotateExternalId(integrationId)));
    expect(new Set(begun.map(({ parameters }) => parameters["NextExternalId"])).size).toBe(1);
    const [first] = begun;
    expect(first?.script).toContain("ParameterKey=ExternalId,UsePreviousValue=true");
    expect(first?.script).toContain(
      `ParameterKey=NextExternalId,ParameterValue=${first?.parameters["NextExternalId"]}`,
    );
    expect(JSON.stringify(first?.integration)).not.toContain(first?.parameters["NextExternalId"]);
  });

  it("keeps working with the old one until the new one is proven", async () => {
    const old = await externalId();
    await rotate();
    expect(await advance()).toMatchObject({ outcome: "waiting" });
    expect(await externalId()).toBe(old);
    await credentials();
  });

  it("takes the new one only when nothing like it is let in", async () => {
    const old = await externalId();
    const { parameters } = await rotate();
    const { trustPolicy } = await world.crossAccount.roleDocuments(integrationId);
    const [enter, tags] = trustPolicy.Statement;
    const loose = {
      ...enter,
      Condition: { StringLike: { "sts:ExternalId": [old, `${parameters["NextExternalId"]?.slice(0, 8)}*`] } },
    };
    const PolicyDocument = JSON.stringify({ ...trustPolicy, Statement: [loose, tags] });
    await world.iam().updateAssumeRolePolicy({ RoleName: stackName, PolicyDocument });
    expect(await advance()).toMatchObject({
      outcome: "waiting",
      reason: expect.stringContaining("external_id_pattern_too_wide"),
    });
    expect(await externalId()).toBe(old);
  });

  it("is over only when the old one is denied twice", async () => {
    const old = await externalId();
    await world.updateStack(stackName, (await rotate()).parameters);
    expect(await advance()).toMatchObject({ outcome: "taken" });
    expect(await externalId()).not.toBe(old);
    await credentials();
    expect(await advance()).toMatchObject({ outcome: "waiting", reason: "the old external ID is still accepted" });
    await world.updateStack(stackName, (await rotate()).parameters);
    // Somebody puts the old one back between the two looks.
    const current = await externalId();
    world.meanwhile.push(() => world.updateStack(stackName, { NextExternalId: old }));
    expect(await advance()).toMatchObject({ outcome: "waiting" });
    await world.updateStack(stackName, { NextExternalId: "" });
    expect(await advance()).toMatchObject({ outcome: "retired" });
    expect(await externalId()).toBe(current);
    await credentials();
  });

  it("does not suspend the integration when a process that has not heard of it is denied with the old one", async () => {
    // So short a propagation time that the denial is confirmed before the store is read again.
    const late = world.another({ propagationMs: 1000 });
    await late.assumeCustomerRole("acme").credentials();
    await world.updateStack(stackName, (await rotate()).parameters);
    await advance();
    await world.updateStack(stackName, (await rotate()).parameters);
    const ask = () => late.assumeCustomerRole("acme", { region: "us-east-1" }).credentials();
    const answers: string[] = [];
    for (let asked = 0; asked < 4; asked++) {
      answers.push(
        await ask().then(
          () => "let in",
          () => "denied",
        ),
      );
      world.clock.advance(2000);
    }
    expect(answers[0]).toBe("denied");
    // Once the denial is confirmed, the store is asked again, and has the new external ID.
    expect(answers.at(-1)).toBe("let in");
    expect((await world.crossAccount.getIntegration(integrationId)).state).toBe("active");
  });

  it("goes unnoticed by a client that was made before it", async () => {
    const access = world.crossAccount.assumeCustomerRole("acme");
    await access.credentials();
    await world.updateStack(stackName, (await rotate()).parameters);
    await advance();
    await world.updateStack(stackName, (await rotate()).parameters);
    await advance();
    // Its session of before ends; the next one can only be had with the new external ID.
    world.clock.advance(61 * 60_000);
    await access.credentials();
  });

  it("is what a certificate is about from then on", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const certifying = world.another({ certificateKey: { keyId: "test", privateKey } });
    const before = await world.crossAccount.getIntegration(integrationId);
    await world.updateStack(stackName, (await rotate()).parameters);
    const { integration } = await advance();
    const { text } = await certifying.certify(integrationId);
    const { certificate } = verifyCertificate(text, publicKey);
    expect(certificate.externalIdFingerprint).toBe(integration.externalIdFingerprint);
    expect(certificate.externalIdFingerprint).not.toBe(before.externalIdFingerprint);
    expect(new Date(certificate.started).getTime()).toBeGreaterThanOrEqual(
      before.verification?.finished.getTime() ?? Infinity,
    );
  });

  it("makes a verification that was under way say nothing of the new external ID", async () => {
    await world.updateStack(stackName, (await rotate()).parameters);
    world.meanwhile.push(() => world.another({ wait: async () => undefined }).advanceRotation(integrationId));
    const verifying = world.crossAccount.verifyIntegration({ integrationId });
    await expect(verifying).rejects.toMatchObject({ code: "conflict" });
  });

  it("can be given up before the new one is taken, and not afterwards", async () => {
    const first = await rotate();
    expect((await world.crossAccount.cancelRotation(integrationId)).rotation).toBeNull();
    const second = await rotate();
    expect(second.parameters["NextExternalId"]).not.toBe(first.parameters["NextExternalId"]);
    await world.updateStack(stackName, second.parameters);
    await advance();
    await expect(world.crossAccount.cancelRotation(integrationId)).rejects.toMatchObject({ code: "invalid_option" });
  });

  it("needs a role that works, and one that was begun", async () => {
    await expect(advance()).rejects.toMatchObject({ code: "invalid_option" });
    const pending = await world.crossAccount.createIntegration({ customerId: "pending", declaredAccountId: null });
    const early = world.crossAccount.rotateExternalId(pending.integrationId);
    await expect(early).rejects.toMatchObject({ code: "integration_not_active" });
    await rotate();
    await world.crossAccount.revoke({ integrationId, reason: "over" });
    await expect(advance()).rejects.toMatchObject({ code: "integration_not_active" });
  });

  it("leaves no external ID in views, events and errors", async () => {
    const old = await externalId();
    const { parameters } = await rotate();
    const next = parameters["NextExternalId"] ?? "";
    const failed = await advance().catch((error: unknown) => error);
    await world.updateStack(stackName, parameters);
    const view = (await advance()).integration;
    const events = await world.store.listEvents({ limit: 1000 });
    const shown = JSON.stringify([failed, view, events, await world.crossAccount.listIntegrations({})]);
    expect(shown).not.toContain(old);
    expect(shown).not.toContain(next);
    expect(events.map(({ event }) => event.type)).toEqual(
      expect.arrayContaining(["integration.external_id_offered", "integration.external_id_taken"]),
    );
  });
});
