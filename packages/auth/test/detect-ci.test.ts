// Builds: recognised by what their systems set, never by a guess that would leave a person without questions.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAuth, type AuthOptions } from "@daypass/auth";
import { describe, expect, test } from "vitest";
import { detectCi } from "../dist/resolver/detect-ci.js";
import { readBuildToken } from "../dist/resolver/read-build-token.js";

const TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2ln";
const GITHUB = { from: "request", urlVariable: "URL", bearerVariable: "BEARER" } as const;

describe("a build", () => {
  test.each([
    ["GitHub Actions", { GITHUB_ACTIONS: "true", CI: "true" }],
    ["GitLab CI", { GITLAB_CI: "true", CI: "true" }],
    ["Jenkins", { JENKINS_URL: "https://ci.example.com/", BUILD_ID: "12" }],
    ["AWS CodeBuild", { CODEBUILD_BUILD_ID: "project:1" }],
    ["Bitbucket Pipelines", { BITBUCKET_BUILD_NUMBER: "3", CI: "true" }],
    ["CircleCI", { CIRCLECI: "true", CI: "true" }],
    ["Azure Pipelines", { TF_BUILD: "True" }],
    ["Buildkite", { BUILDKITE: "true", CI: "true" }],
    ["TeamCity", { TEAMCITY_VERSION: "2026.1" }],
    ["continuous integration", { CI: "1" }],
  ])("of %s is recognised", (name, env) => {
    expect(detectCi(env)?.name).toBe(name);
  });

  test.each([
    {},
    { CI: "" },
    { CI: "false" },
    { CI: "0" },
    { GITHUB_ACTIONS: "false" },
    { BUILD_ID: "12" },
    { HOME: "/home/alice", TERM: "xterm" },
  ])("is not seen where there is none: %j", (env) => {
    expect(detectCi(env)).toBeUndefined();
  });

  test("has a token where its system gives one", () => {
    const github = { GITHUB_ACTIONS: "true", ACTIONS_ID_TOKEN_REQUEST_URL: "u", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t" };
    expect(detectCi(github)?.token).toMatchObject({ from: "request" });
    expect(detectCi({ GITHUB_ACTIONS: "true" })?.token).toBeUndefined();
    expect(detectCi({ GITLAB_CI: "true", GITLAB_OIDC_TOKEN: TOKEN })?.token).toEqual({
      from: "variable",
      variable: "GITLAB_OIDC_TOKEN",
    });
  });
});

describe("a token whose variable the build named", () => {
  const gitlab = { GITLAB_CI: "true", GITLAB_OIDC_TOKEN: TOKEN };
  test("is taken from there, and from nowhere else", () => {
    expect(detectCi({ ...gitlab, ID_TOKEN: TOKEN }, "ID_TOKEN")?.token).toEqual({
      from: "variable",
      variable: "ID_TOKEN",
    });
    expect(detectCi(gitlab, "ID_TOKEN")).toEqual({ name: "GitLab CI" });
    const jenkins = { JENKINS_URL: "https://ci.example.com/", BUILD_ID: "12", ID_TOKEN: TOKEN };
    expect(detectCi(jenkins, "ID_TOKEN")?.token).toMatchObject({ variable: "ID_TOKEN" });
  });

  test("is none on a person's machine", () => {
    expect(detectCi({ ID_TOKEN: TOKEN }, "ID_TOKEN")).toBeUndefined();
  });

  test.each([
    { roleArn: "arn:aws:iam::111122223333:role/ci", tokenVariable: "a b" },
    { roleArn: "arn:aws:iam::111122223333:role/ci", tokenVariable: 7 },
    { roleArn: "arn:aws:iam::111122223333:role/ci", tokenVar: "ID_TOKEN" },
    { tokenVariable: "ID_TOKEN" },
  ])("is refused under a name that is none: %j", (build) => {
    expect(() => createAuth({ toolName: "t", build } as unknown as AuthOptions)).toThrow("`build` is not right");
  });
});

describe("the build's token", () => {
  test("is asked for with AWS's audience and the bearer token, and taken from the answer", async () => {
    let seen: string[] = [];
    const server = createServer((request, response) => {
      seen = [request.url ?? "", request.headers.authorization ?? ""];
      response.end(JSON.stringify({ value: TOKEN }));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const env = { URL: `http://127.0.0.1:${port}/token?api=2`, BEARER: "bearer-canary" };
    await expect(readBuildToken(GITHUB, { env })).resolves.toBe(TOKEN);
    expect(seen).toEqual(["/token?api=2&audience=sts.amazonaws.com", "bearer bearer-canary"]);
    server.close();
  });

  test("is never asked for at an address that is not https", async () => {
    let asked = 0;
    const ask = async () => ({ status: 200, body: `{"value":"${TOKEN}${asked++ && ""}"}` });
    for (const URL of ["http://example.com/", "file:///etc/passwd", "nonsense", ""]) {
      await expect(readBuildToken(GITHUB, { env: { URL, BEARER: "b" }, ask })).rejects.toMatchObject({
        code: "no_credentials",
      });
    }
    expect(asked).toBe(0);
  });

  test.each([
    [200, "canary-words"],
    [200, `{"value":"canary"}`],
    [200, `{"value":7}`],
    [500, `{"value":"${TOKEN}"}`],
  ])("is refused in an answer of %i with %s, which is not repeated", async (status, body) => {
    const env = { URL: "https://ci.example.com/", BEARER: "bearer-canary" };
    const failure: unknown = await readBuildToken(GITHUB, { env, ask: async () => ({ status, body }) }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "no_credentials" });
    expect(String(failure)).not.toContain("canary");
  });

  test("is not read from an answer without an end, nor asked for where a redirect leads", async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(request.url ?? "");
      if (request.url?.startsWith("/moved") === true) response.writeHead(302, { location: "/token" }).end();
      else response.end("x".repeat(100_000));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const ask = (path: string) => readBuildToken(GITHUB, { env: { URL: `http://127.0.0.1:${port}${path}` } });
    await expect(ask("/endless")).rejects.toMatchObject({ message: expect.stringContaining("does not answer") });
    await expect(ask("/moved")).rejects.toMatchObject({ message: expect.stringContaining("answered 302") });
    expect(seen).toHaveLength(2);
    server.close();
  });

  test("in a variable is taken as it is, and only if it is one", async () => {
    const token = { from: "variable", variable: "T" } as const;
    await expect(readBuildToken(token, { env: { T: TOKEN } })).resolves.toBe(TOKEN);
    await expect(readBuildToken(token, { env: { T: "a b" } })).rejects.toMatchObject({ code: "no_credentials" });
  });
});
