// The other half's stage: a company whose people have a hub with MFA and IAM Identity Center, and one person's home folder.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STSClient } from "@aws-sdk/client-sts";
import { addHub, createAuth, createMemorySessionCache } from "@daypass/auth";
import { startSandbox } from "@daypass/sandbox/testing";

const HUB = "111111111111";
const DEV = "222222222222";
const PROD = "333333333333";
const region = "eu-central-1";

const allow = (more) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...more }] });
const trustsHubWithMfa = allow({
  Principal: { AWS: `arn:aws:iam::${HUB}:root` },
  Action: "sts:AssumeRole",
  Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
});
const reads = { reads: allow({ Action: ["s3:GetObject", "s3:ListBucket"], Resource: "*" }) };

const world = {
  accounts: [
    {
      id: HUB,
      groups: [
        {
          name: "DEVELOPERS",
          policies: {
            roles: allow({
              Action: "sts:AssumeRole",
              Resource: [`arn:aws:iam::${DEV}:role/DEVELOPER`, `arn:aws:iam::${PROD}:role/DEVELOPER`],
            }),
            own: allow({ Action: "iam:ListMFADevices", Resource: "*" }),
          },
        },
      ],
      users: [
        {
          name: "alice",
          groups: ["DEVELOPERS"],
          mfaDevices: [{ name: "phone", secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" }],
        },
      ],
    },
    { id: DEV, roles: [{ name: "DEVELOPER", trustPolicy: trustsHubWithMfa, policies: reads }] },
    { id: PROD, roles: [{ name: "DEVELOPER", trustPolicy: trustsHubWithMfa, policies: reads }] },
  ],
  identityCenter: {
    users: [{ name: "alice" }],
    permissionSets: [{ name: "ReadOnly", inlinePolicy: reads.reads }],
    assignments: [{ user: "alice", account: PROD, permissionSet: "ReadOnly" }],
  },
};

const hubConfig = (config) => ({
  ...config,
  environments: [
    ["dev", DEV],
    ["prod", PROD],
  ].map(([name, accountId]) => ({
    name,
    hub: "work",
    accountId,
    region,
    roles: ["DEVELOPER"],
    rolePath: "/",
    tooLong: [],
  })),
});

/** Opens the stage; `close` stops the sandbox and removes the home folder. */
export async function openPersonStage() {
  const sandbox = await startSandbox({ world });
  const homeDir = await mkdtemp(join(tmpdir(), "daypass-home-"));
  const env = {
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: "true",
    BROWSER: "hers",
  };
  const device = `arn:aws:iam::${HUB}:mfa/phone`;
  const asked = [];
  const prompt = {
    isAvailable: true,
    ask: async (question) => {
      asked.push(question.kind);
      return question.kind === "confirmation" ? "yes" : sandbox.mfaCode(device);
    },
    tell: () => undefined,
  };
  /** The person's browser: signs in, says yes, and is sent back to the program that waits on this machine. */
  const openBrowser = async (address) => {
    const { headers } = await fetch(address, { redirect: "manual" });
    const url = headers.get("location") ?? "";
    const back = sandbox.identityCenter.approveAuthorization(url, "alice");
    await new Promise((resolve, reject) =>
      get(back, (answer) => answer.resume().on("end", resolve)).on("error", reject),
    );
  };
  /** A tool of three lines, as its author writes it; `more` is what a test machine differs in. */
  const tool = (more = {}) =>
    createAuth({ toolName: "orbit-cli", env, homeDir, keychain: "off", plain: true, prompt, openBrowser, ...more });

  /** The same tool in a build, which finds no session of hers. */
  const build = (more) => tool({ env: { ...env, CI: "true" }, cache: createMemorySessionCache(), ...more });

  let shown = 0;
  return {
    sandbox,
    env,
    asked,
    device,
    prod: PROD,
    tool,
    build,
    async setUpHub() {
      const home = await tool().home();
      const { accessKeyId, secretAccessKey } = sandbox.issueKey(HUB, "alice");
      const keys = { accessKeyId, secretAccessKey };
      await addHub(home.context, await home.hubs(), { name: "work", keys, record: home.record });
      await home.config.update(hubConfig);
      return keys;
    },
    async writeAwsConfig(text) {
      await mkdir(join(homeDir, ".aws"), { recursive: true, mode: 0o700 });
      await writeFile(join(homeDir, ".aws", "config"), text, { mode: 0o600 });
    },
    sts: (access) => new STSClient({ region, endpoint: sandbox.endpoint, maxAttempts: 1, ...access }),
    newCalls() {
      const calls = sandbox.calls();
      const fresh = calls.slice(shown);
      shown = calls.length;
      return fresh;
    },
    async close() {
      await sandbox.stop();
      await rm(homeDir, { recursive: true, force: true });
    },
  };
}
