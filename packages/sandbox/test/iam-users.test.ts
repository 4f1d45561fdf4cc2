import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clientsOf, CUSTOMER, policy, refusalLine, trust } from "./iam-clients.js";

let sandbox: Sandbox;
let clients: ReturnType<typeof clientsOf>;
let iam: ReturnType<ReturnType<typeof clientsOf>["iam"]>;
beforeEach(async () => {
  sandbox = await startSandbox();
  clients = clientsOf(sandbox);
  iam = clients.iam();
});
afterEach(() => sandbox.stop());

describe("users", () => {
  it("are created with path, tags, boundary and a unique id, and read back", async () => {
    const Tags = [
      { Key: "team", Value: "red" },
      { Key: "empty", Value: "" },
    ];
    const boundary = "arn:aws:iam::aws:policy/AdministratorAccess";
    const { User } = await iam.createUser({ UserName: "Alice", Path: "/team/a/", Tags, PermissionsBoundary: boundary });
    expect(User).toEqual({
      UserName: "Alice",
      Path: "/team/a/",
      Arn: `arn:aws:iam::${CUSTOMER}:user/team/a/Alice`,
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      CreateDate: expect.any(Date),
      Tags,
      PermissionsBoundary: { PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: boundary },
    });
    expect(User?.CreateDate?.getMilliseconds()).toBe(0);
    expect((await iam.getUser({ UserName: "alice" })).User).toEqual(User);
  });

  it("are listed by path, without tags and boundary", async () => {
    await iam.createUser({ UserName: "in", Path: "/team/", Tags: [{ Key: "k", Value: "v" }] });
    await iam.createUser({ UserName: "out" });
    const { Users, IsTruncated } = await iam.listUsers({ PathPrefix: "/team" });
    expect(Users).toEqual([
      {
        UserName: "in",
        Path: "/team/",
        Arn: `arn:aws:iam::${CUSTOMER}:user/team/in`,
        UserId: expect.any(String),
        CreateDate: expect.any(Date),
      },
    ]);
    expect(IsTruncated).toBe(false);
    expect((await iam.listUsers({})).Users?.map(({ UserName }) => UserName)).toEqual(["admin", "in", "out"]);
  });

  it("without a name, GetUser is about the caller; a session must give a name", async () => {
    expect((await iam.getUser({})).User?.UserName).toBe("admin");
    await iam.createRole({ RoleName: "r", AssumeRolePolicyDocument: trust() });
    await iam.putRolePolicy({ RoleName: "r", PolicyName: "p", PolicyDocument: policy("iam:*") });
    const session = clients.iam(await clients.sessionOf("r"));
    const line = "400 ValidationError Must specify userName when calling with non-User credentials";
    expect(await refusalLine(session.getUser({}))).toBe(line);
    expect(await refusalLine(session.createAccessKey({}))).toBe(line);
    expect(await refusalLine(session.listAccessKeys({}))).toBe(line);
    expect((await session.getUser({ UserName: "admin" })).User?.UserName).toBe("admin");
  });

  it("that are deleted and made again have another unique id and nothing of the old user", async () => {
    const first = await iam.createUser({ UserName: "again", Tags: [{ Key: "k", Value: "v" }] });
    await iam.deleteUser({ UserName: "AGAIN" });
    expect(await refusalLine(iam.getUser({ UserName: "again" }))).toContain("NoSuchEntity");
    const second = await iam.createUser({ UserName: "again" });
    expect(second.User?.UserId).not.toBe(first.User?.UserId);
    expect((await iam.listUserTags({ UserName: "again" })).Tags).toEqual([]);
  });

  it("lose and gain a boundary", async () => {
    const { Policy } = await iam.createPolicy({ PolicyName: "b", PolicyDocument: policy("s3:*") });
    await iam.createUser({ UserName: "u" });
    await iam.putUserPermissionsBoundary({ UserName: "u", PermissionsBoundary: Policy?.Arn });
    expect((await iam.getUser({ UserName: "u" })).User?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(Policy?.Arn);
    expect((await iam.getPolicy({ PolicyArn: Policy?.Arn })).Policy).toMatchObject({
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 1,
    });
    await iam.deleteUserPermissionsBoundary({ UserName: "u" });
    expect((await iam.getUser({ UserName: "u" })).User?.PermissionsBoundary).toBeUndefined();
    await iam.deletePolicy({ PolicyArn: Policy?.Arn });
  });
});

describe("tags of users", () => {
  it("are unique without regard to case, and the last spelling stays", async () => {
    await iam.createUser({ UserName: "u", Tags: [{ Key: "Team", Value: "red" }] });
    await iam.tagUser({
      UserName: "u",
      Tags: [
        { Key: "team", Value: "blue" },
        { Key: "a", Value: "1" },
      ],
    });
    expect((await iam.listUserTags({ UserName: "u" })).Tags).toEqual([
      { Key: "a", Value: "1" },
      { Key: "team", Value: "blue" },
    ]);
    await iam.untagUser({ UserName: "u", TagKeys: ["TEAM", "unknown"] });
    expect((await iam.getUser({ UserName: "u" })).User?.Tags).toEqual([{ Key: "a", Value: "1" }]);
  });
});

describe("access keys", () => {
  it("work as soon as they are made, and their secret is shown once", async () => {
    await iam.createUser({ UserName: "keyed" });
    const { AccessKey } = await iam.createAccessKey({ UserName: "keyed" });
    expect(AccessKey).toEqual({
      UserName: "keyed",
      AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
      Status: "Active",
      CreateDate: expect.any(Date),
    });
    const { AccessKeyMetadata } = await iam.listAccessKeys({ UserName: "keyed" });
    expect(AccessKeyMetadata).toEqual([{ ...AccessKey, SecretAccessKey: undefined }]);
    const sts = clients.sts({
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    });
    expect((await sts.getCallerIdentity({})).Arn).toBe(`arn:aws:iam::${CUSTOMER}:user/keyed`);
  });

  it("are dead while inactive and after deletion", async () => {
    const keys = await clients.userWith("keyed", policy("iam:GetUser"));
    const own = clients.iam(keys);
    const status = (Status: "Active" | "Inactive") =>
      iam.updateAccessKey({ UserName: "keyed", AccessKeyId: keys.accessKeyId, Status });
    await status("Inactive");
    expect((await iam.listAccessKeys({ UserName: "keyed" })).AccessKeyMetadata?.[0]?.Status).toBe("Inactive");
    expect(await refusalLine(own.getUser({}))).toMatch(/^403 InvalidClientTokenId /);
    await status("Active");
    await own.getUser({});
    await iam.deleteAccessKey({ UserName: "keyed", AccessKeyId: keys.accessKeyId });
    expect(await refusalLine(own.getUser({}))).toMatch(/^403 InvalidClientTokenId /);
    expect((await iam.listAccessKeys({ UserName: "keyed" })).AccessKeyMetadata).toEqual([]);
    await iam.deleteUserPolicy({ UserName: "keyed", PolicyName: "own" });
    await iam.deleteUser({ UserName: "keyed" });
  });

  it("tell when and where they were last used", async () => {
    const keys = await clients.userWith("keyed", policy("iam:GetUser"));
    const lastUsed = () => iam.getAccessKeyLastUsed({ AccessKeyId: keys.accessKeyId });
    expect(await lastUsed()).toMatchObject({
      UserName: "keyed",
      AccessKeyLastUsed: { ServiceName: "N/A", Region: "N/A" },
    });
    expect((await lastUsed()).AccessKeyLastUsed?.LastUsedDate).toBeUndefined();
    await clients.iam(keys).getUser({});
    expect((await lastUsed()).AccessKeyLastUsed).toEqual({
      LastUsedDate: expect.any(Date),
      ServiceName: "iam",
      Region: "us-east-1",
    });
  });

  it("of the caller are rotated without naming the user", async () => {
    const keys = await clients.userWith("rotator", policy("iam:*AccessKey", `arn:aws:iam::${CUSTOMER}:user/rotator`));
    const own = clients.iam(keys);
    const { AccessKey } = await own.createAccessKey({});
    expect(AccessKey?.UserName).toBe("rotator");
    const next = clients.iam({
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    });
    await next.updateAccessKey({ AccessKeyId: keys.accessKeyId, Status: "Inactive" });
    await next.deleteAccessKey({ AccessKeyId: keys.accessKeyId });
    expect(await refusalLine(own.createAccessKey({}))).toMatch(/^403 InvalidClientTokenId /);
  });
});
