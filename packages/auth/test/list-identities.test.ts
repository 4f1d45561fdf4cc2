// Names that could mean two things mean neither: who chose one account must not work in another.
import { describe, expect, test } from "vitest";
import { listIdentities, pickIdentity } from "../dist/resolver/list-identities.js";
import type { PersonConfig } from "../dist/hubs/config-schema.js";
import { failureOf, profilesOf } from "./profile-files.js";

const CONFIG: PersonConfig = {
  version: 1,
  hubs: [
    {
      name: "work",
      accountId: "111111111111",
      partition: "aws",
      userName: "alice",
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      codes: { from: "terminal" },
    },
  ],
  environments: [
    {
      name: "prod",
      hub: "work",
      accountId: "222222222222",
      region: "eu-west-1",
      roles: ["admin"],
      rolePath: "/",
      tooLong: [],
    },
  ],
  ssoSessions: [],
};
const SSO = "corp/333333333333/Admin";

const lookIn = (text: string) => {
  const profiles = profilesOf(text);
  const known = listIdentities(CONFIG, profiles);
  return {
    names: known.map(({ name }) => name),
    pick: (name: string) => pickIdentity(name, known, { profiles, ssoSessions: ["corp"] }),
  };
};

describe("a name", () => {
  test("is of a hub, its role, a profile or a role of Identity Center", () => {
    const { pick } = lookIn("[profile dev]\nregion = eu-west-1\n");
    expect(pick("work").kind).toBe("hub_user");
    expect(pick("prod/admin").kind).toBe("hub_role");
    expect(pick("dev")).toMatchObject({ kind: "profile", region: "eu-west-1" });
    expect(pick("profile:dev").kind).toBe("profile");
    expect(pick(SSO)).toMatchObject({ kind: "sso_role", accountId: "333333333333", roleName: "Admin" });
  });

  test("is described by what it is, and one bad profile does not hide the others", () => {
    const text = [
      "[profile a]\nsso_session = corp\nsso_account_id = 333333333333\nsso_role_name = Admin",
      "[profile b]\nrole_arn = arn:aws:iam::444444444444:role/path/Deploy\nsource_profile = a",
      "[profile c]\nrole_arn = nonsense",
    ].join("\n");
    const known = listIdentities(CONFIG, profilesOf(text)).map(({ name, description }) => [name, description]);
    expect(known).toEqual(
      expect.arrayContaining([
        ["prod/admin", "admin in 222222222222 by work"],
        ["a", "Admin in 333333333333 by corp"],
        ["b", "Deploy in 444444444444 by profile a"],
        ["c", "profile c"],
      ]),
    );
  });

  test("is never taken for the nearest one", () => {
    const { pick } = lookIn("[profile dev]\n");
    expect(failureOf(() => pick("dve"))).toContain("not_found: there is no identity");
    expect(failureOf(() => pick("profile:dve"))).toContain("not_found");
    expect(failureOf(() => pick("other/333333333333/Admin"))).toContain("not_found");
  });

  test("where nothing is set up is answered with how to begin, if the tool has said how", () => {
    const config = { ...CONFIG, hubs: [], environments: [], ssoSessions: [] };
    const look = (setUpHint?: string) => () =>
      pickIdentity("dev", listIdentities(config, profilesOf("")), {
        profiles: profilesOf(""),
        ssoSessions: [],
        setUpHint,
      });
    expect(look("type `tool setup`")).toThrow(
      expect.objectContaining({ message: 'there is no identity "dev", nor any other yet', hint: "type `tool setup`" }),
    );
    expect(look()).toThrow(expect.objectContaining({ message: 'there is no identity "dev"' }));
  });

  test("of an environment alone is answered with the roles in it", () => {
    expect(failureOf(() => lookIn("").pick("prod"))).toContain("did you mean prod/admin");
  });

  test.each(["work", "prod/admin", SSO])("of a profile as well is refused until somebody says which: %s", (name) => {
    const { pick } = lookIn(`[profile "${name}"]\nregion = eu-west-1\n`);
    expect(failureOf(() => pick(name))).toContain(`invalid_option: ${name} is a profile and a`);
    expect(pick(`profile:${name}`).kind).toBe("profile");
  });

  test("that is listed is of what it is listed for, whatever a profile is called", () => {
    const { names, pick } = lookIn("[profile a]\nregion = eu-west-1\n[profile profile:a]\nregion = us-east-1\n");
    expect(names).toContain("profile:profile:a");
    expect(names).not.toContain("profile:a");
    expect(pick("profile:a").region).toBe("eu-west-1");
    expect(pick("profile:profile:a").region).toBe("us-east-1");
  });
});
