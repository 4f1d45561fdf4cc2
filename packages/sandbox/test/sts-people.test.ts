// Sessions of users and of those whom they federate: who they are, what they may do, and what AWS never serves to them.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codeAt, CUSTOMER, keysIn, startPeople } from "./people-clients.js";
import type { Keys, People } from "./people-clients.js";
import { allowing, document, outcome, trusting } from "./sts-clients.js";

const ADA = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const SERIAL = `arn:aws:iam::${CUSTOMER}:mfa/ada`;
const federated = (name: string) => `arn:aws:sts::${CUSTOMER}:federated-user/${name}`;
const UNKNOWN = "403 InvalidClientTokenId The security token included in the request is invalid";
const letters = "arn:aws:s3:::letters";
const reads = (resource: string) =>
  JSON.stringify(document({ Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket"], Resource: resource }));

let people: People;
let ada: Keys;
beforeEach(async () => {
  people = await startPeople({
    accounts: [
      {
        id: CUSTOMER,
        policies: [{ name: "Letters", document: JSON.parse(reads(`${letters}*`)) as Record<string, unknown> }],
        users: [
          {
            name: "ada",
            tags: { team: "red", site: "york" },
            policies: {
              own: allowing(["sts:*", "iam:Get*", "iam:List*", "s3:GetObject"]),
              mine: allowing("s3:ListBucket", "*", { StringEquals: { "aws:PrincipalTag/team": "red" } }),
            },
            mfaDevices: [{ name: "ada", secret: ADA }],
          },
          {
            name: "clerk",
            policies: { one: allowing("sts:GetFederationToken", federated("Bob")) },
          },
        ],
        roles: [{ name: "open", trustPolicy: document(trusting({ AWS: "*" })), policies: { all: allowing("sts:*") } }],
      },
    ],
    buckets: [
      { name: "letters", account: CUSTOMER, objects: [{ key: "a.txt", body: "hello" }] },
      {
        name: "for-bob",
        account: CUSTOMER,
        policy: document({
          Effect: "Allow",
          Principal: { AWS: federated("Bob") },
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::for-bob/*",
        }),
        objects: [{ key: "a.txt", body: "hello Bob" }],
      },
    ],
  });
  ada = people.sandbox.issueKey(CUSTOMER, "ada");
});
afterEach(() => people.sandbox.stop());

const withCode = () => ({ SerialNumber: SERIAL, TokenCode: codeAt(ADA, people.now()) });
const sessionOf = async (keys: Keys, input = {}) => keysIn(await people.sts(keys).getSessionToken(input));
const federate = async (Name: string, input = {}, keys = ada) =>
  keysIn(await people.sts(keys).getFederationToken({ Name, ...input }));
const get = (keys: Keys, Bucket = "letters") => outcome(people.s3(keys).getObject({ Bucket, Key: "a.txt" }));
const list = (keys: Keys, Bucket = "letters") => outcome(people.s3(keys).listObjectsV2({ Bucket }));
const assume = (keys: Keys) =>
  people.sts(keys).assumeRole({ RoleArn: `arn:aws:iam::${CUSTOMER}:role/open`, RoleSessionName: "probe" });

describe("a user's session", () => {
  it("is the user", async () => {
    const asked = await people.sts(ada).getCallerIdentity({});
    const told = await people.sts(await sessionOf(ada)).getCallerIdentity({});
    expect([told.Arn, told.UserId, told.Account]).toEqual([asked.Arn, asked.UserId, asked.Account]);
    expect(told.Arn).toBe(`arn:aws:iam::${CUSTOMER}:user/ada`);
  });

  it("may what the user may, with the user's tags", async () => {
    const session = await sessionOf(ada);
    expect(await get(session)).toBe("ok");
    expect(await list(session)).toBe("ok");
    expect(await get(session, "for-bob")).toBe("ok");
    expect(await outcome(people.s3(session).deleteObject({ Bucket: "letters", Key: "a.txt" }))).toContain(
      "AccessDenied",
    );
  });

  it("needs no permission to get one, and no policy denies it", async () => {
    const admin = people.iam(people.sandbox.account(CUSTOMER).admin);
    const PolicyDocument = JSON.stringify(document({ Effect: "Deny", Action: "*", Resource: "*" }));
    await admin.putUserPolicy({ UserName: "ada", PolicyName: "no", PolicyDocument });
    expect(await outcome(people.sts(ada).getSessionToken({}))).toBe("ok");
  });

  it("lasts 12 hours when nothing is said, from 15 minutes to 36 hours otherwise", async () => {
    const lasts = async (input: object) => {
      const { Credentials } = await people.sts(ada).getSessionToken(input);
      return ((Credentials?.Expiration?.getTime() ?? 0) - people.now()) / 1000;
    };
    expect(await lasts({})).toBe(43_200);
    expect(await lasts({ DurationSeconds: 900 })).toBe(900);
    expect(await lasts({ DurationSeconds: 129_600 })).toBe(129_600);
    for (const DurationSeconds of [899, 129_601]) {
      expect(await outcome(people.sts(ada).getSessionToken({ DurationSeconds }))).toContain("400 ValidationError");
    }
  });

  it("ends", async () => {
    const session = await sessionOf(ada, { DurationSeconds: 900 });
    people.pass(899);
    expect(await get(session)).toBe("ok");
    people.pass(1);
    expect(await outcome(people.sts(session).getCallerIdentity({}))).toContain("403 ExpiredToken");
  });

  it("cannot call IAM without a code, whatever the user may", async () => {
    expect(await outcome(people.iam(ada).listUsers({}))).toBe("ok");
    expect(await outcome(people.iam(await sessionOf(ada)).listUsers({}))).toBe(UNKNOWN);
    const proven = people.iam(await sessionOf(ada, withCode()));
    expect(await outcome(proven.listUsers({}))).toBe("ok");
    // Without a name it is about the user.
    expect((await proven.listMFADevices({})).MFADevices?.map(({ SerialNumber }) => SerialNumber)).toEqual([SERIAL]);
    expect((await proven.getUser({})).User?.UserName).toBe("ada");
  });

  it("cannot have IAM called for it by CloudFormation without a code", async () => {
    const { CloudFormation } = await import("@aws-sdk/client-cloudformation");
    const admin = people.sandbox.account(CUSTOMER).admin;
    const events = async (keys: Keys, StackName: string) => {
      const client = new CloudFormation({
        endpoint: people.sandbox.endpoint,
        region: "us-east-1",
        credentials: keys,
        maxAttempts: 1,
        systemClockOffset: people.now() - Date.now(),
      });
      const TemplateBody = JSON.stringify({ Resources: { U: { Type: "AWS::IAM::User" } } });
      await client.createStack({ StackName, TemplateBody, Capabilities: ["CAPABILITY_IAM"] });
      const { StackEvents = [] } = await client.describeStackEvents({ StackName });
      return StackEvents.map(({ ResourceStatusReason = "" }) => ResourceStatusReason).join("\n");
    };
    expect(await events(await sessionOf(admin), "unproven")).toContain(
      "security token included in the request is invalid",
    );
    expect(await events(admin, "proven")).not.toContain("invalid");
  });

  it("can call AssumeRole and GetCallerIdentity of STS, and nothing else", async () => {
    for (const input of [{}, withCode()]) {
      const session = await sessionOf(ada, input);
      expect(await outcome(assume(session))).toBe("ok");
      const client = people.sts(session);
      expect(await outcome(client.getAccessKeyInfo({ AccessKeyId: ada.accessKeyId }))).toContain("403 AccessDenied");
      expect(await outcome(client.getSessionToken({}))).toBe(
        "403 AccessDenied Cannot call GetSessionToken with session credentials",
      );
      expect(await outcome(client.getFederationToken({ Name: "Bob" }))).toBe(
        "403 AccessDenied Cannot call GetFederationToken with session credentials",
      );
    }
  });

  it("is for users: a role's session gets none", async () => {
    const role = people.sts(keysIn(await assume(ada)));
    for (const call of [role.getSessionToken({}), role.getFederationToken({ Name: "Bob" })]) {
      expect(await outcome(call)).toMatch(/^403 AccessDenied Cannot call Get\w+Token with session credentials$/);
    }
  });
});

describe("what a session of a user hangs on", () => {
  const sessions = async () => [await sessionOf(ada), await federate("Bob", { Policy: reads("*") })];
  const admin = () => people.iam(people.sandbox.account(CUSTOMER).admin);
  const states = async (all: readonly Keys[]) =>
    Promise.all(all.map((keys) => outcome(people.sts(keys).getCallerIdentity({}))));

  it("is the key that asked for it: inactive, deleted, or active again", async () => {
    const all = await sessions();
    const key = { UserName: "ada", AccessKeyId: ada.accessKeyId };
    await admin().updateAccessKey({ ...key, Status: "Inactive" });
    expect(await states(all)).toEqual([UNKNOWN, UNKNOWN]);
    await admin().updateAccessKey({ ...key, Status: "Active" });
    expect(await states(all)).toEqual(["ok", "ok"]);
    await admin().deleteAccessKey(key);
    expect(await states(all)).toEqual([UNKNOWN, UNKNOWN]);
  });

  it("is the user, not one of the same name made later", async () => {
    const client = admin();
    await client.createUser({ UserName: "temp" });
    const { AccessKey } = await client.createAccessKey({ UserName: "temp" });
    const keys = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    const session = await sessionOf(keys);
    await client.deleteAccessKey({ UserName: "temp", AccessKeyId: keys.accessKeyId });
    await client.deleteUser({ UserName: "temp" });
    await client.createUser({ UserName: "temp" });
    expect(await states([session])).toEqual([UNKNOWN]);
  });

  it("is not the device: a session that was proven stays so", async () => {
    const session = await sessionOf(ada, withCode());
    await admin().deactivateMFADevice({ UserName: "ada", SerialNumber: SERIAL });
    expect(await outcome(people.iam(session).listUsers({}))).toBe("ok");
  });

  it("is not what became of it: a role's session lives on without the key", async () => {
    const role = keysIn(await assume(await sessionOf(ada)));
    await admin().deleteAccessKey({ UserName: "ada", AccessKeyId: ada.accessKeyId });
    expect(await states([role])).toEqual(["ok"]);
  });

  it("is the user's policies of the moment", async () => {
    const session = await sessionOf(ada);
    await admin().deleteUserPolicy({ UserName: "ada", PolicyName: "own" });
    expect(await get(session)).toContain("AccessDenied");
  });
});

describe("a federated user", () => {
  it("is told apart by the name that the user gave", async () => {
    const answer = await people.sts(ada).getFederationToken({ Name: "Bob", Policy: reads("*") });
    expect(answer.FederatedUser).toEqual({ FederatedUserId: `${CUSTOMER}:Bob`, Arn: federated("Bob") });
    const { Arn, UserId, Account } = await people.sts(keysIn(answer)).getCallerIdentity({});
    expect([Arn, UserId, Account]).toEqual([federated("Bob"), `${CUSTOMER}:Bob`, CUSTOMER]);
  });

  it("may what both the user and the policy that was passed allow", async () => {
    const both = await federate("Bob", { Policy: reads(`${letters}*`) });
    expect(await get(both)).toBe("ok");
    expect(await list(both)).toBe("ok");
    expect(await list(both, "for-bob")).toContain("AccessDenied");
    const all = await federate("Bob", { Policy: JSON.stringify(allowing("*")) });
    expect(await get(all)).toBe("ok");
    expect(await outcome(people.s3(all).deleteObject({ Bucket: "letters", Key: "a.txt" }))).toContain("AccessDenied");
    const managed = await federate("Bob", { PolicyArns: [{ arn: `arn:aws:iam::${CUSTOMER}:policy/Letters` }] });
    expect(await get(managed)).toBe("ok");
  });

  it("may nothing without a policy, but what a resource's policy gives to that very name", async () => {
    const bob = await federate("Bob");
    expect(await get(bob)).toContain("AccessDenied");
    expect(await get(bob, "for-bob")).toBe("ok");
    expect(await get(await federate("Eve"), "for-bob")).toContain("AccessDenied");
  });

  it("carries tags, over the user's own of the same key", async () => {
    const Policy = JSON.stringify(allowing(["s3:*"]));
    expect(await list(await federate("Bob", { Policy }))).toBe("ok");
    expect(await list(await federate("Bob", { Policy, Tags: [{ Key: "Team", Value: "blue" }] }))).toContain(
      "AccessDenied",
    );
  });

  it("cannot call IAM, nor STS but for GetCallerIdentity, whatever both allow", async () => {
    const keys = await federate("Bob", { Policy: JSON.stringify(allowing("*")) });
    expect(await outcome(people.iam(keys).listUsers({}))).toBe(UNKNOWN);
    const client = people.sts(keys);
    expect(await outcome(client.getCallerIdentity({}))).toBe("ok");
    expect(await outcome(assume(keys))).toContain("403 AccessDenied");
    expect(await outcome(client.getAccessKeyInfo({ AccessKeyId: ada.accessKeyId }))).toContain("403 AccessDenied");
    expect(await outcome(client.getSessionToken({}))).toContain("403 AccessDenied");
  });

  it("takes the permission for that name", async () => {
    const clerk = people.sts(people.sandbox.issueKey(CUSTOMER, "clerk"));
    expect(await outcome(clerk.getFederationToken({ Name: "Bob" }))).toBe("ok");
    expect(await outcome(clerk.getFederationToken({ Name: "Eve" }))).toBe(
      `403 AccessDenied User: arn:aws:iam::${CUSTOMER}:user/clerk is not authorized to perform: sts:GetFederationToken on resource: ${federated("Eve")}`,
    );
    // Tags take sts:TagSession as well.
    const Tags = [{ Key: "a", Value: "b" }];
    expect(await outcome(clerk.getFederationToken({ Name: "Bob", Tags }))).toContain("sts:TagSession");
  });

  it.each([
    ["a name of one character", { Name: "B" }],
    ["a name of 33 characters", { Name: "B".repeat(33) }],
    ["a name with a blank", { Name: "B b" }],
    ["899 seconds", { Name: "Bob", DurationSeconds: 899 }],
    ["more than 36 hours", { Name: "Bob", DurationSeconds: 129_601 }],
  ])("is not made with %s", async (_, input) => {
    expect(await outcome(people.sts(ada).getFederationToken(input))).toContain("400 ValidationError");
  });

  it("is not made with a policy that is none, or is another account's", async () => {
    for (const input of [{ Policy: "{" }, { PolicyArns: [{ arn: "arn:aws:iam::111111111111:policy/Letters" }] }]) {
      expect(await outcome(people.sts(ada).getFederationToken({ Name: "Bob", ...input }))).toContain(
        "400 MalformedPolicyDocument",
      );
    }
  });

  it("is what the record of calls says", async () => {
    await get(await federate("Bob"));
    const [made, used] = people.sandbox.calls().slice(-2);
    expect([made?.action, made?.resource, made?.principalArn]).toEqual([
      "GetFederationToken",
      federated("Bob"),
      `arn:aws:iam::${CUSTOMER}:user/ada`,
    ]);
    expect([used?.principalArn, used?.accountId, used?.status]).toEqual([federated("Bob"), CUSTOMER, 403]);
  });
});
