// The documents of a hub and its spokes, and that they do what they say.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { runHere } from "./run-here.js";
import { DEV, endPersons, HUB, startPerson, type Person } from "./start-person.js";

let person: Person;
beforeEach(async () => {
  person = await startPerson();
});
afterEach(endPersons);

const spoke = (...more: string[]) =>
  runHere(person, [
    ...`documents spoke --hub-account ${HUB} --account ${DEV} --role DEVELOPER --policy PowerUserAccess`.split(" "),
    ...more,
  ]);

describe("documents", () => {
  test("of the hub are made of what is set up", async () => {
    await person.setUp();
    const { code, stdout } = await person.run(["documents", "hub", "--hub", "work"]);
    expect(code).toBe(0);
    for (const name of ["DEV_ACCESS_FOR_ADMIN", "DEV_ACCESS_FOR_RO", "PROD_ACCESS_FOR_ADMIN"])
      expect(stdout).toContain(name);
    expect(stdout).toContain(`arn:aws:iam::${DEV}:role/ADMIN`);
  });

  test("of the hub for given accounts, in another partition", async () => {
    const args = [
      "documents",
      "hub",
      "--hub-account",
      HUB,
      "--partition",
      "aws-us-gov",
      "--environment",
      `dev=${DEV}:ADMIN`,
    ];
    expect((await person.run(args)).stdout).toContain(`arn:aws-us-gov:iam::${DEV}:role/ADMIN`);
  });

  test("of a spoke name people, want a code, and want it to be young", async () => {
    const { code, stdout } = await spoke("--user", "alice");
    expect(code).toBe(0);
    const template = parse(stdout) as {
      Resources: { Role: { Properties: { AssumeRolePolicyDocument: { Statement: object[] } } } };
    };
    expect(template.Resources.Role.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Condition: {
          ArnEquals: { "aws:PrincipalArn": [`arn:aws:iam::${HUB}:user/alice`] },
          Bool: { "aws:MultiFactorAuthPresent": "true" },
          NumericLessThan: { "aws:MultiFactorAuthAge": "43200" },
        },
      }),
    ]);
  });

  test("of a spoke for everybody only when that is said", async () => {
    expect((await spoke()).code).toBe(2);
    expect((await spoke("--any-user", "--user", "alice")).code).toBe(2);
    expect((await spoke("--any-user")).code).toBe(0);
  });

  test("what the templates refuse is said with its place, and nothing is printed", async () => {
    const { code, stdout, stderr } = await spoke("--user", "arn:aws:iam::999999999999:user/mallory");
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining("users[0]")]);
  });
});
