// The real SDK against a sandbox that checks signatures, trust policies and limits as AWS does.
import { createAssumeRole, createCredentialsBroker, type RoleRequest } from "@daypass/credentials";
import { startSandbox, type Sandbox, type WorldFile } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf, createAudit, createClock, requestOf } from "./fake-sts.js";

const trust = (...statements: object[]) => ({ Version: "2012-10-17", Statement: statements });
const VENDOR = { AWS: "arn:aws:iam::111111111111:root" };
const world: WorldFile = {
  accounts: [
    {
      id: "222222222222",
      roles: [
        {
          name: "reader",
          path: "/partners/",
          trustPolicy: trust(
            {
              Effect: "Allow",
              Principal: VENDOR,
              Action: "sts:AssumeRole",
              Condition: { StringEquals: { "sts:ExternalId": "an-external-id-of-acme" } },
            },
            { Effect: "Allow", Principal: VENDOR, Action: "sts:TagSession" },
          ),
        },
      ],
    },
  ],
};

let sandbox: Sandbox;
const clock = createClock();
beforeAll(async () => {
  sandbox = await startSandbox({ world, now: clock.now });
});
afterAll(async () => sandbox.stop());

const asked = (over: Partial<RoleRequest> = {}) =>
  requestOf({ roleArn: "arn:aws:iam::222222222222:role/partners/reader", ...over });
const assumeRoleAs = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
  createAssumeRole({ credentials, endpoint: sandbox.endpoint, now: clock.now });
const assumeRole = (request: RoleRequest) => assumeRoleAs(sandbox.account("vendor").admin)(request);

describe("AssumeRole against the sandbox", () => {
  test("grants the right question, by a sandbox's clock that is years ahead of this machine's", async () => {
    const role = await assumeRole(asked());
    expect(role.assumedRoleArn).toBe("arn:aws:sts::222222222222:assumed-role/reader/acme.report");
    expect(role.credentials.expiration.getTime() - clock.now()).toBeGreaterThan(3_590_000);
    expect(role.clockOffsetMs).toBeUndefined();
  });

  test("carries a session policy, tags and a policy ARN", async () => {
    const policy = JSON.stringify(trust({ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }));
    const policyArns = ["arn:aws:iam::aws:policy/AdministratorAccess"];
    expect(
      await codeOf(assumeRole(asked({ policy, policyArns, tags: { team: "red" }, transitiveTagKeys: ["team"] }))),
    ).toBe("granted");
  });

  test.each([
    ["no external ID", { externalId: null }],
    ["another external ID", { externalId: "an-external-id-of-acmE" }],
    ["a role that is not there", { roleArn: "arn:aws:iam::222222222222:role/nobody" }],
    ["a source identity that the trust policy does not allow", { sourceIdentity: "alice" }],
  ])("is denied with %s, in one code", async (_, over) => {
    expect(await codeOf(assumeRole(asked(over)))).toBe("access_denied");
  });

  test("calls a session that the role does not allow too long", async () => {
    expect(await codeOf(assumeRole(asked({ durationSeconds: 7200 })))).toBe("session_too_long");
  });

  test("calls a session policy that is no policy invalid", async () => {
    expect(await codeOf(assumeRole(asked({ policy: '{"Version":"nonsense"}' })))).toBe("invalid_request");
  });

  test("names our own credentials where they are unknown or wrong", async () => {
    const { admin } = sandbox.account("vendor");
    const wrong = { ...admin, secretAccessKey: `${admin.secretAccessKey}x` };
    expect(await codeOf(assumeRoleAs(wrong)(asked()))).toBe("caller_credentials");
    const unknown = { accessKeyId: "AKIAUNKNOWNUNKNOWN00", secretAccessKey: "x" };
    expect(await codeOf(assumeRoleAs(unknown)(asked()))).toBe("caller_credentials");
  });

  test.each([
    [503, "ServiceUnavailable", "sts_unavailable"],
    [400, "Throttling", "throttled"],
    [403, "RegionDisabledException", "region_disabled"],
  ])("classifies a scripted %s %s as %s, after one call", async (status, code, expected) => {
    const before = sandbox.calls().length;
    await assumeRole(asked());
    const fault = sandbox.fault({ service: "sts", status, code, message: "scripted" });
    const ask = assumeRoleAs(sandbox.account("vendor").admin);
    expect(await codeOf(ask(asked()))).toBe(expected);
    fault.lift();
    expect(sandbox.calls().length - before).toBe(2);
    expect(await codeOf(assumeRole(asked()))).toBe("granted");
  });

  test("notes a denial and recovery through the broker, with AWS's request id in the audit", async () => {
    const audit = createAudit();
    const broker = createCredentialsBroker({ assumeRole, record: audit.record, now: clock.now });
    expect(await codeOf(broker.provider(asked({ externalId: "wrong" }))())).toBe("access_denied");
    const refused = audit.events.find((event) => event.type === "assume_role.refused");
    expect(refused?.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await codeOf(broker.provider(asked())())).toBe("granted");
  });
});
