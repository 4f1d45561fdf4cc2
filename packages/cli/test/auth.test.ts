// Temporary credentials on disk, and off it again.
import { statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runHere } from "./run-here.js";
import { endPersons, startPerson, type Person } from "./start-person.js";

let person: Person;
beforeEach(async () => {
  person = await startPerson();
});
afterEach(endPersons);

const OWN =
  "[default]\naws_access_key_id = AKIAMYOWNKEY00000000\naws_secret_access_key = mine\n\n[other]\naws_access_key_id = AKIAOTHERKEY00000000\naws_secret_access_key = others\n";

describe("auth", () => {
  test("writes [default] and its region, closed to others, into a ~/.aws that was not there", async () => {
    await person.setUp();
    const { code, stdout, stderr } = await person.run(["auth", "dev/ADMIN"]);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(/^profile default is dev\/ADMIN for (59|60) min, until \d\d:\d\d\n|1 h 0 min/);
    expect(person.read(".aws/credentials")).toMatch(/\[default\]\naws_access_key_id = ASIA/);
    expect(person.read(".aws/config")).toContain("region = eu-west-1");
    expect(["", "credentials", "config"].map((name) => statSync(join(person.home, ".aws", name)).mode & 0o777)).toEqual(
      [0o700, 0o600, 0o600],
    );
  });

  test("a code is asked for once, however many roles are entered (old: for each role)", async () => {
    await person.setUp();
    for (const name of ["dev/ADMIN", "dev/RO", "prod/ADMIN"]) {
      expect((await person.run(["auth", name, "--profile", name.replace("/", "-")])).code).toBe(0);
    }
    expect([person.count("GetSessionToken"), person.count("AssumeRole")]).toEqual([1, 3]);
  });

  test("somebody's own keys are refused before a code is asked for, and stay as they were", async () => {
    await person.setUp();
    person.write(".aws/credentials", OWN);
    const { code, stderr } = await runHere(person, ["auth", "dev/ADMIN"]);
    expect([code, person.read(".aws/credentials"), person.count("GetSessionToken")]).toEqual([1, OWN, 0]);
    expect(stderr).toContain("keys of your own");
    expect(stderr).toContain("--force");
  });

  test("with --force they are set aside, and unauth brings them back byte for byte (old: the files were overwritten)", async () => {
    await person.setUp();
    person.write(".aws/credentials", OWN);
    person.write(".aws/config", "[default]\noutput = text\n\n[profile other]\nregion = us-east-2\n");
    const config = person.read(".aws/config");
    expect((await person.run(["auth", "dev/ADMIN", "--force"])).code).toBe(0);
    expect(person.read(".aws/credentials")).toContain("[other]\naws_access_key_id = AKIAOTHERKEY00000000");
    expect((await person.run(["unauth"])).code).toBe(0);
    expect([person.read(".aws/credentials"), person.read(".aws/config")]).toEqual([OWN, config]);
  });

  test("a region of somebody's own stays without --force, and that is said", async () => {
    await person.setUp();
    person.write(".aws/config", "[default]\nregion = us-east-2\n");
    const { code, stderr } = await person.run(["auth", "dev/ADMIN"]);
    expect([code, person.read(".aws/config")]).toEqual([0, "[default]\nregion = us-east-2\n"]);
    expect(stderr).toContain("keeps its region us-east-2");
  });

  test("a profile whose other settings tools would take instead is refused, --force or not", async () => {
    await person.setUp();
    person.write(".aws/config", "[profile boss]\nrole_arn = arn:aws:iam::222222222222:role/RO\nsource_profile = x\n");
    const { code, stderr } = await runHere(person, ["auth", "dev/ADMIN", "--profile", "boss", "--force"]);
    expect([code, person.has(".aws/credentials")]).toEqual([1, false]);
    expect(stderr).toContain("role_arn");
  });

  test("keys that never expire are not copied", async () => {
    person.write(".aws/credentials", OWN);
    const { code, stderr } = await runHere(person, ["auth", "other", "--profile", "copy"]);
    expect([code, person.read(".aws/credentials")]).toEqual([1, OWN]);
    expect(stderr).toContain("never expire");
  });

  test("what AWS refuses is said with what to do, and exits with 1 (old: the check never matched)", async () => {
    await person.setUp();
    await person.run([
      "config",
      "add-environment",
      "gone",
      "--hub",
      "work",
      "--account",
      "222222222222",
      "--region",
      "eu-west-1",
      "--role",
      "NOBODY",
    ]);
    const { code, stderr } = await person.run(["auth", "gone/NOBODY"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^daypass: AWS refuses /);
    expect(stderr).toContain("hint:");
  });

  test("tools of this shell that look elsewhere are warned of", async () => {
    await person.setUp();
    const env = { AWS_ACCESS_KEY_ID: "AKIAENVIRONMENT00000", AWS_SECRET_ACCESS_KEY: "x" };
    expect((await person.run(["auth", "dev/ADMIN"], { env })).stderr).toContain("unset AWS_ACCESS_KEY_ID");
  });

  test("--json says what was written, without keys", async () => {
    await person.setUp();
    const { stdout } = await runHere(person, ["auth", "dev/RO", "--profile", "ro", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ identity: "dev/RO", profile: "ro", region: "eu-west-1" });
    expect(stdout).not.toMatch(/ASIA|secret/i);
  });

  test("without an identity and without a terminal it is told what to type, with code 2", async () => {
    await person.setUp();
    const { code, stderr } = await person.run(["auth"]);
    expect(code).toBe(2);
    expect(stderr).toContain("name the identity");
  });
});

describe("unauth", () => {
  test("--all takes every profile that auth wrote, and nothing else", async () => {
    await person.setUp();
    person.write(".aws/credentials", OWN);
    await person.run(["auth", "dev/ADMIN", "--profile", "a"]);
    await person.run(["auth", "dev/RO", "--profile", "b"]);
    person.write(".aws/config", `${person.read(".aws/config")}\n[profile mine]\nregion = eu-west-1\n`);
    expect((await runHere(person, ["unauth", "--all"])).code).toBe(0);
    expect(person.read(".aws/config")).toBe("\n[profile mine]\nregion = eu-west-1\n");
    expect(person.read(".aws/credentials")).toBe(OWN);
  });

  test("says where there are some, when there are none in the profile", async () => {
    await person.setUp();
    await person.run(["auth", "dev/ADMIN", "--profile", "a"]);
    const { code, stderr } = await person.run(["unauth"]);
    expect(code).toBe(0);
    expect(stderr).toContain("there are some in a");
  });
});
