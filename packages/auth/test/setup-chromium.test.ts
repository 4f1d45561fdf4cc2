// The setup in a real browser, on AWS's page and ours, and a picture of each page for the README.
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { missing, openChromium } from "../../../test/browser/open-chromium.js";
import { shrinkPng } from "../../../test/browser/shrink-png.js";
import { ALICE_DEVICE, HUB, openSetupDesk, type SetupDesk } from "./setup-desk.js";
import { START_URL } from "./sso-desk.js";

/** Set to draw the pictures anew: DAYPASS_PICTURES=1. */
const draws = (process.env["DAYPASS_PICTURES"] ?? "") !== "";
const pictures = new URL("../docs/pictures/", import.meta.url);

describe.skipIf(missing !== undefined)("the setup in Chromium", () => {
  let chromium: Browser;
  let desk: SetupDesk;
  let context: BrowserContext;
  let page: Page;
  let problems: string[];
  beforeAll(async () => {
    chromium = await openChromium();
    if (draws) await mkdir(pictures, { recursive: true });
  });
  afterAll(() => chromium.close());
  beforeEach(async () => {
    desk = await openSetupDesk();
    context = await chromium.newContext({ viewport: { width: 760, height: 720 } });
    context.setDefaultTimeout(60_000);
    page = await context.newPage();
    problems = [];
    context.on("console", (message) => void problems.push(message.text()));
  });
  afterEach(async () => {
    await context.close();
    await desk.close();
    // Whatever the content security policy stops is a mistake of ours.
    expect(problems.filter((text) => /Content Security|Refused to/.test(text))).toEqual([]);
  });

  const heading = (name: string) => page.getByRole("heading", { name, exact: true }).waitFor();
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const draw = async (name: string): Promise<void> => {
    // Not without need: some of these pages ask again by themselves, and there is no picture of one that goes.
    if (draws) await writeFile(new URL(`${name}.png`, pictures), shrinkPng(await page.screenshot({ fullPage: true })));
  };

  test("leads through AWS's page to a tool that is set up", async () => {
    const inBrowser = async (url: string): Promise<void> => {
      const portal = await context.newPage();
      await portal.goto(url);
      await portal.getByRole("button", { name: "Sign in as ada" }).click();
      if (draws) await heading("Signing in").then(() => draw("signing-in"));
      await portal.getByRole("button", { name: "Allow" }).click();
      await portal.getByText("You may close this window").waitFor();
      await portal.close();
    };
    await desk.write(
      "config",
      "[profile work]\nrole_arn = arn:aws:iam::222222222222:role/OPEN\nsource_profile = base\n",
    );
    await desk.write("credentials", "[base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n");
    const setup = await desk.serve({ openBrowser: inBrowser });
    await page.goto(setup.url);
    await heading("Set up my-tool");
    // The one-time address is not in the history: going back does not lead to it.
    expect(page.url()).not.toContain("/start/");
    await draw("methods");
    await press("Continue");
    await page.getByLabel("AWS access portal").fill(START_URL);
    await page.getByLabel("Region of IAM Identity Center").fill("us-east-1");
    await draw("portal");
    await press("Sign in");
    await heading("Which account?");
    await page.getByText("(444444444444)").click();
    await draw("accounts");
    await press("Continue");
    await heading("Which role?");
    await page.getByText("Admin", { exact: true }).click();
    await page.getByLabel("Region that the tool works in").fill("eu-west-1");
    await press("Test it");
    await heading("This is what will be written");
    await draw("confirm");
    await press("Write it");
    await heading("my-tool is set up");
    await draw("done");
    expect((await setup.finished).check.arn).toContain("AWSReservedSSO_Admin");
  });

  test("takes a user's keys and a code", async () => {
    const keys = desk.sandbox.issueKey(HUB, "alice");
    const setup = await desk.serve();
    await page.goto(setup.url);
    await page.getByText("Make an IAM user for this tool").click();
    await press("Continue");
    await heading("Make the user");
    await draw("iam-user");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Save as a file" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("my-tool-iam-user.yaml");
    await press("I have the keys");
    await page.getByLabel("Access key id", { exact: true }).fill("AKIA");
    await page.getByLabel("Secret access key").fill(keys.secretAccessKey);
    await press("Test the keys");
    await page.getByRole("alert").waitFor();
    expect(await page.getByLabel("Secret access key").inputValue()).toBe("");
    await draw("keys");
    await page.getByLabel("Access key id", { exact: true }).fill(keys.accessKeyId);
    await page.getByLabel("Secret access key").fill(keys.secretAccessKey);
    await press("Test the keys");
    await heading("This is what will be written");
    await press("Write it");
    await heading("Your MFA code");
    await page.getByRole("textbox").fill(desk.sandbox.mfaCode(ALICE_DEVICE));
    await press("Continue");
    await heading("my-tool is set up");
    await expect(setup.finished).resolves.toMatchObject({ identity: "my-tool" });
  });

  test("shows a code where this machine has no browser of its own", async () => {
    const setup = await desk.serve({ env: { ...desk.options.env, SSH_CONNECTION: "x" } });
    await page.goto(setup.url);
    await press("Continue");
    await page.getByLabel("AWS access portal").fill(START_URL);
    await page.getByLabel("Region of IAM Identity Center").fill("us-east-1");
    await press("Sign in");
    await page.getByText("Yes", { exact: true }).click();
    await press("Continue");
    await page.getByRole("img", { name: "QR code of the address" }).waitFor();
    await draw("device-code");
    await press("Stop the setup");
    await heading("The setup was stopped");
    await expect(setup.finished).rejects.toMatchObject({ code: "cancelled" });
  });

  test("works in the frame of the one page that may show it, and in no other", async () => {
    let url = "";
    const server = createServer((_, response) =>
      response.setHeader("content-type", "text/html").end(`<iframe src="${url}" width=600 height=500></iframe>`),
    );
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const setup = await desk.serve({ embedIn: origin });
    ({ url } = setup);
    await page.goto(origin);
    const frame = page.frameLocator("iframe");
    await frame.getByRole("button", { name: "Continue" }).click();
    await frame.getByLabel("AWS access portal").waitFor();
    const other = await desk.serve({ embedIn: "http://127.0.0.1:1" });
    ({ url } = other);
    await page.goto(origin);
    expect(await frame.getByRole("button", { name: "Continue" }).count()).toBe(0);
    server.close();
    problems = [];
  });

  test("runs nothing that a profile's name says", async () => {
    await desk.write(
      "credentials",
      "[<img src=x onerror=alert(1)>]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n",
    );
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const setup = await desk.serve();
    await page.goto(setup.url);
    await page.getByText("Use a profile that is here already").click();
    await press("Continue");
    await page.getByText("<img src=x onerror=alert(1)>").waitFor();
    expect(await page.locator("img").count()).toBe(0);
    expect(dialogs).toEqual([]);
  });
});
