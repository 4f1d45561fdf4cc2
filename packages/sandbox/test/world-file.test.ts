// World files: what they put into the world, and what they keep out.
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetAccessKeyInfoCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox, WorldFile } from "@daypass/sandbox/testing";
import { afterEach, describe, expect, it } from "vitest";
import {
  allowing,
  assume,
  CUSTOMER,
  document,
  keysOf,
  outcome,
  roleArn,
  sts,
  trusting,
  VENDOR,
  world,
} from "./sts-clients.js";

const sandboxes: Sandbox[] = [];
const start = async (file: unknown) => {
  const sandbox = await startSandbox({ world: file as WorldFile, worldSource: "world.json" });
  sandboxes.push(sandbox);
  return sandbox;
};
afterEach(async () => {
  for (const sandbox of sandboxes.splice(0)) await sandbox.stop();
});
const keyInfo = (sandbox: Sandbox, keys: Parameters<typeof sts>[1]) =>
  outcome(
    sts(sandbox, keys).send(new GetAccessKeyInfoCommand({ AccessKeyId: sandbox.account("prod").admin.accessKeyId })),
  );

describe("the default world", () => {
  it("has six accounts, each with an administrator whose key is like no other", async () => {
    const sandbox = await start(undefined);
    expect(sandbox.accounts.map(({ id, name }) => `${id} ${name}`)).toEqual([
      "111111111111 vendor",
      "222222222222 customer",
      "333333333333 hub",
      "444444444444 dev",
      "555555555555 stage",
      "666666666666 prod",
    ]);
    for (const { id, name, admin } of sandbox.accounts) {
      const { Arn } = await sts(sandbox, admin).send(new GetCallerIdentityCommand({}));
      expect(Arn).toBe(`arn:aws:iam::${id}:user/admin`);
      expect(sandbox.account(name)).toEqual(sandbox.account(id));
      expect(await keyInfo(sandbox, admin)).toBe("ok");
    }
    const again = await start(undefined);
    const keys = [...sandbox.accounts, ...again.accounts].flatMap(({ admin }) => [
      admin.accessKeyId,
      admin.secretAccessKey,
    ]);
    expect(new Set(keys).size).toBe(24);
    expect(() => sandbox.account("nobody")).toThrowError("there is no account nobody");
    expect(() => sandbox.issueKey("vendor", "nobody")).toThrowError("there is no user nobody in account 111111111111");
  });
});

describe("a world file", () => {
  it("adds accounts with an administrator, and users, roles and policies to them", async () => {
    const sandbox = await start({
      accounts: [
        {
          id: "000000000777",
          name: "lab",
          policies: [{ name: "Keys", path: "/team/", document: allowing("sts:GetAccessKeyInfo") }],
          users: [
            {
              name: "ada",
              path: "/people/",
              attachedPolicyArns: ["arn:aws:iam::000000000777:policy/team/Keys"],
              tags: { Team: "red" },
            },
          ],
          roles: [
            {
              name: "Runner",
              path: "/ci/",
              description: "runs",
              maxSessionDuration: 7200,
              trustPolicy: document(trusting({ AWS: "arn:aws:iam::000000000777:user/people/ada" })),
            },
          ],
        },
      ],
    });
    const ada = sandbox.issueKey("lab", "ada");
    expect(await keyInfo(sandbox, ada)).toBe("ok");
    expect(
      await outcome(assume(sts(sandbox, ada), "arn:aws:iam::000000000777:role/ci/Runner", { DurationSeconds: 7200 })),
    ).toBe("ok");
    const iam = new IAMClient({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      credentials: sandbox.account("lab").admin,
    });
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: "runner" }));
    expect(Role).toMatchObject({ RoleName: "Runner", Path: "/ci/", Description: "runs", MaxSessionDuration: 7200 });
  });

  it("may let roles trust each other, in any order and across accounts", async () => {
    const sandbox = await start({
      accounts: [
        {
          id: CUSTOMER,
          roles: [
            {
              name: "a",
              trustPolicy: document(trusting({ AWS: roleArn("b", VENDOR) })),
              policies: { go: allowing("sts:*") },
            },
          ],
        },
        {
          id: VENDOR,
          roles: [
            {
              name: "b",
              trustPolicy: document(trusting({ AWS: [roleArn("a"), `arn:aws:iam::${VENDOR}:user/admin`] })),
              policies: { go: allowing("sts:*") },
            },
          ],
        },
      ],
    });
    const b = keysOf(await assume(sts(sandbox, sandbox.account("vendor").admin), roleArn("b", VENDOR)));
    const a = keysOf(await assume(sts(sandbox, b), roleArn("a")));
    expect(await outcome(assume(sts(sandbox, a), roleArn("b", VENDOR)))).toBe("ok");
  });

  it("adds buckets with objects of text or bytes", async () => {
    const sandbox = await start({
      buckets: [
        {
          name: "acme.reports",
          account: CUSTOMER,
          region: "eu-west-1",
          versioning: "Enabled",
          objects: [
            { key: "a.txt", body: "gr\u00fc\u00dfe", contentType: "text/plain" },
            { key: "b.bin", bodyBase64: "AAH/" },
          ],
        },
      ],
    });
    const s3 = new S3Client({
      endpoint: sandbox.endpoint,
      region: "eu-west-1",
      forcePathStyle: true,
      credentials: sandbox.account("customer").admin,
    });
    const text = await s3.send(new GetObjectCommand({ Bucket: "acme.reports", Key: "a.txt" }));
    expect(await text.Body?.transformToString()).toBe("gr\u00fc\u00dfe");
    expect(text.ContentType).toBe("text/plain");
    expect(text.VersionId).toMatch(/^\S{20,}$/);
    const bytes = await s3.send(new GetObjectCommand({ Bucket: "acme.reports", Key: "b.bin" }));
    expect([...((await bytes.Body?.transformToByteArray()) ?? [])]).toEqual([0, 1, 255]);
    const stranger = new S3Client({
      endpoint: sandbox.endpoint,
      region: "eu-west-1",
      forcePathStyle: true,
      credentials: sandbox.account("vendor").admin,
    });
    expect(await outcome(stranger.send(new GetObjectCommand({ Bucket: "acme.reports", Key: "a.txt" })))).toMatch(
      /^403 AccessDenied/,
    );
  });
});

describe("limits that a world file sets", () => {
  it("are permissions boundaries, inline denials and tags", async () => {
    const sandbox = await start({
      accounts: [
        {
          id: CUSTOMER,
          policies: [{ name: "Boundary", document: allowing("s3:*") }],
          users: [
            {
              name: "bounded",
              policies: { all: allowing("*") },
              permissionsBoundaryArn: `arn:aws:iam::${CUSTOMER}:policy/Boundary`,
            },
            {
              name: "denied",
              attachedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
              policies: { no: document({ Effect: "Deny", Action: "sts:Get*", Resource: "*" }) },
            },
            {
              name: "tagged",
              tags: { team: "red" },
              policies: {
                own: allowing("sts:GetAccessKeyInfo", "*", { StringEquals: { "aws:PrincipalTag/team": "red" } }),
              },
            },
          ],
        },
      ],
    });
    const told = (name: string) => keyInfo(sandbox, sandbox.issueKey("customer", name));
    expect(await told("bounded")).toMatch(/because no permissions boundary allows the sts:GetAccessKeyInfo action$/);
    expect(await told("denied")).toMatch(/with an explicit deny in an identity-based policy$/);
    expect(await told("tagged")).toBe("ok");
  });

  it("are the organisation's service control policies, at the root and for an account", async () => {
    const full = { Effect: "Allow", Action: "*", Resource: "*" };
    const sandbox = await start({
      organization: {
        id: "o-abcdefghij",
        accounts: [CUSTOMER, "444444444444", "555555555555"],
        serviceControlPolicies: {
          root: {
            Full: document(full),
            NoKeyInfoAbroad: document({
              Effect: "Deny",
              Action: "sts:GetAccessKeyInfo",
              Resource: "*",
              Condition: { StringNotEquals: { "aws:RequestedRegion": "eu-central-1" } },
            }),
          },
          accounts: {
            "444444444444": { OnlyS3: allowing("s3:*") },
            "555555555555": { None: document({ ...full, Effect: "Deny" }, full) },
          },
        },
      },
    });
    const told = (account: string) => keyInfo(sandbox, sandbox.account(account).admin);
    expect(await told("customer")).toBe("ok");
    expect(await told("vendor")).toBe("ok");
    expect(await told("dev")).toMatch(/because no service control policy allows the sts:GetAccessKeyInfo action$/);
    expect(await told("stage")).toMatch(/with an explicit deny in a service control policy$/);
  });

  it("tell the organisation in aws:PrincipalOrgID, to members only", async () => {
    const inside = { StringEquals: { "aws:PrincipalOrgID": "o-abcdefghij" } };
    const sandbox = await start({
      ...world({ roles: [{ name: "members", trustPolicy: document(trusting({ AWS: "*" }, inside)) }] }),
      organization: { id: "o-abcdefghij", accounts: [CUSTOMER, "444444444444"] },
    });
    const by = (account: string) => outcome(assume(sts(sandbox, sandbox.account(account).admin), roleArn("members")));
    expect(await by("dev")).toBe("ok");
    expect(await by("vendor")).toMatch(/^403 AccessDenied/);
  });
});
