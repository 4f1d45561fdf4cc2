// Names that were never meant for a template: each is refused with its place, or comes out as it went in.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  createCliCommands,
  createRoleTemplate,
  renderJson,
  renderYaml,
  TemplateError,
  type RoleDescription,
} from "@daypass/templates";
import { CUSTOMER, externalId, openDeployWorld, parameters, suffix, type DeployWorld } from "./deploy-world.js";
import { describeRole, makeBucket, readReports } from "./describe-role.js";

let world: DeployWorld;
beforeAll(async () => {
  world = await openDeployWorld();
});
afterAll(() => world.sandbox.stop());

/** Quotes, colons, functions, references, other alphabets, nothing, and too much. */
const HOSTILE = [
  `O'Brien "&" Söhne: <b>`,
  "${AWS::AccountId}",
  "${!Literal} ${Unknown} $${x}",
  "!Sub ${ExternalId}",
  "Fn::Join",
  "{{resolve:ssm-secure:password}}",
  "{ {resolve:secretsmanager:x}}",
  "\uFF5B\uFF5Bresolve:ssm:fullwidth\uFF5D\uFF5D",
  "- - - : # yaml",
  "no",
  "012345678901",
  "1:20",
  "2026-01-31",
  "null",
  "~",
  "日本の会社",
  "\u202Egnp.exe",
  "a\nb: c",
  "a\u0000b",
  "\uD800",
  "x".repeat(200),
  "x".repeat(10_000),
  "",
  " ",
  "../../etc",
  "'; rm -rf / #",
  "$(touch /tmp/x)",
  "`id`",
  "\\",
  "*",
] as const;

const FIELDS: Readonly<Record<string, (text: string) => Partial<RoleDescription>>> = {
  serviceName: (text) => ({ serviceName: text }),
  displayName: (text) => ({ branding: { displayName: text } }),
  supportUrl: (text) => ({ branding: { displayName: "Acme", supportUrl: `https://acme.example/${text}` } }),
  rolePath: (text) => ({ rolePath: `/${text}/` }),
  vendorAccountId: (text) => ({ vendorAccountId: text }),
  vendorPrincipal: (text) => ({ vendorPrincipals: [`arn:aws:iam::111111111111:role/${text}`] }),
  externalIdPattern: (text) => ({ externalIdPattern: text }),
  why: (text) => ({ ongoing: [{ ...readReports, why: text }] }),
  sid: (text) => ({ ongoing: [{ ...readReports, sid: text }] }),
  action: (text) => ({ ongoing: [{ ...readReports, actions: [text] }] }),
  resource: (text) => ({ ongoing: [{ ...readReports, resources: [`arn:aws:s3:::reports/${text}`] }] }),
  conditionKey: (text) => ({ ongoing: [{ ...readReports, conditions: { StringEquals: { [text]: "x" } } }] }),
  conditionOperator: (text) => ({
    ongoing: [{ ...readReports, conditions: { [text]: { "aws:ResourceAccount": "x" } } }],
  }),
  conditionValue: (text) => ({
    setup: [
      {
        ...makeBucket,
        conditions: { StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}", "aws:PrincipalTag/x": text } },
      },
    ],
  }),
  sourceIp: (text) => ({ trustConditions: { sourceIps: [text] } }),
  organizationId: (text) => ({ trustConditions: { organizationId: text } }),
};

/** Returns the template, or `undefined` when the description was refused as it should be: with a place or a reason. */
function attempt(changes: Partial<RoleDescription>) {
  try {
    return createRoleTemplate(describeRole(changes));
  } catch (error) {
    expect(error).toBeInstanceOf(TemplateError);
    const { message, hint } = error as TemplateError;
    expect(message.length).toBeGreaterThan(3);
    expect(hint.length).toBeGreaterThan(3);
    return undefined;
  }
}

/** What the stack must come to whatever the names are: the role as a plain description makes it, and nothing beside it. */
async function deploys(changes: Partial<RoleDescription>, name: string): Promise<void> {
  const template = attempt(changes);
  if (template === undefined) return;
  const json = renderJson(template);
  expect(json, "CloudFormation would put a secret there").not.toContain("{{resolve:");
  expect(parse(renderYaml(template), { version: "1.1" })).toEqual(JSON.parse(json));
  const { serviceName, externalIdPattern } = describeRole(changes);
  if (!new RegExp(`^(?:${externalIdPattern})$`).test(externalId)) {
    // A pattern is taken at its word: our external ID is none of its kind.
    await expect(world.deploy(name, json, parameters)).rejects.toMatchObject({ name: "ValidationError" });
    return;
  }
  expect(await world.deploy(name, json, parameters)).toBe("CREATE_COMPLETE");
  const { StackResources = [] } = await world.cloudFormation.describeStackResources({ StackName: name });
  const types = StackResources.map(({ ResourceType }) => ResourceType);
  expect(new Set(types)).toEqual(new Set(["AWS::IAM::Role", "AWS::IAM::ManagedPolicy"]));
  const { trust } = await world.readRole(`${serviceName}-${suffix}`);
  expect(trust).toContain(`"sts:ExternalId":"${externalId}"`);
  await world.remove(name);
}

describe.each(Object.keys(FIELDS))("a hostile %s", (field) => {
  it("is refused with a reason, or deployed and means the same", async () => {
    for (const text of HOSTILE) await deploys(FIELDS[field]?.(text) ?? {}, `hostile-${field}`);
  });
});

describe("any text at all", () => {
  it("in the fields for people never changes what the template does", () => {
    const plain = createRoleTemplate(describeRole());
    const unicode = fc.string({ unit: "binary", minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(unicode, unicode, (displayName, why) => {
        const template = attempt({ branding: { displayName }, ongoing: [{ ...readReports, why }] });
        if (template === undefined) return;
        const { OngoingPolicy } = template.Resources;
        expect(OngoingPolicy).toEqual(plain.Resources["OngoingPolicy"]);
        expect(template.Rules).toEqual(plain.Rules);
        expect(parse(renderYaml(template), { version: "1.1" })).toEqual(JSON.parse(renderJson(template)));
        expect(template.Description).toMatch(/^[\x20-\x7e]{1,1024}$/);
      }),
      { numRuns: 200 },
    );
  });

  it("in the commands stays one argument for a shell", () => {
    const { commands, script } = createCliCommands(
      describeRole({ branding: { displayName: `O'Brien $(touch x) \`id\`` } }),
      { accountId: CUSTOMER, region: "eu-west-1", integrationSuffix: suffix, externalId, setupPhase: false },
    );
    const description = commands.flat().find((word) => word.includes("O'Brien")) ?? "";
    expect(description).toBe("Entered by O'Brien $(touch x) `id` with temporary credentials");
    expect(script).toContain(`'Entered by O'\\''Brien $(touch x) \`id\` with temporary credentials'`);
  });
});
