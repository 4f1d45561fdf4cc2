// What is handed out is the caller's own: whoever writes into it, as the AWS SDK does, reaches nobody else.
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listIdentities } from "../dist/resolver/list-identities.js";
import { startPersonsHome, type PersonsHome } from "./persons-home.js";

let person: PersonsHome;
beforeEach(async () => {
  person = await startPersonsHome();
});
afterEach(() => person[Symbol.asyncDispose]());

/** A program that gives a session of this number of the run, and counts its runs in a file. */
const writeCommand = async (): Promise<string> => {
  const runs = join(person.homeDir, "runs");
  const program = join(person.homeDir, "give.mjs");
  const text = `import { appendFileSync, readFileSync } from "node:fs";
appendFileSync(${JSON.stringify(runs)}, "run\\n");
const n = readFileSync(${JSON.stringify(runs)}, "utf8").split("\\n").length - 1;
console.log(JSON.stringify({ Version: 1, AccessKeyId: "ASIAEXAMPLEEXAMPLE0" + n, SecretAccessKey: "s", SessionToken: "t", Expiration: "2099-01-01T00:00:00Z" }));
`;
  await writeFile(program, text);
  await chmod(program, 0o700);
  return `${process.execPath} ${program}`;
};
const runs = async (): Promise<number> =>
  (await readFile(join(person.homeDir, "runs"), "utf8").catch(() => "")).split("\n").length - 1;

describe("credentials", () => {
  test.each(["main", "dev/DEVELOPER", "profile:told"])(
    "of %s can be written into, and nobody else sees it",
    async (name) => {
      await person.setUpHub();
      await person.aws("config", `[profile told]\ncredential_process = ${await writeCommand()}\n`);
      const source = await (await person.open()).source(name);
      const first = await source.get();
      const { accessKeyId, expiration } = await source.get();
      Object.assign(first, { accessKeyId: "ASIASOMEBODYELSES001", $source: { CREDENTIALS_CODE: "e" } });
      first.expiration?.setTime(0);
      const second = await source.get();
      expect(second).toMatchObject({ accessKeyId, expiration });
      expect(second).not.toHaveProperty("$source");
      expect(second.expiration?.getTime()).toBeGreaterThan(Date.now());
    },
  );
});

describe("a profile's command", () => {
  test("is run once in a process, however often its source is asked for", async () => {
    await person.aws("config", `[profile told]\ncredential_process = ${await writeCommand()}\n`);
    const home = await person.open();
    const given = await Promise.all([1, 2, 3].map(async () => (await home.source("told")).get()));
    given.push(await (await home.source("told")).get());
    expect(new Set(given.map(({ accessKeyId }) => accessKeyId)).size).toBe(1);
    expect(await runs()).toBe(1);
  });

  test("is run anew where the profile was edited", async () => {
    const command = await writeCommand();
    await person.aws("config", `[profile told]\ncredential_process = ${command}\n`);
    const home = await person.open();
    const before = await (await home.source("told")).get();
    await person.aws("config", `[profile told]\ncredential_process = ${command} --other\n`);
    const after = await (await home.source("told")).get();
    expect(after.accessKeyId).not.toBe(before.accessKeyId);
    expect(await runs()).toBe(2);
  });
});

test("a hub without MFA is flagged wherever identities are listed, and so is every role of it", async () => {
  await person.setUpHub();
  const home = await person.open();
  const config = await home.config.read();
  const open = { ...config, hubs: config.hubs.map((hub) => ({ ...hub, withoutMfa: true as const })) };
  const profiles = await home.profiles();
  const flagged = listIdentities(open, profiles).filter(({ description }) => description.includes("WITHOUT MFA"));
  expect(flagged.map(({ name }) => name)).toEqual(["main", "dev/DEVELOPER", "dev/ADMIN", "prod/DEVELOPER"]);
  const guarded = listIdentities(config, profiles).map(({ description }) => description);
  expect(guarded.join()).not.toContain("WITHOUT MFA");
});
