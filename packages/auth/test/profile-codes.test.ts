// Profiles with an MFA device: one code for all of the same keys and device, and a longer session for a code of its own.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CredentialsSource, SourceContext } from "../dist/types.js";
import { createSsoRoleSource } from "../dist/sso/sso-role-source.js";
import { ALICE_DEVICE, DEV, PROD } from "./hub-world.js";
import { startPersonsHome, type PersonsHome } from "./persons-home.js";

let person: PersonsHome;
beforeEach(async () => {
  person = await startPersonsHome();
  await person.aws("credentials", person.inIni("base"));
  await person.aws("config", CONFIG);
});
afterEach(() => person[Symbol.asyncDispose]());

const profile = (name: string, arn: string, more = ""): string =>
  `[profile ${name}]\nrole_arn = ${arn}\nsource_profile = base\nmfa_serial = ${ALICE_DEVICE}\nrole_session_name = alice\n${more}\n`;
const ADMIN = `arn:aws:iam::${DEV}:role/ADMIN`;
const CONFIG = [
  profile("dev", `arn:aws:iam::${DEV}:role/DEVELOPER`, "region = eu-west-1"),
  profile("prod", `arn:aws:iam::${PROD}:role/people/DEVELOPER`, "region = ap-south-1"),
  profile("short", ADMIN, "duration_seconds = 900"),
  profile("long", ADMIN, "duration_seconds = 7200"),
  `[profile base]\nregion = eu-central-1\n`,
  `[profile alice]\nregion = eu-central-1\nmfa_serial = ${ALICE_DEVICE}\n`,
  `[profile temporary]\naws_access_key_id = ASIAEXAMPLEEXAMPLE01\naws_secret_access_key = s\naws_session_token = t\n`,
  profile("by-temporary", ADMIN).replace("source_profile = base", "source_profile = temporary"),
].join("\n");

const codes = () => person.prompt.asked.filter(({ kind }) => kind === "mfa_code").length;
const sourceOf = async (name: string): Promise<CredentialsSource> => {
  const { AWS_REGION: _, ...env } = person.env;
  return (await person.open({ env })).source(`profile:${name}`);
};
const whoIs = async (source: CredentialsSource): Promise<string | undefined> => {
  const client = new STSClient({
    region: "eu-west-1",
    endpoint: person.sandbox.endpoint,
    credentials: () => source.get(),
  });
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  client.destroy();
  return Arn;
};

describe("profiles of the same keys and device", () => {
  test("cost one code together, in whatever regions they work, as the same roles as before", async () => {
    expect(await whoIs(await sourceOf("dev"))).toBe(`arn:aws:sts::${DEV}:assumed-role/DEVELOPER/alice`);
    expect(await whoIs(await sourceOf("prod"))).toBe(`arn:aws:sts::${PROD}:assumed-role/DEVELOPER/alice`);
    expect(await whoIs(await sourceOf("short"))).toBe(`arn:aws:sts::${DEV}:assumed-role/ADMIN/alice`);
    expect(codes()).toBe(1);
    expect(person.count("GetSessionToken")).toBe(1);
    expect(person.count("AssumeRole")).toBe(3);
  });

  test("say in their description that the code is shared", async () => {
    expect((await sourceOf("dev")).description).toBe(
      `profile dev: role arn:aws:iam::${DEV}:role/DEVELOPER by a session with MFA, one code for all profiles of profile base: keys in the credentials file`,
    );
  });

  test("do not share it with another device", async () => {
    await (await sourceOf("dev")).get();
    await person.aws("config", CONFIG.replaceAll(ALICE_DEVICE, `${ALICE_DEVICE}-2`));
    await expect((await sourceOf("dev")).get()).rejects.toThrow(/code that the MFA device/);
    expect(codes()).toBe(2);
    expect(person.count("AssumeRole")).toBe(1);
  });
});

describe("a user's own profile that names a device", () => {
  const asUser = (more = "") => person.inIni("alice") + more;
  beforeEach(() => person.aws("credentials", person.inIni("base") + asUser()));

  test("is a session of the user by one code, which then serves the roles, and never the keys themselves", async () => {
    const source = await sourceOf("alice");
    const { accessKeyId, sessionToken } = await source.get();
    expect([accessKeyId.slice(0, 4), sessionToken === undefined]).toEqual(["ASIA", false]);
    expect(await whoIs(source)).toMatch(/:user\/alice$/);
    expect(await whoIs(await sourceOf("dev"))).toBe(`arn:aws:sts::${DEV}:assumed-role/DEVELOPER/alice`);
    expect([codes(), person.count("GetSessionToken")]).toEqual([1, 1]);
    expect(source.asksPerson).toBe(true);
  });

  test("is a session in the partition of its region where the device has a serial number alone", async () => {
    await person.aws("config", CONFIG.replace(/(\[profile alice\]\n.*\nmfa_serial = ).*/, "$1GAHT12345678"));
    expect((await sourceOf("alice")).question).toMatchObject({ kind: "session_token", mfaSerial: "GAHT12345678" });
  });

  test("gives its keys to a role that names no device, as AWS's tools do", async () => {
    await person.aws(
      "config",
      `${CONFIG}\n[profile plain]\nrole_arn = arn:aws:iam::${DEV}:role/OPEN\nsource_profile = alice\n`,
    );
    await (await sourceOf("plain")).get();
    expect([codes(), person.count("GetSessionToken")]).toEqual([0, 0]);
  });

  test("whose keys are a session's already is asked for no code", async () => {
    await person.aws(
      "config",
      CONFIG.replace("[profile temporary]\n", `[profile temporary]\nmfa_serial = ${ALICE_DEVICE}\n`),
    );
    expect((await sourceOf("temporary")).question.kind).toBe("keys");
  });
});

describe("a profile of a longer session", () => {
  test("has all of it, for a code of its own", async () => {
    const { expiration } = await (await sourceOf("long")).get();
    expect(expiration?.getTime()).toBeGreaterThan(Date.now() + 7_100_000);
    expect(person.count("GetSessionToken")).toBe(0);
    expect(codes()).toBe(1);
  });

  test("is what a short one becomes where more is asked for", async () => {
    const source = (await sourceOf("short")).narrow?.({ durationSeconds: 7_200 });
    const { expiration } = (await source?.get()) ?? {};
    expect(expiration?.getTime()).toBeGreaterThan(Date.now() + 7_100_000);
    expect(person.count("GetSessionToken")).toBe(0);
  });
});

test("a profile whose keys are a session's is asked for directly, as AWS gives such keys no session", async () => {
  const { description } = await sourceOf("by-temporary");
  expect(description).not.toContain("a session with MFA");
});

test.each([
  ["a role with a device", "dev", true],
  ["a long session with a device", "long", true],
  ["a user's keys", "base", undefined],
])("%s says whether a person is asked for it", async (_, name, asksPerson) => {
  expect((await sourceOf(name)).asksPerson).toBe(asksPerson);
});

test("a role of IAM Identity Center says that a person may be asked, and so does what is assumed by it", () => {
  const source = createSsoRoleSource({} as SourceContext, {
    session: { name: "corp", startUrl: "https://corp.awsapps.com/start", region: "eu-west-1", scopes: [] },
    accountId: DEV,
    roleName: "Reader",
    settingsFor: () => ({ region: "eu-west-1" }),
    tokens: {} as Parameters<typeof createSsoRoleSource>[1]["tokens"],
    description: "corp",
  });
  expect(source.asksPerson).toBe(true);
});
