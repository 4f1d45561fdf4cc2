// Less of each identity: on the call that AWS has for it, proved by what the session can still do; else refused.
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { narrowSource } from "../dist/hubs/narrow-source.js";
import { createRoleSource } from "../dist/sts/role-source.js";
import { createFederationTokenSource } from "../dist/sts/federation-token-source.js";
import { createSessionTokenSource } from "../dist/sts/session-token-source.js";
import type { AwsCredentials, CredentialsSource, Narrowing, SessionQuestion } from "../dist/types.js";
import { codeOf, createKeys, DEV, policy, startHubWorld, type HubWorld } from "./hub-world.js";

let hub: HubWorld;
beforeEach(async () => {
  hub = await startHubWorld();
});
afterEach(() => hub[Symbol.asyncDispose]());

const NOTHING_OF_S3 = JSON.stringify(policy({ Effect: "Allow", Action: "ec2:*", Resource: "*" }));
const ALL_OF_S3 = JSON.stringify(policy({ Effect: "Allow", Action: "s3:*", Resource: "*" }));
const options = () => ({ client: hub.client, federatedName: "alice" });
const keys = () => createKeys(hub.keysOf("carl"), "user carl");
const role = (over: object = {}) =>
  createRoleSource(hub.context, {
    from: keys(),
    request: {
      roleArn: `arn:aws:iam::${DEV}:role/OPEN`,
      roleSessionName: "carl",
      externalId: null,
      durationSeconds: 3600,
      region: "eu-west-1",
      ...over,
    },
    client: hub.client,
    description: "role OPEN",
  });
/** What S3 says to these credentials. */
const askS3 = async (
  { accessKeyId, secretAccessKey, sessionToken = "" }: AwsCredentials,
  Bucket: string,
): Promise<string> => {
  const client = new S3Client({
    region: "eu-west-1",
    endpoint: hub.sandbox.endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  const said: unknown = await client.send(new GetObjectCommand({ Bucket, Key: "x" })).catch((error: unknown) => error);
  client.destroy();
  return said instanceof Error ? said.name : "granted";
};
const of = (kind: SessionQuestion["kind"]): CredentialsSource => ({
  question: { kind, accessKeyId: "x" },
  description: `a ${kind}`,
  get: () => Promise.reject(new Error("not asked")),
});

describe("a session policy", () => {
  const STATEMENT = { Effect: "Allow", Action: "s3:*", Resource: "*" };
  test.each<[string, string, string]>([
    ["that is no JSON", "{", "invalid_json"],
    ["with a mistyped element", JSON.stringify(policy({ ...STATEMENT, Condtion: {} })), "Statement[0].Condtion"],
    [
      "with an unknown operator",
      JSON.stringify(policy({ ...STATEMENT, Condition: { StringEqualz: { "aws:x": "y" } } })),
      "Statement[0].Condition.StringEqualz",
    ],
    ["with a principal", JSON.stringify(policy({ ...STATEMENT, Principal: "*" })), "Statement[0].Principal"],
  ])("%s is refused before AWS is asked, with the place of the fault", async (_, text, place) => {
    for (const source of [role(), keys()]) {
      expect(() => narrowSource(hub.context, source, { policy: text }, options())).toThrow(
        expect.objectContaining({
          code: "invalid_option",
          cause: expect.objectContaining(place.startsWith("invalid") ? { code: place } : { path: place }),
        }),
      );
    }
    expect(hub.sandbox.calls()).toEqual([]);
  });
});

describe("a role", () => {
  test("keeps its rights where nothing is asked for", async () => {
    const source = role();
    expect(narrowSource(hub.context, source, {}, options())).toBe(source);
    expect(await askS3(await source.get(), "dev-data")).toBe("granted");
  });

  test("loses what the policy does not allow, and is another question", async () => {
    const wide = role();
    const narrow = narrowSource(hub.context, wide, { policy: NOTHING_OF_S3 }, options());
    await wide.get();
    expect(await askS3(await narrow.get(), "dev-data")).toBe("AccessDenied");
    expect(narrow.question).not.toEqual(wide.question);
  });

  test.each<[string, Narrowing]>([
    ["tags", { tags: { team: "red" }, transitiveTagKeys: ["team"] }],
    ["source identity", { sourceIdentity: "carl" }],
    ["duration", { durationSeconds: 900 }],
    ["external ID", { externalId: "an-external-id" }],
    ["session name", { roleSessionName: "another" }],
    ["policy ARNs", { policyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }],
  ])("takes %s onto its call", async (_, narrowing) => {
    const narrow = narrowSource(hub.context, role(), narrowing, options());
    expect(narrow.question).toMatchObject(narrowing);
    expect(await codeOf(narrow.get())).toBe("granted");
  });

  test("is narrowed twice where the two do not touch", () => {
    const once = narrowSource(hub.context, role(), { policy: NOTHING_OF_S3 }, options());
    const twice = narrowSource(hub.context, once, { sourceIdentity: "carl" }, options());
    expect(twice.question).toMatchObject({ policy: NOTHING_OF_S3, sourceIdentity: "carl" });
  });

  test.each<[string, object, Narrowing]>([
    ["a policy by another", { policy: NOTHING_OF_S3 }, { policy: ALL_OF_S3 }],
    ["a policy by ARNs, which AWS would add", { policy: NOTHING_OF_S3 }, { policyArns: ["arn:aws:iam::aws:policy/X"] }],
    ["ARNs by a policy", { policyArns: ["arn:aws:iam::aws:policy/X"] }, { policy: ALL_OF_S3 }],
    ["tags by others", { tags: { team: "red" } }, { tags: { team: "blue" } }],
    ["a source identity by another", { sourceIdentity: "carl" }, { sourceIdentity: "alice" }],
    ["an external ID by another", { externalId: "the-right-one" }, { externalId: "another-one" }],
  ])("never replaces %s", (_, over, narrowing) => {
    expect(() => narrowSource(hub.context, role(over), narrowing, options())).toThrow(
      expect.objectContaining({ code: "cannot_narrow" }),
    );
  });

  test("is not asked for with an empty list of policies, which narrows nothing", async () => {
    expect(await codeOf(narrowSource(hub.context, role(), { policyArns: [] }, options()).get())).toBe("invalid_option");
  });
});

describe("a user's own keys", () => {
  test("become a federated session that may less, and says what it cannot do", async () => {
    const narrow = narrowSource(hub.context, keys(), { policy: NOTHING_OF_S3, durationSeconds: 900 }, options());
    expect(narrow.question).toMatchObject({ kind: "federation_token", name: "alice", durationSeconds: 900 });
    expect(narrow.description).toContain("it can call neither IAM nor STS");
    const credentials = await narrow.get();
    expect(await askS3(credentials, "hub-data")).toBe("AccessDenied");
    const wider = narrowSource(hub.context, keys(), { policy: ALL_OF_S3 }, options());
    expect(await askS3(await wider.get(), "hub-data")).toBe("granted");
    expect(credentials.sessionToken).toBeDefined();
    const [kept] = hub.cache.held.values();
    expect(kept?.arn).toBe("arn:aws:sts::111111111111:federated-user/alice");
  });

  test.each(["environment", "process"] as const)("are narrowed wherever they come from: %s", async (kind) => {
    const from: CredentialsSource = { ...of(kind), get: () => keys().get() };
    const narrow = narrowSource(hub.context, from, { policy: NOTHING_OF_S3 }, options());
    expect(await askS3(await narrow.get(), "hub-data")).toBe("AccessDenied");
  });

  test.each(["environment", "process"] as const)(
    "that turn out to be a session's are not handed out whole, and the remedy is named: %s",
    async (kind) => {
      const temporary = await createSessionTokenSource(hub.context, {
        from: keys(),
        durationSeconds: 900,
        client: hub.client,
        description: "session",
      }).get();
      const from: CredentialsSource = { ...of(kind), get: async () => temporary };
      const narrow = narrowSource(hub.context, from, { policy: NOTHING_OF_S3 }, options());
      await expect(narrow.get()).rejects.toMatchObject({
        code: "cannot_narrow",
        hint: "name a role that trusts this identity, and narrow that",
      });
      expect(hub.count("GetFederationToken")).toBe(0);
    },
  );

  test("of a federated session assume no role", async () => {
    const narrow = narrowSource(hub.context, keys(), { policy: ALL_OF_S3 }, options());
    const chained = createRoleSource(hub.context, {
      from: narrow,
      request: { ...requestOfOpen, durationSeconds: 900 },
      client: hub.client,
      description: "role",
    });
    expect(await codeOf(chained.get())).not.toBe("granted");
  });

  test.each<[string, Narrowing]>([
    ["an external ID", { policy: ALL_OF_S3, externalId: "an-id" }],
    ["a source identity", { policy: ALL_OF_S3, sourceIdentity: "carl" }],
    ["transitive tag keys", { policy: ALL_OF_S3, transitiveTagKeys: ["team"] }],
    ["tags but no policy", { tags: { team: "red" } }],
    ["a duration but no policy", { durationSeconds: 900 }],
  ])("are not narrowed by %s: it would be dropped", (_, narrowing) => {
    expect(() => narrowSource(hub.context, keys(), narrowing, options())).toThrow(
      expect.objectContaining({ code: "cannot_narrow" }),
    );
  });

  test.each<[string, object]>([
    ["a name too long", { name: "x".repeat(33) }],
    ["a name with a blank", { name: "a b" }],
    ["no policies in the list", { policyArns: [] }],
    ["a policy too long", { policy: " ".repeat(2049) }],
    ["a minute", { durationSeconds: 60 }],
    ["two days", { durationSeconds: 172_800 }],
  ])("are not federated with %s", (_, over) => {
    const given = { from: keys(), name: "alice", durationSeconds: 900, client: hub.client, description: "", ...over };
    expect(() => createFederationTokenSource(hub.context, given)).toThrow(
      expect.objectContaining({ code: "invalid_option" }),
    );
  });
});

const requestOfOpen = {
  roleArn: `arn:aws:iam::${DEV}:role/OPEN`,
  roleSessionName: "carl",
  externalId: null,
  durationSeconds: 3600,
  region: "eu-west-1",
};

describe("every other identity", () => {
  test.each(["session_token", "sso_role", "federation_token", "login_session", "container", "instance"] as const)(
    "cannot be narrowed, and the remedy is named: %s",
    (kind) => {
      expect(() => narrowSource(hub.context, of(kind), { policy: ALL_OF_S3 }, options())).toThrow(
        expect.objectContaining({
          code: "cannot_narrow",
          hint: "name a role that trusts this identity, and narrow that",
        }),
      );
    },
  );
});

describe("a user's session", () => {
  const session = (from: CredentialsSource, durationSeconds = 43_200) =>
    createSessionTokenSource(hub.context, { from, durationSeconds, client: hub.client, description: "session" });

  test.each(["assume_role", "session_token", "federation_token", "sso_role", "web_identity", "instance"] as const)(
    "is not asked for with what is a session: %s",
    (kind) => {
      expect(() => session(of(kind))).toThrow(expect.objectContaining({ code: "invalid_option" }));
    },
  );

  test("is not asked for with keys that turn out to be a session's", async () => {
    const temporary = await session(keys()).get();
    const from: CredentialsSource = { ...of("process"), get: async () => temporary };
    expect(await codeOf(session(from).get())).toBe("invalid_option");
    expect(hub.count("GetSessionToken")).toBe(1);
  });

  test.each([899, 129_601, 3600.5, Number.NaN])("does not last %d seconds", (durationSeconds) => {
    expect(() => session(keys(), durationSeconds)).toThrow(expect.objectContaining({ code: "invalid_option" }));
  });
});
