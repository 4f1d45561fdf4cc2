// A machine that reaches AWS through a proxy, behind certificates of its own: what is asked where, by AWS's own names.
// boto3 and the AWS CLI stand beside us. (The AWS SDK for JavaScript goes by no variable for proxies.)
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createNet, connect, type AddressInfo, type Server, type Socket } from "node:net";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { SignatureV4 } from "@smithy/signature-v4";
import { createAuth, type AuthError } from "@daypass/auth";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createFakePrompt } from "./hub-world.js";
import { DEV, HUB, ISSUER, KINDS_WORLD } from "./kinds-world.js";
import { allowInBrowser, START_URL } from "./sso-desk.js";

const python = process.env["DAYPASS_PYTHON"] ?? "python3";
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
const hasPython = spawnSync(python, ["-c", "import boto3, awscli"]).status === 0;
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
if (!hasPython && !required)
  process.stderr.write("skipped: proxies by boto3 and the AWS CLI: they are not installed\n");

const NAMES = [
  "*.amazonaws.com",
  "*.eu-west-1.amazonaws.com",
  "*.us-east-1.amazonaws.com",
  "*.us-gov-west-1.amazonaws.com",
  "*.cn-north-1.amazonaws.com.cn",
  "*.eu-west-1.api.aws",
  "portal.sso.us-east-1.amazonaws.com",
  "*.actions.githubusercontent.com",
];

let sandbox: Sandbox;
let homeDir = "";
let proxy = "";
const asked: string[] = [];
/** The keys that the door signs with, by their id. */
const known = new Map<string, { readonly accessKeyId: string; readonly secretAccessKey: string }>();
const sockets = new Set<Socket>();
const servers: Server[] = [];

const listen = async (server: Server): Promise<number> => {
  servers.push(server);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
};

const join2 = (left: Socket, right: Socket) => {
  left.on("error", () => right.destroy());
  right.on("error", () => left.destroy());
  left.pipe(right).pipe(left);
};

/** Node's own, in the form that the signer takes. */
class Sha256 {
  private readonly hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Uint8Array);
  }
  update(data: string | ArrayBuffer | ArrayBufferView) {
    this.hash.update(data as Uint8Array);
  }
  digest() {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
  reset() {
    throw new Error("not needed for signing");
  }
}

/** All of AWS's names at one door. The sandbox serves this machine's names only, so it is asked anew, with the same keys. */
const serveAws = () => {
  const [key, cert] = ["key.pem", "ca.pem"].map((name) => readFileSync(join(homeDir, name)));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    if (request.headers.host?.endsWith(".githubusercontent.com") === true) {
      const order = { issuer: ISSUER, subject: "repo:octo/app", audience: "sts.amazonaws.com" };
      return response.end(JSON.stringify({ value: sandbox.issueWebIdentityToken(order) }));
    }
    const { host: _, "content-length": __, authorization = "", ...headers } = request.headers;
    const [, accessKeyId = "", region = "", service = ""] =
      /Credential=(\w+)\/\d{8}\/([\w-]+)\/([\w-]+)\//.exec(authorization) ?? [];
    const url = new URL(request.url ?? "/", sandbox.endpoint);
    const plain = {
      method: request.method ?? "GET",
      protocol: "http:",
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      body: await text(request),
    };
    const credentials = known.get(accessKeyId);
    const signed =
      credentials === undefined
        ? plain
        : await new SignatureV4({ credentials, region, service, sha256: Sha256 }).sign({
            ...plain,
            headers: { "content-type": plain.headers["content-type"] ?? "", host: url.host },
          });
    const given = await fetch(url, {
      method: plain.method,
      headers: signed.headers,
      ...(plain.body !== "" && { body: plain.body }),
    });
    response.writeHead(given.status, { "content-type": given.headers.get("content-type") ?? "text/plain" });
    return response.end(await given.text());
  };
  return listen(createHttps({ key, cert }, (request, response) => void answer(request, response)));
};
const serveProxy = (aws: number) =>
  listen(
    createNet((client) => {
      client.once("data", (head) => {
        asked.push(/^CONNECT (\S+):443 /.exec(head.toString())?.[1] ?? head.toString().split("\r\n")[0] ?? "");
        const target = connect(aws, "127.0.0.1", () => {
          client.write("HTTP/1.1 200 OK\r\n\r\n");
          join2(client, target);
        });
      });
    }),
  );

const configOf = () => {
  // Each under a name of its own: the AWS CLI keeps what it got, whatever the endpoint.
  const profile = (name: string, region: string, partition = "aws") => `[profile ${name}]
role_arn = arn:${partition}:iam::${DEV}:role/Open
role_session_name = ${name}
source_profile = user
region = ${region}
`;
  return `
${profile("plain", "eu-west-1")}
${profile("dual-stack", "eu-west-1")}use_dualstack_endpoint = true
${profile("fips", "us-east-1")}use_fips_endpoint = true
${profile("china", "cn-north-1", "aws-cn")}
${profile("government", "us-gov-west-1", "aws-us-gov")}
[profile signed-in]
sso_session = corp
sso_account_id = ${DEV}
sso_role_name = Admin
region = eu-west-1
[sso-session corp]
sso_start_url = ${START_URL}
sso_region = us-east-1
sso_registration_scopes = sso:account:access
`;
};

beforeAll(async () => {
  if (!hasOpenssl) return;
  sandbox = await startSandbox({ world: KINDS_WORLD });
  homeDir = mkdtempSync(join(tmpdir(), "daypass-networks-"));
  const names = NAMES.map((name) => `DNS:${name}`).join(",");
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const subject = ["-subj", "/CN=aws.test", "-addext", `subjectAltName=${names}`];
  const files = ["-keyout", join(homeDir, "key.pem"), "-out", join(homeDir, "ca.pem")];
  execFileSync("openssl", [...request, ...subject, ...files], { stdio: "ignore" });
  const { accessKeyId, secretAccessKey } = sandbox.issueKey(HUB, "jo");
  known.set(accessKeyId, { accessKeyId, secretAccessKey });
  mkdirSync(join(homeDir, ".aws"));
  writeFileSync(join(homeDir, ".aws", "config"), configOf());
  writeFileSync(
    join(homeDir, ".aws", "credentials"),
    `[user]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    { mode: 0o600 },
  );
  proxy = `http://127.0.0.1:${await serveProxy(await serveAws())}`;
});
afterEach(() => {
  asked.splice(0);
  vi.unstubAllEnvs();
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  if (hasOpenssl) await sandbox.stop();
  rmSync(homeDir, { recursive: true, force: true });
});

const networkEnv = (): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: homeDir,
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_MAX_ATTEMPTS: "1",
  AWS_PAGER: "",
  BROWSER: "x",
  HTTPS_PROXY: proxy,
  NO_PROXY: "127.0.0.1",
  AWS_CA_BUNDLE: join(homeDir, "ca.pem"),
  TEST_ENDPOINT: sandbox.endpoint,
});

const auth = (toolName: string, profile: string | undefined, more: Record<string, string> = {}) =>
  createAuth({
    toolName,
    homeDir,
    ...(profile !== undefined && { profile }),
    build: { roleArn: `arn:aws:iam::${DEV}:role/Ci` },
    requiredActions: ["s3:GetObject"],
    env: { ...networkEnv(), ...more },
    keychain: "off",
    plain: true,
    prompt: createFakePrompt(() => ""),
    openBrowser: async (url) => {
      const { headers } = await fetch(url, { redirect: "manual" });
      const { host, pathname, search } = new URL(headers.get("location") ?? "");
      asked.push(`browser ${host}`);
      await allowInBrowser(sandbox, `${sandbox.endpoint}${pathname}${search}`);
    },
    userName: "jo",
  });

const seen = (): readonly string[] => [...new Set(asked.splice(0))];

const byPython = async (profile: string, client: string): Promise<readonly string[]> => {
  const child = spawn(python, [fileURLToPath(new URL("./ask-rows.py", import.meta.url))], {
    env: networkEnv(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify([{ env: { ...networkEnv(), AWS_PROFILE: profile }, clients: [client] }]));
  await Promise.all([text(child.stdout), once(child, "exit")]);
  return seen();
};

describe.skipIf(!hasOpenssl)("AWS through a proxy, behind a certificate of one's own", { timeout: 60_000 }, () => {
  test.each([
    ["plain", "sts.eu-west-1.amazonaws.com", "given"],
    ["dual-stack", "sts.eu-west-1.api.aws", "given"],
    ["fips", "sts-fips.us-east-1.amazonaws.com", "given"],
    // The sandbox has no such partition: what counts is who is asked.
    ["china", "sts.cn-north-1.amazonaws.com.cn", "invalid_option"],
    ["government", "sts.us-gov-west-1.amazonaws.com", "invalid_option"],
  ])("is asked for a role at the same place by us, boto3 and the AWS CLI: %s, %s", async (profile, host, outcome) => {
    const code = await auth(`tool-${profile}`, profile)
      .getAwsConfig()
      .then(
        () => "given",
        (error: unknown) => (error as AuthError).code,
      );
    expect(code).toBe(outcome);
    const hosts: Record<string, readonly string[]> = { us: seen() };
    if (hasPython || required) {
      hosts["boto3"] = await byPython(profile, "boto3");
      hosts["cli"] = await byPython(profile, "cli");
    }
    expect(hosts).toEqual(Object.fromEntries(Object.keys(hosts).map((client) => [client, [host]])));
  });

  test("is asked for a sign-in and its role, and what the role may do, with no way around the proxy", async () => {
    const tool = auth("tool-sso", "signed-in");
    const { credentials } = await tool.getAwsConfig();
    const keys = await credentials();
    known.set(keys.accessKeyId, keys);
    expect(seen()).toEqual([
      "oidc.us-east-1.amazonaws.com",
      "browser oidc.us-east-1.amazonaws.com",
      "portal.sso.us-east-1.amazonaws.com",
    ]);
    const { actions } = await tool.checkRequiredActions();
    expect(seen()).toEqual(["sts.eu-west-1.amazonaws.com", "iam.amazonaws.com"]);
    expect(actions).toMatchObject([{ action: "s3:GetObject", answer: "allowed" }]);
    if (!hasPython && !required) return;
    expect(await byPython("signed-in", "boto3")).toEqual(["portal.sso.us-east-1.amazonaws.com"]);
  });

  test("is asked for a build's role, and the build's own address for its token, through the proxy too", async () => {
    const build = auth("tool-build", undefined, {
      AWS_REGION: "eu-west-1",
      GITHUB_ACTIONS: "true",
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://pipelines.actions.githubusercontent.com/token?api-version=2.0",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "bearer-canary",
    });
    const { credentials } = await build.getAwsConfig();
    expect((await credentials()).sessionToken).toBeDefined();
    expect(seen()).toEqual(["pipelines.actions.githubusercontent.com", "sts.eu-west-1.amazonaws.com"]);
  });

  test.each([201, 203, 400, 403, 407])("is not what a proxy says it is: an answer of %i to CONNECT", async (status) => {
    const forged = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>forged</SecretAccessKey><SessionToken>forged</SessionToken>
<Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials><AssumedRoleUser>
<Arn>arn:aws:sts::${DEV}:assumed-role/Open/plain</Arn><AssumedRoleId>AROAIOSFODNN7EXAMPLE:plain</AssumedRoleId>
</AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`;
    const head = `HTTP/1.1 ${status} Fine\r\ncontent-type: text/xml\r\ncontent-length: ${Buffer.byteLength(forged)}\r\n\r\n`;
    const port = await listen(createNet((client) => client.once("data", () => client.end(head + forged))));
    const tool = auth(`tool-forged-${status}`, "plain", { HTTPS_PROXY: `http://127.0.0.1:${port}` });
    await expect(tool.getAwsConfig()).rejects.toMatchObject({ code: "aws_unavailable" });
  });

  test("is not spoken to behind a certificate that nobody vouches for", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const refused = auth("tool-untrusted", "plain", { AWS_CA_BUNDLE: "" });
    await expect(refused.getAwsConfig()).rejects.toMatchObject({ code: "aws_unavailable" });
    expect(seen()).toEqual(["sts.eu-west-1.amazonaws.com"]);
  });
});
