import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clientsOf, CUSTOMER, policy, refusalLine, statements, trust, VENDOR } from "./iam-clients.js";

let sandbox: Sandbox;
let clients: ReturnType<typeof clientsOf>;
let iam: ReturnType<ReturnType<typeof clientsOf>["iam"]>;
beforeEach(async () => {
  sandbox = await startSandbox();
  clients = clientsOf(sandbox);
  iam = clients.iam();
});
afterEach(() => sandbox.stop());

const read = async (RoleName: string) => (await iam.getRole({ RoleName })).Role;
const trustOf = async (RoleName: string) =>
  JSON.parse(decodeURIComponent((await read(RoleName))?.AssumeRolePolicyDocument ?? "")) as {
    Statement: { Principal: { AWS: string } }[];
  };

/** Assumes `target` from a session of `caller`. */
const hop = async () =>
  clients
    .sts(await clients.sessionOf("caller"))
    .assumeRole({ RoleArn: `arn:aws:iam::${CUSTOMER}:role/target`, RoleSessionName: "hop" });

describe("roles", () => {
  it("are created, and CreateRole's answer says less than GetRole's", async () => {
    const document = trust();
    const Tags = [{ Key: "team", Value: "red" }];
    const { Role } = await iam.createRole({
      RoleName: "Deploy",
      Path: "/ci/",
      AssumeRolePolicyDocument: document,
      Description: "for the pipeline",
      MaxSessionDuration: 7200,
      PermissionsBoundary: "arn:aws:iam::aws:policy/AdministratorAccess",
      Tags,
    });
    const created = {
      RoleName: "Deploy",
      Path: "/ci/",
      Arn: `arn:aws:iam::${CUSTOMER}:role/ci/Deploy`,
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/) as string,
      CreateDate: expect.any(Date) as Date,
      AssumeRolePolicyDocument: encodeURIComponent(document).replace(/\*/g, "%2A"),
      PermissionsBoundary: {
        PermissionsBoundaryType: "Policy",
        PermissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess",
      },
      Tags,
    };
    expect(Role).toEqual(created);
    expect(await read("deploy")).toEqual({
      ...created,
      RoleId: Role?.RoleId,
      CreateDate: Role?.CreateDate,
      Description: "for the pipeline",
      MaxSessionDuration: 7200,
      RoleLastUsed: {},
    });
  });

  it("are listed by path, without tags, boundary and last use", async () => {
    const AssumeRolePolicyDocument = trust();
    await iam.createRole({ RoleName: "a", Path: "/x/", AssumeRolePolicyDocument, Tags: [{ Key: "k", Value: "v" }] });
    await iam.createRole({ RoleName: "b", AssumeRolePolicyDocument });
    const { Roles } = await iam.listRoles({ PathPrefix: "/x/" });
    expect(Roles).toEqual([
      {
        RoleName: "a",
        Path: "/x/",
        Arn: `arn:aws:iam::${CUSTOMER}:role/x/a`,
        RoleId: expect.any(String),
        CreateDate: expect.any(Date),
        AssumeRolePolicyDocument: expect.any(String),
        MaxSessionDuration: 3600,
      },
    ]);
    expect((await iam.listRoles({})).Roles?.map(({ RoleName }) => RoleName)).toEqual(["a", "b"]);
  });

  it("are updated in the fields that were given only", async () => {
    await iam.createRole({ RoleName: "r", AssumeRolePolicyDocument: trust(), Description: "old" });
    await iam.updateRole({ RoleName: "r", MaxSessionDuration: 43_200 });
    expect(await read("r")).toMatchObject({ Description: "old", MaxSessionDuration: 43_200 });
    await iam.updateRole({ RoleName: "r", Description: "" });
    expect((await read("r"))?.Description).toBeUndefined();
    expect((await read("r"))?.MaxSessionDuration).toBe(43_200);
  });

  it("show their last use after an assumption was used", async () => {
    await iam.createRole({ RoleName: "r", AssumeRolePolicyDocument: trust() });
    const session = clients.sts(await clients.sessionOf("r"));
    await session.getCallerIdentity({});
    expect((await read("r"))?.RoleLastUsed).toEqual({ LastUsedDate: expect.any(Date), Region: "us-east-1" });
    expect((await iam.listRoles({})).Roles?.[0]?.RoleLastUsed).toBeUndefined();
  });

  it("take tags without regard to case", async () => {
    await iam.createRole({ RoleName: "r", AssumeRolePolicyDocument: trust(), Tags: [{ Key: "Stage", Value: "dev" }] });
    await iam.tagRole({ RoleName: "r", Tags: [{ Key: "stage", Value: "test" }] });
    expect((await iam.listRoleTags({ RoleName: "r" })).Tags).toEqual([{ Key: "stage", Value: "test" }]);
    await iam.untagRole({ RoleName: "r", TagKeys: ["STAGE"] });
    expect((await read("r"))?.Tags).toBeUndefined();
  });

  it("lose and gain a boundary", async () => {
    const PermissionsBoundary = "arn:aws:iam::aws:policy/AdministratorAccess";
    await iam.createRole({ RoleName: "r", AssumeRolePolicyDocument: trust() });
    await iam.putRolePermissionsBoundary({ RoleName: "r", PermissionsBoundary });
    expect((await read("r"))?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(PermissionsBoundary);
    await iam.deleteRolePermissionsBoundary({ RoleName: "r" });
    expect((await read("r"))?.PermissionsBoundary).toBeUndefined();
  });
});

describe("trust policies", () => {
  it("may name everyone as an AWS principal", async () => {
    await iam.createRole({ RoleName: "open", AssumeRolePolicyDocument: trust("*") });
    expect((await trustOf("open")).Statement[0]?.Principal.AWS).toBe("*");
  });

  it("may name a bare account id, services and tagging", async () => {
    const document = statements(
      { Effect: "Allow", Principal: { AWS: VENDOR }, Action: ["sts:AssumeRole", "sts:TagSession"] },
      { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
    );
    await iam.createRole({ RoleName: "r", AssumeRolePolicyDocument: document });
    expect(await trustOf("r")).toEqual(JSON.parse(document));
  });

  it("replace the old one, from then on", async () => {
    const vendor = clients.sts(clients.admin(VENDOR));
    const assume = () => vendor.assumeRole({ RoleArn: `arn:aws:iam::${CUSTOMER}:role/r`, RoleSessionName: "visit" });
    await iam.createRole({ RoleName: "r", AssumeRolePolicyDocument: trust(`arn:aws:iam::${VENDOR}:root`) });
    await assume();
    await iam.updateAssumeRolePolicy({ RoleName: "r", PolicyDocument: trust() });
    expect(await refusalLine(assume())).toMatch(/^403 AccessDenied /);
  });

  it("a refused update leaves the old one in force", async () => {
    await iam.createRole({ RoleName: "r", AssumeRolePolicyDocument: trust(VENDOR) });
    await refusalLine(iam.updateAssumeRolePolicy({ RoleName: "r", PolicyDocument: trust("arn:aws:iam::123:root") }));
    expect((await trustOf("r")).Statement[0]?.Principal.AWS).toBe(VENDOR);
  });

  it("show the unique id of a principal that is gone, and do not trust its successor", async () => {
    await iam.createRole({ RoleName: "caller", AssumeRolePolicyDocument: trust() });
    const callerArn = `arn:aws:iam::${CUSTOMER}:role/caller`;
    const { RoleId } = (await read("caller")) ?? {};
    await iam.createRole({ RoleName: "target", AssumeRolePolicyDocument: trust(callerArn) });
    expect((await trustOf("target")).Statement[0]?.Principal.AWS).toBe(callerArn);
    await hop();

    await iam.deleteRole({ RoleName: "caller" });
    expect((await trustOf("target")).Statement[0]?.Principal.AWS).toBe(RoleId);
    await iam.createRole({ RoleName: "caller", AssumeRolePolicyDocument: trust() });
    expect((await trustOf("target")).Statement[0]?.Principal.AWS).toBe(RoleId);
    expect(await refusalLine(hop())).toMatch(/^403 AccessDenied /);
  });
});

describe("deleting a role", () => {
  it("kills its sessions, which a new role of the same name does not revive", async () => {
    const make = async () => {
      await iam.createRole({ RoleName: "r", AssumeRolePolicyDocument: trust() });
      await iam.putRolePolicy({ RoleName: "r", PolicyName: "p", PolicyDocument: policy("iam:*") });
    };
    await make();
    const keys = await clients.sessionOf("r");
    const session = clients.iam(keys);
    await session.listRoles({});
    await iam.deleteRolePolicy({ RoleName: "r", PolicyName: "p" });
    await iam.deleteRole({ RoleName: "r" });
    expect(await refusalLine(session.listRoles({}))).toMatch(/^403 InvalidClientTokenId /);
    await make();
    expect(await refusalLine(session.listRoles({}))).toMatch(/^403 InvalidClientTokenId /);
    expect(await refusalLine(clients.sts(keys).getCallerIdentity({}))).toMatch(/^403 InvalidClientTokenId /);
    await clients.iam(await clients.sessionOf("r")).listRoles({});
  });
});
