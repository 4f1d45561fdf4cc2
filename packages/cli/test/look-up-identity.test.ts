// Who a name is, and whether it still is.
import { afterEach, beforeEach, expect, test } from "vitest";
import { neverPrompt, openHome, type Home } from "@daypass/auth";
import { lookUpIdentity } from "../dist/look-up-identity.js";
import { startShellWorld, writeAws, type ShellWorld } from "./shell-world.js";

let world: ShellWorld;
let home: Home;
beforeEach(async () => {
  world = await startShellWorld();
  const { env, homeDir, directory } = world;
  const prompt = neverPrompt("it is a test");
  home = await openHome({ toolName: "daypass", directory, env, homeDir, prompt, keychain: "off", plain: true });
});
afterEach(() => world.close());

const TEXT = `[profile keys]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = secret
[profile boss]
role_arn = arn:aws:iam::222222222222:role/OPEN
source_profile = keys
region = eu-west-1
`;

test("who is let be is current, and so is everybody when a file is written as it was", async () => {
  await writeAws(world, "config", TEXT);
  const { identity, isCurrent } = await lookUpIdentity(home, "boss");
  expect([identity.name, await isCurrent()]).toEqual(["boss", true]);
  await writeAws(world, "config", TEXT);
  expect(await isCurrent()).toBe(true);
  await writeAws(world, "config", `${TEXT}[profile another]\nregion = eu-west-1\n`);
  expect([await isCurrent(), await isCurrent()]).toEqual([true, true]);
});

test.each([
  ["role_arn = arn:aws:iam::222222222222:role/OPEN", "role_arn = arn:aws:iam::222222222222:role/OTHER"],
  ["AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE"],
  ["source_profile = keys", "source_profile = keys\nexternal_id = acme"],
  ["region = eu-west-1", "region = eu-west-2"],
  ["source_profile = keys", "source_profile = keys\nduration_seconds = 900"],
])("with another line than %j it is somebody else, and stays so", async (line, other) => {
  await writeAws(world, "config", TEXT);
  const { isCurrent } = await lookUpIdentity(home, "boss");
  await writeAws(world, "config", TEXT.replace(line, other));
  expect([await isCurrent(), await isCurrent()]).toEqual([false, false]);
});

test("a role of a hub whose account is edited is somebody else, and one that is removed is nobody", async () => {
  const { isCurrent } = await lookUpIdentity(home, "dev/OPEN");
  await home.config.update((before) => ({
    ...before,
    environments: before.environments.map((each) => ({ ...each, accountId: "444444444444" })),
  }));
  expect(await isCurrent()).toBe(false);
  await home.config.update((before) => ({ ...before, environments: [] }));
  await expect(isCurrent()).rejects.toMatchObject({ code: "not_found" });
});
