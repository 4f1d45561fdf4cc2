// Roles assumed with a user's keys and with sessions, against a sandbox that checks trust policies and codes.
import type { RoleRequest } from "@daypass/credentials";
import { afterEach, describe, expect, test } from "vitest";
import { AuthError } from "../dist/errors.js";
import { createRoleSource } from "../dist/sts/role-source.js";
import { createSessionTokenSource } from "../dist/sts/session-token-source.js";
import type { CredentialsSource, MfaDevice, SourceContext } from "../dist/types.js";
import { ALICE_DEVICE, codeOf, createKeys, DEV, policy, PROD, startHubWorld, type HubWorld } from "./hub-world.js";

const open: HubWorld[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((hub) => hub[Symbol.asyncDispose]()));
});
const start = async (...args: Parameters<typeof startHubWorld>): Promise<HubWorld> => {
  const hub = await startHubWorld(...args);
  open.push(hub);
  return hub;
};

const requestOf = (over: Partial<RoleRequest> = {}): RoleRequest => ({
  roleArn: `arn:aws:iam::${DEV}:role/DEVELOPER`,
  roleSessionName: "alice-daypass",
  externalId: null,
  durationSeconds: 3600,
  region: "eu-west-1",
  ...over,
});
const phoneOf = ({ prompt }: HubWorld, serial = ALICE_DEVICE): MfaDevice => ({
  serial,
  code: () => prompt.ask({ kind: "mfa_code", message: "code" }),
});
const roleOf = (hub: HubWorld, over: Partial<RoleRequest> = {}, from?: CredentialsSource, mfa?: MfaDevice) =>
  createRoleSource(hub.context, {
    from: from ?? createKeys(hub.keysOf("alice")),
    request: requestOf(over),
    client: hub.client,
    description: "role DEVELOPER",
    ...(mfa !== undefined && { mfa }),
  });
const errorOf = (work: Promise<unknown>): Promise<AuthError> =>
  work.then(
    () => Promise.reject(new Error("granted")),
    (error: unknown) => (error instanceof AuthError ? error : Promise.reject(error)),
  );

describe("a role by a user's keys", () => {
  test("is assumed with one code, kept, and asked for no second time", async () => {
    const hub = await start();
    const source = roleOf(hub, {}, undefined, phoneOf(hub));
    const first = await source.get();
    const second = await source.get();
    expect(second).toEqual(first);
    expect(first).toMatchObject({ accountId: DEV });
    expect(hub.prompt.asked).toHaveLength(1);
    expect(hub.count("AssumeRole")).toBe(1);
    expect(source.asksPerson).toBe(true);
  });

  test("may last as long as the role allows", async () => {
    const hub = await start();
    const over = { roleArn: `arn:aws:iam::${DEV}:role/ADMIN`, durationSeconds: 43_200 };
    const { expiration } = await roleOf(hub, over, undefined, phoneOf(hub)).get();
    expect(expiration?.getTime()).toBe(Math.floor(hub.now() / 1000) * 1000 + 43_200_000);
  });

  test("is refused where it is to last longer, in words that name the way out", async () => {
    const hub = await start();
    const error = await errorOf(roleOf(hub, { durationSeconds: 7200 }, undefined, phoneOf(hub)).get());
    expect(error).toMatchObject({ code: "invalid_option", awsCode: "ValidationError" });
    expect(error.hint).toContain("3600");
  });

  test("is denied without a code where its trust policy wants one, and says that a device may be missing", async () => {
    const hub = await start();
    const error = await errorOf(roleOf(hub).get());
    expect(error).toMatchObject({ code: "access_denied", awsCode: "AccessDenied" });
    expect(error.message).toContain(`AWS refuses arn:aws:iam::${DEV}:role/DEVELOPER to user alice`);
    expect(error.hint).toContain("a role that asks for MFA needs a device to be named");
    expect(hub.events.map(({ type }) => type)).toEqual(["session.intent", "session.refused"]);
  });

  test("names keys that AWS does not know", async () => {
    const hub = await start();
    const keys = createKeys({ ...hub.keysOf("alice"), secretAccessKey: "x".repeat(40) });
    expect(await errorOf(roleOf(hub, {}, keys).get())).toMatchObject({ code: "caller_credentials" });
  });

  test("is out of reach, not denied, where nobody answers", async () => {
    const hub = await start();
    await hub.sandbox.stop();
    const source = createRoleSource(hub.context, {
      from: createKeys({ accessKeyId: "AKIAEXAMPLE", secretAccessKey: "x".repeat(40) }),
      request: requestOf(),
      client: hub.client,
      description: "role",
    });
    expect(await errorOf(source.get())).toMatchObject({ code: "aws_unavailable" });
  });

  test("is asked for again by AWS's clock where ours is an hour off", async () => {
    const hub = await start();
    hub.sandbox.advanceClock(3_600_000);
    const open = { roleArn: `arn:aws:iam::${DEV}:role/OPEN` };
    const { expiration } = await roleOf(hub, open).get();
    expect(expiration?.getTime()).toBeGreaterThan(hub.now() + 7_190_000);
    const [kept] = hub.cache.held.values();
    expect(kept?.clockOffsetMs).toBeGreaterThan(3_590_000);
  });

  test("says nothing of the external ID in what went wrong", async () => {
    const hub = await start();
    const error = await errorOf(roleOf(hub, { externalId: "a-quiet-external-id" }).get());
    expect(JSON.stringify([error.message, error.hint, String(error.cause)])).not.toContain("a-quiet-external-id");
  });
});

describe("a code", () => {
  test.each(["12345", "1234567", "abcdef", "", "12 456"])("that is not six digits goes nowhere: %j", async (code) => {
    const hub = await start(() => code);
    expect(await errorOf(roleOf(hub, {}, undefined, phoneOf(hub)).get())).toMatchObject({ code: "mfa_refused" });
    expect(hub.count("AssumeRole")).toBe(0);
  });

  test("that AWS refuses is asked for again, and the right one is taken", async () => {
    const typed = ["000000", "000005"];
    const hub = await start((_, sandbox) => typed.shift() ?? sandbox.mfaCode(ALICE_DEVICE));
    await roleOf(hub, {}, undefined, phoneOf(hub)).get();
    expect(hub.prompt.asked).toHaveLength(3);
    expect(hub.count("AssumeRole")).toBe(3);
    expect(hub.prompt.told).toHaveLength(2);
  });

  test("that is wrong three times is given up", async () => {
    const hub = await start(() => "000000");
    const error = await errorOf(roleOf(hub, {}, undefined, phoneOf(hub)).get());
    expect(error).toMatchObject({ code: "mfa_refused", awsCode: "AccessDenied" });
    expect(hub.prompt.asked).toHaveLength(3);
  });

  test("that was used is refused, and the next one of the device is taken", async () => {
    const hub = await start();
    const shown = hub.sandbox.mfaCode(ALICE_DEVICE);
    const typed = [shown, shown];
    const phone: MfaDevice = {
      serial: ALICE_DEVICE,
      code: async () => {
        const code = typed.shift();
        if (code !== undefined) return code;
        hub.advance(30_000);
        return hub.sandbox.mfaCode(ALICE_DEVICE);
      },
    };
    const keys = createKeys(hub.keysOf("alice"));
    await roleOf(hub, {}, keys, phone).get();
    await roleOf(hub, { roleArn: `arn:aws:iam::${PROD}:role/people/DEVELOPER` }, keys, phone).get();
    expect(hub.count("AssumeRole")).toBe(3);
  });

  test("of another user's device is not asked for twice", async () => {
    const hub = await start();
    const error = await errorOf(
      roleOf(hub, {}, undefined, phoneOf(hub, "arn:aws:iam::111111111111:mfa/bobs-phone")).get(),
    );
    expect(error.code).toBe("mfa_refused");
    expect(error.hint).toContain("name a device of this user");
    expect(hub.prompt.asked).toHaveLength(1);
  });

  test("that the person does not want to give ends it at once, in their words", async () => {
    const hub = await start(() => {
      throw new AuthError("cancelled", "you said no", { hint: "ask again" });
    });
    expect(await codeOf(roleOf(hub, {}, undefined, phoneOf(hub)).get())).toBe("cancelled");
    expect(hub.count("AssumeRole")).toBe(0);
  });
});

describe("a role by a user's session", () => {
  const sessionOf = (hub: HubWorld) =>
    createSessionTokenSource(hub.context, {
      from: createKeys(hub.keysOf("alice")),
      durationSeconds: 43_200,
      mfa: phoneOf(hub),
      client: hub.client,
      description: "alice's session",
    });

  test("costs one code for all roles, and no further one when an hour is over", async () => {
    const hub = await start();
    const session = sessionOf(hub);
    const dev = roleOf(hub, {}, session);
    const prod = roleOf(hub, { roleArn: `arn:aws:iam::${PROD}:role/people/DEVELOPER` }, session);
    await dev.get();
    await prod.get();
    hub.advance(3_700_000);
    await dev.get();
    expect(hub.prompt.asked).toHaveLength(1);
    expect(hub.count("GetSessionToken")).toBe(1);
    expect(hub.count("AssumeRole")).toBe(3);
    expect(dev.asksPerson).toBe(true);
  });

  test("is capped at an hour, and the description says so", async () => {
    const hub = await start();
    const over = { roleArn: `arn:aws:iam::${DEV}:role/ADMIN`, durationSeconds: 43_200 };
    const role = roleOf(hub, over, sessionOf(hub));
    const { expiration } = await role.get();
    expect(expiration?.getTime()).toBe(Math.floor(hub.now() / 1000) * 1000 + 3_600_000);
    expect(role.description).toBe("role DEVELOPER (one hour at most: a session assumes the role)");
    expect(role.question["durationSeconds"]).toBe(3600);
  });

  test("that AWS no longer knows is thrown away, so that the next asking makes a new one", async () => {
    const hub = await start();
    const keys = createKeys(hub.keysOf("alice"));
    const sessionIn = (context: SourceContext) => ({
      context,
      session: createSessionTokenSource(context, {
        from: keys,
        durationSeconds: 43_200,
        mfa: phoneOf(hub),
        client: hub.client,
        description: "alice's session",
      }),
    });
    await sessionIn(hub.context).session.get();
    for (const [key, kept] of hub.cache.held) {
      hub.cache.held.set(key, { ...kept, credentials: { ...kept.credentials, sessionToken: "nobodys-token" } });
    }
    const { context, session } = sessionIn(hub.renewContext());
    const role = createRoleSource(context, {
      from: session,
      request: requestOf(),
      client: hub.client,
      description: "",
    });
    expect(await errorOf(role.get())).toMatchObject({ code: "caller_credentials" });
    hub.advance(60_000);
    expect(await codeOf(role.get())).toBe("granted");
    expect(hub.count("GetSessionToken")).toBe(2);
  });
});

describe("the question", () => {
  test.each<[string, Partial<RoleRequest>]>([
    ["role", { roleArn: `arn:aws:iam::${DEV}:role/OTHER` }],
    ["external ID", { externalId: "an-id" }],
    ["duration", { durationSeconds: 900 }],
    ["session name", { roleSessionName: "bob" }],
    ["tags", { tags: { team: "red" } }],
    ["transitive tag keys", { transitiveTagKeys: ["team"] }],
    ["source identity", { sourceIdentity: "alice" }],
    ["policy", { policy: JSON.stringify(policy({ Effect: "Allow", Action: "s3:*", Resource: "*" })) }],
    ["policy ARNs", { policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }],
  ])("is another one with another %s", async (_, over) => {
    const hub = await start();
    const keys = createKeys(hub.keysOf("alice"));
    expect(roleOf(hub, over, keys).question).not.toEqual(roleOf(hub, {}, keys).question);
  });

  test("is another one with another device, endpoint, region, or other keys", async () => {
    const hub = await start();
    const keys = createKeys(hub.keysOf("alice"));
    const plain = roleOf(hub, {}, keys);
    const make = (over: Partial<Parameters<typeof createRoleSource>[1]>) =>
      createRoleSource(hub.context, { from: keys, request: requestOf(), client: hub.client, description: "", ...over });
    const others = [
      make({ mfa: phoneOf(hub) }),
      make({ client: { region: "eu-west-1" } }),
      make({ client: { region: "eu-west-1", useFipsEndpoint: true } }),
      make({ client: { region: "eu-west-1", useDualstackEndpoint: true } }),
      make({ client: { ...hub.client, region: "eu-west-2" }, request: requestOf({ region: "eu-west-2" }) }),
      make({ from: createKeys(hub.keysOf("bob")) }),
    ].map(({ question }) => JSON.stringify(question));
    expect(new Set([...others, JSON.stringify(plain.question)]).size).toBe(7);
  });

  test("that contradicts the client or names a device without codes is refused at the door", async () => {
    const hub = await start();
    expect(() => roleOf(hub, { region: "us-east-1" })).toThrow(/one region and the client is of another/);
    expect(() => roleOf(hub, { mfaSerial: ALICE_DEVICE })).toThrow(/codes nobody gives/);
  });
});
