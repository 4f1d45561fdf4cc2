// What aacli and aws-auth left behind, in all its forms.
import { execFileSync } from "node:child_process";
import { createCipheriv, createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decryptLegacy } from "../dist/legacy/decrypt-legacy.js";
import { planLegacyImport } from "../dist/legacy/plan-legacy-import.js";
import { runHere } from "./run-here.js";
import { DEV, endPersons, HUB, PROD, startPerson, type Person } from "./start-person.js";

let person: Person;
beforeEach(async () => {
  person = await startPerson();
});
afterEach(endPersons);

const keys = (user = "alice") => JSON.parse(person.keysOf(user)) as { accessKeyId: string; secretAccessKey: string };
const version1 = () => ({
  profiles: [
    {
      name: "my company",
      awsCredentials: keys(),
      environments: [
        { name: "dev", accountId: DEV, region: "eu-west-1", roles: ["ADMIN", "RO"] },
        { name: "prod", accountId: PROD, region: "eu-west-1", roles: ["ADMIN"] },
      ],
    },
  ],
});
const version22 = () => {
  const identity = (accountName: string, accountId: string, iamRoleName: string) => ({
    accountName,
    accountId,
    accountRegion: "eu-west-1",
    iamRoleName,
  });
  return {
    profiles: [
      {
        name: "default",
        awsCredentials: { ...keys(), mfaArn: `arn:aws:iam::${HUB}:mfa/alice` },
        identities: [identity("dev", DEV, "ADMIN"), identity("prod", PROD, "ADMIN"), identity("dev", DEV, "RO")],
      },
    ],
    sessions: [{ name: "default/dev/ADMIN", region: "eu-west-1", keyId: "x", key: "y", sessionToken: "z", expiry: 1 }],
  };
};
/** As the old tools did it. */
const encrypt = (value: unknown, passphrase: string): string => {
  const iv = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex");
  const key = createHash("sha256").update(passphrase).digest("base64").slice(0, 32);
  const cipher = createCipheriv("aes-256-ctr", key, iv);
  const content = Buffer.concat([cipher.update(JSON.stringify(value, null, 4)), cipher.final()]).toString("hex");
  return JSON.stringify({ iv: iv.toString("hex"), content });
};
const names = async () =>
  (JSON.parse((await person.run(["list", "--json"])).stdout) as { name: string }[]).map(({ name }) => name);

describe("import", () => {
  test("reads version 1 from ~/.aacli, says that keys lay there in clear, and leaves the file alone", async () => {
    const old = JSON.stringify(version1(), null, 4);
    person.write(".aacli/config.json", old);
    const { code, stdout, stderr } = await person.run(["import", "--plain", "--yes"]);
    expect([code, person.read(".aacli/config.json")]).toEqual([0, old]);
    expect(stdout).toContain("hub my-company: key AKIA");
    expect(stderr).toContain("has your keys in clear");
    expect(await names()).toEqual(["my-company", "dev/ADMIN", "dev/RO", "prod/ADMIN"]);
  });

  test("reads version 2.2 from ~/.aws-auth with its MFA device, and web works with it (old: web broke on it)", async () => {
    person.write(".aws-auth/config.json", JSON.stringify(version22()));
    expect((await person.run(["import", "--plain", "--yes"])).code).toBe(0);
    expect(await names()).toEqual(["default", "dev/ADMIN", "dev/RO", "prod/ADMIN"]);
    const { hubs } = JSON.parse((await person.run(["config", "show", "--json"])).stdout) as { hubs: object[] };
    expect(hubs[0]).toMatchObject({ mfaSerial: `arn:aws:iam::${HUB}:mfa/alice` });
    // A code can be asked for, so that it got past what used to break.
    expect((await person.run(["web", "dev/ADMIN", "--print"])).stderr).toMatch(/MFA code|a person must answer/);
  });

  test("reads an encrypted file, and says that its encryption is weak", async () => {
    person.write(".aacli/config.json", encrypt(version1(), "Correct-Horse-9!"));
    const wrong = await person.run(["import", "--plain", "--yes", "--passphrase-stdin"], { input: "Wrong-Horse-9!\n" });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("does not open")]);
    const { code, stderr } = await person.run(["import", "--plain", "--yes", "--passphrase-stdin"], {
      input: "Correct-Horse-9!\n",
    });
    expect([code, stderr]).toEqual([0, expect.stringContaining("encrypted weakly")]);
    expect(await names()).toContain("prod/ADMIN");
  });

  test("opens a file that the old program itself wrote", () => {
    const content =
      "7bb752859ba2d9b88c7ac9327f9373660f4155f067abce2671a2aa1e5a1741e7500447bfe6d8815f77410b45cbfee40bb7307ccac7a088bf7eec928406954c7c806a84efe95f80ea278cf545bb7cae7867073e51a295213fc930d5af0c4875e8c0b34e87590fb42305d9775dcdc1de79aa29be23117b41564288be6f8d38afa3767bf65860a579fe10c350035fb0cdc13b20b4bb37a812f17b31fbaecc06705ec11c481e42d357c361730740c75a880a8cf5b01fa501f674ee62e93983f9f3fab304a8d777fd3bb38a0c160ddd07b5a249c7c77062d2d38efa8251d07eb52db7c56d62bef63ee09cb6976c425c57fba6f032a656ad4a";
    const sealed = { iv: "000102030405060708090a0b0c0d0e0f", content };
    expect(decryptLegacy(sealed, "Correct-Horse-9!")).toEqual({
      profiles: [
        {
          name: "default",
          awsCredentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" },
          environments: [],
        },
      ],
    });
    expect(decryptLegacy(sealed, "correct-Horse-9!")).toBeUndefined();
  });

  test("shows what it would take and takes nothing, until somebody says yes; no secret is shown", async () => {
    const old = version1();
    person.write(".aacli/config.json", JSON.stringify(old));
    const shown = await runHere(person, ["import"]);
    expect([shown.code, person.has(".daypass/config.json")]).toEqual([2, false]);
    const json = await runHere(person, ["import", "--dry-run", "--json"]);
    expect(json.code).toBe(0);
    expect(shown.stdout + json.stdout).not.toContain(old.profiles[0]?.awsCredentials.secretAccessKey);
    expect(person.has(".daypass/config.json")).toBe(false);
  });

  test("a damaged or half-understood file is refused whole, and values are not repeated (old: taken for an empty one)", async () => {
    const half = version1();
    const broken = { profiles: [...half.profiles, { name: "x", awsCredentials: { secretAccessKey: "CANARY" } }] };
    for (const text of ["{", JSON.stringify(broken)]) {
      person.write("old.json", text);
      const { code, stdout, stderr } = await runHere(person, [
        "import",
        join(person.home, "old.json"),
        "--yes",
        "--plain",
      ]);
      expect([code, stdout, person.has(".daypass/config.json")]).toEqual([1, "", false]);
      expect(stderr).not.toContain("CANARY");
    }
  });

  test("environments of two hubs with one name are kept apart", async () => {
    const first = version1().profiles[0];
    const second = {
      ...first,
      name: "other",
      environments: [{ name: "dev", accountId: PROD, region: "eu-west-1", roles: ["ADMIN"] }],
    };
    person.write("old.json", JSON.stringify({ profiles: [first, second] }));
    expect((await runHere(person, ["import", join(person.home, "old.json"), "--yes", "--plain"])).code).toBe(0);
    expect(await names()).toEqual(["my-company", "other", "dev/ADMIN", "dev/RO", "prod/ADMIN", "other-dev/ADMIN"]);
  });

  test("one hub whose keys AWS does not know leaves the others, and the exit code says so", async () => {
    const good = version1().profiles[0];
    const dead = {
      ...good,
      name: "dead",
      awsCredentials: { accessKeyId: "AKIAGONEGONEGONEGONE", secretAccessKey: "x".repeat(40) },
    };
    person.write("old.json", JSON.stringify({ profiles: [dead, good] }));
    const { code, stderr } = await person.run(["import", "old.json", "--yes", "--plain"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("hub dead was not taken over")]);
    expect(await names()).toContain("my-company");
  });

  test("a user who may only assume roles needs the device to be named", async () => {
    const old = { profiles: [{ ...version1().profiles[0], awsCredentials: keys("bob") }] };
    person.write("old.json", JSON.stringify(old));
    const args = ["import", "old.json", "--yes", "--plain"];
    expect((await person.run(args)).code).toBe(1);
    expect((await person.run([...args, "--mfa-serial", `arn:aws:iam::${HUB}:mfa/bob`])).code).toBe(0);
  });

  test("a name that is there thousands of times is numbered in moments, and no two lead to one place by it", () => {
    const environments = Array.from({ length: 17_000 }, (_, i) => ({
      name: "a",
      accountId: String(100_000_000_000 + i),
      region: "eu-west-1",
      roles: ["RO"],
    }));
    const profile = { name: "h", keys: { accessKeyId: "A", secretAccessKey: "s" }, mfaSerial: undefined, environments };
    const [hub] = planLegacyImport({ version: 1, hubs: [], environments: [], ssoSessions: [] }, [profile]);
    const planned = (hub?.environments ?? []).map(({ name }) => name);
    expect([planned[0], planned[1], planned[2], new Set(planned).size]).toEqual(["a", "h-a", "h-a-2", 17_000]);
    expect(planned.every((name) => name.length <= 64)).toBe(true);
  });

  test("no more is read than such a file has, and a pipe is read as a file is", async () => {
    for (const args of [["import"], ["config", "import"]]) {
      const { code, stderr } = await runHere(person, [...args, "/dev/zero"]);
      expect([code, stderr]).toEqual([1, expect.stringContaining("larger than 1 MiB")]);
    }
    person.write(".aws/config", "[profile x]\nregion = eu-west-1\n");
    const policy = await runHere(person, ["env", "x", "--format", "json", "--policy-file", "/dev/zero"]);
    expect([policy.code, policy.stderr]).toEqual([2, expect.stringContaining("larger than 64 KiB")]);
    const pipe = join(person.home, "pipe");
    execFileSync("mkfifo", [pipe]);
    const writing = writeFile(pipe, JSON.stringify(version1()));
    const { code, stdout } = await runHere(person, ["import", pipe, "--dry-run"]);
    await writing;
    expect([code, stdout]).toEqual([0, expect.stringContaining("dev: account")]);
  });
});
