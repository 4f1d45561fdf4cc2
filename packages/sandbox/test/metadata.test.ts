// Instance and container metadata with the real credential providers of the SDK, and by hand where a client would not go.
import { fromContainerMetadata, fromHttp, fromInstanceMetadata } from "@aws-sdk/credential-providers";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { IAM } from "@aws-sdk/client-iam";
import { createSandbox } from "@daypass/sandbox";
import { startSandbox } from "@daypass/sandbox/testing";
import type { HttpRequest } from "@daypass/sandbox";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { allowing, CUSTOMER, document, roleArn, sts, trusting } from "./sts-clients.js";

const START = Math.floor(Date.now() / 1000) * 1000;
const HOUR = 3_600_000;
const ec2 = { Service: "ec2.amazonaws.com" };
const ecs = { Service: "ecs-tasks.amazonaws.com" };
const theWorld = {
  accounts: [
    {
      id: CUSTOMER,
      roles: [
        { name: "web", trustPolicy: document(trusting(ec2)), policies: { all: allowing("iam:ListRoles") } },
        { name: "task", trustPolicy: document(trusting(ecs)) },
        {
          name: "careful",
          trustPolicy: document(
            trusting(ecs, {
              StringEquals: { "aws:SourceAccount": CUSTOMER },
              ArnLike: { "aws:SourceArn": `arn:aws:ecs:eu-west-1:${CUSTOMER}:*` },
            }),
          ),
        },
        { name: "people", trustPolicy: document(trusting({ AWS: "*" })) },
      ],
    },
  ],
};

let now = START;
let sandbox: Sandbox;
const stops: (() => void)[] = [];
beforeAll(async () => {
  sandbox = await startSandbox({ world: theWorld, now: () => now });
});
beforeEach(() => {
  now = START;
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.unstubAllEnvs();
});
afterAll(() => sandbox.stop());

function serve(order: Parameters<Sandbox["serveMetadata"]>[0]) {
  const served = sandbox.serveMetadata(order);
  stops.push(() => served.stop());
  return served;
}
const serveInstance = (role = "web", allowV1?: boolean) => serve({ roleArn: roleArn(role), to: "instance", allowV1 });
const serveTask = (role = "task", region?: string) => serve({ roleArn: roleArn(role), to: "container", region });

async function ask(path: string, init: RequestInit = {}) {
  const answer = await fetch(new URL(path, sandbox.endpoint), init);
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}
const putToken = (ttl: string | undefined, headers: Record<string, string> = {}) =>
  ask("/latest/api/token", {
    method: "PUT",
    headers: { ...(ttl === undefined ? {} : { "x-aws-ec2-metadata-token-ttl-seconds": ttl }), ...headers },
  });
const read = (path: string, token?: string, headers: Record<string, string> = {}) =>
  ask(`/latest/meta-data/${path}`, {
    headers: { ...(token === undefined ? {} : { "x-aws-ec2-metadata-token": token }), ...headers },
  });
const CREDENTIALS = "iam/security-credentials/web";

describe("an instance", () => {
  it("gives the SDK's provider the role's credentials, which work", async () => {
    const { uri, id } = serveInstance();
    vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", uri);
    const credentials = await fromInstanceMetadata({ maxRetries: 0, timeout: 60_000 })();
    const identity = await sts(sandbox, credentials).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:sts::${CUSTOMER}:assumed-role/web/${id}`);
    const iam = new IAM({ endpoint: sandbox.endpoint, region: "us-east-1", credentials });
    expect((await iam.listRoles({})).Roles?.length).toBeGreaterThan(0);
    await expect(iam.listUsers({})).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("answers nothing without a token, with a wrong one, or with one whose time is over", async () => {
    serveInstance();
    const { text: token } = await putToken("60");
    expect((await read(CREDENTIALS)).status).toBe(401);
    expect((await read(CREDENTIALS, "x".repeat(54))).status).toBe(401);
    expect((await read(CREDENTIALS, "")).status).toBe(401);
    expect((await read("instance-id")).status).toBe(401);
    now = START + 59_000;
    expect((await read(CREDENTIALS, token)).status).toBe(200);
    now = START + 60_000;
    expect((await read(CREDENTIALS, token)).status).toBe(401);
  });

  it("gives tokens for one second to six hours, by PUT, and not through a proxy", async () => {
    serveInstance();
    for (const [ttl, status] of [
      ["1", 200],
      ["21600", 200],
      ["0", 400],
      ["21601", 400],
      ["-1", 400],
      ["1.5", 400],
      [undefined, 400],
    ] as const) {
      expect([ttl, (await putToken(ttl)).status]).toEqual([ttl, status]);
    }
    expect((await putToken("60", { "x-forwarded-for": "10.0.0.1" })).status).toBe(403);
    expect((await ask("/latest/api/token")).status).toBe(405);
    const { text: token, headers } = await putToken("60");
    expect(headers.get("x-aws-ec2-metadata-token-ttl-seconds")).toBe("60");
    expect(
      (await ask("/latest/meta-data/instance-id", { method: "POST", headers: { "x-aws-ec2-metadata-token": token } }))
        .status,
    ).toBe(405);
  });

  it("answers version 1 only where that is ordered", async () => {
    serveInstance("web", true);
    expect((await read(CREDENTIALS)).status).toBe(200);
    expect((await read(CREDENTIALS, "wrong")).status).toBe(401);
  });

  it("tells what a program on it may ask for, and has nothing else", async () => {
    const { id } = serve({ roleArn: roleArn("web"), to: "instance", region: "eu-west-1" });
    const { text: token } = await putToken("60");
    expect((await read("instance-id", token)).text).toBe(id);
    expect((await read("placement/region", token)).text).toBe("eu-west-1");
    expect((await read("placement/availability-zone", token)).text).toBe("eu-west-1a");
    expect((await read("iam/security-credentials/", token)).text).toBe("web");
    expect((await read("iam/security-credentials", token)).text).toBe("web");
    expect((await read("iam/security-credentials/task", token)).status).toBe(404);
    expect((await read("user-data", token)).status).toBe(404);
    expect(JSON.parse((await read(CREDENTIALS, token)).text)).toMatchObject({
      Code: "Success",
      Type: "AWS-HMAC",
      Expiration: new Date(START + 6 * HOUR).toISOString().replace(".000Z", "Z"),
    });
  });

  it("hands out the same credentials until they are about to expire, then new ones", async () => {
    serveInstance("web", true);
    const keyId = async () => (JSON.parse((await read(CREDENTIALS)).text) as { AccessKeyId: string }).AccessKeyId;
    const first = await keyId();
    now = START + 5 * HOUR;
    expect(await keyId()).toBe(first);
    now = START + 6 * HOUR - 15 * 60_000;
    const second = await keyId();
    expect(second).not.toBe(first);
    expect(await keyId()).toBe(second);
  });

  it("says so when the role does not trust EC2, and has none when the role is gone", async () => {
    serveInstance("task", true);
    expect(JSON.parse((await read("iam/security-credentials/task")).text)).toMatchObject({
      Code: "AssumeRoleUnauthorizedAccess",
    });
    stops.splice(0).forEach((stop) => stop());
    serveInstance("people", true);
    expect(JSON.parse((await read("iam/security-credentials/people")).text)).toMatchObject({
      Code: "AssumeRoleUnauthorizedAccess",
    });
    stops.splice(0).forEach((stop) => stop());
    const { admin } = sandbox.account("customer");
    const iam = new IAM({ endpoint: sandbox.endpoint, region: "us-east-1", credentials: admin });
    const AssumeRolePolicyDocument = JSON.stringify(document(trusting(ec2)));
    await iam.createRole({ RoleName: "brief", AssumeRolePolicyDocument });
    serveInstance("brief", true);
    expect(JSON.parse((await read("iam/security-credentials/brief")).text)).toMatchObject({ Code: "Success" });
    await iam.deleteRole({ RoleName: "brief" });
    expect((await read("iam/security-credentials/brief")).status).toBe(404);
    expect((await read("iam/security-credentials/")).status).toBe(404);
  });

  it("is one at a time, and stops being there", async () => {
    const { stop } = serveInstance();
    expect(() => serveInstance()).toThrow("an instance is served already");
    stop();
    stop();
    expect((await putToken("60")).status).not.toBe(200);
    serveInstance();
    expect((await putToken("60")).status).toBe(200);
  });
});

describe("a container", () => {
  const headers = (token: string | undefined) => ({ authorization: token ?? "" });

  it("gives the SDK's providers the role's credentials, which work", async () => {
    const { uri, authorizationToken = "", id } = serveTask();
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri);
    vi.stubEnv("AWS_CONTAINER_AUTHORIZATION_TOKEN", authorizationToken);
    for (const provider of [
      fromContainerMetadata({ maxRetries: 0, timeout: 60_000 }),
      fromHttp({ awsContainerCredentialsFullUri: uri, awsContainerAuthorizationToken: authorizationToken }),
    ]) {
      const credentials = await provider();
      const identity = await sts(sandbox, credentials).send(new GetCallerIdentityCommand({}));
      expect(identity.Arn).toBe(`arn:aws:sts::${CUSTOMER}:assumed-role/task/${id}`);
      expect(credentials.expiration).toEqual(new Date(START + 6 * HOUR));
    }
  });

  it("answers nothing without its own authorization token", async () => {
    const one = serveTask();
    const other = serveTask();
    expect((await ask(one.uri, { headers: headers(one.authorizationToken) })).status).toBe(200);
    for (const token of [undefined, other.authorizationToken, `Bearer ${one.authorizationToken ?? ""}`]) {
      expect((await ask(one.uri, { headers: headers(token) })).status).toBe(401);
    }
    expect((await ask(one.uri)).status).toBe(401);
    expect((await ask(`${one.uri}x`, { headers: headers(one.authorizationToken) })).status).toBe(401);
    const post = { method: "POST", headers: headers(one.authorizationToken) };
    expect((await ask(one.uri, post)).status).toBe(405);
    one.stop();
    expect((await ask(one.uri, { headers: headers(one.authorizationToken) })).status).toBe(401);
  });

  it("is refused a role that does not trust ECS, or trusts another region's tasks only", async () => {
    const attempt = async (role: string, region?: string) => {
      const { uri, authorizationToken } = serveTask(role, region);
      const { status, text } = await ask(uri, { headers: headers(authorizationToken) });
      return [status, (JSON.parse(text) as { code?: string }).code];
    };
    expect(await attempt("web")).toEqual([403, "AccessDenied"]);
    expect(await attempt("people")).toEqual([403, "AccessDenied"]);
    expect(await attempt("careful")).toEqual([403, "AccessDenied"]);
    expect(await attempt("careful", "eu-west-1")).toEqual([200, undefined]);
  });
});

describe("both", () => {
  const core = createSandbox({ world: theWorld });
  const request = (rawPath: string, headers: Record<string, string>): HttpRequest => ({
    method: "GET",
    rawPath,
    rawQuery: "",
    query: new URLSearchParams(),
    headers: new Map(Object.entries(headers)),
    body: Buffer.alloc(0),
    remoteAddress: "127.0.0.1",
  });
  const task = core.serveMetadata({ roleArn: roleArn("task"), to: "container" });
  core.serveMetadata({ roleArn: roleArn("web"), to: "instance", allowV1: true });
  const status = (headers: Record<string, string>) => [
    core.handle(request(task.uri, { authorization: task.authorizationToken ?? "", ...headers })).status,
    core.handle(request(`/latest/meta-data/${CREDENTIALS}`, headers)).status,
  ];

  it("answer to this machine's own names only", () => {
    for (const host of ["127.0.0.1:4599", "localhost:4599", "[::1]:4599", "LOCALHOST"]) {
      expect([host, status({ host })]).toEqual([host, [200, 200]]);
    }
    for (const host of [
      "evil.example.com",
      "127.0.0.1.evil.example.com",
      "localhost.evil.example.com:80",
      "10.0.0.1",
    ]) {
      expect([host, status({ host })]).toEqual([host, [403, 403]]);
    }
    expect(status({})).toEqual([403, 403]);
  });

  it("answer to no browser", () => {
    for (const name of ["origin", "referer", "sec-fetch-site", "sec-fetch-dest", "sec-fetch-user"]) {
      expect([name, status({ host: "127.0.0.1:1", [name]: "http://127.0.0.1:1" })]).toEqual([name, [403, 403]]);
    }
  });

  it("are on record without any secret", async () => {
    serveInstance("web", true);
    const { text } = await read(CREDENTIALS);
    const { SecretAccessKey, Token } = JSON.parse(text) as { SecretAccessKey: string; Token: string };
    const calls = sandbox.calls();
    expect(calls.at(-1)).toMatchObject({ service: "instance-metadata", resource: roleArn("web"), status: 200 });
    for (const secret of [SecretAccessKey, Token]) expect(JSON.stringify(calls)).not.toContain(secret);
  });

  it("are refused for a role that does not exist, and for an order that cannot be read", () => {
    expect(() => serveInstance("nobody")).toThrow(`there is no role ${roleArn("nobody")}`);
    expect(() => serve({ roleArn: "web", to: "instance" })).toThrow(/roleArn/);
    expect(() => serve({ roleArn: roleArn("task"), to: "container", allowV1: false })).toThrow(/allowV1/);
  });

  it("can be ordered and stopped at the control door", async () => {
    const post = await ask(`${sandbox.control}metadata`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ roleArn: roleArn("task"), to: "container" }),
    });
    const served = JSON.parse(post.text) as { id: string; uri: string; authorizationToken: string };
    expect(post.status).toBe(201);
    const credentials = () => ask(served.uri, { headers: { authorization: served.authorizationToken } });
    expect((await credentials()).status).toBe(200);
    expect((await ask(`${sandbox.control}metadata/${served.id}`, { method: "DELETE" })).status).toBe(200);
    expect((await credentials()).status).toBe(401);
    expect((await ask(`${sandbox.control}metadata/${served.id}`, { method: "DELETE" })).status).toBe(404);
  });
});
