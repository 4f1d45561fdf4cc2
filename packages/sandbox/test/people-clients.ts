// A sandbox with people in it, whose clock the test holds, real clients that follow that clock, and an authenticator app
// of the tests' own.
import { createHmac } from "node:crypto";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import { STS } from "@aws-sdk/client-sts";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox, WorldFile } from "@daypass/sandbox/testing";

export const CUSTOMER = "222222222222";
export const VENDOR = "111111111111";

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface People {
  readonly sandbox: Sandbox;
  /** Milliseconds since 1970, on the sandbox's clock. */
  now(): number;
  /** Moves the sandbox's clock. */
  pass(seconds: number): void;
  sts(keys: Keys): STS;
  iam(keys: Keys): IAM;
  s3(keys: Keys): S3;
}

/** Starts a sandbox whose time stands still until it is moved. */
export async function startPeople(world: WorldFile, startAt = Date.UTC(2026, 10, 21, 9, 0, 0)): Promise<People> {
  let now = startAt;
  const sandbox = await startSandbox({ now: () => now, world });
  const options = (credentials: Keys) => ({
    endpoint: sandbox.endpoint,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
    systemClockOffset: now - Date.now(),
  });
  return {
    sandbox,
    now: () => now,
    pass: (seconds) => void (now += seconds * 1000),
    sts: (keys) => new STS(options(keys)),
    iam: (keys) => new IAM(options(keys)),
    s3: (keys) => new S3(options(keys)),
  };
}

/** The credentials of an answer, as clients take them. */
export function keysIn(answer: {
  Credentials?:
    | { AccessKeyId?: string | undefined; SecretAccessKey?: string | undefined; SessionToken?: string | undefined }
    | undefined;
}): Required<Keys> {
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = answer.Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

/** What an authenticator app shows at `time` (milliseconds since 1970) for a seed in base 32. */
export function codeAt(secret: string, time: number): string {
  let bits = 0n;
  for (const character of secret) bits = bits * 32n + BigInt("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(character));
  const key = Buffer.from(bits.toString(16).padStart((secret.length * 5) / 4, "0"), "hex");
  const counter = Buffer.from(
    Math.floor(time / 30_000)
      .toString(16)
      .padStart(16, "0"),
    "hex",
  );
  const mac = createHmac("sha1", key).update(counter).digest();
  const start = (mac.at(-1) ?? 0) % 16;
  const four = mac.subarray(start, start + 4);
  return String(((four.readUInt8(0) % 128) * 2 ** 24 + four.readUIntBE(1, 3)) % 10 ** 6).padStart(6, "0");
}
