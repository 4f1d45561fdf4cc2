// Temporary credentials on the wire: the token belongs to the key, and both end.
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { DeleteAccessKeyCommand, IAMClient, UpdateAccessKeyCommand } from "@aws-sdk/client-iam";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { send, shown, sign, signIdentityCall } from "./signed-request.js";
import { assume, document, keysOf, outcome, roleArn, sts, trusting, VENDOR, world } from "./sts-clients.js";
import type { Keys } from "./sts-clients.js";

let now: number;
let sandbox: Sandbox;
let session: Required<Keys>;
let other: Required<Keys>;
beforeEach(async () => {
  now = Date.now();
  sandbox = await startSandbox({
    now: () => now,
    world: {
      ...world({ roles: [{ name: "role", trustPolicy: document(trusting({ AWS: VENDOR })) }] }),
      buckets: [{ name: "letters", account: "222222222222", region: "eu-central-1" }],
    },
  });
  const vendor = sts(sandbox, sandbox.account("vendor").admin);
  session = keysOf(await assume(vendor, roleArn("role")));
  other = keysOf(await assume(vendor, roleArn("role"), { RoleSessionName: "other" }));
});
afterEach(() => sandbox.stop());

const call = async (keys: Keys, service: "sts" | "s3" = "sts") => {
  const options = { endpoint: sandbox.endpoint, keys, at: new Date(now) };
  const request =
    service === "sts"
      ? await signIdentityCall(options)
      : await sign({ ...options, service, method: "GET", path: "/letters" });
  return send(sandbox.endpoint, request);
};
const without = ({ accessKeyId, secretAccessKey }: Keys): Keys => ({ accessKeyId, secretAccessKey });

describe("a session's token", () => {
  it("is needed beside the key", async () => {
    expect(shown(await call(session))).toBe("200");
    expect(shown(await call(without(session)))).toBe("403 InvalidClientTokenId");
    expect(shown(await call(without(session), "s3"))).toBe("403 InvalidAccessKeyId");
  });

  it("must be the key's own, to the last character", async () => {
    const { sessionToken } = session;
    const changed = (at: number) =>
      sessionToken.slice(0, at) + (sessionToken[at] === "A" ? "B" : "A") + sessionToken.slice(at + 1);
    const wrong = [
      other.sessionToken,
      changed(0),
      changed(60),
      changed(sessionToken.length - 1),
      sessionToken.slice(0, -1),
      `${sessionToken}A`,
      sessionToken.toLowerCase(),
      "x",
    ];
    for (const token of wrong) {
      expect(shown(await call({ ...session, sessionToken: token }))).toBe("403 InvalidClientTokenId");
      expect(shown(await call({ ...session, sessionToken: token }, "s3"))).toBe("400 InvalidToken");
    }
  });

  it("does not go with the secret of another session, nor with a long-term key", async () => {
    expect(shown(await call({ ...session, secretAccessKey: other.secretAccessKey }))).toBe("403 SignatureDoesNotMatch");
    const admin = sandbox.account("customer").admin;
    expect(shown(await call({ ...admin, sessionToken: session.sessionToken }))).toBe("403 InvalidClientTokenId");
    expect(shown(await call({ ...admin, sessionToken: session.sessionToken }, "s3"))).toBe("400 InvalidToken");
  });
});

describe("an expired session", () => {
  it("is told so, from the very second of its Expiration on", async () => {
    now += 3_599_000;
    expect(shown(await call(session))).toBe("200");
    now += 1_000;
    const expired = await call(session);
    expect(shown(expired)).toBe("403 ExpiredToken");
    expect(expired.body).toContain("<Message>The security token included in the request is expired</Message>");
    expect(shown(await call(session, "s3"))).toBe("400 ExpiredToken");
  });

  it("is told so only to whoever has its secret", async () => {
    now += 7_200_000;
    expect(shown(await call({ ...session, secretAccessKey: "x".repeat(40) }))).toBe("403 SignatureDoesNotMatch");
  });

  it("is refused to a real SDK client whose clock the sandbox has left behind", async () => {
    const client = sts(sandbox, session, { maxAttempts: 3 });
    sandbox.advanceClock(7_200_000);
    expect(await outcome(client.send(new GetCallerIdentityCommand({})))).toMatch(/^403 ExpiredToken/);
  });
});

describe("a moved clock", () => {
  it("is followed by a real SDK client, which corrects its own by the Date header", async () => {
    const client = sts(sandbox, sandbox.account("vendor").admin, { maxAttempts: 2 });
    for (const hours of [1, 24, -48]) {
      sandbox.advanceClock(hours * 3_600_000);
      expect(await outcome(client.send(new GetCallerIdentityCommand({})))).toBe("ok");
    }
  });
});

describe("a long-term key", () => {
  it("ends when it is made inactive or deleted, and works again when it is made active", async () => {
    const iam = new IAMClient({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      credentials: sandbox.account("customer").admin,
    });
    const key = sandbox.issueKey("customer", "admin");
    const UserName = "admin";
    const AccessKeyId = key.accessKeyId;
    expect(shown(await call(key))).toBe("200");
    await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: "Inactive" }));
    expect(shown(await call(key))).toBe("403 InvalidClientTokenId");
    expect(shown(await call(key, "s3"))).toBe("403 InvalidAccessKeyId");
    await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: "Active" }));
    expect(shown(await call(key))).toBe("200");
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    expect(shown(await call(key))).toBe("403 InvalidClientTokenId");
  });
});

describe("keys that the sandbox did not issue", () => {
  it("are refused, and none of their characters is kept", async () => {
    const real = {
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      sessionToken: "FwoGZXIvYXdzEXAMPLE",
    };
    expect(shown(await call(real))).toBe("403 InvalidClientTokenId");
    expect(shown(await call({ ...real, accessKeyId: "test", secretAccessKey: "test" }))).toBe(
      "403 InvalidClientTokenId",
    );
    const page = await (await fetch(sandbox.console)).text();
    const log = await (await fetch(`${sandbox.control}calls?after=0`)).text();
    const kept = JSON.stringify(sandbox.calls()) + page + log;
    for (const secret of Object.values(real)) expect(kept).not.toContain(secret);
    for (const secret of Object.values(session)) expect(kept).not.toContain(secret);
    expect(sandbox.calls().at(-1)).toMatchObject({
      service: "sts",
      errorCode: "InvalidClientTokenId",
      principalArn: undefined,
    });
  });
});
