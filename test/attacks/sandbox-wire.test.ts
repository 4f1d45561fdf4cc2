// The sandbox under attack on the wire: it must be able to say no, or nothing that is tested on it is proven.
import { readdirSync, readFileSync } from "node:fs";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { STS } from "@aws-sdk/client-sts";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { send, shown, sign, signIdentityCall, type Signed } from "../../packages/sandbox/test/signed-request.js";
import { answers, printable } from "./attack-table.js";
import { hostileForms, hostileTemplates, injectedParameters, misspeltParameters } from "./tables/hostile-forms.js";
import { signatureMutations, wrongTimes, type Signing } from "./tables/signature-mutations.js";
import { productionPackages, strangeKeys, type KeyService } from "./tables/strange-keys.js";

const VENDOR = "111111111111";
const CUSTOMER = "222222222222";
let sandbox: Sandbox;
const reported: unknown[] = [];
let session: { accessKeyId: string; secretAccessKey: string; sessionToken: string };

beforeAll(async () => {
  sandbox = await startSandbox({
    reportBug: (error) => reported.push(error),
    world: {
      accounts: [
        {
          id: CUSTOMER,
          roles: [
            {
              name: "reader",
              trustPolicy: {
                Version: "2012-10-17",
                Statement: [
                  {
                    Effect: "Allow",
                    Principal: { AWS: VENDOR },
                    Action: "sts:AssumeRole",
                    Condition: { StringEquals: { "sts:ExternalId": "right-id" } },
                  },
                ],
              },
            },
          ],
        },
      ],
      buckets: [
        { name: "letters", account: VENDOR, region: "eu-central-1", objects: [{ key: "a/b c.txt", body: "dear" }] },
        { name: "private", account: CUSTOMER, region: "eu-central-1", objects: [{ key: "b c.txt", body: "mine" }] },
      ],
    },
  });
  const sts = new STS({ endpoint: sandbox.endpoint, region: "eu-central-1", credentials: admin() });
  const { Credentials } = await sts.assumeRole({
    RoleArn: `arn:aws:iam::${CUSTOMER}:role/reader`,
    RoleSessionName: "me",
    ExternalId: "right-id",
  });
  session = {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
});
afterAll(() => sandbox.stop());

const admin = () => sandbox.account(VENDOR).admin;
const form = { "content-type": "application/x-www-form-urlencoded" };

/** The good requests; `at` is when they are signed. */
const signings: Readonly<Record<Signing, (at?: Date) => Promise<Signed>>> = {
  STS: (at) => signIdentityCall({ endpoint: sandbox.endpoint, keys: admin(), ...(at && { at }) }),
  "STS session": (at) => signIdentityCall({ endpoint: sandbox.endpoint, keys: session, ...(at && { at }) }),
  "STS presigned": (at) =>
    sign({
      endpoint: sandbox.endpoint,
      keys: admin(),
      service: "sts",
      method: "GET",
      query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
      expiresIn: 60,
      ...(at && { at }),
    }),
  S3: (at) =>
    sign({
      endpoint: sandbox.endpoint,
      keys: admin(),
      service: "s3",
      method: "PUT",
      path: "/letters/new%20one",
      headers: { "x-amz-meta-from": "ada", "content-type": "text/plain" },
      body: "words",
      ...(at && { at }),
    }),
  "S3 presigned": (at) =>
    sign({
      endpoint: sandbox.endpoint,
      keys: admin(),
      service: "s3",
      method: "GET",
      path: "/letters/a/b%20c.txt",
      expiresIn: 60,
      ...(at && { at }),
    }),
  IAM: (at) =>
    sign({
      endpoint: sandbox.endpoint,
      keys: admin(),
      service: "iam",
      headers: form,
      body: "Action=ListRoles&Version=2010-05-08",
      ...(at && { at }),
    }),
  CloudFormation: (at) =>
    sign({
      endpoint: sandbox.endpoint,
      keys: admin(),
      service: "cloudformation",
      headers: form,
      body: "Action=DescribeStacks&Version=2010-05-15",
      ...(at && { at }),
    }),
};

test("every kind of good request is accepted as it is", async () => {
  for (const make of Object.values(signings)) {
    const request = await make();
    expect(await send(sandbox.endpoint, request)).toMatchObject({ status: 200 });
  }
});

answers("a signed request that was changed", signatureMutations, async ({ signing, mutate }) => ({
  answer: shown(await send(sandbox.endpoint, mutate(await signings[signing]()))),
}));

answers("a request that was signed at another time", wrongTimes, async ({ signing, minutes }) => ({
  answer: shown(await send(sandbox.endpoint, await signings[signing](new Date(Date.now() + minutes * 60_000)))),
}));

const calls: Readonly<Record<KeyService, { readonly method: string; readonly path: string; readonly body: string }>> = {
  sts: { method: "POST", path: "/", body: "Action=GetCallerIdentity&Version=2011-06-15" },
  iam: { method: "POST", path: "/", body: "Action=ListRoles&Version=2010-05-08" },
  cloudformation: { method: "POST", path: "/", body: "Action=DescribeStacks&Version=2010-05-15" },
  s3: { method: "GET", path: "/letters/a/b%20c.txt", body: "" },
};

answers("a key that the sandbox did not issue", strangeKeys, async ({ service, keys }) => {
  const { method, path, body } = calls[service];
  const headers = service === "s3" ? {} : form;
  const reply = await send(
    sandbox.endpoint,
    await sign({ endpoint: sandbox.endpoint, keys, service, method, path, headers, body }),
  );
  const page = await (await fetch(sandbox.console)).text();
  const kept = JSON.stringify([sandbox.calls(), reported]) + page;
  // Words of one letter or of English are on every page.
  const secrets = Object.values(keys).filter((text) => text.length > 8 && text !== "minioadmin");
  return {
    answer: shown(reply),
    kept: secrets.some((secret) => kept.includes(secret)),
    repeated: secrets.some((secret) => `${reply.headers}${reply.body}`.includes(secret)),
  };
});

for (const [title, rows] of [
  ["a signed question that is hostile", hostileForms],
  ["a parameter in another spelling", misspeltParameters],
  ["a session named like a program", injectedParameters],
] as const) {
  answers(title, rows, async ({ body }) => {
    const reply = await send(
      sandbox.endpoint,
      await signIdentityCall({ endpoint: sandbox.endpoint, keys: admin(), body }),
    );
    expect(printable(reply.body.replaceAll("\n", ""))).not.toMatch(/<001b>|<009b>/);
    return { answer: shown(reply) };
  });
}

let stacks = 0;
answers("a template that is a weapon", hostileTemplates, async ({ template }) => {
  const client = new CloudFormation({
    endpoint: sandbox.endpoint,
    region: "eu-central-1",
    credentials: sandbox.account(CUSTOMER).admin,
    maxAttempts: 1,
  });
  const StackName = `weapon-${stacks++}`;
  const before = process.memoryUsage().rss;
  try {
    await client.createStack({ StackName, TemplateBody: template, Capabilities: ["CAPABILITY_NAMED_IAM"] });
    for (;;) {
      const { Stacks: [stack] = [] } = await client.describeStacks({ StackName });
      if (stack?.StackStatus?.endsWith("_IN_PROGRESS") !== true) return { answer: stack?.StackStatus };
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  } catch (error) {
    return { answer: error instanceof Error ? error.name : "" };
  } finally {
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    expect(Reflect.get({}, "admin")).toBeUndefined();
  }
});

test("nothing of all this was the sandbox's own fault", () => {
  expect(reported).toEqual([]);
});

answers("the sandbox inside a package that people install", productionPackages, ({ name, place }) => {
  const folder = new URL(`../../packages/${name}/`, import.meta.url);
  if (place !== "compiled files") {
    const text = readFileSync(new URL(place, folder), "utf8");
    return { found: text.includes("sandbox") ? [place] : [] };
  }
  const files = readdirSync(new URL("dist/", folder), { recursive: true, encoding: "utf8" });
  return {
    found: files.filter((file) => {
      if (!/\.(js|d\.ts)$/.test(file)) return false;
      const text = readFileSync(new URL(`dist/${file}`, folder), "utf8");
      return /(?:from|import)\s*\(?["'][^"']*sandbox/.test(text);
    }),
  };
});
