// Trust policies that let in more than they should: none becomes active, whatever the pattern looks like.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openVendorWorld, servicePrincipal, type RoleChanges, type VendorWorld } from "./vendor-world.js";

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

describe("verifying a role whose trust is too wide", () => {
  const cases: readonly [title: string, changes: RoleChanges, causes: readonly string[]][] = [
    ["no condition at all", { condition: () => undefined }, ["external_id_not_required"]],
    ["no condition on the external ID", { condition: () => narrowed }, ["external_id_not_required"]],
    [
      "StringLike *",
      { condition: () => ({ ...narrowed, StringLike: { "sts:ExternalId": "*" } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringEqualsIfExists",
      { condition: (id) => ({ ...narrowed, StringEqualsIfExists: { "sts:ExternalId": id } }) },
      ["external_id_not_required"],
    ],
    [
      "StringEqualsIgnoreCase",
      { condition: (id) => ({ ...narrowed, StringEqualsIgnoreCase: { "sts:ExternalId": id } }) },
      ["external_id_case_ignored"],
    ],
    [
      "a list with a wildcard in it",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": [id, "*"] } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with everything but the last character",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": `${id.slice(0, -1)}?` } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with the whole ID and a star",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": `${id}*` } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with both ends",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": `${id.slice(0, 8)}*${id.slice(-8)}` } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with the beginning",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": `${id.slice(0, 8)}*` } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with the first half",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": `${id.slice(0, 16)}*` } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with the end",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": `*${id.slice(-8)}` } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with the last half",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": `*${id.slice(-16)}` } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with the middle",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": `*${id.slice(8, 24)}*` } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with as many question marks",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": "?".repeat(id.length) } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with eight characters open from the second on",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": `${id.slice(0, 1)}*${id.slice(9)}` } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with eight characters open from the ninth on",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": `${id.slice(0, 8)}*${id.slice(16)}` } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with eight characters open in the middle",
      {
        condition: (id) => ({
          ...narrowed,
          StringLike: { "sts:ExternalId": `${id.slice(0, 12)}????????${id.slice(20)}` },
        }),
      },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with eight characters open from the twenty-fourth on",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": `${id.slice(0, 23)}*${id.slice(31)}` } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringLike with eight characters open from the eighteenth on",
      { condition: (id) => ({ ...narrowed, StringLike: { "sts:ExternalId": `${id.slice(0, 17)}*${id.slice(25)}` } }) },
      ["external_id_pattern_too_wide"],
    ],
    [
      "StringNotEquals something else",
      { condition: () => ({ ...narrowed, StringNotEquals: { "sts:ExternalId": "somebody-elses" } }) },
      ["external_id_not_required"],
    ],
    [
      "IfExists that ignores case",
      { condition: (id) => ({ ...narrowed, StringEqualsIgnoreCaseIfExists: { "sts:ExternalId": id } }) },
      ["external_id_not_required", "external_id_case_ignored"],
    ],
  ];
  it.each(cases)("refuses %s and names the cause", async (_title, changes, causes) => {
    const answer = await verifyRole(changes);
    expect(answer.verification.outcome).toBe("refused");
    expect(answer.causes).toEqual(causes);
    expect(answer.integration).toMatchObject({ state: "unproven", role: null });
    expect(answer.verification.nextStep).toContain("aws iam get-role");
  });
});
