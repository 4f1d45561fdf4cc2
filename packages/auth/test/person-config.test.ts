// The person's configuration: refused where it is not wholly understood, and never written over then.
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { findIdentity, listIdentityNames } from "../dist/hubs/find-identity.js";
import { importTeam, planTeamImport } from "../dist/hubs/import-team.js";
import { openPersonConfig } from "../dist/hubs/person-config.js";
import { codeOf, createMemoryLocks } from "./hub-world.js";

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

const hub = {
  name: "work",
  accountId: "111111111111",
  partition: "aws",
  userName: "alice",
  accessKeyId: "AKIA0000000000000001",
  mfaSerial: "arn:aws:iam::111111111111:mfa/alices-phone",
};
const environment = {
  name: "dev",
  hub: "work",
  accountId: "022222222222",
  region: "eu-west-1",
  roles: ["DEVELOPER", "ADMIN"],
};
const ssoSession = { name: "corp", startUrl: "https://corp.awsapps.com/start", region: "eu-west-1" };
const whole = { version: 1, hubs: [hub], environments: [environment], ssoSessions: [ssoSession] };

const setUp = async (content?: unknown) => {
  const folder = await mkdtemp(join(tmpdir(), "daypass-config-"));
  folders.push(folder);
  const directory = join(folder, "tool");
  const file = openPersonConfig({ directory, locks: createMemoryLocks() });
  if (content !== undefined) {
    await file.update((config) => config);
    await writeFile(file.path, typeof content === "string" ? content : JSON.stringify(content));
  }
  return { file, directory };
};

describe("the configuration", () => {
  test("that is not there is an empty one", async () => {
    const { file } = await setUp();
    expect(await file.read()).toEqual({ version: 1, hubs: [], environments: [], ssoSessions: [] });
  });

  test("is read with its defaults, account ids as text with their zeros", async () => {
    const { file } = await setUp(whole);
    const config = await file.read();
    expect(config.hubs[0]?.codes).toEqual({ from: "terminal" });
    expect(config.environments[0]).toMatchObject({ accountId: "022222222222", rolePath: "/", tooLong: [] });
  });

  test("is written whole, and closed to others", async () => {
    const { file, directory } = await setUp();
    await file.update((config) => ({ ...config, ssoSessions: [ssoSession] }));
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await file.read()).ssoSessions).toEqual([ssoSession]);
  });

  test("loses nothing of twenty changes at once", async () => {
    const { file } = await setUp();
    const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
    await Promise.all(
      names.map((name) =>
        file.update((config) => ({ ...config, ssoSessions: [...config.ssoSessions, { ...ssoSession, name }] })),
      ),
    );
    expect((await file.read()).ssoSessions.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  test.each<[string, unknown]>([
    ["no JSON", "{"],
    ["an empty file", ""],
    ["a list", []],
    ["no version", { hubs: [] }],
    ["a mistyped member", { ...whole, hubs: [{ ...hub, mfaSerial: undefined, withoutMFA: true }] }],
    ["an unknown member at its top", { ...whole, secrets: {} }],
    ["a key where none belongs", { ...whole, hubs: [{ ...hub, secretAccessKey: "hunter2-secret" }] }],
    ["an account id that is a number", { ...whole, environments: [{ ...environment, accountId: 222222222222 }] }],
    ["a hub with both a device and no MFA", { ...whole, hubs: [{ ...hub, withoutMfa: true }] }],
    ["withoutMfa that is only false", { ...whole, hubs: [{ ...hub, withoutMfa: false }] }],
    ["a command by its bare name", { ...whole, hubs: [{ ...hub, codes: { from: "command", command: ["ykman"] } }] }],
    ["two hubs of one name", { ...whole, hubs: [hub, hub] }],
    ["an environment of no hub", { ...whole, hubs: [] }],
    ["a name with a slash", { ...whole, environments: [{ ...environment, name: "a/b" }] }],
    ["a name of the prototype", { ...whole, environments: [{ ...environment, name: "__proto__" }] }],
    ["a role with a line break", { ...whole, environments: [{ ...environment, roles: ["A\nB"] }] }],
    [
      "a start address that is no https",
      { ...whole, ssoSessions: [{ ...ssoSession, startUrl: "javascript:alert(1)" }] },
    ],
  ])("with %s is refused, and not written over", async (_, content) => {
    const { file } = await setUp(content);
    const before = await readFile(file.path, "utf8");
    expect(await codeOf(file.read())).toBe("file_malformed");
    expect(await codeOf(file.update((config) => ({ ...config, hubs: [] })))).toBe("file_malformed");
    expect(await readFile(file.path, "utf8")).toBe(before);
    const error: unknown = await file.read().catch((reason: unknown) => reason);
    expect(String(error)).not.toContain("hunter2");
  });

  test("of a newer version is left alone, and said to be that", async () => {
    const { file } = await setUp({ version: 2, people: [] });
    expect(await codeOf(file.read())).toBe("newer_version");
    expect(await codeOf(file.update((config) => config))).toBe("newer_version");
  });

  test("that others may read is refused: it names programs to run", async () => {
    const { file } = await setUp(whole);
    await chmod(file.path, 0o644);
    expect(await codeOf(file.read())).toBe("file_unusable");
  });

  test("is not changed into something that could not be read", async () => {
    const { file } = await setUp(whole);
    const before = await readFile(file.path, "utf8");
    expect(await codeOf(file.update((config) => ({ ...config, hubs: [] })))).toBe("file_malformed");
    expect(await readFile(file.path, "utf8")).toBe(before);
  });
});

describe("a name", () => {
  test("means a hub, a role of an environment, a profile, or a role of Identity Center", async () => {
    const config = await (await setUp(whole)).file.read();
    expect(findIdentity(config, "work")).toMatchObject({ kind: "hub_user", hub: { userName: "alice" } });
    expect(findIdentity(config, "dev/ADMIN")).toMatchObject({ kind: "hub_role", role: "ADMIN", hub: { name: "work" } });
    expect(findIdentity(config, "profile:a/b")).toEqual({ kind: "profile", profile: "a/b" });
    expect(findIdentity(config, "corp/012345678901/Reader")).toMatchObject({
      kind: "sso_role",
      accountId: "012345678901",
    });
    expect(listIdentityNames(config)).toEqual(["work", "dev/DEVELOPER", "dev/ADMIN"]);
  });

  test.each([
    "wrok",
    "Work",
    "dev/admin",
    "dev/",
    "/ADMIN",
    "prod/ADMIN",
    "",
    "corp/1/Reader",
    "dev/ADMIN/x/y",
    "constructor",
  ])("that is not exactly known is refused: %j", async (name) => {
    const config = await (await setUp(whole)).file.read();
    expect(() => findIdentity(config, name)).toThrow(expect.objectContaining({ code: "not_found" }));
  });
});

describe("a team's environments", () => {
  const team = (...environments: object[]) => JSON.stringify({ environments });
  const { hub: _, ...dev } = environment;
  const prod = { name: "prod", accountId: "333333333333", region: "us-east-1", roles: ["DEVELOPER"] };

  test("are shown as changes first, another account as what it is", async () => {
    const config = await (await setUp(whole)).file.read();
    const changes = planTeamImport(config, team(prod, { ...dev, accountId: "999999999999" }), "work");
    expect(changes).toMatchObject([
      { name: "prod", after: { ...prod, rolePath: "/" }, isRedirected: false },
      { name: "dev", before: { accountId: "022222222222" }, after: { accountId: "999999999999" }, isRedirected: true },
    ]);
  });

  test("that are there already are no change, whatever the order of their roles", async () => {
    const config = await (await setUp(whole)).file.read();
    expect(planTeamImport(config, team({ ...dev, roles: ["ADMIN", "DEVELOPER"] }), "work")).toEqual([]);
  });

  test("become the person's, and those that the team does not name stay", async () => {
    const { file } = await setUp(whole);
    const text = team(prod);
    await importTeam(file, { text, hub: "work", seen: planTeamImport(await file.read(), text, "work") });
    expect(listIdentityNames(await file.read())).toEqual(["work", "dev/DEVELOPER", "dev/ADMIN", "prod/DEVELOPER"]);
  });

  test("are not imported where other changes than those seen would be made", async () => {
    const { file } = await setUp(whole);
    const seen = planTeamImport(await file.read(), team(prod), "work");
    const text = team({ ...prod, accountId: "999999999999" });
    expect(await codeOf(importTeam(file, { text, hub: "work", seen }))).toBe("invalid_option");
    expect(listIdentityNames(await file.read())).not.toContain("prod/DEVELOPER");
  });

  test.each<[string, string]>([
    ["no JSON", "<html>"],
    ["a hub with a command in it", JSON.stringify({ environments: [], hubs: [hub] })],
    ["codes in an environment", team({ ...prod, codes: { from: "command", command: ["/bin/sh"] } })],
    ["an account id that is a number", team({ ...prod, accountId: 333333333333 })],
    ["an environment twice", team(prod, prod)],
  ])("with %s are refused", async (_, text) => {
    const config = await (await setUp(whole)).file.read();
    expect(() => planTeamImport(config, text, "work")).toThrow(expect.objectContaining({ code: "file_malformed" }));
  });

  test("of another hub's name, or of no hub, are refused", async () => {
    const config = await (await setUp({ ...whole, hubs: [hub, { ...hub, name: "other" }] })).file.read();
    expect(() => planTeamImport(config, team({ ...dev, region: "us-east-1" }), "other")).toThrow(
      /belongs to the hub work/,
    );
    expect(() => planTeamImport(config, team(prod), "nobodys")).toThrow(/no hub/);
  });
});
