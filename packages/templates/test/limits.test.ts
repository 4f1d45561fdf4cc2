// AWS's limits, met when the template is made: an error with a remedy, never a stack that fails at a customer's.
import { describe, expect, it } from "vitest";
import {
  createIamUserTemplate,
  createRoleTemplate,
  createTrustPolicy,
  limits,
  renderPolicyDocuments,
  TemplateError,
  type PermissionStatement,
  type RoleDescription,
} from "@daypass/templates";
import { CUSTOMER, externalId, serviceRole, suffix, VENDOR } from "./deploy-world.js";
import { describeRole, ofAccount, readReports } from "./describe-role.js";

/** A statement of about so many characters. */
function statement(sid: string, characters: number): PermissionStatement {
  const prefix = "arn:${AWS::Partition}:s3:::reports-${AWS::AccountId}/";
  const resources = Array.from(
    { length: Math.floor(characters / 100) },
    (_, index) => `${prefix}${index}/${"x".repeat(40)}*`,
  );
  return { ...readReports, sid, resources };
}

const many = (count: number, characters: number) =>
  Array.from({ length: count }, (_, index) => statement(`Read${index}`, characters));

const refusalOf = (description: RoleDescription) => {
  try {
    createRoleTemplate(description);
  } catch (error) {
    if (error instanceof TemplateError) return error;
  }
  return undefined;
};

describe("managed policies", () => {
  it("are cut so that each stays below 6,144 characters, and nothing is lost", () => {
    const description = describeRole({ ongoing: many(4, 4000), setup: [] });
    const { policies } = renderPolicyDocuments(description, {
      accountId: CUSTOMER,
      region: "us-northeast-10",
      integrationSuffix: suffix,
      externalId,
      setupPhase: false,
    });
    expect(policies.length).toBeGreaterThan(2);
    for (const { document } of policies) {
      expect(JSON.stringify(document).length).toBeLessThanOrEqual(limits.managedPolicyCharacters);
    }
    const sids = policies.flatMap(({ document }) => document.Statement.map(({ Sid }) => Sid));
    expect(sids).toEqual(expect.arrayContaining(["Read0", "Read1", "Read2", "Read3", "NeverChangeItself"]));
    const { Resources } = createRoleTemplate(description);
    expect(Object.keys(Resources)).toEqual(["Role", ...policies.map(({ name }) => name)]);
  });

  it("that cannot be cut are refused by the statement's name", () => {
    expect(refusalOf(describeRole({ ongoing: [statement("TooLong", 8000)] }))).toMatchObject({
      code: "too_large",
      message: expect.stringContaining("TooLong"),
      hint: expect.stringContaining("split TooLong"),
    });
  });

  it("of more than ten are refused", () => {
    expect(refusalOf(describeRole({ ongoing: many(12, 5000), setup: [] }))).toMatchObject({
      code: "too_large",
      message: expect.stringContaining("a role has 10"),
    });
  });
});

describe("the trust policy", () => {
  it("is refused above IAM's 2,048 characters, with room for two external IDs", () => {
    const vendorPrincipals = Array.from({ length: 10 }, (_, index) => `${serviceRole}-${index}-${"x".repeat(150)}`);
    expect(refusalOf(describeRole({ vendorPrincipals }))).toMatchObject({
      code: "too_large",
      hint: "name fewer vendorPrincipals or sourceIps",
    });
  });

  it("takes one external ID or two, and none that STS would not take", () => {
    const who = { partition: "aws", vendorAccountId: VENDOR, vendorPrincipals: null } as const;
    expect(() => createTrustPolicy(who, [])).toThrow(TemplateError);
    expect(() => createTrustPolicy(who, ["a", "b"])).toThrow(expect.objectContaining({ code: "invalid_parameters" }));
    expect(() => createTrustPolicy(who, ["*"])).toThrow(expect.objectContaining({ code: "invalid_parameters" }));
    expect(createTrustPolicy(who, ["first", "second"]).Statement[0]).toMatchObject({
      Condition: { StringEquals: { "sts:ExternalId": ["first", "second"] } },
    });
  });
});

describe("names", () => {
  it("of 32 characters make a role's name that IAM takes, of 33 none", () => {
    const serviceName = `A${"b".repeat(31)}`;
    const { roleName } = renderPolicyDocuments(describeRole({ serviceName }), {
      accountId: CUSTOMER,
      region: "eu-west-1",
      integrationSuffix: suffix,
      externalId,
      setupPhase: false,
    });
    expect(roleName.length).toBeLessThanOrEqual(limits.roleNameCharacters);
    expect(refusalOf(describeRole({ serviceName: `${serviceName}b` }))).toMatchObject({ path: "serviceName" });
  });

  it("and reasons of any length keep the template's description within 1,024 bytes", () => {
    const branding = { displayName: "日本".repeat(100), supportUrl: `https://acme.example/${"x".repeat(250)}` };
    const { Description } = createRoleTemplate(describeRole({ branding }));
    expect(Buffer.byteLength(Description)).toBeLessThanOrEqual(limits.descriptionBytes);
  });
});

describe("parameters of a rendered role", () => {
  it.each([
    ["accountId", { accountId: "222" }],
    ["region", { region: "europe" }],
    ["integrationSuffix", { integrationSuffix: "ABC" }],
    ["externalId", { externalId: "short" }],
    ["nextExternalId", { nextExternalId: "*" }],
    ["setupUntil", { setupPhase: true, setupUntil: "tomorrow" }],
    ["setupUntil", { setupPhase: true }],
    ["permissionsBoundaryArn", { permissionsBoundaryArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }],
  ])("are refused by name: %s", (path, changes) => {
    const parameters = {
      accountId: CUSTOMER,
      region: "eu-west-1",
      integrationSuffix: suffix,
      externalId,
      setupPhase: false,
    };
    expect(() => renderPolicyDocuments(describeRole(), { ...parameters, ...changes })).toThrow(
      expect.objectContaining({ code: "invalid_parameters", path }),
    );
  });
});

describe("a setup statement with a time limit of its own", () => {
  it("is refused, as two limits in one condition would mean either", () => {
    const conditions = { ...ofAccount, DateLessThan: { "aws:currenttime": "2099-01-01T00:00:00Z" } };
    const refusal = refusalOf(describeRole({ setup: [{ ...readReports, sid: "Later", conditions }] }));
    expect(refusal).toMatchObject({ code: "invalid_statement", message: expect.stringContaining("Later") });
  });
});

describe("the template of an IAM user", () => {
  it("has limits of its own", () => {
    const user = {
      serviceName: "acme-cli",
      branding: { displayName: "Acme" },
      partition: "aws",
      userPath: "/acme/",
      permissions: many(12, 5000),
      permissionsBoundary: null,
    } as const;
    expect(() => createIamUserTemplate(user)).toThrow(expect.objectContaining({ code: "too_large" }));
  });
});

describe("the pattern of external IDs", () => {
  it.each(["[0-9]{32})|(x", "a)(b", "x)|(?:[0-9]{32}"])(
    "is refused when it closes a group that it did not open: %s",
    (externalIdPattern) => {
      expect(refusalOf(describeRole({ externalIdPattern }))).toMatchObject({
        code: "invalid_description",
        path: "externalIdPattern",
      });
    },
  );
});
