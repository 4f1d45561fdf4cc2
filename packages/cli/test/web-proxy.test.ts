// The console's sign-in behind a company's proxy: by HTTPS_PROXY, trusting AWS_CA_BUNDLE, as AWS's clients do.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import { connect, createServer as createNet, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createRequestHandler } from "@daypass/auth";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { getSignInLink } from "../dist/web/get-signin-token.js";
import { endPersons, startPerson } from "./start-person.js";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
if (!hasOpenssl) process.stderr.write("skipped: the console behind a proxy: openssl is not installed\n");

// No such name can be looked up anywhere (RFC 2606): whoever does not go by the proxy goes nowhere.
const HOST = "signin.test";
const CREDENTIALS = {
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey: "canary-secret",
  sessionToken: "canary-token",
  expiration: new Date(Date.now() + 3_600_000),
};

describe.skipIf(!hasOpenssl)("the console's sign-in behind a proxy", () => {
  let folder: string;
  let bundle: string;
  let received: string[];
  let tunnels: string[];
  let proxy: string;
  /** What the proxy answers to CONNECT, where it does not lead there. */
  let refusal: string | undefined;
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    server.on("connection", (socket) => sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "daypass-web-"));
    bundle = join(folder, "ca.pem");
    const names = ["-subj", "/CN=signin", "-addext", `subjectAltName=DNS:${HOST},DNS:signin.aws.amazon.com`];
    const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    const files = ["-keyout", join(folder, "key.pem"), "-out", bundle];
    execFileSync("openssl", ["req", ...kind, ...names, ...files], { stdio: "ignore" });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    [received, tunnels, refusal] = [[], [], undefined];
    const certificate = { key: readFileSync(join(folder, "key.pem")), cert: readFileSync(bundle) };
    const answer: RequestListener = (request, response) => {
      request.on("close", () => response.end(JSON.stringify({ SigninToken: "the-token" })));
      const head = `${request.method} ${request.headers.host}${request.url}`;
      text(request).then(
        (body) => received.push(`${head} ${body}`),
        () => received.push(head),
      );
    };
    const port = await listen(createHttps(certificate, answer));
    const server = createNet((client) => {
      client.on("error", () => undefined);
      client.once("data", (head) => {
        tunnels.push(head.toString().split("\r\n")[0] ?? "");
        if (refusal !== undefined) {
          client.end(refusal);
          return;
        }
        const target = connect(port, "127.0.0.1", () => {
          client.write("HTTP/1.1 200 OK\r\n\r\n");
          client.pipe(target).pipe(client);
        });
        target.on("error", () => client.destroy());
      });
    });
    proxy = `http://127.0.0.1:${await listen(server)}`;
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    await endPersons();
  });

  const ask = async (env: Readonly<Record<string, string>>): Promise<string> =>
    getSignInLink({
      signIn: `https://${HOST}`,
      credentials: CREDENTIALS,
      destination: "https://console.aws.amazon.com/",
      issuer: "daypass",
      agents: await createRequestHandler({ env, homeDir: folder }),
    });

  test("goes through the proxy, and the proxy sees no credentials", async () => {
    const link = await ask({ HTTPS_PROXY: proxy, AWS_CA_BUNDLE: bundle });
    expect(new URL(link).searchParams.get("SigninToken")).toBe("the-token");
    expect(tunnels).toEqual([`CONNECT ${HOST}:443 HTTP/1.1`]);
    expect(received).toEqual([expect.stringMatching(/^POST signin\.test\/federation Action=getSigninToken&/)]);
    expect(received[0]).toContain("canary-secret");
  });

  test("gives credentials to nobody whose certificate the bundle does not know", async () => {
    await expect(ask({ HTTPS_PROXY: proxy })).rejects.toMatchObject({ code: "aws_unavailable" });
    expect([tunnels.length, received]).toEqual([1, []]);
  });

  test("believes no token that the proxy gives instead of leading there: it would sign in as somebody else", async () => {
    const forged = JSON.stringify({ SigninToken: "somebody-elses" });
    refusal = `HTTP/1.1 201 Created\r\ncontent-length: ${forged.length}\r\n\r\n${forged}`;
    await expect(ask({ HTTPS_PROXY: proxy, AWS_CA_BUNDLE: bundle })).rejects.toMatchObject({ code: "aws_unavailable" });
    refusal = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
    await expect(ask({ HTTPS_PROXY: proxy, AWS_CA_BUNDLE: bundle })).rejects.toMatchObject({ code: "aws_unavailable" });
  });

  test("is the way of `web` itself", async () => {
    const person = await startPerson();
    await person.setUp();
    const env = { DAYPASS_SIGNIN_ENDPOINT: "", HTTPS_PROXY: proxy, AWS_CA_BUNDLE: bundle };
    const { code, stdout } = await person.run(["web", "dev/ADMIN", "--print"], { env });
    expect([code, new URL(stdout.trim()).searchParams.get("SigninToken")]).toEqual([0, "the-token"]);
    expect(tunnels).toEqual(["CONNECT signin.aws.amazon.com:443 HTTP/1.1"]);
    expect(received).toHaveLength(1);
  });
});
