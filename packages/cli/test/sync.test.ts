// Profiles of all roles: what is written, and above all what is not.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasTerminal } from "./has-terminal.js";
import { checkTemplate, nameProfiles } from "../dist/sync/name-profiles.js";
import { planSync } from "../dist/sync/plan-sync.js";
import { startPractice, type Practice } from "./practice.js";

const role = (accountName: string, roleName: string, accountId = "444444444444") => ({
  accountId,
  accountName,
  roleName,
});
const names = (...roles: ReturnType<typeof role>[]) =>
  nameProfiles(roles, { template: "{account}-{role}", session: "company" }).map(({ profile }) => profile);

describe("names of profiles", () => {
  it.each([
    ["Data Platform (Prod)", "data-platform-prod-Admin"],
    ["Zürich", "zu-rich-Admin"],
    ["prod]\n[profile evil", "prod-profile-evil-Admin"],
    ["$(touch /tmp/x)`id`", "touch-tmp-x-id-Admin"],
    ["'; rm -rf ~ #", "rm-rf-Admin"],
    ["\u001B]0;title\u0007", "0-title-Admin"],
    ["  ", "444444444444-Admin"],
    ["日本", "444444444444-Admin"],
    ["-x", "x-Admin"],
  ])("of an account called %j are %s", (account, name) => {
    expect(names(role(account, "Admin"))).toEqual([name]);
  });

  it("are all different: accounts of one name have their number in it", () => {
    const two = names(role("dev", "Admin", "111111111111"), role("Dev", "Admin", "222222222222"));
    expect(two).toEqual(["dev-111111111111-Admin", "dev-222222222222-Admin"]);
  });

  it("are all different: an account that is called like another with its number does not get that one's", () => {
    const roles = [
      role("prod", "Admin", "111111111111"),
      role("prod", "Admin", "222222222222"),
      role("PROD-111111111111", "Admin", "333333333333"),
    ];
    expect(names(...roles)).toEqual([
      "prod-111111111111-333333333333-Admin",
      "prod-111111111111-Admin",
      "prod-222222222222-Admin",
    ]);
  });

  it("are refused where a number leaves two of one name: nobody becomes the other by accident", () => {
    const roles = [
      role("x", "222222222222-R", "111111111111"),
      role("x", "222222222222-R", "444444444444"),
      role("x-111111111111", "R", "222222222222"),
      role("x-111111111111", "R", "555555555555"),
    ];
    expect(() => names(...roles)).toThrow("two roles would have one name");
  });

  it.each(["y\n[default]\ncredential_process=x", "", "a b", "$(id)", "\u001B[2J", "a/b"])(
    "are not made of what is no role of AWS's: %j",
    (roleName) => {
      expect(() => names(role("x", roleName))).toThrow("a form that AWS does not have");
      expect(() => names(role("x", "Admin", roleName))).toThrow("a form that AWS does not have");
    },
  );

  it("follow a template by which no two roles can have one", () => {
    expect(checkTemplate("{session}.{account_id}/{role}")).toBe("{session}.{account_id}/{role}");
    for (const template of [
      "{account}",
      "{role}",
      "{account}-{role}\n",
      "{account} {role}",
      "{acount}-{role}",
      "-{account}{role}",
      "x]{account}{role}",
    ]) {
      expect(() => checkTemplate(template)).toThrow(/template|several roles/);
    }
  });
});

describe("the plan", () => {
  const named = { ...role("dev", "Admin"), profile: "dev-Admin" };
  const settings = { sso_session: "company", sso_account_id: "444444444444", sso_role_name: "Admin" };
  const plan = (found: Parameters<typeof planSync>[0]["found"], prune = true, roles = [named]) =>
    planSync({ session: "company", region: undefined, roles, found, prune }).map(({ action, profile }) => [
      action,
      profile,
    ]);

  it.each([
    ["adds what is missing", [], [["add", "dev-Admin"]]],
    ["leaves what is right", [{ name: "dev-Admin", isOwn: true, settings }], [["same", "dev-Admin"]]],
    [
      "changes its own where it is another",
      [{ name: "dev-Admin", isOwn: true, settings: { ...settings, sso_role_name: "Other" } }],
      [["change", "dev-Admin"]],
    ],
    [
      "does not touch somebody's own of that name",
      [{ name: "dev-Admin", isOwn: false, settings }],
      [["foreign", "dev-Admin"]],
    ],
    [
      "does not touch its own of another sign-in",
      [{ name: "dev-Admin", isOwn: true, settings: { ...settings, sso_session: "other" } }],
      [["foreign", "dev-Admin"]],
    ],
  ])("%s", (_, found, steps) => {
    expect(plan(found)).toEqual(steps);
  });

  it("says where a name leads to another account than before: its owner may have taken it", () => {
    const before = { ...settings, sso_account_id: "111111111111" };
    const found = [{ name: "dev-Admin", isOwn: true, settings: before }];
    const [step] = planSync({ session: "company", region: undefined, roles: [named], found, prune: false });
    expect(step?.why).toBe("LEADS TO ANOTHER ACCOUNT: 111111111111 -> 444444444444");
  });

  it("prunes its own of this sign-in alone, and only when told to", () => {
    const gone = (isOwn: boolean, more: object) => [{ name: "old", isOwn, settings: { ...settings, ...more } }];
    expect(plan(gone(true, {}), true, [])).toEqual([["remove", "old"]]);
    expect(plan(gone(true, {}), false, [])).toEqual([["gone", "old"]]);
    expect(plan(gone(false, {}), true, [])).toEqual([]);
    expect(plan(gone(true, { sso_session: "other" }), true, [])).toEqual([]);
    expect(plan([{ name: "agent", isOwn: true, settings: { credential_process: "x" } }], true, [])).toEqual([]);
  });
});

describe.skipIf(!hasTerminal)("sync", () => {
  let practice: Practice;
  beforeEach(async () => {
    practice = await startPractice();
    await practice.signIn();
  });
  afterEach(() => practice[Symbol.asyncDispose]());
  const config = () => practice.read(".aws/config");

  it("shows the difference, and writes nothing where nobody says yes", async () => {
    const before = await config();
    const dry = await practice.run(["sync", "--dry-run"]);
    expect([dry.code, dry.stdout]).toEqual([0, ""]);
    expect(dry.stderr).toContain("+  dev-AdministratorAccess    AdministratorAccess in 444444444444");
    const silent = await practice.run(["sync"]);
    expect([silent.code, silent.stderr]).toEqual([2, expect.stringContaining("--yes, or --dry-run")]);
    const no = await practice.type(["sync"], [{ expect: "config\\?", type: "n\r" }]);
    expect([no.code, no.output]).toEqual([0, expect.stringContaining("nothing was written")]);
    expect(await config()).toBe(before);
  });

  it("keeps every byte that is somebody else's, and says which of its names are taken", async () => {
    const own = "# mine\n[profile dev-ReadOnly]\n  region=eu-north-1 ; here\n\n[profile other]\nregion = us-west-2";
    await practice.write(".aws/config", `${await config()}${own}`);
    const { code, stderr } = await practice.run(["sync", "--yes", "--prune"]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/! {2}dev-ReadOnly .*it is your own: left alone/)]);
    expect(await config()).toContain(own);
    expect(await config()).toContain("[profile prod-ReadOnly]");
  });

  it("remembers how it was asked, and has nothing to do the second time", async () => {
    const flags = ["--template", "{role}.{account}", "--region", "eu-west-1"];
    await practice.run(["sync", "company", "--yes", ...flags]);
    expect(await config()).toContain("[profile ReadOnly.dev]");
    const again = await practice.run(["sync", "--yes"]);
    expect(again.stderr).toBe("5 profiles are as they should be\nnothing to write\n");
  });

  it("takes away only its own that are no roles any more, and only with --prune", async () => {
    await practice.run(["sync", "--yes", "--template", "{account}-{role}"]);
    const renamed = ["sync", "--yes", "--template", "{account}.{role}"];
    const kept = await practice.run(renamed);
    expect(kept.stderr).toContain("--prune takes it away");
    expect(await config()).toContain("[profile dev-ReadOnly]");
    await practice.write(
      ".aws/config",
      `${await config()}[profile mine]\nsso_session = company\nsso_account_id = 444444444444\nsso_role_name = Gone\n`,
    );
    await practice.run([...renamed, "--prune"]);
    expect(await config()).not.toContain("[profile dev-ReadOnly]");
    expect(await config()).toContain("[profile mine]");
  });

  it("as JSON says each step and whether it was written", async () => {
    const { stdout } = await practice.run(["sync", "--json", "--dry-run"]);
    const told = JSON.parse(stdout) as { written: boolean; steps: readonly { action: string }[] };
    expect([told.written, told.steps.map(({ action }) => action)]).toEqual([
      false,
      Array.from({ length: 5 }, () => "add"),
    ]);
  });

  it("needs a sign-in, and says which command gives one", async () => {
    await practice.run(["logout"]);
    const { code, stderr } = await practice.run(["sync", "--yes"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("sign in with: `daypass login company`")]);
  });
});
