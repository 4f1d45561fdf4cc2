// What each SDK would use: a table of shells, and the same asked of botocore and the SDK for JavaScript themselves.
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Profile, Profiles } from "@daypass/auth";
import { describe, expect, it } from "vitest";
import { judgeSdks, type SdkFamily } from "../dist/judge-sdks.js";

const place = { file: "/home/jo/.aws/config", line: 1 };
const profile = (name: string, settings: Readonly<Record<string, string>>): Profile => {
  const entries = new Map(Object.entries(settings).map(([key, value]) => [key, { ...place, value }]));
  return { name, ...place, settings: entries, config: entries, credentials: new Map(), twins: [] };
};
const KEYS = { aws_access_key_id: "AKIAPROFILE", aws_secret_access_key: "x" };
const profiles = (...all: Profile[]): Profiles => ({
  profiles: new Map(all.map((each) => [each.name, each])),
  ssoSessions: new Map(),
  services: new Map(),
  ignored: [],
  configFile: place.file,
  credentialsFile: "/home/jo/.aws/credentials",
});
const dev = profile("dev", { ...KEYS, region: "eu-west-1" });
const roleProfile = profile("r", { role_arn: "arn:aws:iam::111111111111:role/x", source_profile: "dev" });
const keys = { AWS_ACCESS_KEY_ID: "AKIAENV", AWS_SECRET_ACCESS_KEY: "x" };
const token = { AWS_WEB_IDENTITY_TOKEN_FILE: "/t", AWS_ROLE_ARN: "arn:aws:iam::111111111111:role/x" };

type Row = readonly [what: string, env: Record<string, string>, uses: string];
const uses = (env: Record<string, string>, ...all: Profile[]): string => {
  const { families } = judgeSdks({ env, profiles: profiles(...all) });
  return families.map((one) => `${one.uses}${one.profile === undefined ? "" : `:${one.profile}`}`).join(" ");
};
const all = (answer: string) => Array.from({ length: 5 }, () => answer).join(" ");

describe("who a shell is, in the order AWS CLI, boto3, JavaScript, Go, Java", () => {
  it.each<Row>([
    ["nothing at all", {}, all("machine")],
    ["keys", keys, all("environment_keys")],
    ["a profile", { AWS_PROFILE: "dev" }, all("profile:dev")],
    [
      "a profile and keys",
      { ...keys, AWS_PROFILE: "dev" },
      "environment_keys environment_keys profile:dev environment_keys environment_keys",
    ],
    ["a profile that is not there", { AWS_PROFILE: "x" }, "error:x error:x machine error:x machine"],
    [
      "another default profile",
      { AWS_PROFILE: "r", AWS_DEFAULT_PROFILE: "dev" },
      "profile:dev profile:dev profile:r profile:r profile:r",
    ],
    ["half a pair of keys", { AWS_ACCESS_KEY_ID: "AKIA" }, "error error machine machine machine"],
    ["a token", token, all("web_identity")],
    [
      "a token and a profile with keys",
      { ...token, AWS_PROFILE: "dev" },
      "web_identity web_identity profile:dev web_identity web_identity",
    ],
    [
      "a token and a profile with a role",
      { ...token, AWS_PROFILE: "r" },
      "profile:r profile:r profile:r web_identity web_identity",
    ],
    ["a container", { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/x" }, all("container")],
  ])("with %s", (_, env, answer) => {
    expect(uses(env, dev, roleProfile)).toBe(answer);
  });

  it("is the default profile where there is one", () => {
    expect(uses({}, profile("default", KEYS))).toBe(all("profile:default"));
  });

  it("differs by region alone, too", () => {
    const { agree, families, warnings } = judgeSdks({
      env: { ...keys, AWS_DEFAULT_REGION: "eu-west-1" },
      profiles: profiles(),
    });
    expect([agree, families.map(({ region }) => region ?? "-").join(" ")]).toEqual([
      false,
      "eu-west-1 eu-west-1 - eu-west-1 -",
    ]);
    expect(warnings.join()).toContain("boto3 reads only the second");
  });

  it("names what is not well, and never a value of a key", () => {
    const env = { ...keys, AWS_PROFILE: "dev", AWS_DEFAULT_PROFILE: "" };
    const judged = judgeSdks({ env, profiles: profiles(dev) });
    expect(judged.warnings).toHaveLength(2);
    expect(JSON.stringify(judged)).not.toMatch(/AKIA/);
  });
});

describe("the SDK for JavaScript itself", () => {
  it.each([
    ["keys", { ...keys }, "AKIAENV"],
    ["a profile and keys", { ...keys, AWS_PROFILE: "dev" }, "AKIAPROFILE"],
    ["AWS_DEFAULT_PROFILE alone, which it does not read", { ...keys, AWS_DEFAULT_PROFILE: "dev" }, "AKIAENV"],
  ])("does so with %s", async (_, env, accessKeyId) => {
    const folder = await mkdtemp(join(tmpdir(), "dp-judge-"));
    const before = { ...process.env };
    try {
      await writeFile(
        join(folder, "config"),
        "[profile dev]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = x\n",
      );
      for (const name of Object.keys(process.env))
        if (name.startsWith("AWS_")) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, env, {
        AWS_CONFIG_FILE: join(folder, "config"),
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      });
      expect((await fromNodeProviderChain({ ignoreCache: true })()).accessKeyId).toBe(accessKeyId);
    } finally {
      for (const name of Object.keys(process.env))
        if (name.startsWith("AWS_")) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
      await rm(folder, { recursive: true });
    }
  });

  it("is one of the families that are judged", () => {
    const family: SdkFamily = "javascript_v3";
    expect(judgeSdks({ env: {}, profiles: profiles() }).families.map((one) => one.family)).toContain(family);
  });
});
