// Every kind of profile, and every way in which one can contradict itself.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planProfile } from "../dist/profiles/plan-profile.js";
import { corpusFile } from "./profile-corpus.js";
import { failureOf, profilesOf } from "./profile-files.js";

const ROLE = "role_arn = arn:aws:iam::111122223333:role/dev";
const KEYS =
  "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SSO = "sso_account_id = 012345678901\nsso_role_name = ReadOnly";
const SESSION = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1";

const plan = (config: string, credentials = "", name = "dev") => planProfile(profilesOf(config, credentials), name);
const fault = (config: string, credentials = "", name = "dev") => failureOf(() => plan(config, credentials, name));

describe("a plan", () => {
  test("is keys of one file, and holds none of them", () => {
    expect(plan(`[profile dev]\n${KEYS}`)).toEqual({ kind: "keys", profile: "dev", file: "config" });
    expect(plan("[profile dev]\nregion=x", `[dev]\n${KEYS}`)).toEqual({
      kind: "keys",
      profile: "dev",
      file: "credentials",
    });
    expect(JSON.stringify(plan("", `[dev]\n${KEYS}`))).not.toContain("wJalr");
  });

  test("is a role by a chain of profiles, with all that is asked for", () => {
    const config = `[profile dev]\n${ROLE}\nsource_profile = mid\nexternal_id = an-id\nmfa_serial = arn:aws:iam::111122223333:mfa/jo
duration_seconds = 7200\nrole_session_name = jo@corp\n[profile mid]\n${ROLE}2\nsource_profile = base`;
    expect(plan(config, `[base]\n${KEYS}`)).toEqual({
      kind: "role",
      profile: "dev",
      roleArn: "arn:aws:iam::111122223333:role/dev",
      externalId: "an-id",
      mfaSerial: "arn:aws:iam::111122223333:mfa/jo",
      durationSeconds: 7200,
      roleSessionName: "jo@corp",
      from: {
        kind: "role",
        profile: "mid",
        roleArn: "arn:aws:iam::111122223333:role/dev2",
        from: { kind: "keys", profile: "base", file: "credentials" },
      },
    });
  });

  test("is a role by the profile's own keys where it names itself", () => {
    expect(plan(`[profile dev]\n${ROLE}\nsource_profile = dev\n${KEYS}`)).toMatchObject({
      kind: "role",
      from: { kind: "keys", profile: "dev" },
    });
  });

  test("takes a source's keys, and not its role, as botocore does", () => {
    const config = `[profile dev]\n${ROLE}\nsource_profile = base\n[profile base]\n${ROLE}2\nsource_profile = base\n${KEYS}`;
    expect(plan(config)).toMatchObject({ kind: "role", from: { kind: "keys", profile: "base" } });
  });

  test.each([
    ["Environment", "environment"],
    ["Ec2InstanceMetadata", "instance"],
    ["EcsContainer", "container"],
  ])("is a role by credential_source %s", (place, kind) => {
    expect(plan(`[profile dev]\n${ROLE}\ncredential_source = ${place}`)).toMatchObject({
      kind: "role",
      from: { kind, profile: "dev" },
    });
  });

  test("is a web identity, also below a role, and before keys", () => {
    const token = `[profile dev]\n${ROLE}\nweb_identity_token_file = /run/token\nrole_session_name = pod\n${KEYS}`;
    expect(plan(token)).toEqual({
      kind: "web_identity",
      profile: "dev",
      roleArn: "arn:aws:iam::111122223333:role/dev",
      tokenFile: "/run/token",
      roleSessionName: "pod",
    });
    expect(plan(`${token}\n[profile top]\n${ROLE}\nsource_profile = dev`, "", "top")).toMatchObject({
      from: { kind: "web_identity" },
    });
  });

  test("is a sign-in by an sso-session or in the older form", () => {
    expect(plan(`[profile dev]\nsso_session = corp\n${SSO}\n${SESSION}\nsso_registration_scopes = a:b, c:d`)).toEqual({
      kind: "sso",
      profile: "dev",
      accountId: "012345678901",
      roleName: "ReadOnly",
      session: {
        name: "corp",
        startUrl: "https://corp.awsapps.com/start",
        region: "eu-west-1",
        scopes: ["a:b", "c:d"],
      },
    });
    const older = `[profile dev]\n${SSO}\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1`;
    expect(plan(older)).toMatchObject({ session: { name: undefined, scopes: [] } });
  });

  test("is a command or a login session", () => {
    expect(plan("[profile dev]\ncredential_process = /opt/tool --x 'a b'")).toEqual({
      kind: "process",
      profile: "dev",
      command: "/opt/tool --x 'a b'",
    });
    expect(plan("[profile dev]\nlogin_session = arn:aws:iam::111122223333:user/jo")).toMatchObject({
      kind: "login_session",
    });
  });

  test("goes by botocore's order where one profile has several ways", () => {
    const all = `${SSO}\nsso_session = corp\ncredential_process = /x\nlogin_session = arn:y\n${KEYS}`;
    expect(plan(`[profile dev]\n${all}\n${SESSION}`).kind).toBe("sso");
    const rest = `credential_process = /x\nlogin_session = arn:y\n${KEYS}`;
    expect(plan(`[profile dev]\n${rest}`).kind).toBe("login_session");
    expect(plan(`[profile dev]\n${rest}`, `[dev]\n${KEYS}`)).toMatchObject({ kind: "keys", file: "credentials" });
    expect(plan(`[profile dev]\ncredential_process = /x\n${KEYS}`).kind).toBe("process");
  });
});

describe("a profile is refused", () => {
  test("at the end of a chain that nobody has, before the stack is full", () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, at) => `[profile p${at}]\n${ROLE}\nsource_profile = p${at + 1}\n`).join("") +
      `[profile p${length}]\n${KEYS}\n`;
    expect(plan(chain(20), "", "p0").kind).toBe("role");
    expect(fault(chain(20_000), "", "p0")).toContain("invalid_profile: profile p99 is the end of more than 100 roles");
  });

  test.each([
    [
      "in a circle of two",
      `[profile dev]\n${ROLE}\nsource_profile = b\n[profile b]\n${ROLE}\nsource_profile = dev`,
      "leads in a circle: dev > b > dev",
    ],
    [
      "in a circle below it",
      `[profile dev]\n${ROLE}\nsource_profile = b\n[profile b]\n${ROLE}\nsource_profile = c\n[profile c]\n${ROLE}\nsource_profile = b`,
      "circle: dev > b > c > b",
    ],
    ["in a circle with itself and no keys", `[profile dev]\n${ROLE}\nsource_profile = dev`, "circle: dev > dev"],
    [
      "with both source_profile and credential_source",
      `[profile dev]\n${ROLE}\nsource_profile = b\ncredential_source = Environment\n[profile b]\n${KEYS}`,
      "has both source_profile and credential_source",
    ],
    ["with neither", `[profile dev]\n${ROLE}`, "says nothing about who assumes it; add source_profile"],
    [
      "with neither, its own keys named",
      `[profile dev]\n${ROLE}\n${KEYS}`,
      "its own keys do with: source_profile = dev",
    ],
    [
      "with an unknown credential_source",
      `[profile dev]\n${ROLE}\ncredential_source = environment`,
      "unknown credential_source; it is one of Environment",
    ],
    [
      "with a credential_source from a prototype",
      `[profile dev]\n${ROLE}\ncredential_source = toString`,
      "unknown credential_source",
    ],
    [
      "with a source that is not there",
      `[profile dev]\n${ROLE}\nsource_profile = bsae\n[profile base]\n${KEYS}`,
      "not_found: there is no profile bsae; did you mean base?",
    ],
    ["with nothing in it", "[profile dev]\nregion = eu-west-1", "says nothing about credentials"],
    [
      "with a source that has nothing in it",
      `[profile dev]\n${ROLE}\nsource_profile = b\n[profile b]\noutput = json`,
      "profile b says nothing about credentials",
    ],
    [
      "with half a pair of keys",
      "[profile dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE",
      "has an access key id in the config file, and no secret key there",
    ],
    ["with the other half", "[profile dev]\naws_secret_access_key = x", "has a secret key and no access key id"],
    [
      "with a token and no role",
      "[profile dev]\nweb_identity_token_file = /run/token",
      "has a web identity token and no role",
    ],
    [
      "with an sso-session that is not there",
      `[profile dev]\nsso_session = crop\n${SSO}\n${SESSION}`,
      "not_found: there is no sso-session crop; did you mean corp?",
    ],
    [
      "with half a sign-in",
      `[profile dev]\nsso_session = corp\nsso_role_name = x\n${SESSION}`,
      "profile dev lacks sso_account_id",
    ],
    [
      "with an sso-session that lacks its region",
      `[profile dev]\nsso_session = corp\n${SSO}\n[sso-session corp]\nsso_start_url = https://a.awsapps.com/start`,
      "sso-session corp lacks sso_region",
    ],
    [
      "with a sign-in that is told twice in two ways",
      `[profile dev]\nsso_session = corp\nsso_region = us-east-1\n${SSO}\n${SESSION}`,
      "sso_region is one thing at /home/jo/.aws/config:3 and another at",
    ],
    [
      "that two sections name",
      `[profile dev]\n${KEYS}\n[profile "dev"]\n${KEYS}`,
      "is there twice: at /home/jo/.aws/config:1 and /home/jo/.aws/config:4",
    ],
    [
      "with a mistyped setting",
      `[profile dev]\n${ROLE}\nsoruce_profile = base`,
      "config:3: soruce_profile is no setting of a profile; write source_profile",
    ],
    ["with a mistyped endpoint", `[profile dev]\nendpont_url = http://127.0.0.1:4566\n${KEYS}`, "write endpoint_url"],
    [
      "with a mistyped setting of its sso-session",
      `[profile dev]\nsso_session = corp\n${SSO}\n${SESSION}\nsso_registration_scope = a`,
      "is no setting of a sso-session",
    ],
    [
      "with a role that is no ARN",
      "[profile dev]\nrole_arn = dev\nsource_profile = b",
      "config:2: role_arn is not of its form; it wants a role's ARN",
    ],
    [
      "with a comment behind a value",
      `[profile dev]\n${ROLE} # mine\nsource_profile = b`,
      "a comment needs a line of its own",
    ],
    ["with an empty value", `[profile dev]\n${ROLE}\nsource_profile =`, "give it a value"],
    [
      "with a value that goes on",
      `[profile dev]\n${ROLE}\n  more\nsource_profile = b`,
      "an indented line below goes on with the value",
    ],
    [
      "with a duration that is none",
      `[profile dev]\n${ROLE}\nduration_seconds = 1h\nsource_profile = dev\n${KEYS}`,
      "a number of seconds from 900 to 43200",
    ],
    [
      "with a portal without TLS",
      `[profile dev]\n${SSO}\nsso_region = eu-west-1\nsso_start_url = http://corp.awsapps.com/start`,
      "an https address",
    ],
  ])("%s", (_, config, wanted) => {
    expect(fault(config)).toMatch(/^(invalid_profile|not_found): /);
    expect(fault(config)).toContain(wanted);
  });

  test("with a key here and its secret in the other file", () => {
    expect(
      fault("[profile dev]\naws_secret_access_key = x", "[dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE"),
    ).toContain("keys of two files are never mixed");
  });

  test("without its values in the message", () => {
    const text = fault("[profile dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalr XUtn");
    expect(text).toContain("aws_secret_access_key is not of its form");
    expect(text).not.toContain("wJalr");
  });
});

test("every profile of every file has a plan or a reason, and no reason holds a value", () => {
  const reasons = /^(invalid_profile|not_found|file_malformed|no failure)/;
  fc.assert(
    fc.property(fc.oneof(corpusFile, fc.record({ config: fc.string(), credentials: fc.string() })), (files) => {
      let names: readonly string[] = [];
      const read = failureOf(() => {
        names = [...profilesOf(files.config, files.credentials).profiles.keys()];
      });
      expect(read).toMatch(reasons);
      for (const name of names) {
        const failure = failureOf(() => plan(files.config, files.credentials, name));
        expect(failure).toMatch(reasons);
        // What a file calls a profile is a name, and names are said.
        const isName = /(source_profile|sso_session|services)\s*[=:][^\n]*(AKIA|a=b=c)/i;
        if (isName.test(`${files.config}\n${files.credentials}`)) continue;
        expect(failure).not.toMatch(/AKIAIOSFODNN7EXAMPLE|a=b=c/);
      }
    }),
    { numRuns: 300 },
  );
});
