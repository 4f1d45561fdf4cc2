// Identity Center in a world file: what it makes in the accounts, and mistakes told by their place.
import { IAMClient, ListAttachedRolePoliciesCommand, ListRolesCommand } from "@aws-sdk/client-iam";
import { StartDeviceAuthorizationCommand } from "@aws-sdk/client-sso-oidc";
import { createSandbox } from "@daypass/sandbox";
import { expect, it } from "vitest";
import {
  createToken,
  DEV,
  directory,
  oidc,
  outcomeOf,
  PROD,
  register,
  signIn,
  startDirectory,
} from "./identity-center-clients.js";

const mistakeIn = (changed: Readonly<Record<string, unknown>>): string => {
  try {
    createSandbox({ world: { identityCenter: { ...directory, ...changed } } });
    return "loaded";
  } catch (error) {
    return error instanceof Error ? error.message.replace("world: identityCenter", "") : "";
  }
};
const [ada] = directory.users;
const [reader] = directory.permissionSets;
const assigned = (changed: object) => ({ assignments: [{ ...directory.assignments[0], ...changed }] });

it.each<[string, Readonly<Record<string, unknown>>, string]>([
  ["an unknown member", { instances: [] }, ".instances: is not a member that a world file knows"],
  ["a start URL of plain http", { startUrl: "http://d-1.awsapps.com/start" }, ".startUrl: must look like https://d-"],
  ["a region that is none", { region: "Europe" }, ".region: must be a region such as eu-central-1"],
  ["tokens of no length", { accessTokenDuration: 0 }, ".accessTokenDuration: must be at least 60 seconds"],
  ["unknown answers to refreshes", { refreshAnswers: "maybe" }, '.refreshAnswers: must be "alternating", "always"'],
  ["a name that no session could have", { users: [{ name: "a da" }] }, ".users[0].name: must be 2 to 64 letters"],
  ["a name twice, in other letters", { users: [ada, { name: "ADA" }] }, ".users[1]: ADA already exists"],
  ["an empty password", { users: [{ name: "ada", password: "" }] }, ".users[0].password: must not be empty"],
  ["a permission set twice", { permissionSets: [reader, reader] }, ".permissionSets[1]: Reader already exists"],
  [
    "a name that leaves no room for the role's",
    { permissionSets: [{ name: "x".repeat(33) }] },
    ".permissionSets[0].name: must be 1 to 32 letters",
  ],
  [
    "thirteen hours",
    { permissionSets: [{ ...reader, sessionDuration: 46_800 }] },
    ".permissionSets[0].sessionDuration: must be at most 43200 seconds",
  ],
  [
    "a policy that is none",
    {
      permissionSets: [
        { ...reader, inlinePolicy: { Version: "2012-10-17", Statement: [{ Effect: "Maybe" }] } },
        directory.permissionSets[1],
      ],
    },
    ".permissionSets[0].inlinePolicy.Statement[0].Effect: unknown effect",
  ],
  [
    "a policy that AWS has and the sandbox has not",
    { permissionSets: [reader, { name: "Admin", managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }] },
    ".permissionSets[1].managedPolicyArns[0]: the policy arn:aws:iam::aws:policy/ReadOnlyAccess does not exist",
  ],
  ["an assignment of nobody", assigned({ user: undefined }), ".assignments[0]: must have either user or group"],
  ["an assignment of two", assigned({ group: "operators" }), ".assignments[0]: must have either user or group"],
  ["an unknown person", assigned({ user: "mallory" }), ".assignments[0].user: mallory does not exist"],
  ["an empty group", assigned({ user: undefined, group: "readers" }), ".assignments[0].group: nobody is in this group"],
  ["an unknown account", assigned({ account: "999999999999" }), ".assignments[0].account: the account 999999999999"],
  [
    "an unknown permission set",
    assigned({ permissionSet: "Root" }),
    ".assignments[0].permissionSet: Root does not exist",
  ],
])("a world with %s is refused, and says where", (_, changed, mistake) => {
  expect(mistakeIn(changed)).toContain(mistake);
});

it("one role stands for a permission set in an account, however many are assigned to it", async () => {
  await using sandbox = await startDirectory();
  const rolesOf = async (account: string) => {
    const iam = new IAMClient({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      credentials: sandbox.account(account).admin,
    });
    const { Roles = [] } = await iam.send(new ListRolesCommand({}));
    const [{ RoleName = "" } = {}] = Roles;
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    return [RoleName.replace(/[0-9a-f]{16}$/, "…"), Roles.length, AttachedPolicies.map(({ PolicyName }) => PolicyName)];
  };
  expect(await rolesOf(PROD)).toEqual(["AWSReservedSSO_Reader_…", 1, []]);
  expect(await rolesOf(DEV)).toEqual(["AWSReservedSSO_Admin_…", 1, ["AdministratorAccess"]]);
});

it("the path of roles says the region of an instance that is not in us-east-1", async () => {
  await using sandbox = await startDirectory({ world: { identityCenter: { ...directory, region: "eu-central-1" } } });
  const iam = new IAMClient({
    endpoint: sandbox.endpoint,
    region: "us-east-1",
    credentials: sandbox.account(DEV).admin,
  });
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  expect(Roles[0]?.Path).toBe("/aws-reserved/sso.amazonaws.com/eu-central-1/");
});

it("the world says how long access tokens live, and what answers to refreshes bring", async () => {
  await using sandbox = await startDirectory({
    world: { identityCenter: { ...directory, accessTokenDuration: 3600, refreshAnswers: "never" } },
  });
  const { client, expiresIn, refreshToken } = await signIn(sandbox);
  expect(expiresIn).toBe(3600);
  for (let round = 0; round < 3; round += 1) {
    const refreshed = await createToken(sandbox, client, { grantType: "refresh_token", refreshToken });
    expect(refreshed.refreshToken).toBeUndefined();
  }
});

it("without Identity Center a client can register and nobody can sign in", async () => {
  await using sandbox = await startDirectory({ world: {} });
  const client = await register(sandbox);
  const start = new StartDeviceAuthorizationCommand({ ...client, startUrl: sandbox.startUrl });
  expect(await outcomeOf(oidc(sandbox).send(start))).toBe("InvalidRequestException 400");
});
