// A newcomer's walk through the console in a real browser, from a vendor's link to a deleted stack; wrong things first.
// DAYPASS_SCREENSHOTS=packages/sandbox/docs/console makes the pictures of the documentation again.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launchLink, publish, ROLE_TEMPLATE } from "../../packages/sandbox/test/console-clients.js";
import { missing, openChromium, required } from "./open-chromium.js";
import { shrinkPng } from "./shrink-png.js";

const pictures = process.env["DAYPASS_SCREENSHOTS"];
const WIDE = { width: 900, height: 700 };
const NARROW = { width: 380, height: 760 };

test("Chromium is there when DAYPASS_REQUIRE asks for it", () => {
  expect(required ? missing : undefined).toBeUndefined();
});

describe.skipIf(missing !== undefined)("the console in Chromium", () => {
  let chromium: Browser;
  let sandbox: Sandbox;
  let templateURL: string;
  let context: BrowserContext;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    chromium = await openChromium();
  });
  afterAll(() => chromium.close());
  beforeEach(async () => {
    sandbox = await startSandbox({ stackDurationMs: 1500 });
    templateURL = await publish(sandbox, "vendor-role.json", ROLE_TEMPLATE);
    context = await chromium.newContext({ viewport: WIDE });
    context.setDefaultTimeout(60_000);
    page = await context.newPage();
    problems = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    // Whatever the content security policy stops is a mistake of ours.
    page.on(
      "console",
      (message) => /Content Security|Refused to/.test(message.text()) && problems.push(message.text()),
    );
  });
  afterEach(async () => {
    await context.close();
    await sandbox.stop();
    expect(problems).toEqual([]);
  });

  const picture = async (name: string, fullPage = false) => {
    if (pictures === undefined) return;
    writeFileSync(join(pictures, `${name}.png`), shrinkPng(await page.screenshot({ fullPage })));
  };
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const refusal = () => page.locator(".error").innerText();
  const field = (label: string) => page.getByLabel(label, { exact: true });
  const status = (name: string) => page.locator("#status").getByText(name, { exact: true }).waitFor();
  const link = (values: Readonly<Record<string, string>> = {}, route?: string) =>
    launchLink(
      sandbox,
      { templateURL, stackName: "example-vendor", param_ExternalId: "acme-7f3a9c", ...values },
      route,
    );
  const signIn = async (account = "customer") => {
    const { admin } = sandbox.account(account);
    await field("Access key ID").fill(admin.accessKeyId);
    await field("Secret access key").fill(admin.secretAccessKey);
    await press("Sign in");
  };
  const create = async (values: Readonly<Record<string, string>> = {}) => {
    await page.goto(link(values));
    await signIn();
    await page.getByLabel(/I acknowledge/).check();
    await press("Create stack");
    await page.locator("#status").waitFor();
  };
  /** How far the page goes beyond the window, in pixels. */
  const overhang = () => page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");

  test("a link becomes a stack: sign in, form, acknowledgement, events, outputs", async () => {
    await page.goto(link());
    await picture("sign-in");
    await field("Access key ID").fill(sandbox.account("customer").admin.accessKeyId);
    await field("Secret access key").fill("not-the-secret");
    await press("Sign in");
    expect(await refusal()).toContain("No active access key has this key ID and this secret.");
    expect(await page.evaluate("document.activeElement.className")).toBe("error");
    await signIn();

    expect(await field("Stack name").inputValue()).toBe("example-vendor");
    expect(await field("External ID").inputValue()).toBe("acme-7f3a9c");
    expect(await page.getByText("222222222222 (customer)").isVisible()).toBe(true);
    await page.getByText("VendorRole: whom it trusts").click();
    expect(await page.getByText("arn:aws:iam::111111111111:root").first().isVisible()).toBe(true);
    await picture("quick-create", true);

    await field("External ID").fill("too bad");
    await field("IntegrationSuffix").fill("eu");
    await press("Create stack");
    expect(await refusal()).toContain("Parameter ExternalId failed to satisfy constraint");
    await page.getByRole("link", { name: "Go to the field" }).click();
    await page.keyboard.type("acme-7f3a9c");
    expect(await page.evaluate("document.activeElement.id")).toBe("param_ExternalId");
    await field("External ID").fill("acme-7f3a9c");
    await press("Create stack");
    expect(await refusal()).toContain("Requires capabilities : [CAPABILITY_NAMED_IAM]");
    expect(await field("IntegrationSuffix").inputValue()).toBe("eu");
    await picture("refused");
    await page
      .getByLabel("I acknowledge that AWS CloudFormation might create IAM resources with custom names.")
      .check();
    await press("Create stack");

    await status("CREATE_IN_PROGRESS");
    await status("CREATE_COMPLETE");
    expect(await page.locator("#announcement").innerText()).toBe("Status: CREATE_COMPLETE");
    expect(await page.locator("#output-1").innerText()).toBe("arn:aws:iam::222222222222:role/ExampleVendor-eu");
    const events = await page.locator("section[aria-labelledby=events] tbody tr").allInnerTexts();
    expect(events[0]).toMatch(/example-vendor[^]*CREATE_COMPLETE/);
    expect(events.at(-1)).toMatch(/CREATE_IN_PROGRESS[^]*User Initiated/);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy the value of RoleArn" }).click();
    await page.getByText("Copied").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(
      "arn:aws:iam::222222222222:role/ExampleVendor-eu",
    );
    await picture("stack", true);

    await page.getByRole("link", { name: "ExampleVendor-eu" }).click();
    expect(await page.getByText("StringEquals sts:ExternalId = acme-7f3a9c").isVisible()).toBe(true);
  });

  test("a stack is updated by the vendor's link after a look at the changes, and deleted by its name", async () => {
    await create();
    await status("CREATE_COMPLETE");
    const stackId = (await page.locator(".facts").innerText()).match(/arn:aws:cloudformation:\S+/)?.[0] ?? "";

    const next = await publish(sandbox, "next.json", { ...ROLE_TEMPLATE, Description: "The next version." });
    await page.goto(launchLink(sandbox, { stackId, templateURL: next }, "update/template"));
    expect(await page.getByText("The next version.").isVisible()).toBe(true);
    expect(await field("External ID").inputValue()).toBe("acme-7f3a9c");
    await field("Allow setup").selectOption("false");
    await press("Preview changes");
    expect(await refusal()).toContain("InsufficientCapabilitiesException");
    expect(await field("Allow setup").inputValue()).toBe("false");
    await page.getByLabel(/I acknowledge/).check();
    await press("Preview changes");
    expect(await page.locator("main").innerText()).toMatch(/SetupPhase\s+true\s+false[^]*Remove\s+SetupPolicy/);
    await picture("change-set");
    await press("Execute change set");
    await status("UPDATE_COMPLETE");

    await page.getByRole("link", { name: "Delete", exact: true }).click();
    const confirmation = page.getByLabel(/Type the stack's name/);
    await confirmation.fill("example");
    await press("Delete stack");
    expect(await refusal()).toContain("This is not the stack's name.");
    await confirmation.fill("example-vendor");
    await press("Delete stack");
    await status("DELETE_COMPLETE");
    await page.getByRole("link", { name: "IAM roles" }).click();
    expect(await page.getByText("The account has no roles.").isVisible()).toBe(true);
  });

  test("a stack that fails shows why and rolls back while one watches", async () => {
    await create();
    await status("CREATE_COMPLETE");
    await page.goto(link({ stackName: "second" }));
    await page.getByLabel(/I acknowledge/).check();
    await press("Create stack");
    await status("ROLLBACK_COMPLETE");
    expect(await page.locator("section[aria-labelledby=events]").innerText()).toContain("already exists");
  });

  test("forged and mistaken links are refused on the page", async () => {
    await page.goto(link({ templateURL: "http://example.com/vendor-role.json" }));
    await signIn();
    expect(await refusal()).toContain("TemplateURL must be a supported URL.");
    expect(await page.locator("#templateURL").inputValue()).toBe("http://example.com/vendor-role.json");
    await page.goto(link().replace("region=us-east-1", "region=mars"));
    expect(await refusal()).toContain("mars is not a region.");
    await page.goto(link().replace("#/stacks/quickcreate", "#/stacksets/quickcreate"));
    expect(await refusal()).toContain("has no page for the link");
    await page.goto(link({ stackName: "<script>document.title='canary'</script>" }));
    expect(await field("Stack name").inputValue()).toBe("<script>document.title='canary'</script>");
    expect(await page.title()).not.toContain("canary");
    const elsewhere = "arn:aws:cloudformation:eu-west-1:222222222222:stack/example-vendor/1";
    await page.goto(launchLink(sandbox, { stackId: elsewhere, templateURL }, "update/template"));
    expect(await refusal()).toContain("does not exist");
  });

  test("a link from another site finds the session, and the deep link survives the sign-in", async () => {
    const localhost = sandbox.endpoint.replace("127.0.0.1", "localhost");
    await page.goto(`${sandbox.endpoint}/_console/cloudformation/stacks`);
    await signIn();
    await page.goto(`${localhost}/_console/`);
    await page.evaluate(`location.href = ${JSON.stringify(link({}, "create/review"))}`);
    await field("Stack name").waitFor();
    expect(await field("External ID").inputValue()).toBe("acme-7f3a9c");
    await press("Sign out");
    await page.goto(link());
    expect(await field("Access key ID").isVisible()).toBe(true);
  });

  test("a page stored in a bucket can neither run nor read the console", async () => {
    await create();
    const hostile = await publish(
      sandbox,
      "page.html",
      `<title>kept</title><script>document.title="ran";fetch("/_console/cloudformation/stacks").then(() => (document.title = "read"))</script><form action="/_console/signout" method="post"><button>go</button></form>`,
      "text/html",
    );
    await page.goto(hostile);
    expect(await page.title()).toBe("kept");
    await press("go");
    await page.goto(`${sandbox.endpoint}/_console/cloudformation/stacks`);
    expect(await page.getByText("user/admin").isVisible()).toBe(true);
    // Chromium says that it blocked the script and the form: that is what was wanted.
    problems.length = 0;
  });

  test("every page fits a window of 380 pixels, also with long words, and in the dark", async () => {
    const long = "a".repeat(120);
    const url = await publish(sandbox, "long.json", {
      ...ROLE_TEMPLATE,
      Description: long,
      Outputs: { [`Out${long}`]: { Value: `${long}${long}`, Description: long } },
    });
    await page.setViewportSize(NARROW);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.goto(link({ templateURL: url, stackName: `s${long}` }));
    expect(await overhang()).toBeLessThanOrEqual(0);
    await signIn();
    await field("Stack name").waitFor();
    expect(await overhang()).toBeLessThanOrEqual(0);
    await page.getByLabel(/I acknowledge/).check();
    await press("Create stack");
    await status("CREATE_COMPLETE");
    expect(await overhang()).toBeLessThanOrEqual(0);
    for (const name of ["Update", "Delete"]) {
      await page.getByRole("link", { name, exact: true }).click();
      await page.getByRole("heading", { level: 1, name: new RegExp(`^${name}`) }).waitFor();
      expect([name, (await overhang()) <= 0]).toEqual([name, true]);
      await page.goBack();
    }
    for (const path of ["/_console/", "/_console/iam/roles", "/_console/cloudformation/stacks"]) {
      await page.goto(`${sandbox.endpoint}${path}`);
      expect([path, (await overhang()) <= 0]).toEqual([path, true]);
    }
    const ground = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    expect(ground).toBe("rgb(16, 22, 30)");
    await page.goto(link({ stackName: "narrow" }));
    await field("Stack name").waitFor();
    await picture("narrow-and-dark");
  });
});
