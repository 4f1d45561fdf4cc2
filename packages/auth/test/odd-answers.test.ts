// Answers that no sandbox gives: the root user's, passkeys, half an answer, one that is too good to be true.
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { identifyKeys } from "../dist/hubs/identify-keys.js";
import { findMfaDevice } from "../dist/mfa/find-device.js";
import { createSessionTokenSource } from "../dist/sts/session-token-source.js";
import type { LongLivedKeys } from "../dist/types.js";
import { codeOf, createFakePrompt, createKeys, startHubWorld } from "./hub-world.js";

const keys: LongLivedKeys = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "x".repeat(40) };
const NOW = Date.parse("2026-03-01T12:00:00Z");

let server: Server;
let endpoint: string;
let body: string;
beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.setHeader("date", new Date(NOW).toUTCString()).setHeader("content-type", "text/xml").end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  endpoint = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});
const client = () => ({ region: "eu-west-1", endpoint });
const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "granted",
    (error: unknown) => error,
  );

describe("keys", () => {
  const identify = (arn: string) => {
    body = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${arn}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;
    return identifyKeys({ now: () => NOW }, { credentials: keys, client: client(), what: "these keys" });
  };

  test.each([
    ["the root user", "arn:aws:iam::111111111111:root"],
    ["the root user of another partition", "arn:aws-cn:iam::111111111111:root"],
    ["a role", "arn:aws:sts::111111111111:assumed-role/DEVELOPER/alice"],
    ["a federated user", "arn:aws:sts::111111111111:federated-user/alice"],
    ["nobody", ""],
  ])("of %s are refused", async (_, arn) => {
    expect(await codeOf(identify(arn))).toBe("invalid_option");
  });

  test("of the root user are refused with what to do about them", async () => {
    const error = await errorOf(identify("arn:aws:iam::111111111111:root"));
    expect(Reflect.get(Object(error), "hint")).toContain("delete them");
  });

  test.each([
    ["arn:aws:iam::011111111111:user/alice", "aws", "011111111111"],
    ["arn:aws-us-gov:iam::111111111111:user/people/of/alice", "aws-us-gov", "111111111111"],
    ["arn:aws-eusc:iam::111111111111:user/alice", "aws-eusc", "111111111111"],
  ])("of %s are a user's, in its partition", async (arn, partition, accountId) => {
    expect(await identify(arn)).toEqual({ partition, accountId, userName: "alice", arn });
  });
});

describe("devices", () => {
  const APP = "arn:aws:iam::111111111111:mfa/alice";
  const HARDWARE = "GAHT12345678";
  const PASSKEY = "arn:aws:iam::111111111111:u2f/user/alice/yubikey-ABCDEF";
  const find = (serials: readonly string[], isAvailable = true, answer = HARDWARE) => {
    const members = serials.map(
      (serial) => `<member><UserName>alice</UserName><SerialNumber>${serial}</SerialNumber></member>`,
    );
    body = `<ListMFADevicesResponse><ListMFADevicesResult><MFADevices>${members.join("")}</MFADevices><IsTruncated>false</IsTruncated></ListMFADevicesResult></ListMFADevicesResponse>`;
    const prompt = { ...createFakePrompt(() => answer), isAvailable };
    return findMfaDevice({ now: () => NOW, prompt }, { credentials: keys, client: client(), owner: "hub work" });
  };

  test("that STS takes no codes of are passed over: one app beside a passkey is the device", async () => {
    expect(await find([PASSKEY, APP])).toBe(APP);
    expect(await find([HARDWARE])).toBe(HARDWARE);
  });

  test("that are all passkeys are none, and it is said why", async () => {
    const error = await errorOf(find([PASSKEY]));
    expect(error).toMatchObject({ code: "mfa_required" });
    expect(String(error)).toContain("passkeys and security keys only, and STS takes none of them");
  });

  test("are chosen among by the person, and by nobody else", async () => {
    expect(await find([APP, HARDWARE])).toBe(HARDWARE);
    expect(await codeOf(find([APP, HARDWARE], false))).toBe("prompt_unavailable");
    expect(await codeOf(find([APP, HARDWARE], true, PASSKEY))).toBe("invalid_option");
  });
});

describe("a user's session", () => {
  const later = (ms: number) => new Date(NOW + ms).toISOString();
  const session = async (parts: Record<string, string>, now = NOW) => {
    const members = Object.entries(parts).map(([name, value]) => `<${name}>${value}</${name}>`);
    body = `<GetSessionTokenResponse><GetSessionTokenResult><Credentials>${members.join("")}</Credentials></GetSessionTokenResult></GetSessionTokenResponse>`;
    await using world = await startHubWorld();
    const { context } = world;
    const from = createKeys(keys);
    const options = { from, durationSeconds: 3600, client: client(), description: "session" };
    return await createSessionTokenSource({ ...context, now: () => now }, options).get();
  };
  const whole = {
    AccessKeyId: "ASIAEXAMPLE",
    SecretAccessKey: "secret/0123456789",
    SessionToken: "token//0123456789",
    Expiration: later(3_600_000),
  };

  test.each<[string, Record<string, string>]>([
    ["no token", { ...whole, SessionToken: "" }],
    ["a secret with a line break", { ...whole, SecretAccessKey: "a&#10;b" }],
    ["no expiration", { ...whole, Expiration: "" }],
    ["a minute left", { ...whole, Expiration: later(60_000) }],
    ["two hours instead of one", { ...whole, Expiration: later(7_200_000) }],
    ["nothing", {}],
  ])("with %s is no answer", async (_, parts) => {
    expect(await codeOf(session(parts))).toBe("aws_unavailable");
  });

  test("is judged by AWS's clock where ours is two hours behind", async () => {
    await using world = await startHubWorld();
    world.sandbox.advanceClock(7_200_000);
    const from = createKeys(world.keysOf("carl"));
    const options = { from, durationSeconds: 3600, client: world.client, description: "session" };
    const { expiration } = await createSessionTokenSource(world.context, options).get();
    expect(expiration?.getTime()).toBeGreaterThan(world.now() + 10_700_000);
    expect([...world.cache.held.values()][0]?.clockOffsetMs).toBeGreaterThan(7_190_000);
  });
});
