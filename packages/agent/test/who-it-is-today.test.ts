// A name means somebody by what files and the environment say, and they change while an agent runs.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAgentClient, settingsLine } from "@daypass/agent";
import { neverPrompt } from "@daypass/auth";
import { HOUR, rejectionOf, sessionOf, startWorld, type World } from "./agent-world.js";

let world: World;
let today: () => Promise<boolean>;
let answers = 0;
beforeEach(async () => {
  answers = 0;
  today = async () => true;
  world = await startWorld({
    answer: async ({ identity }) => ({
      credentials: sessionOf(`${identity} ${(answers += 1)}`, world.now() + HOUR),
      isCurrent: () => today(),
    }),
  });
});
afterEach(() => world.close());

const get = async (): Promise<string | undefined> =>
  (await world.client().credentials({ identity: "prod" })).credentials.sessionToken;

describe("what is held is handed out", () => {
  test("while the identity is what it was", async () => {
    expect(await get()).toBe(await get());
    expect(answers).toBe(1);
  });

  test.each<readonly [string, () => Promise<boolean>]>([
    ["is somebody else", async () => false],
    ["cannot be found any more", () => Promise.reject(new Error("gone"))],
  ])("no more when it %s", async (_what, then) => {
    const before = await get();
    today = then;
    expect(await get()).not.toBe(before);
    expect(answers).toBe(2);
  });

  test("not when it was locked while the files were looked at", async () => {
    await get();
    let look: (isCurrent: boolean) => void = () => undefined;
    today = () => new Promise((resolve) => (look = resolve));
    const asked = rejectionOf(get());
    await expect.poll(() => look.length).toBe(1);
    const locking = world.agent.lock();
    look(true);
    expect(await asked).toMatchObject({ code: "agent_locked" });
    await locking;
    expect(answers).toBe(1);
  });

  test("to all who ask at once by one new answer", async () => {
    const before = await get();
    // Of the old answer only.
    today = async () => answers > 1;
    const tokens = new Set(await Promise.all([get(), get(), get()]));
    expect([tokens.size, tokens.has(before), answers]).toEqual([1, false, 2]);
  });
});

describe("an agent that was started with other settings", () => {
  const clientIn = (env: Readonly<Record<string, string>>) =>
    createAgentClient({ directory: world.directory, prompt: neverPrompt("nobody is here"), env });

  test.each([
    { AWS_CONFIG_FILE: "/home/of/another/customer" },
    { AWS_SHARED_CREDENTIALS_FILE: "/home/of/another/customer" },
    { AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1" },
    { AWS_USE_FIPS_ENDPOINT: "true" },
  ])("is not asked where %o is set", async (env) => {
    expect(await rejectionOf(clientIn(env).credentials({ identity: "prod" }))).toMatchObject({
      code: "other_settings",
    });
    expect(answers).toBe(0);
    expect(await clientIn(env).isRunning()).toBe(true);
  });

  test("is asked where nothing of them is set, or to nothing", async () => {
    const client = clientIn({ AWS_CONFIG_FILE: "", PATH: "/bin", AWS_REGION: "eu-west-1" });
    expect((await client.credentials({ identity: "prod" })).credentials.accountId).toBe("111122223333");
  });

  test("says so in a file that only the person can read, and one that is missing is no promise", async () => {
    const file = join(world.directory, "agent.settings");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toBe(`${settingsLine({})}\n`);
    writeFileSync(file, "");
    expect(await rejectionOf(get())).toMatchObject({ code: "other_settings" });
  });
});
