// The setup through its page, by a browser without script, to what the tool then is in AWS.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createAuth } from "@daypass/auth";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ALICE_DEVICE, createPlainBrowser, DEV, headingOf, HUB, openSetupDesk, type SetupDesk } from "./setup-desk.js";
import { START_URL } from "./sso-desk.js";
import { createFakePrompt } from "./hub-world.js";

let desk: SetupDesk;
beforeEach(async () => {
  desk = await openSetupDesk();
});
afterEach(() => desk.close());

const tool = () => createAuth({ ...desk.options, prompt: createFakePrompt(() => "") });

const throughSso = async (url: string) => {
  const browser = createPlainBrowser();
  await browser.open(url);
  await browser.press("answer", { method: "sso" });
  await browser.press("answer", { startUrl: START_URL, region: "us-east-1" });
  await browser.press("answer", { account: DEV });
  await browser.press("answer", { role: "Admin", region: "eu-west-1" });
  await browser.press("answer");
  return browser;
};

describe("the setup by IAM Identity Center", () => {
  test("leads from the portal's address to a profile that works", async () => {
    const page = await desk.serve();
    const browser = createPlainBrowser();
    expect(headingOf(await browser.open(page.url))).toBe("Set up my-tool");
    expect(headingOf(await browser.press("answer", { method: "sso" }))).toBe("Where do you sign in?");
    const accounts = await browser.press("answer", { startUrl: START_URL, region: "us-east-1" });
    expect(headingOf(accounts)).toBe("Which account?");
    await browser.press("answer", { account: DEV });
    const confirm = await browser.press("answer", { role: "Admin", region: "eu-west-1" });
    expect(headingOf(confirm)).toBe("This is what will be written");
    expect(confirm).toContain("[sso-session my-tool]");
    expect(confirm).toContain("allowed  s3:ListAllMyBuckets");
    expect(await desk.read(".aws/config")).toBeUndefined();
    expect(headingOf(await browser.press("answer"))).toBe("my-tool is set up");
    const result = await page.finished;
    expect(result).toMatchObject({ method: "sso", identity: "profile:my-tool" });
    expect(result.check.actions.map(({ answer }) => answer)).toEqual(["allowed", "allowed"]);
    expect(await desk.read(".aws/config")).toContain("[profile my-tool]");
    // The sandbox's own region is in the environment, which goes before the profile's.
    expect((await tool().getAwsConfig()).region).toBe("us-east-1");
    expect((await tool().explain()).steps[0]).toMatchObject({ step: "sso" });
  });

  test("takes a sign-in that the machine knows, and writes only what is missing", async () => {
    const known = `[sso-session corp]\nsso_start_url = ${START_URL}\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n`;
    await desk.write("config", known);
    const page = await desk.serve();
    const browser = createPlainBrowser();
    await browser.open(page.url);
    expect(headingOf(await browser.press("answer", { method: "sso" }))).toBe("Which sign-in?");
    await browser.press("answer", { session: "corp" });
    await browser.press("answer", { account: DEV });
    await browser.press("answer", { role: "Reader", region: "eu-west-1" });
    expect(browser.html).toContain("unknown  s3:ListAllMyBuckets");
    expect(browser.html).not.toContain("[sso-session");
    await browser.press("answer");
    expect((await page.finished).check.arn).toContain("Reader");
    expect(await desk.read(".aws/config")).toContain(known);
  });

  test("asks for a passphrase once where secrets go into a file under one", async () => {
    const page = await desk.serve({ plain: false });
    const browser = createPlainBrowser();
    await browser.open(page.url);
    await browser.press("answer", { method: "sso" });
    await browser.press("answer", { startUrl: START_URL, region: "us-east-1" });
    expect(headingOf(browser.html)).toBe("A new passphrase");
    await browser.press("answer", { answer: "four words are enough here", again: "four words are enough her" });
    expect(browser.html).toContain("the two are not the same");
    await browser.press("answer", { answer: "four words are enough here", again: "four words are enough here" });
    expect(headingOf(browser.html)).toBe("Which account?");
    await browser.press("answer", { account: DEV });
    await browser.press("answer", { role: "Admin", region: "eu-west-1" });
    expect(headingOf(await browser.press("answer"))).toBe("my-tool is set up");
    expect(browser.seen.join()).not.toContain("four words are enough");
    await page.finished;
    expect(await desk.read(".my-tool/secrets.age")).toContain("age-encryption.org");
  });

  test("leaves somebody else's profile of the tool's name alone", async () => {
    const theirs = "[profile my-tool]\nregion = eu-central-1\n";
    await desk.write("config", theirs);
    const page = await desk.serve();
    await throughSso(page.url);
    expect((await page.finished).identity).toBe("profile:my-tool-2");
    expect(await desk.read(".aws/config")).toContain(theirs);
    const { credentials } = await tool().getAwsConfig();
    expect((await credentials()).accountId).toBe(DEV);
  });

  test("shows a code and a picture of it where there is no browser", async () => {
    const page = await desk.serve({ env: { ...desk.options.env, SSH_CONNECTION: "x" } });
    const browser = createPlainBrowser();
    await browser.open(page.url);
    await browser.press("answer", { method: "sso" });
    await browser.press("answer", { startUrl: START_URL, region: "us-east-1" });
    expect(headingOf(browser.html)).toBe("Before we go on");
    const waiting = await browser.press("answer", { answer: "yes" }, { untilQuestion: false });
    const [, code = ""] = /<p class="code">([^<]+)<\/p>/.exec(waiting) ?? [];
    expect(code).toMatch(/^[A-Z0-9]{4}-?[A-Z0-9]{4}$/);
    expect(waiting).toContain('<svg class="qr"');
    expect(waiting).toContain('rel="noopener noreferrer"');
    page.close();
    await expect(page.finished).rejects.toMatchObject({ code: "cancelled" });
  });

  test("refuses an address where AWS lets nobody sign in, and asks again", async () => {
    const page = await desk.serve();
    const browser = createPlainBrowser();
    await browser.open(page.url);
    await browser.press("answer", { method: "sso" });
    await browser.press("answer", { startUrl: "https://awsapps.com.example.org/start", region: "us-east-1" });
    expect(headingOf(browser.html)).toBe("Where do you sign in?");
    expect(browser.html).toContain("not an address where AWS lets people sign in");
    expect(desk.sandbox.calls()).toEqual([]);
  });
});

describe("a person who gives up", () => {
  test("before the end has written nothing, and is signed in nowhere", async () => {
    const page = await desk.serve();
    const browser = createPlainBrowser();
    await browser.open(page.url);
    await browser.press("answer", { method: "sso" });
    await browser.press("answer", { startUrl: START_URL, region: "us-east-1" });
    await browser.press("answer", { account: DEV });
    await browser.press("answer", { role: "Admin", region: "eu-west-1" });
    expect(headingOf(await browser.press("stop"))).toBe("The setup was stopped");
    await expect(page.finished).rejects.toMatchObject({ code: "cancelled" });
    expect(await desk.read(".aws/config")).toBeUndefined();
    expect(await desk.read(".my-tool/config.json")).toBeUndefined();
    expect(desk.sandbox.calls().some(({ action }) => action === "Logout")).toBe(true);
    const kept = await readdir(join(desk.homeDir, ".aws", "sso", "cache"));
    const texts = await Promise.all(kept.map((name) => desk.read(`.aws/sso/cache/${name}`)));
    expect(texts.join()).not.toContain("accessToken");
    expect(await readdir(join(desk.homeDir, ".my-tool"))).not.toContain("cache");
  });

  test("while AWS's page is open ends the waiting", async () => {
    const page = await desk.serve({ openBrowser: async () => undefined });
    const browser = createPlainBrowser();
    await browser.open(page.url);
    await browser.press("answer", { method: "sso" });
    await browser.press("answer", { startUrl: START_URL, region: "us-east-1" }, { untilQuestion: false });
    expect(headingOf(browser.html)).toBe("Signing in");
    expect(headingOf(await browser.press("stop"))).toBe("The setup was stopped");
    await expect(page.finished).rejects.toMatchObject({ code: "cancelled" });
  });

  test("can go back and take another way", async () => {
    const page = await desk.serve();
    const browser = createPlainBrowser();
    await browser.open(page.url);
    await browser.press("answer", { method: "sso" });
    expect(headingOf(await browser.press("back"))).toBe("Set up my-tool");
  });
});

describe("the setup by a profile that is there", () => {
  const profiles = (): string => {
    const { accessKeyId, secretAccessKey } = desk.sandbox.issueKey(HUB, "alice");
    return `[base]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  };

  test("remembers the choice and copies nothing", async () => {
    const before = `${profiles()}[x<b>y]\naws_access_key_id = A\n`;
    await desk.write("credentials", before);
    const page = await desk.serve();
    const browser = createPlainBrowser();
    await browser.open(page.url);
    await browser.press("answer", { method: "profile" });
    await browser.press("answer", { profile: "base" });
    expect(browser.html).toContain("unknown  s3:ListAllMyBuckets");
    await browser.press("answer");
    expect(await page.finished).toMatchObject({ method: "profile", identity: "profile:base" });
    expect(await desk.read(".aws/credentials")).toBe(before);
    expect(JSON.parse((await desk.read(".my-tool/config.json")) ?? "")).toMatchObject({ chosen: "profile:base" });
    expect((await tool().explain()).steps[0]).toMatchObject({ step: "iam_user", why: "setup chose it for this tool" });
    // Gone is an error, and no reason to take another.
    await desk.write("credentials", "[default]\naws_access_key_id = A\naws_secret_access_key = B\n");
    await expect(tool().getAwsConfig()).rejects.toMatchObject({ code: "not_found" });
  });

  test("that AWS refuses writes nothing and says why", async () => {
    await desk.write("credentials", "[dead]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n");
    const page = await desk.serve();
    const browser = createPlainBrowser();
    await browser.open(page.url);
    await browser.press("answer", { method: "profile" });
    await browser.press("answer", { profile: "dead" });
    expect(headingOf(browser.html)).toBe("Which profile?");
    expect(browser.html).toContain('class="problem"');
    expect(await desk.read(".my-tool/config.json")).toBeUndefined();
  });

  test("is not there to choose where there is none", async () => {
    const page = await desk.serve();
    const browser = createPlainBrowser();
    await browser.open(page.url);
    expect(headingOf(await browser.press("answer", { method: "profile" }))).toBe("Set up my-tool");
    expect(browser.html).toContain("there is no profile in ~/.aws that works");
  });
});

describe("the setup by an IAM user", () => {
  const start = async (keys: { accessKeyId: string; secretAccessKey: string }, mfa = "required") => {
    const page = await desk.serve();
    const browser = createPlainBrowser();
    await browser.open(page.url);
    await browser.press("answer", { method: "iam_user" });
    const template = await fetch(`${browser.home}text/0`, { headers: { cookie: browser.cookie } });
    await browser.press("answer");
    const { accessKeyId, secretAccessKey } = keys;
    await browser.press("answer", { accessKeyId, secretAccessKey, region: "eu-west-1", mfa });
    return { page, browser, template };
  };

  test("gives a template of just what is needed, takes the keys, and asks for a code", async () => {
    const keys = desk.sandbox.issueKey(HUB, "alice");
    const { page, browser, template } = await start(keys);
    expect(template.headers.get("content-disposition")).toBe('attachment; filename="my-tool-iam-user.yaml"');
    const yaml = await template.text();
    expect(yaml).toContain("s3:ListAllMyBuckets");
    expect(yaml).toContain("aws:MultiFactorAuthPresent");
    expect(headingOf(browser.html)).toBe("This is what will be written");
    expect(browser.html).toContain(ALICE_DEVICE);
    expect(await desk.read(".my-tool/secrets.json")).toBeUndefined();
    expect(headingOf(await browser.press("answer"))).toBe("Your MFA code");
    await browser.press("answer", { answer: desk.sandbox.mfaCode(ALICE_DEVICE) });
    expect(await page.finished).toMatchObject({ method: "iam_user", identity: "my-tool" });
    const { mode } = await stat(join(desk.homeDir, ".my-tool", "secrets.json"));
    expect(mode & 0o777).toBe(0o600);
    // The session that the test got serves the tool as well: no second code.
    await expect((await tool().getAwsConfig()).credentials()).resolves.toMatchObject({ accountId: HUB });
    // What was typed comes back in no page.
    expect(browser.seen.join()).not.toContain(keys.secretAccessKey);
  });

  test("tells the truth where the code is wrong: all is written, and the test failed", async () => {
    const { page, browser } = await start(desk.sandbox.issueKey(HUB, "alice"));
    await browser.press("answer");
    for (let attempts = 0; attempts < 5 && headingOf(browser.html) === "Your MFA code"; attempts++) {
      await browser.press("answer", { answer: "000000" });
    }
    expect(headingOf(browser.html)).toBe("Written, but the test failed");
    expect(await page.finished).toMatchObject({ problem: { message: expect.any(String) } });
  });

  test("refuses keys of the root user, and keys without MFA unless it is said", async () => {
    const { browser } = await start(desk.sandbox.issueKey(HUB, "carl"));
    expect(browser.html).toContain("has no MFA device");
    const again = await start(desk.sandbox.issueKey(HUB, "carl"), "without");
    expect(again.browser.html).toContain("This user is used without MFA");
    const { admin } = desk.sandbox.account(HUB);
    const root = await start(admin);
    expect(root.browser.html).toContain('class="problem"');
    expect(await desk.read(".my-tool/secrets.json")).toBeUndefined();
  });
});

describe("a build", () => {
  test("is set up nowhere", async () => {
    await expect(desk.serve({ env: { ...desk.options.env, CI: "true" } })).rejects.toMatchObject({
      code: "prompt_unavailable",
    });
  });
});
