import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CrossAccountError } from "@daypass/cross-account";
import {
  CUSTOMER,
  OTHER_CUSTOMER,
  VENDOR,
  canaryRoleArn,
  openVendorWorld,
  servicePrincipal,
  type RoleChanges,
  type VendorWorld,
} from "./vendor-world.js";

let world: VendorWorld;
beforeAll(async () => {
  world = await openVendorWorld();
});
afterAll(() => world.sandbox.stop());

let customers = 0;
async function verifyRole(changes: RoleChanges = {}, declaredAccountId: string | null = null) {
  const { integrationId } = await world.crossAccount.createIntegration({
    customerId: `customer-${customers++}`,
    declaredAccountId,
  });
  const roleArn = await world.createRole(integrationId, changes);
  const answer = await world.crossAccount.verifyIntegration({ integrationId, roleArn });
  return { integrationId, roleArn, ...answer, causes: answer.verification.causes.map(({ code }) => code) };
}

const narrowed = { ArnEquals: { "aws:PrincipalArn": servicePrincipal } };

describe("verifying a sound role", () => {
  it("activates it after two rounds of probes, the second after the propagation time", async () => {
    world.waits.length = 0;
    const { integration, verification, roleArn } = await verifyRole({}, CUSTOMER);
    expect(integration.state).toBe("active");
    expect(integration.role).toMatchObject({ roleArn, accountId: CUSTOMER });
    expect(integration.role?.roleUniqueId).toMatch(/^AROA/);
    expect(verification).toMatchObject({ outcome: "proven", causes: [], nextStep: null, roleArn });
    const round = [
      "right_external_id allowed",
      "no_external_id denied",
      "fresh_external_id denied",
      "last_character_changed denied",
      "one_character_appended denied",
      "case_flipped denied",
      "character_5_changed denied",
      "character_13_changed denied",
      "character_21_changed denied",
      "character_29_changed denied",
      "canary_without_external_id allowed",
    ];
    expect(verification.probes.map(({ kind, answer }) => `${kind} ${answer}`)).toEqual([...round, ...round]);
    expect(world.waits).toEqual([60_000]);
  });

  it("finds the role by itself when the customer declared the account", async () => {
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "self",
      declaredAccountId: CUSTOMER,
    });
    const { expectedRoleArn } = await world.crossAccount.roleDocuments(integrationId);
    const early = await world.crossAccount.verifyIntegration({ integrationId });
    expect(early.integration.state).toBe("unproven");
    expect(early.verification.causes[0]?.code).toBe("not_propagated");
    expect(await world.createRole(integrationId)).toBe(expectedRoleArn);
    const { integration } = await world.crossAccount.verifyIntegration({ integrationId });
    expect(integration.state).toBe("active");
  });

  it("asks for the ARN when no account was declared", async () => {
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "none",
      declaredAccountId: null,
    });
    await expect(world.crossAccount.verifyIntegration({ integrationId })).rejects.toMatchObject({
      code: "invalid_option",
    });
  });

  it("keeps nothing when it is given up", async () => {
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "gone",
      declaredAccountId: CUSTOMER,
    });
    await world.createRole(integrationId);
    const controller = new AbortController();
    const verifying = world.crossAccount.verifyIntegration({ integrationId, signal: controller.signal });
    controller.abort();
    await expect(verifying).rejects.toMatchObject({ code: "aborted" });
    expect((await world.crossAccount.getIntegration(integrationId)).state).toBe("pending");
  });
});

describe("verifying a role in the wrong place", () => {
  it("refuses a role of another account than the declared one, without asking AWS", async () => {
    const before = world.sandbox.calls().length;
    const { causes, integration } = await verifyRole({ accountId: OTHER_CUSTOMER }, CUSTOMER);
    expect(causes).toEqual(["role_in_other_account"]);
    expect(integration.state).toBe("unproven");
    expect(
      world.sandbox
        .calls()
        .slice(before)
        .filter(({ service }) => service === "sts"),
    ).toEqual([]);
  });

  it("refuses a role of the vendor's own account", async () => {
    const { causes } = await verifyRole({ accountId: VENDOR });
    expect(causes).toEqual(["role_in_vendor_account"]);
  });

  it.each([
    "arn:aws-cn:iam::222222222222:role/reader",
    "arn:aws:iam::222222222222:user/reader",
    "arn:aws:iam::22222222222:role/reader",
    "arn:aws:iam::222222222222:role/aws-service-role/x.amazonaws.com/reader",
    "arn:aws:iam::222222222222:role/reader\u0000",
    "arn:aws:sts::222222222222:assumed-role/reader/x",
    "reader",
    "",
  ])("does not take %j for a customer's role", async (roleArn) => {
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "paste",
      declaredAccountId: null,
    });
    await expect(world.crossAccount.verifyIntegration({ integrationId, roleArn })).rejects.toMatchObject({
      code: "invalid_option",
    });
    expect((await world.crossAccount.getIntegration(integrationId)).version).toBe(1);
  });

  it("drops blanks around a pasted ARN", async () => {
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "blank",
      declaredAccountId: null,
    });
    const roleArn = await world.createRole(integrationId);
    const { integration } = await world.crossAccount.verifyIntegration({ integrationId, roleArn: `  ${roleArn}\n` });
    expect(integration.role?.roleArn).toBe(roleArn);
  });
});

describe("verifying a role that denies us", () => {
  it("stops at the right external ID, and lists the causes, the customer's first", async () => {
    const { verification, causes, integration } = await verifyRole({
      principal: `arn:aws:iam::${OTHER_CUSTOMER}:root`,
    });
    expect(verification.outcome).toBe("undecided");
    expect(integration.state).toBe("unproven");
    expect(causes).toEqual([
      "not_propagated",
      "role_missing",
      "wrong_external_id_in_trust",
      "vendor_principal_not_trusted",
      "organization_policy_denied",
      "vendor_side_denied",
    ]);
    expect(verification.probes.map(({ kind }) => kind)).toEqual(["right_external_id", "canary_without_external_id"]);
  });

  it("names the vendor's side first when the canary is denied too", async () => {
    const stranger = world.another({ credentials: world.sandbox.issueKey(VENDOR, "powerless") });
    const { integrationId } = await stranger.createIntegration({ customerId: "side", declaredAccountId: CUSTOMER });
    await world.createRole(integrationId);
    const { verification } = await stranger.verifyIntegration({ integrationId });
    expect(verification.causes[0]?.code).toBe("vendor_side_denied");
    expect(verification.nextStep).toContain(canaryRoleArn);
  });

  it("does not let another principal of the vendor's account in", async () => {
    const { integrationId } = await verifyRole();
    const bystander = world.another({ credentials: world.sandbox.issueKey(VENDOR, "bystander") });
    const { verification } = await bystander.verifyIntegration({ integrationId });
    expect(verification.probes[0]).toMatchObject({ kind: "right_external_id", answer: "denied" });
  });
});

describe("a denial that proves nothing", () => {
  it("does not activate without a canary", async () => {
    const withoutCanary = world.another({ canaryRoleArn: null });
    const { integrationId } = await withoutCanary.createIntegration({
      customerId: "null",
      declaredAccountId: CUSTOMER,
    });
    await world.createRole(integrationId);
    const { integration, verification } = await withoutCanary.verifyIntegration({ integrationId });
    expect(integration.state).toBe("unproven");
    expect(verification).toMatchObject({ outcome: "undecided", causes: [{ code: "denial_unproven" }] });
  });

  it("does not activate while the vendor's own policy makes every call carry an external ID", async () => {
    const iam = world.iam(VENDOR);
    await iam.createUser({ UserName: "masked" });
    const policy = {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Resource: "*",
          Condition: { Null: { "sts:ExternalId": "false" } },
        },
      ],
    };
    await iam.putUserPolicy({ UserName: "masked", PolicyName: "own", PolicyDocument: JSON.stringify(policy) });
    const masked = world.another({
      credentials: world.sandbox.issueKey(VENDOR, "masked"),
      vendorPrincipals: [`arn:aws:iam::${VENDOR}:user/masked`],
    });
    const { integrationId } = await masked.createIntegration({ customerId: "mask", declaredAccountId: CUSTOMER });
    await world.createRole(integrationId, {
      condition: (id) => ({ StringEqualsIfExists: { "sts:ExternalId": id } }),
    });
    const { integration, verification } = await masked.verifyIntegration({ integrationId });
    expect(integration.state).toBe("unproven");
    expect(verification.causes.map(({ code }) => code)).toEqual(["denial_unproven"]);
  });

  it.each([
    [503, "ServiceUnavailable"],
    [400, "Throttling"],
  ])("does not take %d %s for a denial", async (status, code) => {
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: code,
      declaredAccountId: CUSTOMER,
    });
    await world.createRole(integrationId, { condition: () => narrowed });
    // The right ID is answered; every wrong one meets the fault, although the role would let it in.
    let lift: (() => void) | undefined;
    const store = {
      ...world.store,
      async record(event: Parameters<typeof world.store.record>[0]) {
        await world.store.record(event);
        if (event.type !== "assume_role.granted" || lift !== undefined) return;
        const fault = world.sandbox.fault({ service: "sts", action: "AssumeRole", status, code, message: "not now" });
        lift = () => fault.lift();
      },
    };
    const { integration, verification } = await world.another({ store }).verifyIntegration({ integrationId });
    lift?.();
    expect(integration.state).toBe("unproven");
    expect(verification).toMatchObject({ outcome: "undecided", causes: [{ code: "sts_unavailable" }] });
    expect(verification.probes.filter(({ answer }) => answer === "unknown").length).toBeGreaterThan(4);
  });

  it("refuses a role whose trust was widened between the two rounds", async () => {
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "wide",
      declaredAccountId: CUSTOMER,
    });
    const roleArn = await world.createRole(integrationId);
    const wide = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: VENDOR }, Action: "sts:AssumeRole" }],
    });
    const RoleName = roleArn.split("/").at(-1) ?? "";
    world.meanwhile.push(() => world.iam().updateAssumeRolePolicy({ RoleName, PolicyDocument: wide }));
    const { integration, verification } = await world.crossAccount.verifyIntegration({ integrationId });
    expect(verification).toMatchObject({ outcome: "refused", causes: [{ code: "external_id_not_required" }] });
    expect(integration.state).toBe("unproven");
  });
});

describe("one role, several integrations", () => {
  it("refuses a second customer who names the first one's role, because the external ID is theirs", async () => {
    const { roleArn } = await verifyRole({}, CUSTOMER);
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "thief",
      declaredAccountId: CUSTOMER,
    });
    const { integration, verification } = await world.crossAccount.verifyIntegration({ integrationId, roleArn });
    expect(integration).toMatchObject({ state: "unproven", role: null });
    expect(verification.outcome).toBe("undecided");
  });

  it("gives a role that trusts fifty customers to exactly one of them", async () => {
    const ids = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const customerId = `rival-${index}`;
        return (await world.crossAccount.createIntegration({ customerId, declaredAccountId: CUSTOMER })).integrationId;
      }),
    );
    const externalIds = await Promise.all(
      ids.map(async (id) => (await world.crossAccount.roleDocuments(id)).externalId),
    );
    const roleArn = await world.createRole(ids[0] ?? "", {
      roleName: "shared",
      condition: () => ({ StringEquals: { "sts:ExternalId": externalIds } }),
      withoutTags: true,
    });
    const answers = [];
    // Ten at a time: all fifty in one process keep each other waiting for as long as AWS is given to answer.
    for (let from = 0; from < ids.length; from += 10) {
      const rivals = ids.slice(from, from + 10);
      const verify = (integrationId: string) => world.crossAccount.verifyIntegration({ integrationId, roleArn });
      answers.push(...(await Promise.all(rivals.map(verify))));
    }
    const active = answers.filter(({ integration }) => integration.state === "active");
    const refused = answers.filter(({ verification }) => verification.outcome === "refused");
    expect([active.length, refused.length]).toEqual([1, 49]);
    for (const { integration, verification } of refused) {
      expect(integration).toMatchObject({ state: "unproven", role: null });
      expect(verification.causes.map(({ code }) => code)).toEqual(["role_held_by_other_integration"]);
    }
  });
});

describe("a role that changes after it was proven", () => {
  it("suspends when the role was deleted and created again, and comes back when it is verified once more", async () => {
    const { integrationId, roleArn } = await verifyRole({}, CUSTOMER);
    await world.iam().deleteRole({ RoleName: roleArn.split("/").at(-1) });
    await world.createRole(integrationId);
    const first = await world.crossAccount.verifyIntegration({ integrationId });
    expect(first.verification).toMatchObject({ outcome: "refused", causes: [{ code: "role_recreated" }] });
    expect(first.integration.state).toBe("suspended");
    const second = await world.crossAccount.verifyIntegration({ integrationId });
    expect(second.integration).toMatchObject({ state: "active", reason: null });
  });

  it("suspends after the denial was confirmed, when the trust was taken away", async () => {
    const { integrationId, roleArn } = await verifyRole({}, CUSTOMER);
    await world.iam().deleteRole({ RoleName: roleArn.split("/").at(-1) });
    world.waits.length = 0;
    const { integration, verification } = await world.crossAccount.verifyIntegration({ integrationId });
    expect(world.waits).toEqual([60_000]);
    expect(integration.state).toBe("suspended");
    expect(verification.causes[0]?.code).toBe("role_missing");
  });

  it("stays active when the vendor's side is denied", async () => {
    const { integrationId } = await verifyRole({}, CUSTOMER);
    const stranger = world.another({ credentials: world.sandbox.issueKey(VENDOR, "powerless") });
    const { integration, verification } = await stranger.verifyIntegration({ integrationId });
    expect(verification.causes[0]?.code).toBe("vendor_side_denied");
    expect(integration.state).toBe("active");
  });

  it("does not move to another role that somebody pastes", async () => {
    const { integrationId, roleArn } = await verifyRole({}, CUSTOMER);
    const other = `arn:aws:iam::${CUSTOMER}:role/other`;
    await expect(world.crossAccount.verifyIntegration({ integrationId, roleArn: other })).rejects.toThrow(
      CrossAccountError,
    );
    expect(await world.crossAccount.getIntegration(integrationId)).toMatchObject({
      state: "active",
      role: { roleArn },
    });
  });
});

describe("verifying and revoking at once", () => {
  it("leaves it revoked, whenever the revocation comes", async () => {
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "race",
      declaredAccountId: CUSTOMER,
    });
    await world.createRole(integrationId);
    world.meanwhile.push(() => world.crossAccount.revoke({ integrationId, reason: "changed our minds" }));
    await expect(world.crossAccount.verifyIntegration({ integrationId })).rejects.toMatchObject({
      code: "integration_not_active",
    });
    expect(await world.crossAccount.getIntegration(integrationId)).toMatchObject({ state: "revoked", role: null });
  });

  it("does not undo a suspension that came meanwhile", async () => {
    const { integrationId } = await verifyRole({}, CUSTOMER);
    const active = await world.store.get(integrationId);
    if (active === undefined) throw new Error("no integration");
    const suspended = { ...active, state: "suspended", reason: "by hand", version: active.version + 1 } as const;
    world.meanwhile.push(() => world.store.update(suspended, []));
    await expect(world.crossAccount.verifyIntegration({ integrationId })).rejects.toMatchObject({ code: "conflict" });
    expect((await world.crossAccount.getIntegration(integrationId)).state).toBe("suspended");
  });

  it("does not become active by a proof during which another one found its trust too wide", async () => {
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "contradicted",
      declaredAccountId: CUSTOMER,
    });
    const roleArn = await world.createRole(integrationId);
    const { trustPolicy } = await world.crossAccount.roleDocuments(integrationId);
    const [enter, tags] = trustPolicy.Statement;
    const trust = (Statement: readonly unknown[]) =>
      world.iam().updateAssumeRolePolicy({
        RoleName: roleArn.split("/").at(-1),
        PolicyDocument: JSON.stringify({ ...trustPolicy, Statement }),
      });
    world.meanwhile.push(async () => {
      await trust([{ ...enter, Condition: narrowed }, tags]);
      const { verification } = await world.another().verifyIntegration({ integrationId });
      expect(verification.outcome).toBe("refused");
      await trust([enter, tags]);
    });
    await expect(world.crossAccount.verifyIntegration({ integrationId })).rejects.toMatchObject({ code: "conflict" });
    expect((await world.crossAccount.getIntegration(integrationId)).state).toBe("unproven");
    expect((await world.crossAccount.verifyIntegration({ integrationId })).integration.state).toBe("active");
  });

  it("agrees when twenty verify at once", async () => {
    const { integrationId } = await verifyRole({}, CUSTOMER);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.crossAccount.verifyIntegration({ integrationId })),
    );
    expect(new Set(answers.map(({ integration }) => integration.state))).toEqual(new Set(["active"]));
  });
});

describe("the audit of a verification", () => {
  it("holds an intent and an outcome for every probe, and names external IDs by fingerprint only", async () => {
    const from = (await world.store.listEvents({ limit: 100_000 })).at(-1)?.sequence ?? 0;
    const { integrationId, verification } = await verifyRole({}, CUSTOMER);
    const events = (await world.store.listEvents({ after: from, limit: 100 })).map(({ event }) => event);
    const attempts = events.filter((event) => "attemptId" in event);
    expect(attempts.filter(({ type }) => type === "assume_role.intent").length).toBe(verification.probes.length);
    expect(attempts.length).toBe(2 * verification.probes.length);
    for (const event of attempts) expect(event).toMatchObject({ roleSessionName: "daypass-probe" });
    expect(events.at(-1)).toMatchObject({ type: "integration.verified", integrationId, state: "active" });
    const { externalId } = await world.crossAccount.roleDocuments(integrationId);
    expect(JSON.stringify(events)).not.toContain(externalId);
  });
});
