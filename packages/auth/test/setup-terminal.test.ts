// The setup at a terminal, by a person who answers as it was agreed.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAuth, neverPrompt, runSetupInTerminal } from "@daypass/auth";
import type { Prompt } from "@daypass/auth";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AuthError } from "../dist/errors.js";
import { ALICE_DEVICE, DEV, HUB, openSetupDesk, type SetupDesk } from "./setup-desk.js";
import { scriptedPrompt } from "./scripted-prompt.js";
import { START_URL } from "./sso-desk.js";

let desk: SetupDesk;
beforeEach(async () => {
  desk = await openSetupDesk();
});
afterEach(() => desk.close());

const run = (prompt: Prompt) => runSetupInTerminal({ ...toolOptions(), prompt });
const toolOptions = () => desk.options;

test("the sign-in by Identity Center is set up by five answers and a yes", async () => {
  const person = scriptedPrompt("sso", START_URL, "us-east-1", DEV, "Admin", "", "yes");
  const result = await run(person);
  expect(result).toMatchObject({ method: "sso", identity: "profile:my-tool" });
  expect(result.check.arn).toContain("AWSReservedSSO_Admin");
  // The change was shown before the yes was asked for.
  expect(person.told.join("\n")).toContain("    [profile my-tool]");
  expect(await desk.read(".aws/config")).toContain("sso_role_name = Admin");
});

test("a tool's own Auth does the same by setUp, and finds it then", async () => {
  const person = scriptedPrompt("sso", START_URL, "us-east-1", DEV, "Admin", "", "yes");
  const auth = createAuth({ ...desk.options, prompt: person });
  await expect(auth.getAwsConfig()).rejects.toMatchObject({ code: "no_credentials" });
  await auth.setUp({ in: "terminal" });
  await expect((await auth.getAwsConfig()).credentials()).resolves.toMatchObject({ accountId: DEV });
});

test("a hub's user is set up with a file for the template, the keys, and a code", async () => {
  const keys = desk.sandbox.issueKey(HUB, "alice");
  const file = join(desk.homeDir, "user.yaml");
  const answers = ["iam_user", file, "yes", keys.accessKeyId, keys.secretAccessKey, "", "required", "yes"];
  const person = scriptedPrompt(...answers, desk.sandbox.mfaCode(ALICE_DEVICE));
  expect(await run(person)).toMatchObject({ method: "iam_user", identity: "my-tool" });
  expect(await readFile(file, "utf8")).toContain("AWS::IAM::User");
  expect(person.asked.find(({ message }) => message === "Secret access key")?.kind).toBe("secret");
  expect(person.told.join()).not.toContain(keys.secretAccessKey);
});

test("a file that is there is not written over", async () => {
  await desk.write("config", "");
  const [taken, free] = [join(desk.homeDir, ".aws", "config"), join(desk.homeDir, "user.yaml")];
  const person = scriptedPrompt("iam_user", taken, free, "no");
  // The answers are used up at the first question again.
  await expect(run(person)).rejects.toThrow("asked once more than agreed");
  expect(await desk.read(".aws/config")).toBe("");
  expect(person.told).toContain(`error: ${taken} is there already`);
  expect(await readFile(free, "utf8")).toContain("AWS::IAM::User");
});

test("a no to what would be written leads back, and giving up there writes nothing", async () => {
  const answers = ["sso", START_URL, "us-east-1", DEV, "Admin", "", "no"];
  const person = scriptedPrompt(...answers);
  const tired: Prompt = {
    ...person,
    ask: async (question, options) => {
      if (person.asked.length === answers.length) throw new AuthError("cancelled", "stopped", { hint: "none" });
      return person.ask(question, options);
    },
  };
  await expect(run(tired)).rejects.toMatchObject({
    code: "cancelled",
    message: expect.stringContaining("nothing was written"),
  });
  expect(await desk.read(".aws/config")).toBeUndefined();
  expect(await desk.read(".my-tool/config.json")).toBeUndefined();
});

test("nobody is asked in a build, or where there is no terminal", async () => {
  const person = scriptedPrompt("sso");
  const inBuild = { ...desk.options, env: { ...desk.options.env, CI: "true" } };
  await expect(runSetupInTerminal({ ...inBuild, prompt: person })).rejects.toMatchObject({
    code: "prompt_unavailable",
  });
  await expect(createAuth({ ...inBuild, prompt: person }).setUp({ in: "terminal" })).rejects.toMatchObject({
    code: "prompt_unavailable",
  });
  await expect(run(neverPrompt("nobody is there"))).rejects.toMatchObject({ code: "prompt_unavailable" });
  expect(person.asked).toEqual([]);
});
