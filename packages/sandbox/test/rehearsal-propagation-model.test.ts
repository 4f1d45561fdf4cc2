// The law of propagation, on random histories: with a fixed delay, every answer at a moment is the answer of a sandbox
// without delay in which everything was written that much later.
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox, WorldFile } from "@daypass/sandbox/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { policy } from "./iam-clients.js";
import { CUSTOMER, document, outcome, roleArn, trusting, VENDOR } from "./sts-clients.js";
import type { Keys } from "./sts-clients.js";

const DELAY = 5000;
const BEGIN = Date.parse("2026-03-01T12:00:00Z");
const policyArn = `arn:aws:iam::${CUSTOMER}:policy/p`;
const trust = (externalId: string) =>
  JSON.stringify(document(trusting({ AWS: VENDOR }, { StringEquals: { "sts:ExternalId": externalId } })));
const allowing = (what: "users" | "roles") => policy(what === "users" ? "iam:ListUsers" : "iam:ListRoles");
const denying = policy("iam:ListUsers", "*", undefined, "Deny");

/** One of two sandboxes, with what its callers hold: keys by the order of making, and the sessions of the last look. */
interface Side {
  readonly sandbox: Sandbox;
  readonly keys: Keys[];
  sessions: Keys[];
}
type Write = (iam: IAM, side: Side) => Promise<unknown>;

const which = fc.constantFrom("one-id", "other-id");
const what = fc.constantFrom("users" as const, "roles" as const);
const nth = fc.nat({ max: 1 });
const key = (side: Side, index: number) => ({
  UserName: "ada",
  AccessKeyId: side.keys[index]?.accessKeyId ?? "AKIAAAAAAAAAAAAAAAAA",
});
/** What may be written; IAM refuses some of it, in both sandboxes alike. */
const write: fc.Arbitrary<readonly [string, Write]> = fc.oneof(
  which.map(
    (id) =>
      [
        `CreateRole ${id}`,
        (iam: IAM) => iam.createRole({ RoleName: "r", AssumeRolePolicyDocument: trust(id) }),
      ] as const,
  ),
  fc.constant(["DeleteRole", (iam: IAM) => iam.deleteRole({ RoleName: "r" })] as const),
  which.map(
    (id) =>
      [
        `UpdateAssumeRolePolicy ${id}`,
        (iam: IAM) => iam.updateAssumeRolePolicy({ RoleName: "r", PolicyDocument: trust(id) }),
      ] as const,
  ),
  what.map(
    (it) =>
      [
        `PutRolePolicy ${it}`,
        (iam: IAM) => iam.putRolePolicy({ RoleName: "r", PolicyName: "own", PolicyDocument: allowing(it) }),
      ] as const,
  ),
  fc.constant(["DeleteRolePolicy", (iam: IAM) => iam.deleteRolePolicy({ RoleName: "r", PolicyName: "own" })] as const),
  fc
    .constantFrom(allowing("users"), allowing("roles"), denying)
    .map(
      (PolicyDocument) =>
        [
          `CreatePolicy ${PolicyDocument}`,
          (iam: IAM) => iam.createPolicy({ PolicyName: "p", PolicyDocument }),
        ] as const,
    ),
  fc
    .constantFrom(allowing("users"), allowing("roles"), denying)
    .map(
      (PolicyDocument) =>
        [
          `CreatePolicyVersion ${PolicyDocument}`,
          (iam: IAM) => iam.createPolicyVersion({ PolicyArn: policyArn, PolicyDocument, SetAsDefault: true }),
        ] as const,
    ),
  fc
    .constantFrom("v1", "v2", "v3")
    .map(
      (VersionId) =>
        [
          `DeletePolicyVersion ${VersionId}`,
          (iam: IAM) => iam.deletePolicyVersion({ PolicyArn: policyArn, VersionId }),
        ] as const,
    ),
  fc.constant(["DeletePolicy", (iam: IAM) => iam.deletePolicy({ PolicyArn: policyArn })] as const),
  fc.constant([
    "AttachUserPolicy",
    (iam: IAM) => iam.attachUserPolicy({ UserName: "ada", PolicyArn: policyArn }),
  ] as const),
  fc.constant([
    "DetachUserPolicy",
    (iam: IAM) => iam.detachUserPolicy({ UserName: "ada", PolicyArn: policyArn }),
  ] as const),
  fc.constant([
    "AttachRolePolicy",
    (iam: IAM) => iam.attachRolePolicy({ RoleName: "r", PolicyArn: policyArn }),
  ] as const),
  fc.constant([
    "DetachRolePolicy",
    (iam: IAM) => iam.detachRolePolicy({ RoleName: "r", PolicyArn: policyArn }),
  ] as const),
  fc.constant([
    "PutUserPermissionsBoundary",
    (iam: IAM) => iam.putUserPermissionsBoundary({ UserName: "ada", PermissionsBoundary: policyArn }),
  ] as const),
  fc.constant([
    "DeleteUserPermissionsBoundary",
    (iam: IAM) => iam.deleteUserPermissionsBoundary({ UserName: "ada" }),
  ] as const),
  fc.constant([
    "CreateAccessKey",
    async (iam: IAM, side: Side) => {
      const { AccessKey } = await iam.createAccessKey({ UserName: "ada" });
      side.keys.push({
        accessKeyId: AccessKey?.AccessKeyId ?? "",
        secretAccessKey: AccessKey?.SecretAccessKey ?? "",
      });
    },
  ] as const),
  fc
    .tuple(nth, fc.constantFrom("Active" as const, "Inactive" as const))
    .map(
      ([index, Status]) =>
        [
          `UpdateAccessKey ${index} ${Status}`,
          (iam: IAM, side: Side) => iam.updateAccessKey({ ...key(side, index), Status }),
        ] as const,
    ),
  nth.map(
    (index) => [`DeleteAccessKey ${index}`, (iam: IAM, side: Side) => iam.deleteAccessKey(key(side, index))] as const,
  ),
);
const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 4000 }), write), { minLength: 8, maxLength: 20 });

it("is that of a sandbox where everything is written later", { timeout: 240_000 }, async () => {
  await fc.assert(fc.asyncProperty(history, compare), { numRuns: 12, seed: 20_260_301 });
});

async function compare(steps: readonly (readonly [number, readonly [string, Write]])[]): Promise<void> {
  let time = BEGIN;
  const now = () => time;
  const world: WorldFile = {
    accounts: [
      {
        id: CUSTOMER,
        policies: [{ name: "p", document: parsed(allowing("users")) }],
        users: [
          {
            name: "ada",
            policies: { own: parsed(policy("iam:List*")) },
            attachedPolicyArns: [policyArn],
            permissionsBoundaryArn: policyArn,
          },
        ],
        roles: [{ name: "r", trustPolicy: parsed(trust("one-id")), policies: { own: parsed(allowing("roles")) } }],
      },
      { id: VENDOR },
    ],
  };
  await using delayed = await startSandbox({ world, now, faults: [{ kind: "propagation", delayMs: DELAY }] });
  await using later = await startSandbox({ world, now });
  const left: Side = { sandbox: delayed, keys: [delayed.issueKey("customer", "ada")], sessions: [] };
  const right: Side = { sandbox: later, keys: [later.issueKey("customer", "ada")], sessions: [] };
  const waiting: { readonly at: number; readonly act: Write }[] = [];

  const lookAt = async (moment: number) => {
    while (waiting[0] !== undefined && waiting[0].at <= moment) {
      time = waiting[0].at;
      await outcome((waiting.shift()?.act ?? never)(iamOf(right, time), right));
    }
    time = moment;
    const [one, other] = [await answers(left, right.keys.length, time), await answers(right, right.keys.length, time)];
    expect(one).toEqual(other);
  };

  let at = BEGIN;
  for (const [pause, [, act]] of steps) {
    at += pause;
    await lookAt(at);
    await outcome(act(iamOf(left, time), left));
    waiting.push({ at: time + DELAY, act });
  }
  for (const due of waiting.map((write) => write.at)) {
    await lookAt(due - 1);
    await lookAt(due);
  }
}

/** What the callers of a side are answered now, and which sessions they got. */
async function answers({ sandbox, keys, sessions }: Side, known: number, time: number): Promise<readonly string[]> {
  const told: string[] = [];
  const vendor = new STS(options(sandbox, sandbox.account("vendor").admin, time));
  for (const held of [...keys.slice(0, known), ...sessions]) {
    const iam = new IAM(options(sandbox, held, time));
    told.push(code(await outcome(iam.listUsers({}))), code(await outcome(iam.listRoles({}))));
  }
  sessions.length = 0;
  for (const ExternalId of ["one-id", "other-id"]) {
    const order = { RoleArn: roleArn("r"), RoleSessionName: "model", ExternalId };
    const answer = vendor.assumeRole(order);
    told.push(code(await outcome(answer)));
    const { Credentials } = await answer.catch(() => ({ Credentials: undefined }));
    if (Credentials !== undefined) {
      sessions.push({
        accessKeyId: Credentials.AccessKeyId ?? "",
        secretAccessKey: Credentials.SecretAccessKey ?? "",
        sessionToken: Credentials.SessionToken ?? "",
      });
    }
  }
  return told;
}

const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>;
const code = (text: string) => text.split(" ", 2).join(" ");
const never: Write = () => Promise.reject(new Error("nothing waits"));
const iamOf = ({ sandbox }: Side, time: number) => new IAM(options(sandbox, sandbox.account("customer").admin, time));
function options(sandbox: Sandbox, credentials: Keys, time: number) {
  return {
    endpoint: sandbox.endpoint,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
    systemClockOffset: time - Date.now(),
  };
}
