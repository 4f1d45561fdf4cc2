// Trust policies under attack, against a sandbox that evaluates them: what is too wide is refused, what is hidden is found.
import { afterAll, beforeAll, expect } from "vitest";
import { openTemplateWorld, type TemplateWorld } from "../../packages/cross-account/test/template-world.js";
import { CUSTOMER, OTHER_CUSTOMER, servicePrincipal, VENDOR } from "../../packages/cross-account/test/vendor-world.js";
import { answers, refuses } from "./attack-table.js";
import { enter, malformedTrustPolicies, trustPolicies, type TrustFacts } from "./tables/trust-policies.js";
import { widenedTrustPolicies } from "./tables/widened-trust-policies.js";

let world: TemplateWorld;
let linked: { readonly integrationId: string; readonly roleName: string; readonly trust: TrustDocument };
beforeAll(async () => {
  world = await openTemplateWorld();
  await world.makeBucket();
  await world.crossAccount.publishTemplate();
  const { integrationId } = await world.linkedIntegration("linked");
  const { roleName } = await world.crossAccount.roleDocuments(integrationId);
  const { Role } = await world.iam().getRole({ RoleName: roleName });
  const trust = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")) as TrustDocument;
  linked = { integrationId, roleName, trust };
  // IAM takes only principals that are there.
  const stranger = world.iam(OTHER_CUSTOMER);
  await stranger.createUser({ UserName: "eve" });
  await stranger.createRole({
    RoleName: "OrganizationAccess",
    AssumeRolePolicyDocument: document([enter(OTHER_CUSTOMER, undefined)]),
  });
});
afterAll(() => world.sandbox.stop());

interface TrustDocument {
  readonly Version: string;
  readonly Statement: readonly object[];
}

const document = (Statement: readonly object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });
const factsOf = (externalId: string): TrustFacts => ({
  externalId,
  vendorAccountId: VENDOR,
  vendorPrincipal: servicePrincipal,
});

let customers = 0;
async function createRole(trust: (facts: TrustFacts) => readonly object[]) {
  const { integrationId } = await world.crossAccount.createIntegration({
    customerId: `customer-${customers++}`,
    declaredAccountId: CUSTOMER,
  });
  const { roleName, path, externalId } = await world.crossAccount.roleDocuments(integrationId);
  await world.iam().createRole({
    RoleName: roleName,
    Path: path,
    AssumeRolePolicyDocument: document(trust(factsOf(externalId))),
  });
  return integrationId;
}

answers("a trust policy that lets in too much", trustPolicies, async ({ trust, expected }) => {
  const integrationId = await createRole(trust);
  const { integration, verification } = await world.crossAccount.verifyIntegration({ integrationId });
  expect(integration.role).toBeNull();
  await expect(
    world.crossAccount.assumeCustomerRole(integration.customerId).credentials(),
    "credentials were handed out",
  ).rejects.toMatchObject({ code: "integration_not_active" });
  return {
    outcome: verification.outcome,
    state: integration.state,
    // Undecided ones name every possible cause.
    ...("causes" in expected && { causes: verification.causes.map(({ code }) => code) }),
  };
});

refuses("a trust policy that is none", malformedTrustPolicies, ({ trust }) => createRole(trust));

answers("a trust policy that lets in somebody else", widenedTrustPolicies, async ({ trust }) => {
  const { integrationId, roleName, trust: right } = linked;
  const { externalId } = await world.crossAccount.roleDocuments(integrationId);
  await world.iam().updateAssumeRolePolicy({
    RoleName: roleName,
    PolicyDocument: document([...right.Statement, ...trust(factsOf(externalId))]),
  });
  const { findings, inSync } = await world.crossAccount.inspectRole(integrationId);
  expect(inSync).toBe(false);
  return { codes: [...new Set(findings.map(({ code }) => code))] };
});
