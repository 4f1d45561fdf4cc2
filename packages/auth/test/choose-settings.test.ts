// Where calls go: regions, endpoints, partitions, proxies and certificates.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get as getHttps, createServer as createHttps, type Agent } from "node:https";
import { createServer as createNet, connect, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { chooseProxy, isNeverProxied } from "../dist/profiles/choose-proxy.js";
import { chooseRegion, settingsFor, stsRegionFor } from "../dist/profiles/choose-settings.js";
import { partitionOfArn, partitionOfRegion, stsRegionOf } from "../dist/profiles/partitions.js";
import { createRequestHandler } from "../dist/profiles/request-handler.js";
import { failureOf, profilesOf, rejectionOf } from "./profile-files.js";

const settings = (config: string, env = {}, region?: string) =>
  settingsFor({ profiles: profilesOf(config), name: "dev", env, region });
const SERVICES =
  "[services local]\nsts =\n  endpoint_url = http://127.0.0.1:1\nsso_oidc =\n  endpoint_url = http://127.0.0.1:2";

describe("a region", () => {
  const profiles = profilesOf(
    "[profile dev]\nregion = eu-west-1\nsso_region = us-west-2\n[profile none]\nsso_region = us-west-2",
  );
  test.each([
    ["the option", "dev", { AWS_REGION: "eu-west-2" }, "eu-west-3", "eu-west-3"],
    ["AWS_REGION", "dev", { AWS_REGION: "eu-west-2", AWS_DEFAULT_REGION: "eu-north-1" }, undefined, "eu-west-2"],
    ["AWS_DEFAULT_REGION", "dev", { AWS_REGION: "", AWS_DEFAULT_REGION: "eu-north-1" }, undefined, "eu-north-1"],
    ["the profile", "dev", {}, undefined, "eu-west-1"],
    ["nobody, for an sso_region is not the region", "none", {}, undefined, undefined],
    ["nobody, without a profile", undefined, {}, undefined, undefined],
  ])("is said by %s", (_, name, env, region, wanted) => {
    expect(chooseRegion({ profiles, name, env, region })).toBe(wanted);
  });

  test("that is none is refused where it stands", () => {
    expect(failureOf(() => chooseRegion({ profiles, name: "dev", env: { AWS_REGION: "Europe" } }))).toContain(
      "invalid_option: AWS_REGION is not of its form",
    );
    expect(failureOf(() => settings("[profile dev]\nregion = eu-west-1 # home"))).toContain(
      "a comment needs a line of its own",
    );
    expect(failureOf(() => chooseRegion({ profiles, name: "dev", env: {}, region: "x" }))).toContain(
      "invalid_option: the region",
    );
  });

  test.each([
    ["aws", "arn:aws:iam::1:role/x", "eu-west-1", "us-east-1"],
    ["aws-cn", "arn:aws-cn:iam::1:role/x", "cn-north-1", "cn-northwest-1"],
    ["aws-us-gov", "arn:aws-us-gov:iam::1:role/x", "us-gov-east-1", "us-gov-west-1"],
    ["aws-eusc", "arn:aws-eusc:iam::1:role/x", "eusc-de-east-1", "eusc-de-east-1"],
    ["aws-iso", "arn:aws-iso:iam::1:role/x", "us-iso-west-1", "us-iso-east-1"],
    ["aws-iso-b", "arn:aws-iso-b:iam::1:role/x", "us-isob-west-1", "us-isob-east-1"],
    ["aws-iso-e", "arn:aws-iso-e:iam::1:role/x", "eu-isoe-west-1", "eu-isoe-west-1"],
    ["aws-iso-f", "arn:aws-iso-f:iam::1:role/x", "us-isof-east-1", "us-isof-south-1"],
  ])("of partition %s is its own, and STS is asked in it", (id, arn, region, stsRegion) => {
    expect([partitionOfArn(arn), partitionOfRegion(region), partitionOfRegion(stsRegion), stsRegionOf(id)]).toEqual([
      id,
      id,
      id,
      stsRegion,
    ]);
    expect(stsRegionFor(arn, region)).toBe(region);
    expect(stsRegionFor(arn, undefined)).toBe(stsRegion);
    expect(stsRegionFor(arn, id === "aws" ? "cn-north-1" : "eu-west-1")).toBe(stsRegion);
  });

  test("of an unknown partition is refused, not guessed", () => {
    expect(partitionOfRegion("moon-east-1")).toBeUndefined();
    expect(failureOf(() => stsRegionFor("arn:aws-moon:iam::1:role/x", "eu-west-1"))).toContain(
      "a partition that is not known",
    );
  });
});

describe("an endpoint", () => {
  const config = `[profile dev]\nservices = local\nendpoint_url = http://127.0.0.1:3\n${SERVICES}`;
  test.each([
    [
      "the service's variable",
      { AWS_ENDPOINT_URL_STS: "http://127.0.0.1:5", AWS_ENDPOINT_URL: "http://127.0.0.1:4" },
      "sts",
      "http://127.0.0.1:5",
    ],
    [
      "the variable for all",
      { AWS_ENDPOINT_URL_STS: "", AWS_ENDPOINT_URL: "http://127.0.0.1:4" },
      "sts",
      "http://127.0.0.1:4",
    ],
    ["the services section", {}, "sso_oidc", "http://127.0.0.1:2"],
    ["the profile", {}, "iam", "http://127.0.0.1:3"],
    [
      "nobody, where they are to be ignored",
      { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true", AWS_ENDPOINT_URL: "http://127.0.0.1:4" },
      "sts",
      undefined,
    ],
  ] as const)("is said by %s", (_, env, service, wanted) => {
    expect(settings(config, env)(service).endpoint).toBe(wanted);
  });

  test("is ignored where the profile says so", () => {
    expect(settings(config.replace("services = local", "ignore_configured_endpoint_urls = TRUE"))("sts")).toEqual({
      region: "us-east-1",
    });
  });

  test("is refused under a name that AWS's tools ignore, in a section that is not there, and without TLS elsewhere", () => {
    expect(failureOf(() => settings(config.replace("sso_oidc", "sso-oidc"))("sts"))).toContain(
      "sso-oidc is no service that is looked up; write sso_oidc",
    );
    expect(failureOf(() => settings(config.replace("[services local]", "[services other]"))("sts"))).toContain(
      "there is no section [services local]",
    );
    expect(failureOf(() => settings("[profile dev]\nendpoint_url = http://sts.example.com")("sts"))).toContain(
      "an https address, or an http one of this machine",
    );
    expect(failureOf(() => settings("[profile dev]", { AWS_ENDPOINT_URL: "http://evil.example" })("sts"))).toContain(
      "invalid_option: AWS_ENDPOINT_URL",
    );
    expect(failureOf(() => settings(config.replace("http://127.0.0.1:1", "http://10.0.0.1"))("sts"))).toContain(
      "the endpoint_url of sts",
    );
  });

  test("is FIPS or dual-stack as the variable says, else the profile", () => {
    const both = "[profile dev]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = false";
    expect(settings(both)("sts")).toEqual({ region: "us-east-1", useFipsEndpoint: true, useDualstackEndpoint: false });
    expect(settings(both, { AWS_USE_FIPS_ENDPOINT: "False" })("sts", "eu-west-1")).toEqual({
      region: "eu-west-1",
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
    });
    expect(failureOf(() => settings(both, { AWS_USE_DUALSTACK_ENDPOINT: "yes" }))).toContain("it wants true or false");
  });
});

describe("a proxy", () => {
  const PROXY = { HTTPS_PROXY: "http://proxy.corp:3128" };
  test.each([
    ["localhost", undefined],
    ["127.0.0.1", undefined],
    ["[::1]", undefined],
    ["169.254.169.254", undefined],
    ["169.254.170.2", undefined],
    ["[fd00:ec2::23]", undefined],
    ["sandbox.localhost", undefined],
    ["sts.eu-west-1.amazonaws.com", "http://proxy.corp:3128/"],
    ["169.254.169.254.example.com", "http://proxy.corp:3128/"],
    ["10.0.0.1", "http://proxy.corp:3128/"],
  ])("for %s is %s", (host, wanted) => {
    expect(chooseProxy(PROXY, host, 443)?.href).toBe(wanted);
    expect(isNeverProxied(host)).toBe(wanted === undefined);
  });

  test.each([
    ["amazonaws.com", undefined],
    [".amazonaws.com", undefined],
    ["other.com, AMAZONAWS.com", undefined],
    ["sts.eu-west-1.amazonaws.com:443", undefined],
    ["*", undefined],
    ["sts.eu-west-1.amazonaws.com:8443", "http://proxy.corp:3128/"],
    ["zonaws.com", "http://proxy.corp:3128/"],
    ["", "http://proxy.corp:3128/"],
  ])("with NO_PROXY=%s is %s", (exceptions, wanted) => {
    expect(chooseProxy({ ...PROXY, NO_PROXY: exceptions }, "sts.eu-west-1.amazonaws.com", 443)?.href).toBe(wanted);
  });

  test("is said in small letters first, and one that is none is refused without its password", () => {
    expect(chooseProxy({ ...PROXY, https_proxy: "other:1" }, "a.example", 443)?.href).toBe("http://other:1/");
    expect(chooseProxy({ HTTP_PROXY: "http://proxy.corp" }, "a.example", 443)).toBeUndefined();
    const failure = failureOf(() => chooseProxy({ HTTPS_PROXY: "socks5://jo:hunter2@proxy" }, "a.example", 443));
    expect(failure).toContain("invalid_option: HTTPS_PROXY is no address of a proxy");
    expect(failure).not.toContain("hunter2");
  });
});

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
if (!hasOpenssl) process.stderr.write("skipped: certificates by a real handshake: openssl is not installed\n");

describe("a request handler", () => {
  let folder = "";
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "daypass-tls-"));
    if (!hasOpenssl) return;
    const subject = ["-subj", "/CN=sts.test", "-addext", "subjectAltName=DNS:sts.test,DNS:localhost"];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        ...subject,
        "-keyout",
        join(folder, "key.pem"),
        "-out",
        join(folder, "ca.pem"),
      ],
      { stdio: "ignore" },
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });
  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    server.on("connection", (socket) => sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  };
  const serveTls = () =>
    listen(
      createHttps(
        { key: readFileSync(join(folder, "key.pem")), cert: readFileSync(join(folder, "ca.pem")) },
        (_, response) => {
          response.setHeader("connection", "close");
          response.end("served");
        },
      ),
    );
  /** A proxy that leads every tunnel to the port, and notes where it was asked to lead it. */
  const serveProxy = async (port: number) => {
    const asked: string[] = [];
    const proxy = createNet((client) => {
      client.once("data", (head) => {
        asked.push(head.toString().split("\r\n")[0] ?? "");
        const target = connect(port, "127.0.0.1", () => {
          client.write("HTTP/1.1 200 OK\r\n\r\n");
          client.pipe(target).pipe(client);
        });
        target.on("error", () => client.destroy());
        client.on("error", () => target.destroy());
      });
    });
    return { asked, url: `http://127.0.0.1:${await listen(proxy)}` };
  };
  const agentOf = async (env: Record<string, string>): Promise<Agent> => {
    const handler = await createRequestHandler({ env, homeDir: folder });
    return Reflect.get(Object(handler), "httpsAgent") as Agent;
  };
  const ask = (url: string, agent: Agent): Promise<string> =>
    new Promise((resolve) => {
      getHttps(url, { agent }, (response) => {
        response.setEncoding("utf8");
        response.on("data", (text: string) => resolve(text));
      }).on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });

  test("is not made where nothing is said", async () => {
    expect(
      await createRequestHandler({ env: { HTTPS_PROXY: "", AWS_CA_BUNDLE: "" }, homeDir: folder }),
    ).toBeUndefined();
  });

  test("wants the certificates that are named to be there", async () => {
    expect(await rejectionOf(agentOf({ AWS_CA_BUNDLE: "~/none.pem" }))).toContain(
      "file_missing: the certificates are not there",
    );
    writeFileSync(join(folder, "empty.pem"), "nothing");
    expect(await rejectionOf(agentOf({ AWS_CA_BUNDLE: "~/empty.pem" }))).toContain("file_malformed");
    const profile = { settings: new Map([["ca_bundle", { value: "~/none.pem", file: "config", line: 1 }]]) };
    expect(await rejectionOf(createRequestHandler({ env: {}, homeDir: folder, profile }))).toContain("file_missing");
  });

  test.skipIf(!hasOpenssl)(
    "trusts the bundle, through a proxy and directly, and nothing else whatever Node is told",
    async () => {
      const port = await serveTls();
      const { asked, url } = await serveProxy(port);
      vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
      const AWS_CA_BUNDLE = join(folder, "ca.pem");
      expect(await ask("https://sts.test/", await agentOf({ HTTPS_PROXY: url, AWS_CA_BUNDLE }))).toBe("served");
      expect(await ask(`https://localhost:${port}/`, await agentOf({ HTTPS_PROXY: url, AWS_CA_BUNDLE }))).toBe(
        "served",
      );
      expect(asked).toEqual(["CONNECT sts.test:443 HTTP/1.1"]);
      expect(await ask(`https://localhost:${port}/`, await agentOf({ AWS_CA_BUNDLE }))).toBe("served");
      expect(await ask("https://sts.test/", await agentOf({ HTTPS_PROXY: url }))).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
      expect(await ask("https://other.test/", await agentOf({ HTTPS_PROXY: url, AWS_CA_BUNDLE }))).toBe(
        "ERR_TLS_CERT_ALTNAME_INVALID",
      );
      expect(asked).toHaveLength(3);
    },
  );

  test.each(["201 Created", "203 Non-Authoritative Information", "403 Forbidden", "407 Proxy Authentication Required"])(
    "takes nothing that a proxy says in the host's place: %s",
    async (status) => {
      const forged = "served by the proxy";
      const proxy = createNet((client) => {
        client.on("error", () => undefined);
        client.once("data", () => {
          client.end(`HTTP/1.1 ${status}\r\ncontent-length: ${forged.length}\r\n\r\n${forged}`);
        });
      });
      const agent = await agentOf({ HTTPS_PROXY: `http://127.0.0.1:${await listen(proxy)}` });
      expect(await ask("https://sts.test/", agent)).toBe("ECONNREFUSED");
    },
  );

  test.skipIf(!hasOpenssl)("verifies where Node is told not to, and nothing else is said", async () => {
    const port = await serveTls();
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const agent = await agentOf({});
    expect(agent).toBeDefined();
    expect(await ask(`https://localhost:${port}/`, agent)).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/);
  });

  test.skipIf(!hasOpenssl)("is not ended by a client that ends", async () => {
    const port = await serveTls();
    const agent = await agentOf({ AWS_CA_BUNDLE: join(folder, "ca.pem") });
    const answer = ask(`https://localhost:${port}/`, agent);
    agent.destroy();
    expect(await answer).toBe("served");
  });
});
