// What is said of required actions where the simulator does not know what the request will be.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuth } from "@daypass/auth";
import { startSandbox } from "@daypass/sandbox/testing";
import { expect, onTestFinished, test } from "vitest";
import { createFakePrompt, HUB, policy } from "./hub-world.js";

const vera = {
  name: "vera",
  policies: {
    own: policy(
      { Effect: "Allow", Action: ["iam:SimulatePrincipalPolicy", "s3:GetObject"], Resource: "*" },
      {
        Effect: "Allow",
        Action: "s3:ListAllMyBuckets",
        Resource: "*",
        Condition: { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } },
      },
    ),
  },
};

test("a no that hangs on what only the request tells is unknown, and what is missing is named", async () => {
  await using sandbox = await startSandbox({ world: { accounts: [{ id: HUB, users: [vera] }] } });
  const directory = await mkdtemp(join(tmpdir(), "daypass-check-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const { accessKeyId, secretAccessKey } = sandbox.issueKey(HUB, "vera");
  const auth = createAuth({
    toolName: "my-tool",
    homeDir: "/nowhere",
    directory,
    requiredActions: ["s3:GetObject", "s3:ListAllMyBuckets"],
    env: {
      AWS_ENDPOINT_URL: sandbox.endpoint,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
    keychain: "off",
    prompt: createFakePrompt(() => ""),
  });
  const { actions } = await auth.checkRequiredActions();
  expect(actions).toEqual([
    { action: "s3:GetObject", answer: "allowed", why: "the simulator says allowed" },
    {
      action: "s3:ListAllMyBuckets",
      answer: "unknown",
      why: "the simulator says implicitDeny, without knowing aws:SourceIp",
    },
  ]);
});
