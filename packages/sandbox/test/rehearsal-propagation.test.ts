// Changes of IAM that are in force only later: IAM shows them at once, and everything is judged by what was there before.
import { randomBytes } from "node:crypto";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import { startSandbox } from "@daypass/sandbox/testing";
import type { PropagationOrder, Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { policy, statements } from "./iam-clients.js";
import { ask } from "./rehearsal-clients.js";
import { allowing, CUSTOMER, document, outcome, roleArn, trusting, VENDOR, world } from "./sts-clients.js";
import type { Keys } from "./sts-clients.js";

const DELAY = 8000;
const BEGIN = Date.parse("2026-03-01T12:00:00Z");
let sandbox: Sandbox;
let time: number;
/** The next draws from a range: 0 is its beginning, 255 its end. */
let draws: number[];
beforeEach(async () => {
  time = BEGIN;
  draws = [];
  sandbox = await startSandbox({
    now: () => time,
    // Only draws are six bytes long.
    randomBytes: (length) =>
      length === 6 && draws.length > 0 ? Buffer.alloc(6, draws.shift()) : new Uint8Array(randomBytes(length)),
    world: world({
      roles: [
        { name: "bare", trustPolicy: trustWith("first-id") },
        { name: "old", trustPolicy: trustWith("first-id"), policies: { may: allowing("iam:ListUsers") } },
      ],
      users: [{ name: "ada", policies: { may: allowing("iam:ListUsers") } }],
    }),
  });
});
afterEach(() => sandbox.stop());

function trustWith(externalId: string) {
  return document(trusting({ AWS: `arn:aws:iam::${VENDOR}:root` }, { StringEquals: { "sts:ExternalId": externalId } }));
}
const delay = (order: Omit<PropagationOrder, "kind"> = { delayMs: DELAY }) =>
  sandbox.fault({ kind: "propagation", ...order });
const options = (credentials: Keys) => ({
  endpoint: sandbox.endpoint,
  region: "us-east-1",
  credentials,
  maxAttempts: 1,
  systemClockOffset: time - Date.now(),
});
const iam = (keys: Keys = sandbox.account("customer").admin) => new IAM(options(keys));
const sts = (keys: Keys = sandbox.account("vendor").admin) => new STS(options(keys));
const assume = (name: string, ExternalId = "first-id") =>
  sts().assumeRole({ RoleArn: roleArn(name), RoleSessionName: "rehearsal", ExternalId });
const assumed = async (name: string, externalId?: string) => brief(await outcome(assume(name, externalId)));
const lists = async (keys: Keys) => brief(await outcome(iam(keys).listUsers({})));
const sessionOf = async (name: string, externalId?: string): Promise<Keys> => {
  const { Credentials } = await assume(name, externalId);
  return {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
};
const createRole = (name: string, externalId = "first-id") =>
  iam().createRole({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trustWith(externalId)) });
const deleteOld = async () => {
  await iam().deleteRolePolicy({ RoleName: "old", PolicyName: "may" });
  await iam().deleteRole({ RoleName: "old" });
};
/** The code of a refusal, or `ok`. */
const brief = (text: string) => text.split(" ")[1] ?? text;
/** What is answered until a change is in force, just before, and from then on. */
async function before<T>(look: () => Promise<T>): Promise<readonly [T, T, T]> {
  const since = time;
  const atOnce = await look();
  time = since + DELAY - 1;
  const justBefore = await look();
  time = since + DELAY;
  return [atOnce, justBefore, await look()];
}

describe("until it is in force", () => {
  it("a new role is shown and cannot be assumed", async () => {
    delay();
    await createRole("new");
    expect((await iam().getRole({ RoleName: "new" })).Role?.RoleName).toBe("new");
    expect(await before(() => assumed("new"))).toEqual(["AccessDenied", "AccessDenied", "ok"]);
  });

  it("an edited trust policy is shown, and the one before decides", async () => {
    delay();
    await iam().updateAssumeRolePolicy({
      RoleName: "old",
      PolicyDocument: JSON.stringify(trustWith("second-id")),
    });
    const { Role } = await iam().getRole({ RoleName: "old" });
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toContain("second-id");
    const both = async () => [await assumed("old", "first-id"), await assumed("old", "second-id")];
    expect(await before(both)).toEqual([
      ["ok", "AccessDenied"],
      ["ok", "AccessDenied"],
      ["AccessDenied", "ok"],
    ]);
  });

  it("a deleted role can still be assumed, and its sessions live on", async () => {
    const session = await sessionOf("bare");
    delay();
    await iam().deleteRole({ RoleName: "bare" });
    expect(await outcome(iam().getRole({ RoleName: "bare" }))).toMatch(/^404 NoSuchEntity/);
    const both = async () => [await assumed("bare"), brief(await outcome(sts(session).getCallerIdentity({})))];
    expect(await before(both)).toEqual([
      ["ok", "ok"],
      ["ok", "ok"],
      ["AccessDenied", "InvalidClientTokenId"],
    ]);
  });

  it("a role that is made again is the one of before, and then another", async () => {
    const session = await sessionOf("old");
    const who = async () => {
      const answer = await assume("old", "second-id").catch(() => assume("old", "first-id"));
      return (answer.AssumedRoleUser?.AssumedRoleId ?? "").split(":")[0];
    };
    const oldId = await who();
    delay();
    await deleteOld();
    const newId = (await createRole("old", "second-id")).Role?.RoleId;
    expect(newId).not.toBe(oldId);
    const both = async () => [await who(), await lists(session)];
    expect(await before(both)).toEqual([
      [oldId, "ok"],
      [oldId, "ok"],
      [newId, "InvalidClientTokenId"],
    ]);
  });

  it("a role that was made again later is nobody in between", async () => {
    delay();
    await deleteOld();
    time += 1000;
    await createRole("old");
    time = BEGIN + DELAY;
    expect(await assumed("old")).toBe("AccessDenied");
    time += 1000;
    expect(await assumed("old")).toBe("ok");
  });

  it("an inline policy that is put allows nothing, one that is deleted goes on allowing", async () => {
    const ada = sandbox.issueKey("customer", "ada");
    delay();
    await iam().putUserPolicy({ UserName: "ada", PolicyName: "more", PolicyDocument: policy("iam:ListRoles") });
    await iam().deleteUserPolicy({ UserName: "ada", PolicyName: "may" });
    const both = async () => [brief(await outcome(iam(ada).listRoles({}))), await lists(ada)];
    expect(await before(both)).toEqual([
      ["AccessDenied", "ok"],
      ["AccessDenied", "ok"],
      ["ok", "AccessDenied"],
    ]);
  });

  it("a new version of a managed policy changes nothing, even where the one before is deleted", async () => {
    const ada = sandbox.issueKey("customer", "ada");
    const { Policy } = await iam().createPolicy({ PolicyName: "p", PolicyDocument: policy("iam:ListRoles") });
    const PolicyArn = Policy?.Arn ?? "";
    await iam().attachUserPolicy({ UserName: "ada", PolicyArn });
    delay();
    await iam().createPolicyVersion({ PolicyArn, PolicyDocument: policy("iam:GetUser"), SetAsDefault: true });
    await iam().deletePolicyVersion({ PolicyArn, VersionId: "v1" });
    const may = async () => brief(await outcome(iam(ada).listRoles({})));
    expect(await before(may)).toEqual(["ok", "ok", "AccessDenied"]);
  });

  it("a managed policy that is made and attached allows nothing, and one that is detached and deleted goes on denying", async () => {
    const ada = sandbox.issueKey("customer", "ada");
    const denying = statements({ Effect: "Deny", Action: "iam:ListUsers", Resource: "*" });
    const made = await iam().createPolicy({ PolicyName: "deny", PolicyDocument: denying });
    const PolicyArn = made.Policy?.Arn ?? "";
    await iam().attachUserPolicy({ UserName: "ada", PolicyArn });
    delay({ delayMs: { fromMs: 0, toMs: DELAY } });
    // Detaching takes long and deleting nothing: deleting waits for its turn all the same.
    draws = [255, 0, 255, 0];
    await iam().detachUserPolicy({ UserName: "ada", PolicyArn });
    await iam().deletePolicy({ PolicyArn });
    const next = await iam().createPolicy({ PolicyName: "allow", PolicyDocument: policy("iam:ListRoles") });
    await iam().attachUserPolicy({ UserName: "ada", PolicyArn: next.Policy?.Arn ?? "" });
    const both = async () => [await lists(ada), brief(await outcome(iam(ada).listRoles({})))];
    expect(await before(both)).toEqual([
      ["AccessDenied", "AccessDenied"],
      ["AccessDenied", "AccessDenied"],
      ["ok", "ok"],
    ]);
  });

  it("a permissions boundary does not bind, and one that is taken off still does", async () => {
    const ada = sandbox.issueKey("customer", "ada");
    const { Policy } = await iam().createPolicy({ PolicyName: "b", PolicyDocument: policy("iam:GetUser") });
    delay();
    await iam().putUserPermissionsBoundary({ UserName: "ada", PermissionsBoundary: Policy?.Arn ?? "" });
    expect(await before(() => lists(ada))).toEqual(["ok", "ok", "AccessDenied"]);
    await iam().deleteUserPermissionsBoundary({ UserName: "ada" });
    expect(await before(() => lists(ada))).toEqual(["AccessDenied", "AccessDenied", "ok"]);
  });

  it("a new key is unknown, a deactivated and a deleted one still work", async () => {
    delay();
    const { AccessKey } = await iam().createAccessKey({ UserName: "ada" });
    const ada = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    expect((await iam().listAccessKeys({ UserName: "ada" })).AccessKeyMetadata).toHaveLength(1);
    expect(await before(() => lists(ada))).toEqual(["InvalidClientTokenId", "InvalidClientTokenId", "ok"]);
    const one = { UserName: "ada", AccessKeyId: ada.accessKeyId };
    await iam().updateAccessKey({ ...one, Status: "Inactive" });
    expect(await before(() => lists(ada))).toEqual(["ok", "ok", "InvalidClientTokenId"]);
    await iam().updateAccessKey({ ...one, Status: "Active" });
    expect(await before(() => lists(ada))).toEqual(["InvalidClientTokenId", "InvalidClientTokenId", "ok"]);
    await iam().deleteAccessKey(one);
    expect(await before(() => lists(ada))).toEqual(["ok", "ok", "InvalidClientTokenId"]);
  });

  it("a tag that policies ask for is not there", async () => {
    const ada = sandbox.issueKey("customer", "ada");
    await iam().putUserPolicy({
      UserName: "ada",
      PolicyName: "may",
      PolicyDocument: policy("iam:ListUsers", "*", { StringEquals: { "aws:PrincipalTag/team": "red" } }),
    });
    delay();
    await iam().tagUser({ UserName: "ada", Tags: [{ Key: "team", Value: "red" }] });
    expect(await before(() => lists(ada))).toEqual(["AccessDenied", "AccessDenied", "ok"]);
    await iam().untagUser({ UserName: "ada", TagKeys: ["team"] });
    expect(await before(() => lists(ada))).toEqual(["ok", "ok", "AccessDenied"]);
  });

  it("a stack is complete and its role cannot be assumed: an onboarding has to ask again", async () => {
    delay();
    const cloudFormation = new CloudFormation(options(sandbox.account("customer").admin));
    const Role = {
      Type: "AWS::IAM::Role",
      Properties: { RoleName: "new", AssumeRolePolicyDocument: trustWith("first-id") },
    };
    await cloudFormation.createStack({
      StackName: "onboarding",
      TemplateBody: JSON.stringify({ Resources: { Role } }),
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    });
    const { Stacks } = await cloudFormation.describeStacks({ StackName: "onboarding" });
    expect(Stacks?.[0]?.StackStatus).toBe("CREATE_COMPLETE");
    expect(await before(() => assumed("new"))).toEqual(["AccessDenied", "AccessDenied", "ok"]);
    await cloudFormation.deleteStack({ StackName: "onboarding" });
    expect(await before(() => assumed("new"))).toEqual(["ok", "ok", "AccessDenied"]);
  });

  it("a stack cannot use what it grants to who makes it", async () => {
    await iam().putUserPolicy({
      UserName: "ada",
      PolicyName: "may",
      PolicyDocument: policy(["cloudformation:*", "iam:PutUserPolicy", "iam:DeleteUserPolicy", "iam:GetUserPolicy"]),
    });
    const cloudFormation = new CloudFormation(options(sandbox.issueKey("customer", "ada")));
    const Grant = {
      Type: "AWS::IAM::Policy",
      Properties: { PolicyName: "grant", PolicyDocument: JSON.parse(policy("iam:*")) as unknown, Users: ["ada"] },
    };
    const create = async (StackName: string) => {
      await cloudFormation.createStack({
        StackName,
        TemplateBody: JSON.stringify({ Resources: { Grant, User: { Type: "AWS::IAM::User", DependsOn: "Grant" } } }),
        Capabilities: ["CAPABILITY_IAM"],
      });
      return (await cloudFormation.describeStacks({ StackName })).Stacks?.[0]?.StackStatus;
    };
    const order = delay();
    expect(await create("held-up")).toBe("ROLLBACK_COMPLETE");
    order.lift();
    expect(await create("at-once")).toBe("CREATE_COMPLETE");
  });
});

describe("the delay", () => {
  it("is none unless it is ordered", async () => {
    await createRole("new");
    expect(await assumed("new")).toBe("ok");
    expect((await ask(sandbox, "GET", "state")).body["pending"]).toEqual([]);
  });

  it("is drawn for each change, and an earlier change that takes longer holds a later one up", async () => {
    delay({ delayMs: { fromMs: 1000, toMs: 5000 } });
    draws = [0, 255, 0];
    await createRole("one");
    await createRole("two");
    await createRole("three");
    const all = async () => [await assumed("one"), await assumed("two"), await assumed("three")];
    expect(await all()).toEqual(["AccessDenied", "AccessDenied", "AccessDenied"]);
    time = BEGIN + 1000;
    expect(await all()).toEqual(["ok", "AccessDenied", "AccessDenied"]);
    time = BEGIN + 4999;
    expect(await all()).toEqual(["ok", "AccessDenied", "AccessDenied"]);
    time = BEGIN + 5000;
    expect(await all()).toEqual(["ok", "ok", "ok"]);
  });

  it("can be one account's", async () => {
    delay({ delayMs: DELAY, accountId: VENDOR });
    await createRole("new");
    expect(await assumed("new")).toBe("ok");
    const { AccessKey } = await iam(sandbox.account("vendor").admin).createAccessKey({ UserName: "admin" });
    const keys = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    expect(await outcome(sts(keys).getCallerIdentity({}))).toMatch(/^403/);
  });

  it("flaps when that is ordered: ok, denied, ok, until everybody knows", async () => {
    delay({ delayMs: DELAY, flapping: true });
    await createRole("new");
    const seen: string[] = [];
    for (let call = 0; call < 4; call += 1) {
      seen.push(await assumed("new"));
      // What does not depend on the change does not flap, and does not count.
      expect(await assumed("old")).toBe("ok");
    }
    expect(seen).toEqual(["ok", "AccessDenied", "ok", "AccessDenied"]);
    time += DELAY;
    expect([await assumed("new"), await assumed("new"), await assumed("new")]).toEqual(["ok", "ok", "ok"]);
  });

  it("is over for everything when it is lifted", async () => {
    const order = delay();
    await createRole("new");
    expect(await assumed("new")).toBe("AccessDenied");
    order.lift();
    expect(await assumed("new")).toBe("ok");
  });

  it("goes by the sandbox's clock; what was in force stays so when the clock is moved back", async () => {
    delay();
    await createRole("one");
    sandbox.advanceClock(DELAY);
    sandbox.advanceClock(-DELAY);
    await createRole("two");
    expect([await assumed("one"), await assumed("two")]).toEqual(["ok", "AccessDenied"]);
    sandbox.advanceClock(DELAY);
    expect(await assumed("two")).toBe("ok");
  });

  it("is told by the control door: where, how much, until when", async () => {
    const { status } = await ask(sandbox, "POST", "faults", { kind: "propagation", delayMs: DELAY });
    expect(status).toBe(201);
    await createRole("one");
    await createRole("two");
    expect((await ask(sandbox, "GET", "state")).body["pending"]).toEqual([
      { accountId: CUSTOMER, changes: 2, inForceAt: new Date(BEGIN + DELAY).toISOString() },
    ]);
  });

  it("does not hold up what IAM refuses, nor what only looks", async () => {
    delay();
    await outcome(createRole("old"));
    await iam().listRoles({});
    await assumed("old");
    expect((await ask(sandbox, "GET", "state")).body["pending"]).toEqual([]);
  });

  it("leaves the time of last use with IAM", async () => {
    delay();
    const { AccessKey } = await iam().createAccessKey({ UserName: "ada" });
    const AccessKeyId = AccessKey?.AccessKeyId ?? "";
    const ada = { accessKeyId: AccessKeyId, secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    time += DELAY;
    await iam().updateAccessKey({ UserName: "ada", AccessKeyId, Status: "Inactive" });
    await lists(ada);
    const { AccessKeyLastUsed } = await iam().getAccessKeyLastUsed({ AccessKeyId });
    expect(AccessKeyLastUsed?.LastUsedDate?.getTime()).toBe(time);
  });
});
