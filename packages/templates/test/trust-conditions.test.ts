// Further limits on who may enter: each narrows, and none takes the place of the external ID.
import { describe, expect, it } from "vitest";
import { evaluate, parsePolicy, type RequestPrincipal } from "@daypass/policy";
import { createTrustPolicy, type TrustConditions } from "@daypass/templates";
import { CUSTOMER, externalId, serviceRole, VENDOR } from "./deploy-world.js";

const service: RequestPrincipal = {
  type: "role-session",
  roleArn: serviceRole,
  roleUniqueId: "AROAEXAMPLE",
  accountId: VENDOR,
  sessionArn: `arn:aws:sts::${VENDOR}:assumed-role/acme-service/test`,
  sessionName: "test",
};

function enters(
  trustConditions: TrustConditions,
  context: Readonly<Record<string, string>>,
  action = "sts:AssumeRole",
) {
  const trust = createTrustPolicy(
    { partition: "aws", vendorAccountId: VENDOR, vendorPrincipals: [serviceRole], trustConditions },
    [externalId],
  );
  const may = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"}]}`;
  return evaluate(
    {
      principal: service,
      action,
      resource: `arn:aws:iam::${CUSTOMER}:role/acme/x`,
      resourceAccount: CUSTOMER,
      context,
    },
    {
      identity: [{ name: "vendor", policy: parsePolicy(may, "identity") }],
      resource: { name: "trust", policy: parsePolicy(JSON.stringify(trust), "trust") },
    },
  ).allowed;
}

const id = { "sts:ExternalId": externalId };

describe("a source address", () => {
  const only = { sourceIps: ["192.0.2.0/24", "2001:db8::/32"] };
  it.each([
    ["192.0.2.7", true],
    ["198.51.100.1", false],
    ["2001:db8::1", true],
    ["2001:db9::1", false],
  ])("%s: %s", (address, expected) => {
    expect(enters(only, { ...id, "aws:SourceIp": address })).toBe(expected);
    expect(enters(only, { "aws:SourceIp": address })).toBe(false);
    expect(enters(only, { "aws:SourceIp": address }, "sts:TagSession")).toBe(expected);
  });

  it("that is not known does not enter", () => {
    expect(enters(only, id)).toBe(false);
  });

  it.each(["0.0.0.0/0", "::/0", "192.0.2.7", "everywhere", "192.0.2.0/33"])(
    "%s limits nothing, and is refused",
    (range) => {
      expect(() => enters({ sourceIps: [range] }, id)).toThrow(
        expect.objectContaining({ code: "invalid_description" }),
      );
    },
  );
});

describe("an organisation", () => {
  const only = { organizationId: "o-a1b2c3d4e5" };
  it("must be the principal's", () => {
    expect(enters(only, { ...id, "aws:PrincipalOrgID": "o-a1b2c3d4e5" })).toBe(true);
    expect(enters(only, { ...id, "aws:PrincipalOrgID": "o-zzzzzzzzzz" })).toBe(false);
    expect(enters(only, id)).toBe(false);
    expect(enters(only, { "aws:PrincipalOrgID": "o-a1b2c3d4e5" })).toBe(false);
    expect(enters(only, { "aws:PrincipalOrgID": "o-zzzzzzzzzz" }, "sts:TagSession")).toBe(false);
  });
});

describe("MFA, for roles that people enter", () => {
  it("must be there; a session that says nothing of it has none", () => {
    expect(enters({ requireMfa: true }, { ...id, "aws:MultiFactorAuthPresent": "true" })).toBe(true);
    expect(enters({ requireMfa: true }, { ...id, "aws:MultiFactorAuthPresent": "false" })).toBe(false);
    expect(enters({ requireMfa: true }, id)).toBe(false);
  });
});
