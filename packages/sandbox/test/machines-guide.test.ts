// The guide on machines without keys, and what a world file may say about issuers and providers.
import { readFileSync } from "node:fs";
import { createSandbox, SandboxError } from "@daypass/sandbox";
import type { WorldFile } from "@daypass/sandbox";
import { startSandbox } from "@daypass/sandbox/testing";
import { describe, expect, it } from "vitest";
import { outcome, roleArn } from "./sts-clients.js";
import { exchange, jobToken } from "./web-identity-world.js";

const guide = readFileSync(new URL("../docs/machines.md", import.meta.url), "utf8");
const blockOf = (language: string) => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(guide)?.[1] ?? "";
const world = JSON.parse(blockOf("json")) as WorldFile;

describe("the guide", () => {
  it("shows a world in which its token opens its role", async () => {
    await using sandbox = await startSandbox({ world });
    expect(await outcome(exchange(sandbox, jobToken(sandbox), { RoleArn: roleArn("deploy") }))).toBe("ok");
  });

  it("shows an order at the control door that issues such a token", async () => {
    await using sandbox = await startSandbox({ world });
    const body = /-d '([^]*?)'/.exec(blockOf("sh"))?.[1] ?? "";
    const answer = await fetch(`${sandbox.control}web-identity-tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const { token } = (await answer.json()) as { token: string };
    expect(await outcome(exchange(sandbox, token, { RoleArn: roleArn("deploy") }))).toBe("ok");
  });

  it("shows how an issuer that cannot be reached is rehearsed", async () => {
    await using sandbox = await startSandbox({ world });
    sandbox.fault({
      service: "sts",
      action: "AssumeRoleWithWebIdentity",
      status: 400,
      code: "IDPCommunicationError",
      message: "the identity provider could not be reached",
      times: 1,
    });
    expect(blockOf("ts")).toContain(`code: "IDPCommunicationError"`);
    const attempt = () => outcome(exchange(sandbox, jobToken(sandbox), { RoleArn: roleArn("deploy") }));
    expect(await attempt()).toBe("400 IDPCommunicationError the identity provider could not be reached");
    expect(await attempt()).toBe("ok");
  });
});

describe("a world file", () => {
  const mistake = (file: WorldFile): string => {
    try {
      createSandbox({ world: file });
      return "no mistake";
    } catch (error) {
      return error instanceof SandboxError ? `${error.code} ${error.message}` : String(error);
    }
  };
  const provider = (url: string) => ({ url, clientIds: ["app"] });
  const customer = (...oidcProviders: ReturnType<typeof provider>[]): WorldFile => ({
    accounts: [{ id: "222222222222", oidcProviders }],
  });

  it.each<[string, WorldFile, string]>([
    [
      "an issuer without https",
      { tokenIssuers: [{ url: "http://a.example.com" }] },
      "tokenIssuers[0].url: must be an https URL",
    ],
    [
      "an issuer with a port",
      { tokenIssuers: [{ url: "https://a.example.com:1" }] },
      "tokenIssuers[0].url: must be an https URL",
    ],
    [
      "an issuer twice",
      { tokenIssuers: [{ url: "https://gitlab.com" }] },
      "the issuer https://gitlab.com is already there",
    ],
    [
      "a provider with a query",
      customer(provider("https://a.example.com?b")),
      "oidcProviders[0].url: must be an https URL",
    ],
    [
      "a provider twice",
      customer(provider("https://a.example.com"), provider("https://a.example.com")),
      "oidcProviders[1].url: the provider https://a.example.com already exists",
    ],
  ])("with %s is refused", (_, file, said) => {
    expect(mistake(file)).toContain("invalid_world ");
    expect(mistake(file)).toContain(said);
  });
});
