// AssumeRole beyond trust: what it takes, how long it lasts, what it hands on, and when its credentials die.
import { DeleteRoleCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetAccessKeyInfoCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
} from "./sts-clients.js";
import { theWorld, vendor } from "./sts-world.js";

let sandbox: Sandbox;
let client: ReturnType<typeof sts>;
beforeEach(async () => {
  sandbox = await startSandbox({ world: theWorld });
  client = sts(sandbox, sandbox.account("vendor").admin);
});
afterEach(() => sandbox.stop());

const session = async (name: string, more = {}) => sts(sandbox, keysOf(await assume(client, roleArn(name), more)));
const keyInfo = (who: typeof client) =>
  outcome(who.send(new GetAccessKeyInfoCommand({ AccessKeyId: sandbox.account("prod").admin.accessKeyId })));

describe("the answer of AssumeRole", () => {
  it("has credentials, the session's ARN without the role's path, and the role's unique id", async () => {
    const hub = await session("open");
    const { AssumedRoleUser, Credentials, PackedPolicySize, SourceIdentity } = await assume(
      hub,
      roleArn("deep/er/next"),
    );
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${CUSTOMER}:assumed-role/next/probe`);
    expect(AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:probe$/);
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(Credentials?.SecretAccessKey).toHaveLength(40);
    expect(PackedPolicySize).toBeUndefined();
    expect(SourceIdentity).toBeUndefined();
  });

  it("has a session token of at least 128 random bits that says nothing about the session", async () => {
    const tokens = await Promise.all(
      [1, 2].map(async () => keysOf(await assume(client, roleArn("plain"))).sessionToken),
    );
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) {
      const bytes = Buffer.from(token, "base64");
      expect(bytes.length).toBeGreaterThanOrEqual(16);
      expect(bytes.toString("latin1")).not.toMatch(/probe|plain|222222222222|ASIA/);
    }
  });

  it("expires after an hour unless asked otherwise, to the second", async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const { Credentials } = await assume(client, roleArn("plain"));
    const lasts = (Credentials?.Expiration?.getTime() ?? 0) - before;
    expect(lasts).toBeGreaterThanOrEqual(3_600_000);
    expect(lasts).toBeLessThan(3_660_000);
    expect(Credentials?.Expiration?.getMilliseconds()).toBe(0);
  });
});

describe("identity", () => {
  const identity = async (who: typeof client) => {
    const { Arn, Account, UserId } = await who.send(new GetCallerIdentityCommand({}));
    return { Arn, Account, UserId };
  };

  it("of a user is the user's ARN and unique id", async () => {
    const { UserId, ...rest } = await identity(client);
    expect(rest).toEqual({ Arn: `arn:aws:iam::${VENDOR}:user/admin`, Account: VENDOR });
    expect(UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
  });

  it("of a session is the session's ARN, and the role's id with the session's name", async () => {
    const { UserId, ...rest } = await identity(await session("plain", { RoleSessionName: "a+b=c,d.e@f-g_h" }));
    expect(rest).toEqual({ Arn: `arn:aws:sts::${CUSTOMER}:assumed-role/plain/a+b=c,d.e@f-g_h`, Account: CUSTOMER });
    expect(UserId).toMatch(/^AROA[A-Z2-7]{17}:a\+b=c,d\.e@f-g_h$/);
  });

  it("needs no permission and cannot be denied", async () => {
    const keys = keysOf(
      await assume(client, roleArn("plain"), {
        Policy: JSON.stringify({
          ...allowing("sts:GetCallerIdentity"),
          Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }],
        }),
      }),
    );
    expect(await outcome(identity(sts(sandbox, keys)))).toBe("ok");
  });
});

describe("GetAccessKeyInfo", () => {
  it("tells the account of long-term and temporary keys, given the permission", async () => {
    const temporary = keysOf(await assume(client, roleArn("plain")));
    const ask = (AccessKeyId: string) => client.send(new GetAccessKeyInfoCommand({ AccessKeyId }));
    expect((await ask(sandbox.account("dev").admin.accessKeyId)).Account).toBe("444444444444");
    expect((await ask(temporary.accessKeyId)).Account).toBe(CUSTOMER);
    expect(await outcome(ask("AKIAIOSFODNN7EXAMPLE"))).toMatch(/^400 ValidationError/);
    expect(await keyInfo(await session("plain"))).toBe(
      `403 AccessDenied User: arn:aws:sts::${CUSTOMER}:assumed-role/plain/probe is not authorized to perform: sts:GetAccessKeyInfo on resource: * because no identity-based policy allows the sts:GetAccessKeyInfo action`,
    );
  });
});

describe("the constraints of AssumeRole's parameters", () => {
  const failed = (field: string, value: string, constraint: string) =>
    `400 ValidationError 1 validation error detected: Value ${value} at '${field}' failed to satisfy constraint: Member must ${constraint}`;
  const table: readonly (readonly [string, Parameters<typeof assume>[2], string])[] = [
    [
      "a session name of one character",
      { RoleSessionName: "a" },
      failed("roleSessionName", "'a'", "have length greater than or equal to 2"),
    ],
    [
      "a session name of 65 characters",
      { RoleSessionName: "a".repeat(65) },
      failed("roleSessionName", `'${"a".repeat(65)}'`, "have length less than or equal to 64"),
    ],
    [
      "a session name with a space and a slash",
      { RoleSessionName: "has space/and" },
      failed("roleSessionName", "'has space/and'", "satisfy regular expression pattern: [\\w+=,.@-]*"),
    ],
    [
      "an external ID of one character",
      { ExternalId: "a" },
      failed("externalId", "'a'", "have length greater than or equal to 2"),
    ],
    [
      "an external ID with other characters",
      { ExternalId: "a b<>" },
      failed("externalId", "'a b<>'", "satisfy regular expression pattern: [\\w+=,.@:\\/-]*"),
    ],
    [
      "a duration of 899 seconds",
      { DurationSeconds: 899 },
      failed("durationSeconds", "'899'", "have value greater than or equal to 900"),
    ],
    [
      "a duration of 43201 seconds",
      { DurationSeconds: 43_201 },
      failed("durationSeconds", "'43201'", "have value less than or equal to 43200"),
    ],
    [
      "a source identity of one character",
      { SourceIdentity: "x" },
      failed("sourceIdentity", "'x'", "have length greater than or equal to 2"),
    ],
    [
      "a session policy of 2049 characters",
      { Policy: " ".repeat(2049) },
      failed("policy", `'${" ".repeat(256)}...'`, "have length less than or equal to 2048"),
    ],
    ["an empty tag key", { Tags: [{ Key: "", Value: "x" }] }, "400 ValidationError 2 validation errors detected"],
    [
      "eleven session policy ARNs",
      { PolicyArns: Array.from({ length: 11 }, () => ({ arn: "arn:aws:iam::aws:policy/AdministratorAccess" })) },
      failed("policyArns", "'[11 items]'", "have length less than or equal to 10"),
    ],
    [
      "an MFA code that is no code",
      { SerialNumber: `arn:aws:iam::${VENDOR}:mfa/x`, TokenCode: "12345" },
      failed("tokenCode", "'12345'", "have length greater than or equal to 6"),
    ],
    [
      "an MFA device that nobody has",
      { SerialNumber: `arn:aws:iam::${VENDOR}:mfa/x`, TokenCode: "123456" },
      "403 AccessDenied MultiFactorAuthentication failed, unable to validate MFA code.",
    ],
    [
      "a code without a device",
      { TokenCode: "123456" },
      "403 AccessDenied MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
    ],
  ];
  for (const [what, more, expected] of table) {
    it(`refuse ${what}`, async () => {
      expect((await outcome(assume(client, roleArn("long"), more))).startsWith(expected)).toBe(true);
    });
  }

  it("are all told at once", async () => {
    expect(await outcome(assume(client, "short", { RoleSessionName: "x", DurationSeconds: 1 }))).toMatch(
      /^400 ValidationError 3 validation errors detected: .*'roleArn'.*; .*'roleSessionName'.*; .*'durationSeconds'/,
    );
  });

  it("take every character that AWS takes in an external ID", async () => {
    expect(await outcome(assume(client, roleArn("plain"), { ExternalId: "aZ09_+=,.@:/-" }))).toBe("ok");
  });

  it("refuse what is no ARN of a role", async () => {
    for (const arn of [
      `arn:aws:iam::${CUSTOMER}:user/admin`,
      "arn:aws:iam::not-an-arn-at-all:x",
      `arn:aws-cn:iam::${CUSTOMER}:role/plain`,
    ]) {
      expect(await outcome(assume(client, arn))).toBe(`400 ValidationError ${arn} is invalid`);
    }
  });
});

describe("durations", () => {
  it("above the role's MaxSessionDuration are refused", async () => {
    expect(await outcome(assume(client, roleArn("plain"), { DurationSeconds: 3601 }))).toBe(
      "400 ValidationError The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
    expect(await outcome(assume(client, roleArn("long"), { DurationSeconds: 43_200 }))).toBe("ok");
  });

  it("above an hour are refused to a caller that is itself a session of a role", async () => {
    const hub = await session("open");
    expect(await outcome(assume(hub, roleArn("deep/er/next"), { DurationSeconds: 3601 }))).toMatch(
      /^400 ValidationError The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining/,
    );
    expect(await outcome(assume(hub, roleArn("deep/er/next"), { DurationSeconds: 3600 }))).toBe("ok");
  });
});

describe("session policies", () => {
  const narrow = JSON.stringify(allowing("s3:GetObject"));

  it("leave the session what role and session policy both allow", async () => {
    expect(await keyInfo(await session("reader"))).toBe("ok");
    expect(await keyInfo(await session("reader", { Policy: narrow }))).toMatch(
      /^403 AccessDenied .*because no session policy allows the sts:GetAccessKeyInfo action$/,
    );
    expect(await keyInfo(await session("plain", { Policy: JSON.stringify(allowing("*")) }))).toMatch(
      /because no identity-based policy allows/,
    );
    const denying = JSON.stringify(
      document({ Effect: "Allow", Action: "*", Resource: "*" }, { Effect: "Deny", Action: "sts:Get*", Resource: "*" }),
    );
    expect(await keyInfo(await session("reader", { Policy: denying }))).toMatch(
      /with an explicit deny in a session policy$/,
    );
  });

  it("can be managed ones of AWS's, but none that does not exist or is another account's", async () => {
    const arns = (arn: string) => ({ PolicyArns: [{ arn }] });
    expect(await keyInfo(await session("reader", arns("arn:aws:iam::aws:policy/AdministratorAccess")))).toBe("ok");
    for (const arn of [`arn:aws:iam::${CUSTOMER}:policy/none`, "arn:aws:iam::aws:policy/ReadOnlyAccess"]) {
      expect(await outcome(assume(client, roleArn("reader"), arns(arn)))).toMatch(/^400 MalformedPolicyDocument/);
    }
  });

  it("are refused when they are no policies", async () => {
    expect(await outcome(assume(client, roleArn("plain"), { Policy: "{not json" }))).toBe(
      "400 MalformedPolicyDocument This policy contains invalid Json",
    );
    expect(
      await outcome(assume(client, roleArn("plain"), { Policy: JSON.stringify(document(trusting(vendor))) })),
    ).toMatch(/^400 MalformedPolicyDocument/);
  });

  it("and tags have a packed size, and are refused above a hundred percent", async () => {
    const { PackedPolicySize } = await assume(client, roleArn("open"), {
      Policy: narrow,
      Tags: [{ Key: "a", Value: "b" }],
    });
    expect(PackedPolicySize).toBeGreaterThan(0);
    expect(PackedPolicySize).toBeLessThan(30);
    const Tags = Array.from({ length: 50 }, (_, index) => ({
      Key: `key-${index}-${Math.sin(index)}`,
      Value: `${Math.cos(index)}${Math.tan(index)}${Math.exp(index)}`.slice(0, 200),
    }));
    expect(await outcome(assume(client, roleArn("open"), { Tags }))).toMatch(
      /^400 PackedPolicyTooLarge Packed size of session tags consumes \d{3,}% of allotted space\.$/,
    );
  });
});

describe("sessions", () => {
  it("die with their role, and do not come back when it is made again", async () => {
    const admin = new IAMClient({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      credentials: sandbox.account("customer").admin,
      maxAttempts: 1,
    });
    const alive = await session("plain");
    const identity = () => outcome(alive.send(new GetCallerIdentityCommand({})));
    expect(await identity()).toBe("ok");
    await admin.send(new DeleteRoleCommand({ RoleName: "plain" }));
    const dead = "403 InvalidClientTokenId The security token included in the request is invalid";
    expect(await identity()).toBe(dead);
    await admin.send(
      new CreateRoleCommand({
        RoleName: "plain",
        AssumeRolePolicyDocument: JSON.stringify(document(trusting(vendor))),
      }),
    );
    expect(await identity()).toBe(dead);
  });

  it("of a role that was made again do not pass where the old role was trusted", async () => {
    const admin = new IAMClient({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      credentials: sandbox.account("customer").admin,
      maxAttempts: 1,
    });
    const make = (name: string, trust: object) =>
      admin.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(document(trust)) }));
    await make("guarded", trusting({ AWS: roleArn("reader") }));
    expect(await outcome(assume(await session("reader"), roleArn("guarded")))).toBe("ok");
    await admin.send(
      new CreateRoleCommand({
        RoleName: "spare",
        AssumeRolePolicyDocument: JSON.stringify(document(trusting(vendor))),
      }),
    );
    await make("guards-spare", trusting({ AWS: roleArn("spare") }));
    await admin.send(new DeleteRoleCommand({ RoleName: "spare" }));
    await make("spare", trusting(vendor));
    expect(await outcome(assume(await session("spare"), roleArn("guards-spare")))).toMatch(/^403 AccessDenied/);
  });
});
