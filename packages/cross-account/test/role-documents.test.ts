import { describe, expect, it } from "vitest";
import { createCrossAccount, createMemoryStore, type CrossAccountOptions } from "@daypass/cross-account";
import { evaluate, parsePolicy, type RequestPrincipal } from "@daypass/policy";
import { canaryRoleArn, CUSTOMER, region, servicePrincipal, VENDOR } from "./vendor-world.js";

const serviceRole = `arn:aws:iam::${VENDOR}:role/workers/service`;

async function documents(changes: Partial<CrossAccountOptions> = {}, declaredAccountId: string | null = CUSTOMER) {
  const crossAccount = createCrossAccount({
    serviceName: "Acme",
    vendorAccountId: VENDOR,
    region,
    vendorPrincipals: [serviceRole, servicePrincipal],
    canaryRoleArn: null,
    store: createMemoryStore(),
    ...changes,
  });
  const { integrationId } = await crossAccount.createIntegration({ customerId: "acme", declaredAccountId });
  return { ...(await crossAccount.roleDocuments(integrationId)), integrationId };
}

function session(roleName: string, accountId = VENDOR): RequestPrincipal {
  return {
    type: "role-session",
    roleArn: `arn:aws:iam::${accountId}:role/${roleName}`,
    roleUniqueId: "AROAEXAMPLEEXAMPLE12",
    accountId,
    sessionArn: `arn:aws:sts::${accountId}:assumed-role/${roleName.split("/").at(-1)}/worker`,
    sessionName: "worker",
  };
}

const identity = [
  {
    name: "all",
    policy: parsePolicy(
      { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
      "identity",
    ),
  },
];

describe("the role that the customer creates", () => {
  it("has a name, a path and an ARN that follow from the integration", async () => {
    const { roleName, path, expectedRoleArn, integrationId, maxSessionDuration } = await documents();
    expect(roleName).toBe(`Acme-${integrationId.slice(0, 12)}`);
    expect(path).toBe("/Acme/");
    expect(expectedRoleArn).toBe(`arn:aws:iam::${CUSTOMER}:role/Acme/${roleName}`);
    expect(maxSessionDuration).toBe(3600);
  });

  it("has no expected ARN without a declared account, and the partition's ARN in another partition", async () => {
    expect((await documents({}, null)).expectedRoleArn).toBe(null);
    const china = await documents({
      partition: "aws-cn",
      vendorPrincipals: [`arn:aws-cn:iam::${VENDOR}:role/service`],
    });
    expect(china.expectedRoleArn).toMatch(/^arn:aws-cn:iam::222222222222:role\/Acme\//);
    expect(china.trustPolicy.Statement[0]?.Principal.AWS).toBe(`arn:aws-cn:iam::${VENDOR}:root`);
  });

  it("allows sessions as long as the vendor asks for, and never less than IAM's hour", async () => {
    expect((await documents({ sessionDurationSeconds: 900 })).maxSessionDuration).toBe(3600);
    expect((await documents({ sessionDurationSeconds: 7200 })).maxSessionDuration).toBe(7200);
  });

  it("stays under IAM's 2,048 characters with ten principals", async () => {
    const vendorPrincipals = Array.from({ length: 10 }, (_, index) => `arn:aws:iam::${VENDOR}:role/service-${index}`);
    const { trustPolicy } = await documents({ vendorPrincipals });
    expect(JSON.stringify(trustPolicy).length).toBeLessThan(2048);
  });
});

describe("the trust policy that we ask for", () => {
  async function decide(
    principal: RequestPrincipal,
    externalId: "right" | "wrong" | "none",
    changes: Partial<CrossAccountOptions> = {},
  ) {
    const { trustPolicy, externalId: right, roleName } = await documents(changes);
    const context: Record<string, string> = {};
    if (externalId !== "none") context["sts:ExternalId"] = externalId === "right" ? right : right.toLowerCase();
    return evaluate(
      {
        principal,
        action: "sts:AssumeRole",
        resource: `arn:aws:iam::${CUSTOMER}:role/Acme/${roleName}`,
        resourceAccount: CUSTOMER,
        context,
      },
      { identity, resource: { name: "trust", policy: parsePolicy(trustPolicy, "trust") } },
    ).allowed;
  }

  it("lets the vendor's principals in with the external ID, and with nothing else", async () => {
    expect(await decide(session("workers/service"), "right")).toBe(true);
    expect(await decide(session("workers/service"), "wrong")).toBe(false);
    expect(await decide(session("workers/service"), "none")).toBe(false);
  });

  it("lets nobody else in, not even with the external ID", async () => {
    expect(await decide(session("workers/other"), "right")).toBe(false);
    expect(await decide(session("service"), "right")).toBe(false);
    expect(await decide(session("workers/service", CUSTOMER), "right")).toBe(false);
    expect(await decide(session("workers/service", "333333333333"), "right")).toBe(false);
    expect(await decide({ type: "anonymous" }, "right")).toBe(false);
  });

  it("lets the whole account in where the vendor said null, still only with the external ID", async () => {
    const whole = { vendorPrincipals: null, canaryRoleArn };
    expect(await decide(session("workers/other"), "right", whole)).toBe(true);
    expect(await decide(session("workers/other"), "none", whole)).toBe(false);
    expect(await decide(session("workers/other", "333333333333"), "right", whole)).toBe(false);
  });
});
