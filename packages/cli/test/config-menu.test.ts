// The menus on a real terminal: nothing to remember, nothing secret to be seen.
import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEV, endPersons, startPerson, type Person } from "./start-person.js";

const hasPython = spawnSync("python3", ["-c", "import pty"]).status === 0;
if (!hasPython) process.stderr.write("skipped: python3, which makes the terminal, is not installed\n");
const PASSPHRASE = "violet tundra mosaic kettle orbit";

let person: Person;
beforeEach(async () => {
  person = await startPerson();
});
afterEach(endPersons);

describe.skipIf(!hasPython)("the menus of config", () => {
  test("lead from nothing to a role, and the secret key is not shown (old: it was typed in clear)", async () => {
    const { accessKeyId = "", secretAccessKey = "" } = JSON.parse(person.keysOf("alice")) as Record<string, string>;
    const { code, stdout } = await person.onTerminal(
      ["config"],
      [
        { see: "what do you want", type: "Create\r" },
        { see: "a name for the hub", type: "work\r" },
        { see: "access key id", type: `${accessKeyId}\r` },
        { see: "secret access key", type: `${secretAccessKey}\r` },
        { see: "a new passphrase", type: `${PASSPHRASE}\r` },
        { see: "once more", type: `${PASSPHRASE}\r` },
        { see: "add an environment", type: "y\r" },
        { see: "a name for the environment", type: "dev\r" },
        { see: "its account id", type: "12\r" },
        { see: "twelve digits", type: `${DEV}\r` },
        { see: "its region", type: "eu-west-1\r" },
        { see: "its roles", type: "ADMIN RO\r" },
        { see: "what do you want", type: "Done\r" },
      ],
    );
    expect(stdout).not.toContain("NOT SEEN");
    expect(code).toBe(0);
    expect(stdout).toContain("dev/ADMIN, dev/RO can be used now");
    expect(stdout).not.toContain(secretAccessKey);
    expect(person.read(".daypass/secrets.age")).toMatch(/^age-encryption\.org/);
  });

  test("Ctrl-C ends with 130 (old: with 0)", async () => {
    const { code } = await person.onTerminal(["config"], [{ see: "what do you want", type: "\u0003" }]);
    expect(code).toBe(130);
  });

  test("delete a role of one environment only", async () => {
    await person.setUp();
    const { code } = await person.onTerminal(
      ["config"],
      [
        { see: "what do you want", type: "Configure\r" },
        { see: "hub work", type: "Remove a role\r" },
        { see: "which role", type: "dev/ADMIN\r" },
        { see: "remove dev/ADMIN?", type: "y\r" },
        { see: "hub work", type: "Back\r" },
        { see: "what do you want", type: "Done\r" },
      ],
    );
    expect(code).toBe(0);
    expect((await person.run(["list"])).stdout).toMatch(/dev\/RO[^]*prod\/ADMIN/);
    expect((await person.run(["list"])).stdout).not.toContain("dev/ADMIN");
  });
});

describe.skipIf(!hasPython)("the menus of auth", () => {
  const terminalHub = async () => {
    await person.setUp();
    const args = ["config", "add-hub", "work", "--keys-stdin", "--plain"];
    expect((await person.run(args, { input: person.keysOf("alice") })).code).toBe(0);
  };

  test("go from the hub to the environment to the role, and ask for one code", async () => {
    await terminalHub();
    const code = person.sandbox.mfaCode("arn:aws:iam::111111111111:mfa/alice");
    const run = await person.onTerminal(
      ["auth"],
      [
        { see: "which environment", type: "dev\r" },
        { see: "which role", type: "RO\r" },
        { see: "MFA code", type: `${code}\r` },
      ],
    );
    expect(run.stdout).toContain("profile default is dev/RO");
    expect(person.read(".aws/credentials")).toContain("ASIA");
  });

  test("five digits and letters are no code, and 000003 is one (old: the other way round)", async () => {
    await terminalHub();
    const { code, stdout } = await person.onTerminal(
      ["auth", "dev/RO"],
      [
        { see: "MFA code", type: "12345\r" },
        { see: "six digits", type: "abc\r" },
        { see: "six digits", type: "000003\r" },
        { see: "did not take", type: "\u0003" },
      ],
    );
    // It went to AWS, which alone knows that it is the wrong one.
    expect(person.count("GetSessionToken")).toBe(1);
    expect([code, stdout.includes("NOT SEEN") && !stdout.includes("MFA code")]).toEqual([expect.any(Number), false]);
  });
});
