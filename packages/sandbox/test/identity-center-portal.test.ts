// The access portal's calls, over HTTP with the SDK's own client: who sees what, and what their credentials may do.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  GetRoleCredentialsCommand,
  ListAccountRolesCommand,
  ListAccountsCommand,
  LogoutCommand,
  paginateListAccountRoles,
} from "@aws-sdk/client-sso";
import {
  GetRoleCommand,
  IAMClient,
  ListRolesCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Sandbox } from "@daypass/sandbox/testing";
import {
  createToken,
  DEV,
  directory,
  outcomeOf,
  portal,
  PROD,
  register,
  signIn,
  START,
  startDirectory,
} from "./identity-center-clients.js";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startDirectory();
});
afterEach(() => sandbox.stop());

const credentialsOf = async (accessToken: string, accountId: string, roleName: string) => {
  const { roleCredentials: found } = await portal(sandbox).send(
    new GetRoleCredentialsCommand({ accessToken, accountId, roleName }),
  );
  const { accessKeyId = "", secretAccessKey = "", sessionToken = "", expiration = 0 } = found ?? {};
  return { credentials: { accessKeyId, secretAccessKey, sessionToken }, expiration };
};
const iam = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
  new IAMClient({ endpoint: sandbox.endpoint, region: "us-east-1", credentials, maxAttempts: 1 });

describe("the portal", () => {
  it("lists the accounts and permission sets of the person, by name or by group", async () => {
    const { accessToken } = await signIn(sandbox);
    const { accountList } = await portal(sandbox).send(new ListAccountsCommand({ accessToken }));
    expect(accountList).toEqual([
      { accountId: DEV, accountName: "dev", emailAddress: "dev@accounts.example" },
      { accountId: PROD, accountName: "prod", emailAddress: "prod@accounts.example" },
    ]);
    const { roleList } = await portal(sandbox).send(new ListAccountRolesCommand({ accessToken, accountId: PROD }));
    expect(roleList).toEqual([{ roleName: "Reader", accountId: PROD }]);
  });

  it("gives credentials of the role that stands for the permission set, as long as it says", async () => {
    const { accessToken } = await signIn(sandbox);
    const { credentials, expiration } = await credentialsOf(accessToken, PROD, "Reader");
    expect(expiration).toBe(START + 7_200_000);
    const sts = new STSClient({ endpoint: sandbox.endpoint, region: "us-east-1", credentials });
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toMatch(/^arn:aws:sts::666666666666:assumed-role\/AWSReservedSSO_Reader_[0-9a-f]{16}\/ada$/);
    const RoleName = Arn?.split("/")[1];
    const { Role } = await iam(credentials).send(new GetRoleCommand({ RoleName }));
    expect(Role?.Path).toBe("/aws-reserved/sso.amazonaws.com/");
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toContain("sts:AssumeRoleWithSAML");
    expect(await outcomeOf(iam(credentials).send(new ListUsersCommand({})))).toBe("AccessDenied 403");
  });

  it("answers nothing without a token that it knows, in AWS's words", async () => {
    const answer = await fetch(`${sandbox.endpoint}/assignment/accounts`, {
      headers: { "x-amz-sso_bearer_token": "guessed" },
    });
    expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([401, "UnauthorizedException"]);
    expect(await answer.json()).toMatchObject({ message: "Session token not found or invalid" });
    const { accessToken } = await signIn(sandbox);
    sandbox.advanceClock(28_800_000);
    expect(await outcomeOf(portal(sandbox).send(new ListAccountsCommand({ accessToken })))).toBe(
      "UnauthorizedException 401",
    );
  });

  it("gives nobody what they are not assigned to, and does not tell what exists", async () => {
    const { accessToken } = await signIn(sandbox, "bob");
    for (const [accountId, roleName] of [
      [DEV, "Admin"],
      [DEV, "Reader"],
      [PROD, "Admin"],
      [PROD, "Nothing"],
      ["999999999999", "Reader"],
    ] as const) {
      expect(await outcomeOf(credentialsOf(accessToken, accountId, roleName))).toBe("ForbiddenException 403");
    }
    const listed = portal(sandbox).send(new ListAccountRolesCommand({ accessToken, accountId: DEV }));
    await expect(listed).rejects.toMatchObject({ name: "ForbiddenException", message: "No access" });
    const nobody = await signIn(sandbox, "eve");
    expect((await portal(sandbox).send(new ListAccountsCommand(nobody))).accountList).toEqual([]);
  });

  it("ends the tokens with a logout, and leaves role sessions alone", async () => {
    const { client, accessToken, refreshToken } = await signIn(sandbox);
    const other = await signIn(sandbox);
    const { credentials } = await credentialsOf(accessToken, DEV, "Admin");
    await portal(sandbox).send(new LogoutCommand({ accessToken }));
    expect(await outcomeOf(credentialsOf(accessToken, DEV, "Admin"))).toBe("UnauthorizedException 401");
    expect(await outcomeOf(createToken(sandbox, client, { grantType: "refresh_token", refreshToken }))).toBe(
      "InvalidGrantException 400",
    );
    expect(await outcomeOf(iam(credentials).send(new ListRolesCommand({})))).toBe("allowed");
    expect(await outcomeOf(credentialsOf(other.accessToken, DEV, "Admin"))).toBe("allowed");
  });

  it("keeps its roles from everybody, administrators too", async () => {
    const admin = iam(sandbox.account("dev").admin);
    const { Roles = [] } = await admin.send(new ListRolesCommand({ PathPrefix: "/aws-reserved/" }));
    const [RoleName = ""] = Roles.map((role) => role.RoleName);
    const put = admin.send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: "more",
        PolicyDocument: JSON.stringify(directory.permissionSets[0]?.inlinePolicy),
      }),
    );
    await expect(put).rejects.toMatchObject({
      name: "UnmodifiableEntityException",
      message: `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`,
    });
  });
});

describe("lists of many", () => {
  it("come in pages whose tokens fit no other list", async () => {
    await sandbox.stop();
    const permissionSets = Array.from({ length: 205 }, (_, index) => ({ name: `Set${index}` }));
    const assignments = permissionSets.map(({ name }) => ({ user: "ada", account: DEV, permissionSet: name }));
    sandbox = await startDirectory({
      world: {
        identityCenter: {
          ...directory,
          permissionSets,
          assignments: [...assignments, { user: "ada", account: PROD, permissionSet: "Set1" }],
        },
      },
    });
    const { accessToken } = await signIn(sandbox);
    const pages: number[] = [];
    const names = new Set<string | undefined>();
    for await (const { roleList = [] } of paginateListAccountRoles(
      { client: portal(sandbox) },
      { accessToken, accountId: DEV },
    )) {
      pages.push(roleList.length);
      for (const { roleName } of roleList) names.add(roleName);
    }
    expect([pages, names.size]).toEqual([[100, 100, 5], 205]);
    const first = await portal(sandbox).send(new ListAccountsCommand({ accessToken, maxResults: 1 }));
    expect(first.accountList).toHaveLength(1);
    const stolen = { accessToken, accountId: DEV, nextToken: first.nextToken };
    expect(await outcomeOf(portal(sandbox).send(new ListAccountRolesCommand(stolen)))).toBe(
      "InvalidRequestException 400",
    );
    for (const maxResults of [0, 101]) {
      const asked = portal(sandbox).send(new ListAccountsCommand({ accessToken, maxResults }));
      expect(await outcomeOf(asked)).toBe("InvalidRequestException 400");
    }
  });
});

describe("bad days", () => {
  it("throttle the portal by rate, and OIDC for itself", async () => {
    const { accessToken } = await signIn(sandbox);
    const throttle = { kind: "throttle", ratePerSecond: 1, burst: 1 } as const;
    sandbox.fault({ ...throttle, service: "sso", action: "ListAccounts" });
    sandbox.fault({ ...throttle, service: "sso-oidc" });
    const list = () => outcomeOf(portal(sandbox).send(new ListAccountsCommand({ accessToken })));
    expect([await list(), await list()]).toEqual(["allowed", "TooManyRequestsException 429"]);
    expect([await outcomeOf(register(sandbox)), await outcomeOf(register(sandbox))]).toEqual([
      "allowed",
      "SlowDownException 400",
    ]);
    sandbox.advanceClock(1000);
    expect(await list()).toBe("allowed");
  });

  it("put the portal out, by service or by Identity Center's region", async () => {
    const { accessToken } = await signIn(sandbox);
    const list = () => outcomeOf(portal(sandbox).send(new ListAccountsCommand({ accessToken })));
    const out = sandbox.fault({ kind: "outage", service: "sso", mode: "unavailable" });
    expect(await list()).toBe("ServiceUnavailable 503");
    out.lift();
    sandbox.fault({ kind: "outage", region: "eu-central-1", mode: "unavailable" });
    expect(await list()).toBe("allowed");
    sandbox.fault({ kind: "outage", region: "us-east-1", mode: "unavailable" });
    expect(await list()).toBe("ServiceUnavailable 503");
  });
});

it("puts no code, secret or token on the record of calls", async () => {
  const { client, accessToken, refreshToken = "none" } = await signIn(sandbox);
  const { credentials } = await credentialsOf(accessToken, DEV, "Admin");
  await portal(sandbox).send(new ListAccountsCommand({ accessToken }));
  const record = JSON.stringify(sandbox.calls());
  expect(record).toContain("GetRoleCredentials");
  for (const secret of [...Object.values(client), accessToken, refreshToken, ...Object.values(credentials)]) {
    expect(record).not.toContain(secret);
  }
});
