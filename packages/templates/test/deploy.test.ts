// Random descriptions, deployed: the role may do exactly what its description says, in each phase.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluate, parsePolicy, type NamedPolicy } from "@daypass/policy";
import {
  createRoleTemplate,
  renderJson,
  renderYaml,
  type PermissionStatement,
  type RoleDescription,
} from "@daypass/templates";
import { CUSTOMER, openDeployWorld, parameters, suffix, type DeployWorld } from "./deploy-world.js";
import { describeRole } from "./describe-role.js";

let world: DeployWorld;
beforeAll(async () => {
  world = await openDeployWorld();
});
afterAll(() => world.sandbox.stop());

const ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectTagging"] as const;
const BUCKETS = ["reports", "invoices", "archive"] as const;
const KEYS = ["*", "2026/*", "a?.csv"] as const;
const REGIONS = ["eu-west-1", "us-east-1"] as const;

const statement = (sid: fc.Arbitrary<string>) =>
  fc.record({
    sid,
    effect: fc.constantFrom("Allow", "Allow", "Allow", "Deny"),
    actions: fc.uniqueArray(fc.constantFrom(...ACTIONS), { minLength: 1 }),
    buckets: fc.uniqueArray(fc.constantFrom(...BUCKETS), { minLength: 1 }),
    key: fc.constantFrom(...KEYS),
    region: fc.option(fc.constantFrom(...REGIONS)),
  });

type Drawn = ReturnType<typeof statement> extends fc.Arbitrary<infer Value> ? Value : never;

const toStatement = ({ sid, effect, actions, buckets, key, region }: Drawn): PermissionStatement => ({
  sid,
  why: "drawn at random",
  effect: effect === "Deny" ? "Deny" : "Allow",
  actions,
  resources: buckets.map((bucket) => `arn:\${AWS::Partition}:s3:::${bucket}-\${AWS::AccountId}/${key}`),
  conditions: {
    StringEquals: {
      "aws:ResourceAccount": "${AWS::AccountId}",
      ...(region === null ? {} : { "aws:RequestedRegion": region }),
    },
  },
});

const accept = (statements: readonly PermissionStatement[]): RoleDescription["accept"] => [
  { code: "empty_set", sid: "", reason: "drawn at random" },
  ...statements.map(({ sid }) => ({ code: "setup_rights_ongoing" as const, sid, reason: "drawn at random" })),
];

const drawn = fc.record({
  ongoing: fc.array(statement(fc.constant("")), { minLength: 1, maxLength: 4 }),
  setup: fc.array(statement(fc.constant("")), { minLength: 0, maxLength: 3 }),
});

/** What a description says, without any template: its statements as they stand, each phase at its time. */
function isMeant(description: RoleDescription, question: Question, setup: boolean): boolean {
  const all = setup ? [...description.ongoing, ...description.setup] : description.ongoing;
  const matching = all.filter((each) => matches(each, question));
  return matching.some(({ effect }) => effect !== "Deny") && !matching.some(({ effect }) => effect === "Deny");
}

interface Question {
  readonly action: string;
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
}

function matches({ actions, resources, conditions }: PermissionStatement, { action, bucket, key, region }: Question) {
  const wanted = conditions?.["StringEquals"]?.["aws:RequestedRegion"];
  if (!actions.includes(action) || (wanted !== undefined && wanted !== region)) return false;
  return resources.some((resource) => {
    const [name = "", ...rest] = resource.slice("arn:${AWS::Partition}:s3:::".length).split("/");
    const shape = rest.join("/").replaceAll(".", "\\.").replaceAll("*", ".*").replaceAll("?", ".");
    return name === `${bucket}-\${AWS::AccountId}` && new RegExp(`^${shape}$`).test(key);
  });
}

const QUESTIONS: readonly Question[] = ACTIONS.flatMap((action) =>
  BUCKETS.flatMap((bucket) =>
    ["2026/a.csv", "ab.csv", "abc.csv"].flatMap((key) => REGIONS.map((region) => ({ action, bucket, key, region }))),
  ),
);

function may(identity: readonly NamedPolicy[], { action, bucket, key, region }: Question, time: string): boolean {
  const roleArn = `arn:aws:iam::${CUSTOMER}:role/acme/Acme-${suffix}`;
  return evaluate(
    {
      principal: {
        type: "role-session",
        roleArn,
        roleUniqueId: "AROAEXAMPLE",
        accountId: CUSTOMER,
        sessionArn: `arn:aws:sts::${CUSTOMER}:assumed-role/Acme-${suffix}/test`,
        sessionName: "test",
      },
      action,
      resource: `arn:aws:s3:::${bucket}-${CUSTOMER}/${key}`,
      resourceAccount: CUSTOMER,
      context: { "aws:RequestedRegion": region, "aws:CurrentTime": time },
    },
    { identity },
  ).allowed;
}

async function policiesOf(): Promise<readonly NamedPolicy[]> {
  const { policies } = await world.readRole(`Acme-${suffix}`);
  return policies.map((text, index) => ({ name: String(index), policy: parsePolicy(text, "identity") }));
}

describe("a random description, deployed", () => {
  it("allows what it says during the setup, after its end, and once the setup is removed", async () => {
    await fc.assert(
      fc.asyncProperty(drawn, fc.boolean(), async ({ ongoing, setup }, asYaml) => {
        const named = [...ongoing, ...setup].map((each, index) => toStatement({ ...each, sid: `S${index}` }));
        const description = describeRole({
          ongoing: named.slice(0, ongoing.length),
          setup: named.slice(ongoing.length),
        });
        const accepted = { ...description, accept: accept(description.ongoing) ?? [] };
        const template = createRoleTemplate(accepted);
        const body = asYaml ? renderYaml(template) : renderJson(template);
        expect(await world.deploy("random", body, parameters)).toBe("CREATE_COMPLETE");
        const attached = await policiesOf();
        // A Deny of the setup stays until it is removed; what it allows ends by itself.
        const denials = { ...description, setup: description.setup.filter(({ effect }) => effect === "Deny") };
        for (const question of QUESTIONS) {
          expect(may(attached, question, "2031-01-31T11:59:59Z")).toBe(isMeant(description, question, true));
          expect(may(attached, question, "2031-01-31T12:00:00Z")).toBe(isMeant(denials, question, true));
        }
        if (setup.length > 0) {
          const status = await world.update("random", body, { ...parameters, SetupPhase: "false" });
          expect(status).toBe("UPDATE_COMPLETE");
        }
        const left = await policiesOf();
        for (const question of QUESTIONS) {
          expect(may(left, question, "2031-01-31T11:59:59Z")).toBe(isMeant(description, question, false));
        }
        await world.remove("random");
      }),
      { numRuns: 40 },
    );
  });
});
