// The promise of early renewal, whole: a real S3Client rides a real outage of STS, on a clock that is moved by hand.
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createAssumeRole, createCredentialsBroker, CredentialsError, type AuditEvent } from "@daypass/credentials";
import { startSandbox, type WorldFile } from "@daypass/sandbox/testing";
import { describe, expect, test } from "vitest";

const MINUTE = 60_000;
const EXTERNAL_ID = "vYx3mHc0Qk2sVb7nTfWq5g";
const statements = (...all: object[]) => ({ Version: "2012-10-17", Statement: all });
const world: WorldFile = {
  accounts: [
    {
      id: "222222222222",
      roles: [
        {
          name: "reader",
          trustPolicy: statements({
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::111111111111:root" },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "sts:ExternalId": EXTERNAL_ID } },
          }),
          policies: {
            read: statements({ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::acme-data/*" }),
          },
        },
      ],
    },
  ],
  buckets: [
    {
      name: "acme-data",
      account: "222222222222",
      region: "eu-west-1",
      objects: [{ key: "report.csv", body: "a,b\n1,2\n" }],
    },
  ],
};

/** A vendor who reads the customer's object, with everything real but the time. */
const setUp = async (jitter: number) => {
  let time = Date.UTC(2030, 0, 1);
  const now = () => time;
  const sandbox = await startSandbox({ world, now });
  const events: AuditEvent[] = [];
  const broker = createCredentialsBroker({
    assumeRole: createAssumeRole({ credentials: sandbox.account("vendor").admin, endpoint: sandbox.endpoint, now }),
    record: async (event) => void events.push(event),
    now,
    jitter: () => jitter,
    sleep: async (ms) => {
      time += ms;
    },
  });
  const s3 = new S3Client({
    region: "eu-west-1",
    endpoint: sandbox.endpoint,
    forcePathStyle: true,
    credentials: broker.provider({
      roleArn: "arn:aws:iam::222222222222:role/reader",
      roleSessionName: "acme.report",
      externalId: EXTERNAL_ID,
      durationSeconds: 3600,
      region: "eu-west-1",
    }),
  });
  const read = async (): Promise<string> => {
    try {
      // The SDK signs by the machine's clock plus this offset, which it corrects by every answer's Date.
      s3.config.systemClockOffset = now() - Date.now();
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: "acme-data", Key: "report.csv" }));
      return (await Body?.transformToString()) === "a,b\n1,2\n" ? "read" : "wrong body";
    } catch (error) {
      return error instanceof CredentialsError ? error.code : `unexpected: ${String(error)}`;
    }
  };
  /** Waits until no call is under way behind the caller's back: every intent has its outcome. */
  const settle = () => expect.poll(() => events.length % 2).toBe(0);
  const expiration = () => events.findLast((event) => event.type === "assume_role.granted")?.expiration?.getTime() ?? 0;
  return {
    sandbox,
    events,
    read,
    settle,
    now,
    leftMs: () => expiration() - time,
    move: (ms: number) => {
      time += ms;
    },
    strike: () =>
      sandbox.fault({ service: "sts", status: 503, code: "ServiceUnavailable", message: "scripted outage" }),
  };
};

/** Reads every five minutes for so long, and returns what came of each read. */
const readFor = async (scene: Awaited<ReturnType<typeof setUp>>, ms: number, stepMs = 5 * MINUTE) => {
  const outcomes: string[] = [];
  for (let passed = 0; passed < ms; passed += stepMs) {
    scene.move(Math.min(stepMs, ms - passed));
    outcomes.push(await scene.read());
    await scene.settle();
  }
  return outcomes;
};

describe("a 25-minute outage of STS", () => {
  test.each([0, 10, 20, 24.9, 25.1, 29.9, 30, 35, 45])(
    "that starts %s minutes into a session fails no S3 call of a client that asks every five minutes",
    async (startMinutes) => {
      for (const jitter of [0, 0.999]) {
        const scene = await setUp(jitter);
        try {
          const outcomes = [await scene.read(), ...(await readFor(scene, startMinutes * MINUTE))];
          const outage = scene.strike();
          const leftMs = scene.leftMs();
          outcomes.push(...(await readFor(scene, 25 * MINUTE)));
          const faults = scene.sandbox.calls().filter((call) => call.service === "sts" && call.status === 503);
          outage.lift();
          outcomes.push(...(await readFor(scene, 65 * MINUTE)));
          expect(new Set(outcomes)).toEqual(new Set(["read"]));
          // The outage was real: unless the session was fresh, it hit a renewal.
          if (leftMs <= 50 * MINUTE) expect(faults.length).toBeGreaterThan(0);
          expect(leftMs).toBeGreaterThanOrEqual(25 * MINUTE);
        } finally {
          await scene.sandbox.stop();
        }
      }
    },
  );
});

describe("an outage that is longer than the session", () => {
  test("fails calls from the moment the session expires, and none before; then everything recovers by itself", async () => {
    const scene = await setUp(0.5);
    try {
      expect(await scene.read()).toBe("read");
      const outage = scene.strike();
      // 59 minutes and 50 seconds: the session lives, and every read succeeds.
      expect(new Set(await readFor(scene, 55 * MINUTE))).toEqual(new Set(["read"]));
      scene.move(scene.leftMs() - 10_000);
      expect(await scene.read()).toBe("read");
      scene.move(scene.leftMs() + 1);
      expect(await scene.read()).toBe("sts_unavailable");
      scene.move(30 * MINUTE);
      expect(await scene.read()).toBe("sts_unavailable");
      outage.lift();
      expect(await scene.read()).toBe("read");
      expect(new Set(await readFor(scene, 120 * MINUTE))).toEqual(new Set(["read"]));
    } finally {
      await scene.sandbox.stop();
    }
  });
});
