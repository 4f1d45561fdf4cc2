// Setting up by flags, through pipes, where nobody can be asked.
import { statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runHere } from "./run-here.js";
import { DEV, endPersons, HUB, PROD, startPerson, type Person } from "./start-person.js";

let person: Person;
beforeEach(async () => {
  person = await startPerson();
});
afterEach(endPersons);

const show = async () => JSON.parse((await person.run(["config", "show", "--json"])).stdout) as Record<string, unknown>;
const team = (accountId: string, ...roles: string[]) =>
  JSON.stringify({ environments: [{ name: "dev", accountId, region: "eu-west-1", roles }] });

describe("config add-hub", () => {
  test("asks AWS whose keys they are, and keeps them closed to others (old: anybody could read them)", async () => {
    const { code, stderr } = await person.addHub();
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(`hub work is user alice of ${HUB}, with arn:aws:iam::${HUB}:mfa/alice`),
    ]);
    const modes = ["", "config.json", "secrets.json"].map(
      (name) => statSync(join(person.home, ".daypass", name)).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o600, 0o600]);
    expect(person.read(".daypass/config.json")).not.toContain("secretAccessKey");
  });

  test("takes the console's CSV and the AWS CLI's JSON", async () => {
    const { accessKeyId, secretAccessKey } = JSON.parse(person.keysOf("alice")) as Record<string, string>;
    const forms = [
      `\uFEFFAccess key ID,Secret access key\r\n${accessKeyId},${secretAccessKey}\r\n`,
      `User name,Password,Access key ID,Secret access key,Console login link\nalice,,${accessKeyId},${secretAccessKey},https://x\n`,
      JSON.stringify({ AccessKey: { UserName: "alice", AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } }),
    ];
    for (const [index, input] of forms.entries()) {
      const args = ["config", "add-hub", `hub${index}`, "--keys-stdin", "--plain"];
      expect((await person.run(args, { input })).code).toBe(0);
    }
  });

  test("what is piped and is no key is refused, and not repeated", async () => {
    const input = '{"accessKeyId":"AKIA1","secretAccessKey":"CANARY"}';
    const { code, stdout, stderr } = await runHere(person, ["config", "add-hub", "x", "--keys-stdin", "--plain"], {
      input,
    });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).not.toContain("CANARY");
  });

  test("without a keychain and without anybody to ask, keys are kept in clear only when that is said", async () => {
    const { code, stderr } = await person.run(["config", "add-hub", "x", "--keys-stdin"], {
      input: person.keysOf("alice"),
    });
    expect([code, person.has(".daypass/secrets.json")]).toEqual([1, false]);
    expect(stderr).toContain("--plain");
  });

  test("a user without MFA is refused unless it is said, and a user who may only assume roles can name the device", async () => {
    const add = (user: string, ...flags: string[]) =>
      person.run(["config", "add-hub", user, "--keys-stdin", "--plain", ...flags], { input: person.keysOf(user) });
    expect((await add("carl")).code).toBe(1);
    expect((await add("carl", "--without-mfa")).stderr).toContain("WITHOUT MFA");
    expect((await add("bob")).stderr).toContain("hint:");
    expect((await add("bob", "--mfa-serial", `arn:aws:iam::${HUB}:mfa/bob`)).code).toBe(0);
  });

  test("without a terminal and without --keys-stdin it says what to type", async () => {
    const { code, stderr } = await person.run(["config", "add-hub", "x"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--keys-stdin")]);
  });
});

describe("config", () => {
  test("removing dev/ADMIN leaves dev/RO and prod/ADMIN (old: all of them went)", async () => {
    await person.setUp();
    expect((await runHere(person, ["config", "remove-role", "dev/ADMIN"])).code).toBe(0);
    const { environments } = (await show()) as { environments: { name: string; roles: string[] }[] };
    expect(environments.map(({ name, roles }) => [name, roles])).toEqual([
      ["dev", ["RO"]],
      ["prod", ["ADMIN"]],
    ]);
  });

  test("what is not there is an error with code 1, and known names are said (old: code 0)", async () => {
    await person.setUp();
    const answers = await Promise.all([
      person.run(["config", "remove-role", "dev/NOBODY"]),
      person.run(["config", "remove-environment", "stage"]),
      person.run(["auth", "stage/ADMIN"]),
    ]);
    expect(answers.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(answers[0].stderr).toContain("dev/RO");
  });

  test("a damaged configuration is said and never written over (old: it was taken for an empty one)", async () => {
    await person.setUp();
    const damaged = person.read(".daypass/config.json").slice(0, -20);
    person.write(".daypass/config.json", damaged);
    for (const args of [
      ["config", "show"],
      ["config", "remove-environment", "dev"],
      ["auth", "dev/RO"],
    ]) {
      const { code, stderr } = await person.run(args);
      expect([code, stderr]).toEqual([1, expect.stringContaining("is not JSON")]);
    }
    expect(person.read(".daypass/config.json")).toBe(damaged);
  });

  test("removing a hub takes its environments and keys, and says that AWS still knows them", async () => {
    await person.setUp();
    expect((await runHere(person, ["config", "remove-hub", "work"])).code).toBe(2);
    const { stderr } = await person.run(["config", "remove-hub", "work", "--yes"]);
    expect(stderr).toContain("goes on working until it is deleted");
    expect(person.read(".daypass/secrets.json")).not.toContain("AKIA");
    expect(await show()).toMatchObject({ hubs: [], environments: [] });
  });

  test("without a terminal the menu says what to type, with code 2", async () => {
    const { code, stderr } = await person.run(["config"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("config show")]);
  });
});

describe("config import", () => {
  test("shows the difference, and changes nothing until somebody says yes", async () => {
    await person.setUp();
    person.write("team.json", team(DEV, "ADMIN", "RO", "AUDIT"));
    const before = person.read(".daypass/config.json");
    const shown = await runHere(person, ["config", "import", join(person.home, "team.json")]);
    expect([shown.code, shown.stdout, person.read(".daypass/config.json")]).toEqual([
      2,
      `- dev: account ${DEV}, eu-west-1, ADMIN RO\n+ dev: account ${DEV}, eu-west-1, ADMIN RO AUDIT\n`,
      before,
    ]);
    expect((await person.run(["config", "import", "team.json", "--yes"])).code).toBe(0);
    expect((await person.run(["config", "import", "team.json", "--yes"])).stderr).toBe("nothing would change\n");
  });

  test("an environment that would lead to another account is said loudly", async () => {
    await person.setUp();
    person.write("team.json", team(PROD, "ADMIN"));
    const { stdout } = await runHere(person, ["config", "import", join(person.home, "team.json"), "--dry-run"]);
    expect(stdout).toContain(`! dev WOULD LEAD TO ANOTHER ACCOUNT: ${DEV} -> ${PROD}`);
  });

  test("a name with escapes in a file of somebody else's is refused and cannot move the cursor", async () => {
    await person.setUp();
    person.write(
      "team.json",
      JSON.stringify({ environments: [{ name: "a\u001b[2J", accountId: DEV, region: "eu-west-1", roles: ["X"] }] }),
    );
    const { code, stdout, stderr } = await person.run(["config", "import", "team.json", "--yes"]);
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain("\u001b");
  });
});

describe("help", () => {
  test("names every command, and says the name that was typed (old: addresses made of the name)", async () => {
    const { code, stdout } = await person.runAs("aacli", ["--help"]);
    expect(code).toBe(0);
    for (const name of ["config", "auth", "unauth", "web", "crypto", "reset", "import", "rotate", "documents"]) {
      expect(stdout).toContain(`\n  ${name} `);
    }
    expect(stdout).toContain("aacli COMMAND");
    expect(stdout).not.toContain("http");
  });
});
