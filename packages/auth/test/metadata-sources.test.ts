// Containers and instances: by the sandbox, and by servers that misbehave.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromHttp, fromInstanceMetadata } from "@aws-sdk/credential-providers";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { askMetadata } from "../dist/sources/ask-metadata.js";
import { containerAddress, createContainerSource } from "../dist/sources/container-source.js";
import { createInstanceSource, instanceAddress } from "../dist/sources/instance-source.js";
import type { AwsCredentials } from "../dist/types.js";
import { policy } from "./hub-world.js";
import { failureOf, rejectionOf } from "./profile-files.js";

const ACCOUNT = "222222222222";
const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const trustService = (Service: string) => policy({ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" });
const context = { now: () => Date.now() };
const description = "here";

let sandbox: Sandbox;
let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "daypass-metadata-"));
  sandbox = await startSandbox({
    world: {
      accounts: [
        {
          id: ACCOUNT,
          roles: [
            { name: "web", trustPolicy: trustService("ec2.amazonaws.com") },
            { name: "task", trustPolicy: trustService("ecs-tasks.amazonaws.com") },
          ],
        },
      ],
    },
  });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await sandbox.stop();
});

const servers: Server[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server of this machine that answers as it is told; returns its address and what it was asked. */
const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void) => {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
};

const document = (over: object = {}) =>
  JSON.stringify({
    AccessKeyId: "ASIAIOSFODNN7EXAMPLE",
    SecretAccessKey: "wJalrXUtnFEMI",
    Token: "a-token",
    Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    ...over,
  });
const who = async (credentials: AwsCredentials): Promise<string | undefined> =>
  (
    await new STSClient({ region: "us-east-1", endpoint: sandbox.endpoint, credentials }).send(
      new GetCallerIdentityCommand({}),
    )
  ).Arn;

describe("a container's role", () => {
  test("is the same to us and to the SDK", async () => {
    const served = sandbox.serveMetadata({ roleArn: roleArn("task"), to: "container" });
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: served.uri,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: served.authorizationToken ?? "",
    };
    const ours = await who(await createContainerSource(context, { env, description }).get());
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    expect(ours).toBe(await who((await fromHttp({})()) as AwsCredentials));
    expect(ours).toContain("assumed-role/task/");
    served.stop();
  });

  test("is asked with the token of the file, which is read again each time", async () => {
    const file = join(folder, "token");
    writeFileSync(file, "first\n");
    const { url, asked } = await serve((_, response) =>
      response.end(document({ Expiration: new Date(Date.now() + 1_000).toISOString() })),
    );
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/x`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "other",
    };
    const source = createContainerSource(context, { env, description });
    await source.get();
    writeFileSync(file, "second");
    await source.get();
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(["first", "second"]);
    writeFileSync(file, "a\nb: c");
    // The kept one still lives; a new source has none.
    expect(await rejectionOf(createContainerSource(context, { env, description }).get())).toContain(
      "the container's token is no header",
    );
    expect(
      await rejectionOf(
        createContainerSource(context, {
          env: { ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${file}x` },
          description,
        }).get(),
      ),
    ).toContain("file_missing");
  });

  test.each([
    ["https://somewhere.example/x", "https://somewhere.example/x"],
    ["http://127.9.9.9:1/x", "http://127.9.9.9:1/x"],
    ["http://localhost/x", "http://localhost/x"],
    ["http://[::1]:80/x", "http://[::1]/x"],
    ["http://169.254.170.23/v1/credentials", "http://169.254.170.23/v1/credentials"],
    ["http://[fd00:ec2::23]/v1/credentials", "http://[fd00:ec2::23]/v1/credentials"],
  ])("may be at %s", (full, url) => {
    expect(containerAddress({ AWS_CONTAINER_CREDENTIALS_FULL_URI: full }).href).toBe(url);
  });

  test.each([
    "http://somewhere.example/x",
    "http://192.168.0.1/x",
    "http://127.0.0.1.example/x",
    "http://localhost.example/x",
    "http://169.254.169.254/x",
    "http://user@127.0.0.1/x",
    "ftp://127.0.0.1/x",
    "file:///etc/passwd",
    "not an address",
  ])("may not be at %s", (full) => {
    expect(failureOf(() => containerAddress({ AWS_CONTAINER_CREDENTIALS_FULL_URI: full }))).toContain(
      "invalid_option: AWS_CONTAINER_CREDENTIALS_FULL_URI is no address that may be asked",
    );
  });

  test("is at the relative address first, which cannot lead to another host", () => {
    const FULL = { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/x" };
    const at = (relative: string) =>
      failureOf(() =>
        expect(containerAddress({ ...FULL, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative }).href).toBe(
          "http://169.254.170.2/v2/x",
        ),
      );
    expect(at("/v2/x")).toBe("no failure");
    for (const bad of ["@127.0.0.1/x", ":81/x", ".example/x", ":1@127.0.0.1/", "v2/x"])
      expect(at(bad)).toContain("invalid_option");
    expect(failureOf(() => containerAddress({ AWS_CONTAINER_CREDENTIALS_FULL_URI: "" }))).toContain(
      "there is no container's role here",
    );
  });

  test("is not had from an answer that is not whole, and nothing of it is repeated", async () => {
    for (const [body, reason] of [
      [document({ Token: undefined }), "gave no usable Token"],
      [document({ Expiration: "2020-01-01T00:00:00Z" }), "gave credentials that have expired"],
      ["wJalr", "gave no JSON object"],
    ] as const) {
      const { url } = await serve((_, response) => response.end(body));
      const failure = await rejectionOf(
        createContainerSource(context, { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url }, description }).get(),
      );
      expect(failure).toContain(`metadata_unavailable: the container's endpoint ${reason}`);
      expect(failure).not.toContain("wJalr");
    }
  });

  test("is asked for three times while the endpoint fails, and once when it refuses or leads elsewhere", async () => {
    const outcome = async (status: number) => {
      const { url, asked } = await serve((_, response) => {
        response.writeHead(status, { location: "http://127.0.0.1:1/" });
        response.end(document());
      });
      const failure = await rejectionOf(
        createContainerSource(context, { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url }, description }).get(),
      );
      return [asked.length, failure.includes(`answers with status ${status}`)];
    };
    expect(await outcome(503)).toEqual([3, true]);
    expect(await outcome(403)).toEqual([1, true]);
    expect(await outcome(302)).toEqual([1, true]);
  });

  test("is not waited for long, and not listened to for ever", async () => {
    const silent = await serve(() => undefined);
    const endless = await serve((_, response) => response.end("x".repeat(100_000)));
    const failures = await Promise.all(
      [silent.url, endless.url].map((url) =>
        rejectionOf(
          createContainerSource(context, { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url }, description }).get(),
        ),
      ),
    );
    expect(failures[0]).toContain("does not answer in time");
    expect(failures[1]).toContain("answers with far too much");
  });

  test("is given up where the endpoint leaves the protocol", async () => {
    const { url } = await serve(() => undefined);
    for (const server of servers) {
      server.on("connection", (socket) => {
        socket.end("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n");
      });
    }
    expect(await rejectionOf(askMetadata({ url: new URL(url), timeoutMs: 200 }))).toContain("metadata_unavailable");
  });
});

describe("an instance's role", () => {
  const ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT";

  test("is the same to us and to the SDK", async () => {
    const served = sandbox.serveMetadata({ roleArn: roleArn("web"), to: "instance" });
    const ours = await who(await createInstanceSource(context, { env: { [ENDPOINT]: served.uri }, description }).get());
    vi.stubEnv(ENDPOINT, served.uri);
    expect(ours).toBe(await who((await fromInstanceMetadata({ maxRetries: 0, timeout: 60_000 })()) as AwsCredentials));
    expect(ours).toContain("assumed-role/web/");
    served.stop();
  });

  test.each([["../../../user-data"], ["a/b"], [".."], [""], ["a b"]])(
    "is not asked for under the name %s",
    async (name) => {
      const { url, asked } = await serve((request, response) =>
        response.end(request.method === "PUT" ? "token" : name),
      );
      expect(
        await rejectionOf(createInstanceSource(context, { env: { [ENDPOINT]: url }, description }).get()),
      ).toContain("names no role");
      expect(asked).toHaveLength(2);
    },
  );

  test("is never asked for without a token: version 1 is not spoken", async () => {
    const { url, asked } = await serve((request, response) => {
      response.statusCode = request.method === "PUT" ? 404 : 200;
      response.end(request.url?.endsWith("/") === true ? "web" : document());
    });
    expect(await rejectionOf(createInstanceSource(context, { env: { [ENDPOINT]: url }, description }).get())).toContain(
      "status 404",
    );
    expect(asked.map(({ method }) => method)).toEqual(["PUT"]);
  });

  test("is asked for at AWS's own addresses or this machine's, and not where it is switched off", () => {
    expect(instanceAddress({}).href).toBe("http://169.254.169.254/");
    expect(instanceAddress({ AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: "IPv6" }).href).toBe("http://[fd00:ec2::254]/");
    expect(instanceAddress({ [ENDPOINT]: "http://127.0.0.1:9/base" }).href).toBe("http://127.0.0.1:9/base");
    for (const bad of ["http://metadata.example/", "https://127.0.0.1/", "http://a:b@127.0.0.1/"]) {
      expect(failureOf(() => instanceAddress({ [ENDPOINT]: bad }))).toContain("invalid_option");
    }
    expect(failureOf(() => instanceAddress({ AWS_EC2_METADATA_DISABLED: "True" }))).toContain(
      "metadata_unavailable: the instance's role is switched off",
    );
  });
});
