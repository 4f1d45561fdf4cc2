// ~/.aws as it is found on disk, and the rows of the readers' tables.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readProfiles } from "../dist/profiles/read-profiles.js";
import { failureOf, profilesOf, rejectionOf } from "./profile-files.js";

const valueOf = (config: string, key: string, name = "dev") =>
  profilesOf(config).profiles.get(name)?.settings.get(key)?.value;

describe("the text of a profile file", () => {
  test.each([
    ["spacing and tabs around the delimiter", "[profile dev]\nregion\t =  eu-west-1 \t\r\n"],
    ["a colon", "[profile dev]\nregion : eu-west-1"],
    ["capitals in the key", "[profile dev]\nREGION=eu-west-1"],
    ["comments and empty lines between", "# a\n[profile dev]\n; b\n\n   # c\nregion=eu-west-1\n\n\n# d"],
    ["a quoted name", '[profile "dev"]\nregion=eu-west-1'],
    ["words behind the header", "[profile dev] # mine\nregion=eu-west-1"],
    ["old Mac line ends", "[profile dev]\rregion=eu-west-1\r"],
    ["a byte order mark", "\ufeff[profile dev]\nregion=eu-west-1"],
  ])("is read with %s", (_, text) => {
    expect(valueOf(text, "region")).toBe("eu-west-1");
  });

  test("keeps a hash in an address and whatever stands behind a value", () => {
    const text = "[profile dev]\nsso_start_url = https://corp.awsapps.com/start#/\noutput = json # mine";
    expect(valueOf(text, "sso_start_url")).toBe("https://corp.awsapps.com/start#/");
    expect(valueOf(text, "output")).toBe("json # mine");
  });

  test("holds blocks, and continues a value on an indented line", () => {
    const text =
      "[profile dev]\ns3 =\n  a = b\n  # no\n\n  c=d=e\noutput = json\n  yaml\n[services s]\nsts =\n  endpoint_url = x";
    const read = profilesOf(text);
    const s3 = read.profiles.get("dev")?.settings.get("s3");
    expect([...(s3?.nested ?? [])]).toEqual([
      ["a", "b"],
      ["c", "d=e"],
    ]);
    expect(valueOf(text, "output")).toBe("json\nyaml");
    expect(read.services.get("s")?.settings.get("sts")?.nested?.get("endpoint_url")).toBe("x");
  });

  test.each([
    ["a line that is no setting", "[default]\nregion", "config:2: it is no section, key or comment; write it as"],
    ["an empty key", "[default]\n= x", "config:2: it is no section"],
    ["a setting before any section", "a=b", "config:1: it is in no section"],
    [
      "the same section twice",
      "[profile a]\n[profile b]\n[profile a]",
      "config:3: the section [profile a] is already on line 1",
    ],
    ["the same key twice", "[default]\nregion=a\nREGION=b", "config:3: region is already set on line 2"],
    [
      "a block's line without an equals sign",
      "[default]\ns3 =\n  a=b\n  words",
      "config:4: a line of the block below s3",
    ],
    ["a section [DEFAULT]", "[DEFAULT]\nregion=a", "config:1: the section is called [DEFAULT]"],
  ])("is refused with %s, by file and line", (_, text, wanted) => {
    expect(failureOf(() => profilesOf(text))).toMatch(/^file_malformed: /);
    expect(failureOf(() => profilesOf(text))).toContain(wanted);
  });

  test("is refused without a word of what it holds", () => {
    const text = "[default]\naws_secret_access_key wJalrXUtnFEMI/K7MDENG";
    expect(failureOf(() => profilesOf(text))).not.toContain("wJalr");
  });
});

describe("the two files", () => {
  test("make one profile, and the credentials file wins", () => {
    const { profiles } = profilesOf("[profile dev]\nregion = a\noutput = json", "[dev]\nregion = b");
    const dev = profiles.get("dev");
    expect([...(dev?.settings ?? [])].map(([key, { value }]) => `${key}=${value}`)).toEqual([
      "region=b",
      "output=json",
    ]);
    expect(dev?.config.get("region")?.value).toBe("a");
    expect(dev?.credentials.get("region")?.file).toBe("/home/jo/.aws/credentials");
  });

  test("have sso-sessions and services only in the config file, and other sections are named", () => {
    const read = profilesOf("[sso-session corp]\na=b\n[dev]\na=b\n[plugins]\n", "[sso-session x]\na=b");
    expect([...read.ssoSessions.keys()]).toEqual(["corp"]);
    expect(read.ignored.map(({ header, line }) => `${header}:${line}`)).toEqual(["dev:3", "plugins:5"]);
    expect([...read.profiles.keys()]).toEqual(["sso-session x"]);
  });

  test("tell of a name that two sections of the config file have", () => {
    const { profiles } = profilesOf('[profile dev]\na=1\n[profile "dev"]\nb=2');
    expect(profiles.get("dev")?.twins).toMatchObject([{ line: 1 }]);
    expect(profiles.get("dev")?.settings.has("a")).toBe(false);
  });
});

describe("readProfiles", () => {
  let homeDir = "";
  beforeEach(() => {
    homeDir = mkdtempSync(join(tmpdir(), "daypass-home-"));
    mkdirSync(join(homeDir, ".aws"));
  });
  afterEach(() => rmSync(homeDir, { recursive: true, force: true }));
  const names = async (env = {}) => [...(await readProfiles({ env, homeDir })).profiles.keys()];

  test("finds nothing where there is nothing, and both files below ~/.aws", async () => {
    expect(await names()).toEqual([]);
    writeFileSync(join(homeDir, ".aws", "config"), "[profile a]\nregion=x");
    writeFileSync(join(homeDir, ".aws", "credentials"), "[b]\nregion=x");
    expect(await names()).toEqual(["a", "b"]);
  });

  test("goes by the variables, with a tilde, and takes an empty one for none", async () => {
    writeFileSync(join(homeDir, ".aws", "config"), "[profile usual]\n");
    writeFileSync(join(homeDir, "mine"), "[profile mine]\n");
    expect(await names({ AWS_CONFIG_FILE: "~/mine" })).toEqual(["mine"]);
    expect(await names({ AWS_CONFIG_FILE: "" })).toEqual(["usual"]);
    expect(await names({ AWS_CONFIG_FILE: join(homeDir, "not-there") })).toEqual([]);
    expect(await names({ AWS_SHARED_CREDENTIALS_FILE: "~/mine" })).toEqual(["usual", "profile mine"]);
  });

  test("calls a file that is there and cannot be read unusable, never empty", async () => {
    const path = join(homeDir, ".aws", "config");
    mkdirSync(path);
    expect(await rejectionOf(names())).toContain("file_unusable");
    rmSync(path, { recursive: true });
    writeFileSync(path, Buffer.from([0x5b, 0xff, 0xfe, 0x0a]));
    expect(await rejectionOf(names())).toContain("file_malformed");
    chmodSync(path, 0o600);
  });
});
