// A hub and its spokes: what the documents let people do, and whom they keep out. The spoke is deployed and entered.
import { IAM } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parsePolicy } from "@daypass/policy";
import {
  createHubTemplate,
  createSpokeTemplate,
  renderJson,
  renderYaml,
  type HubDescription,
  type SpokeDescription,
} from "@daypass/templates";
import { CUSTOMER, openDeployWorld, region, VENDOR, type DeployWorld } from "./deploy-world.js";

const HOUR = 3_600_000;
const hub: HubDescription = {
  partition: "aws",
  hubAccountId: VENDOR,
  environments: [{ name: "dev", accountId: CUSTOMER, roles: ["DEVELOPER", "RO"], rolePath: "/people/" }],
};
const spoke: SpokeDescription = {
  partition: "aws",
  hubAccountId: VENDOR,
  accountId: CUSTOMER,
  roleName: "DEVELOPER",
  users: [`arn:aws:iam::${VENDOR}:user/harry`],
  mfaMaxAgeSeconds: 43_200,
  maxSessionDuration: 3600,
  managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
};

describe("a spoke", () => {
  let world: DeployWorld;
  const clock = { ahead: 0 };
  beforeAll(async () => {
    world = await openDeployWorld(() => Date.now() + clock.ahead);
    expect(await world.deploy("spoke", renderJson(createSpokeTemplate(spoke)), {})).toBe("CREATE_COMPLETE");
    const iam = new IAM({ endpoint: world.sandbox.endpoint, region, credentials: world.sandbox.account(VENDOR).admin });
    for (const UserName of ["harry", "tom"]) {
      await iam.createUser({ UserName });
      const Statement = [{ Effect: "Allow", Action: "sts:*", Resource: "*" }];
      const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
      await iam.putUserPolicy({ UserName, PolicyName: "hub", PolicyDocument });
    }
  });
  afterAll(() => world.sandbox.stop());

  const clientOf = (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) =>
    new STSClient({
      endpoint: world.sandbox.endpoint,
      region,
      credentials,
      maxAttempts: 1,
      systemClockOffset: clock.ahead,
    });
  const sessionOf = async (user: string) => {
    const device = world.sandbox.issueMfaDevice(VENDOR, user);
    const answer = await clientOf(world.sandbox.issueKey(VENDOR, user)).send(
      new GetSessionTokenCommand({
        SerialNumber: device.serialNumber,
        TokenCode: world.sandbox.mfaCode(device.serialNumber),
        DurationSeconds: 129_600,
      }),
    );
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = answer.Credentials ?? {};
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  };
  const enter = (credentials: Parameters<typeof clientOf>[0]) =>
    clientOf(credentials)
      .send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${CUSTOMER}:role/DEVELOPER`, RoleSessionName: "people" }))
      .then(
        () => "entered",
        (error: unknown) => (error instanceof Error ? error.name : ""),
      );

  test("lets a named user in with a code, and keeps out the same one without", async () => {
    expect(await enter(await sessionOf("harry"))).toBe("entered");
    expect(await enter(world.sandbox.issueKey(VENDOR, "harry"))).toBe("AccessDenied");
  });

  test("keeps out whom it does not name, code or not", async () => {
    expect(await enter(await sessionOf("tom"))).toBe("AccessDenied");
  });

  test("is refused in another account than its own", async () => {
    const body = renderJson(
      createSpokeTemplate({ ...spoke, accountId: VENDOR, managedPolicyArns: [`arn:aws:iam::${VENDOR}:policy/x`] }),
    );
    await expect(world.deploy("elsewhere", body, {})).rejects.toThrow(/This document is for account/);
  });

  test("keeps out a session whose code was shown too long ago, although the session still lives", async () => {
    const session = await sessionOf("harry");
    clock.ahead += 11 * HOUR;
    expect(await enter(session)).toBe("entered");
    clock.ahead += 2 * HOUR;
    expect(await enter(session)).toBe("AccessDenied");
  });

  test.each<[string, Partial<SpokeDescription> | { users: undefined }]>([
    ["users that are not said", { users: undefined }],
    ["no users", { users: [] }],
    ["a user of another account", { users: ["arn:aws:iam::999999999999:user/harry"] }],
    ["a user with a wildcard", { users: [`arn:aws:iam::${VENDOR}:user/*`] }],
    ["a role for a user", { users: [`arn:aws:iam::${VENDOR}:role/x`] }],
    ["a code that may be of any age", { mfaMaxAgeSeconds: Number.POSITIVE_INFINITY }],
    ["no policy", { managedPolicyArns: [] }],
    ["a policy of another account", { managedPolicyArns: ["arn:aws:iam::999999999999:policy/x"] }],
    ["a policy of another partition", { managedPolicyArns: ["arn:aws-cn:iam::aws:policy/ReadOnlyAccess"] }],
    ["an account that lost its zero", { accountId: "22222222222" }],
  ])("is not made with %s", (_, wrong) => {
    expect(() => createSpokeTemplate({ ...spoke, ...wrong } as SpokeDescription)).toThrow(
      /users|mfaMaxAge|managedPolicy|accountId/,
    );
  });

  test("for every user of the hub is made only when `null` says so", () => {
    const text = renderJson(createSpokeTemplate({ ...spoke, users: null }));
    expect([text.includes("aws:PrincipalArn"), text.includes("aws:MultiFactorAuthAge")]).toEqual([false, true]);
  });
});

describe("a hub", () => {
  const groups = (description: HubDescription) =>
    Object.values(createHubTemplate(description).Resources).filter(
      (each) => Reflect.get(Object(each), "Type") === "AWS::IAM::Group",
    );

  test("has one group for each role, which may enter that role and nothing else", () => {
    expect(groups(hub).map((group) => JSON.stringify(group))).toEqual([
      expect.stringContaining(`"Resource":"arn:aws:iam::${CUSTOMER}:role/people/DEVELOPER"`),
      expect.stringContaining(`"Resource":"arn:aws:iam::${CUSTOMER}:role/people/RO"`),
    ]);
    expect(renderYaml(createHubTemplate(hub))).toContain("DEV_ACCESS_FOR_DEVELOPER");
  });

  test("lets people exchange their own keys only with a code, and only their own", () => {
    const own = Reflect.get(createHubTemplate(hub).Resources, "OwnCredentials") as {
      Properties: { PolicyDocument: object };
    };
    const document = JSON.stringify(own.Properties.PolicyDocument);
    expect(() => parsePolicy(document, "identity")).not.toThrow();
    const { Statement } = JSON.parse(document) as {
      Statement: { Action: string | string[]; Resource: unknown; Condition?: unknown }[];
    };
    const keys = Statement.filter(({ Action }) => JSON.stringify(Action).includes("AccessKey"));
    expect(keys).toEqual([
      expect.objectContaining({
        Resource: [`arn:aws:iam::${VENDOR}:user/\${aws:username}`, `arn:aws:iam::${VENDOR}:user/*/\${aws:username}`],
        Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
      }),
    ]);
  });

  test("has the partition of its accounts, and makes no user and no key", () => {
    const text = renderJson(createHubTemplate({ ...hub, partition: "aws-cn" }));
    expect(text).toContain(`arn:aws-cn:iam::${CUSTOMER}:role/people/RO`);
    expect(text).not.toMatch(/arn:aws:|AWS::IAM::(?:User|AccessKey)"/);
  });

  test.each<[string, HubDescription["environments"]]>([
    ["nothing to enter", []],
    ["an environment without roles", [{ name: "dev", accountId: CUSTOMER, roles: [] }]],
    ["the same role twice", [{ name: "dev", accountId: CUSTOMER, roles: ["A", "A"] }]],
    [
      "groups of one name",
      [
        { name: "dev", accountId: CUSTOMER, roles: ["A"] },
        { name: "DEV", accountId: VENDOR, roles: ["A"] },
      ],
    ],
    ["a role with a wildcard", [{ name: "dev", accountId: CUSTOMER, roles: ["*"] }]],
    ["a misspelt limit", [{ name: "dev", accountId: CUSTOMER, roles: ["A"], path: "/x/" } as never]],
  ])("is not made of %s", (_, environments) => {
    expect(() => createHubTemplate({ ...hub, environments })).toThrow(/environments/);
  });
});
