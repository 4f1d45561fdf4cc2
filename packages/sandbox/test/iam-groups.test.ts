// Groups: their policies are those of their users, for as long as they are in them. And users who get another name.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { policy, refusalLine, trust } from "./iam-clients.js";
import { CUSTOMER, startPeople } from "./people-clients.js";
import type { Keys, People } from "./people-clients.js";
import { allowing, document, outcome, trusting } from "./sts-clients.js";

const PolicyArn = `arn:aws:iam::${CUSTOMER}:policy/ListUsers`;
let people: People;
let admin: ReturnType<People["iam"]>;
let ada: Keys;
beforeEach(async () => {
  people = await startPeople({
    accounts: [
      {
        id: CUSTOMER,
        policies: [{ name: "ListUsers", document: allowing("iam:ListUsers") }],
        groups: [
          {
            name: "DEV_ACCESS_FOR_DEVELOPERS",
            path: "/hub/",
            policies: { assume: allowing("sts:AssumeRole", `arn:aws:iam::444444444444:role/DEV_*`) },
          },
        ],
        users: [
          { name: "ada", groups: ["dev_access_for_developers"] },
          { name: "ben" },
          { name: "manager", policies: { own: allowing(["iam:AddUserToGroup"], "arn:aws:iam::*:group/staff/*") } },
        ],
      },
      {
        id: "444444444444",
        roles: [
          { name: "DEV_admin", trustPolicy: document(trusting({ AWS: CUSTOMER })) },
          { name: "OPS_admin", trustPolicy: document(trusting({ AWS: CUSTOMER })) },
        ],
      },
    ],
  });
  admin = people.iam(people.sandbox.account(CUSTOMER).admin);
  ada = people.sandbox.issueKey(CUSTOMER, "ada");
});
afterEach(() => people.sandbox.stop());

const assume = (keys: Keys, name: string) =>
  outcome(people.sts(keys).assumeRole({ RoleArn: `arn:aws:iam::444444444444:role/${name}`, RoleSessionName: "probe" }));
const listUsers = (keys: Keys) => outcome(people.iam(keys).listUsers({}));
const hub = { GroupName: "DEV_ACCESS_FOR_DEVELOPERS" };

describe("a group of a world file", () => {
  it("gives its users its policies, and nobody else", async () => {
    expect(await assume(ada, "DEV_admin")).toBe("ok");
    expect(await assume(ada, "OPS_admin")).toContain("403 AccessDenied");
    expect(await assume(people.sandbox.issueKey(CUSTOMER, "ben"), "DEV_admin")).toContain("403 AccessDenied");
  });
});

describe("the policies of a group", () => {
  it("hold while the user is in it", async () => {
    const ben = { ...hub, UserName: "ben" };
    const keys = people.sandbox.issueKey(CUSTOMER, "ben");
    await admin.addUserToGroup(ben);
    await admin.addUserToGroup(ben);
    expect(await assume(keys, "DEV_admin")).toBe("ok");
    await admin.removeUserFromGroup(ben);
    expect(await assume(keys, "DEV_admin")).toContain("403 AccessDenied");
    expect(await refusalLine(admin.removeUserFromGroup(ben))).toContain("404 NoSuchEntity");
  });

  it("hold inline and attached, and deny what the user's own allow", async () => {
    await admin.attachGroupPolicy({ ...hub, PolicyArn });
    expect(await listUsers(ada)).toBe("ok");
    expect((await admin.listAttachedGroupPolicies(hub)).AttachedPolicies).toEqual([
      { PolicyName: "ListUsers", PolicyArn },
    ]);
    await admin.putUserPolicy({ UserName: "ada", PolicyName: "own", PolicyDocument: policy("iam:*") });
    const PolicyDocument = policy("iam:ListUsers", "*", undefined, "Deny");
    await admin.putGroupPolicy({ ...hub, PolicyName: "no", PolicyDocument });
    expect(await listUsers(ada)).toContain("with an explicit deny in an identity-based policy");
    expect((await admin.listGroupPolicies(hub)).PolicyNames).toEqual(["assume", "no"]);
    const { PolicyDocument: kept = "" } = await admin.getGroupPolicy({ ...hub, PolicyName: "no" });
    expect(decodeURIComponent(kept)).toBe(PolicyDocument);
    await admin.deleteGroupPolicy({ ...hub, PolicyName: "no" });
    expect(await listUsers(ada)).toBe("ok");
    await admin.detachGroupPolicy({ ...hub, PolicyArn });
    expect(await refusalLine(admin.detachGroupPolicy({ ...hub, PolicyArn }))).toContain("404 NoSuchEntity");
  });

  it("hold for a user's session too, and stay within the user's boundary", async () => {
    const { Credentials } = await people.sts(ada).getSessionToken({});
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    expect(await assume(session, "DEV_admin")).toBe("ok");
    await admin.putUserPermissionsBoundary({ UserName: "ada", PermissionsBoundary: PolicyArn });
    expect(await assume(session, "DEV_admin")).toContain("403 AccessDenied");
  });

  it("come into force late where changes are held up", async () => {
    people.sandbox.fault({ kind: "propagation", delayMs: 5000 });
    await admin.putGroupPolicy({ ...hub, PolicyName: "list", PolicyDocument: policy("iam:ListUsers") });
    await admin.addUserToGroup({ ...hub, UserName: "ben" });
    const ben = people.sandbox.issueKey(CUSTOMER, "ben");
    expect([await listUsers(ada), await assume(ben, "DEV_admin")].map((line) => line.slice(0, 16))).toEqual([
      "403 AccessDenied",
      "403 AccessDenied",
    ]);
    people.pass(5);
    expect([await listUsers(ada), await assume(ben, "DEV_admin")]).toEqual(["ok", "ok"]);
  });

  it("are simulated with the user's, and alone", async () => {
    const ask = async (PolicySourceArn: string) => {
      const { EvaluationResults } = await admin.simulatePrincipalPolicy({
        PolicySourceArn,
        ActionNames: ["sts:AssumeRole"],
        ResourceArns: ["arn:aws:iam::444444444444:role/DEV_admin"],
      });
      return [
        EvaluationResults?.[0]?.EvalDecision,
        EvaluationResults?.[0]?.MatchedStatements?.map(({ SourcePolicyId }) => SourcePolicyId),
      ];
    };
    const expected = ["allowed", ["group_DEV_ACCESS_FOR_DEVELOPERS_assume"]];
    expect(await ask(`arn:aws:iam::${CUSTOMER}:user/ada`)).toEqual(expected);
    expect(await ask(`arn:aws:iam::${CUSTOMER}:group/hub/DEV_ACCESS_FOR_DEVELOPERS`)).toEqual(expected);
  });
});

describe("a group", () => {
  it("is made, found and listed, with its users", async () => {
    const { Group } = await admin.createGroup({ GroupName: "staff", Path: "/staff/" });
    expect(Group?.Arn).toBe(`arn:aws:iam::${CUSTOMER}:group/staff/staff`);
    expect(Group?.GroupId).toMatch(/^AGPA[A-Z2-7]{17}$/);
    expect((await admin.listGroups({})).Groups?.map(({ GroupName }) => GroupName)).toEqual([hub.GroupName, "staff"]);
    expect((await admin.listGroups({ PathPrefix: "/staff/" })).Groups).toEqual([Group]);
    const found = await admin.getGroup(hub);
    expect(found.Users?.map(({ UserName }) => UserName)).toEqual(["ada"]);
    await admin.addUserToGroup({ GroupName: "STAFF", UserName: "ada" });
    const page = await admin.listGroupsForUser({ UserName: "ada", MaxItems: 1 });
    const rest = await admin.listGroupsForUser({ UserName: "ada", Marker: page.Marker });
    expect([page.Groups, rest.Groups].flat().map((group) => group?.GroupName)).toEqual([hub.GroupName, "staff"]);
    expect((await admin.listGroupsForUser({ UserName: "ben" })).Groups).toEqual([]);
  });

  it("is one of its name, and goes only when it is empty", async () => {
    expect(await refusalLine(admin.createGroup({ GroupName: hub.GroupName.toLowerCase() }))).toContain(
      "409 EntityAlreadyExists",
    );
    const conflict = "409 DeleteConflict Cannot delete entity, must ";
    expect(await refusalLine(admin.deleteGroup(hub))).toBe(`${conflict}remove users from group first.`);
    await admin.removeUserFromGroup({ ...hub, UserName: "ada" });
    await admin.attachGroupPolicy({ ...hub, PolicyArn });
    expect(await refusalLine(admin.deleteGroup(hub))).toBe(`${conflict}detach all policies first.`);
    await admin.detachGroupPolicy({ ...hub, PolicyArn });
    expect(await refusalLine(admin.deleteGroup(hub))).toBe(`${conflict}delete policies first.`);
    await admin.deleteGroupPolicy({ ...hub, PolicyName: "assume" });
    await admin.deleteGroup(hub);
    expect(await refusalLine(admin.getGroup(hub))).toContain("404 NoSuchEntity");
  });

  it("keeps its users from being deleted, and its policies", async () => {
    const key = { UserName: "ada", AccessKeyId: ada.accessKeyId };
    await admin.deleteAccessKey(key);
    expect(await refusalLine(admin.deleteUser({ UserName: "ada" }))).toBe(
      "409 DeleteConflict Cannot delete entity, must remove users from group first.",
    );
    await admin.attachGroupPolicy({ ...hub, PolicyArn });
    expect(await refusalLine(admin.deletePolicy({ PolicyArn }))).toContain("409 DeleteConflict");
    const { PolicyGroups } = await admin.listEntitiesForPolicy({ PolicyArn, EntityFilter: "Group" });
    expect(PolicyGroups?.map(({ GroupName }) => GroupName)).toEqual([hub.GroupName]);
    expect((await admin.getPolicy({ PolicyArn })).Policy?.AttachmentCount).toBe(1);
  });

  it("has IAM's quotas", async () => {
    for (let count = 1; count < 11; count += 1) {
      await admin.createGroup({ GroupName: `g${count}` });
      if (count < 10) await admin.addUserToGroup({ GroupName: `g${count}`, UserName: "ada" });
    }
    expect(await refusalLine(admin.addUserToGroup({ GroupName: "g10", UserName: "ada" }))).toBe(
      "409 LimitExceeded Cannot exceed quota for GroupsPerUser: 10",
    );
    const PolicyDocument = policy(Array.from({ length: 200 }, (_, index) => `sqs:SomeLongActionName${index}`));
    const put = admin.putGroupPolicy({ GroupName: "g1", PolicyName: "long", PolicyDocument });
    expect(await refusalLine(put)).toContain(
      "409 LimitExceeded Maximum policy size of 5120 bytes exceeded for group g1",
    );
  });

  it("is nobody's principal", async () => {
    const principal = `arn:aws:iam::${CUSTOMER}:group/hub/DEV_ACCESS_FOR_DEVELOPERS`;
    const role = { RoleName: "r", AssumeRolePolicyDocument: trust(principal) };
    expect(await refusalLine(admin.createRole(role))).toContain("400 MalformedPolicyDocument");
  });

  it("takes the permission for the group to put somebody into it", async () => {
    await admin.createGroup({ GroupName: "staff", Path: "/staff/" });
    const manager = people.iam(people.sandbox.issueKey(CUSTOMER, "manager"));
    await manager.addUserToGroup({ GroupName: "staff", UserName: "ben" });
    expect(await refusalLine(manager.addUserToGroup({ ...hub, UserName: "manager" }))).toContain(
      `is not authorized to perform: iam:AddUserToGroup on resource: group ${hub.GroupName}`,
    );
    expect(await refusalLine(manager.addUserToGroup({ GroupName: "staff", UserName: "nobody" }))).toContain(
      "404 NoSuchEntity",
    );
  });
});

describe("a user who gets another name", () => {
  it("keeps keys, groups, devices and sessions, and is who roles trust", async () => {
    const { serialNumber } = people.sandbox.issueMfaDevice(CUSTOMER, "ada");
    const AssumeRolePolicyDocument = trust(`arn:aws:iam::${CUSTOMER}:user/ada`);
    await admin.createRole({ RoleName: "hers", AssumeRolePolicyDocument });
    await admin.updateUser({ UserName: "ada", NewUserName: "Lovelace", NewPath: "/team/" });
    const { Arn } = await people.sts(ada).getCallerIdentity({});
    expect(Arn).toBe(`arn:aws:iam::${CUSTOMER}:user/team/Lovelace`);
    expect(await assume(ada, "DEV_admin")).toBe("ok");
    const { MFADevices } = await admin.listMFADevices({ UserName: "lovelace" });
    expect(MFADevices?.map(({ SerialNumber }) => SerialNumber)).toEqual([serialNumber]);
    const hers = { RoleArn: `arn:aws:iam::${CUSTOMER}:role/hers`, RoleSessionName: "probe" };
    expect(await outcome(people.sts(ada).assumeRole(hers))).toBe("ok");
    const { Role } = await admin.getRole({ RoleName: "hers" });
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toContain("user/team/Lovelace");
    expect(await refusalLine(admin.getUser({ UserName: "ada" }))).toContain("404 NoSuchEntity");
  });

  it("cannot have one that is taken, and may change its case", async () => {
    expect(await refusalLine(admin.updateUser({ UserName: "ada", NewUserName: "BEN" }))).toContain(
      "409 EntityAlreadyExists",
    );
    await admin.updateUser({ UserName: "ada", NewUserName: "Ada" });
    expect((await admin.getUser({ UserName: "ada" })).User?.UserName).toBe("Ada");
  });

  it("takes the permission for both names", async () => {
    const own = `arn:aws:iam::${CUSTOMER}:user/ben`;
    await admin.putUserPolicy({ UserName: "ben", PolicyName: "own", PolicyDocument: policy("iam:UpdateUser", own) });
    const ben = people.iam(people.sandbox.issueKey(CUSTOMER, "ben"));
    expect(await refusalLine(ben.updateUser({ UserName: "ben", NewUserName: "admin2" }))).toContain(
      `is not authorized to perform: iam:UpdateUser on resource: arn:aws:iam::${CUSTOMER}:user/admin2`,
    );
  });
});
