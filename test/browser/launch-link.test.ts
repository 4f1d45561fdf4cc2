// A customer's walk behind the vendor's own link: from the link to a proven role, and from setup rights to the proof that
// they are gone. DAYPASS_WALK=packages/cross-account/docs/walk makes the guide's pictures again.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTemplateWorld, type TemplateWorld } from "../../packages/cross-account/test/template-world.js";
import { CUSTOMER, region } from "../../packages/cross-account/test/vendor-world.js";
import { missing, openChromium, required } from "./open-chromium.js";
import { shrinkPng } from "./shrink-png.js";

const pictures = process.env["DAYPASS_WALK"];

test("Chromium is there when DAYPASS_REQUIRE asks for it", () => {
  expect(required ? missing : undefined).toBeUndefined();
});

describe.skipIf(missing !== undefined)("the vendor's link in Chromium", () => {
  let chromium: Browser;
  let world: TemplateWorld;
  let page: Page;
  beforeAll(async () => {
    chromium = await openChromium();
    world = await openTemplateWorld();
    await world.makeBucket();
    await world.crossAccount.publishTemplate();
    const context = await chromium.newContext({ viewport: { width: 900, height: 700 } });
    context.setDefaultTimeout(60_000);
    page = await context.newPage();
  });
  afterAll(async () => {
    await chromium.close();
    await world.sandbox.stop();
  });

  const picture = async (name: string) => {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    writeFileSync(join(pictures, `${name}.png`), shrinkPng(await page.screenshot({ fullPage: true })));
  };
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const status = (name: string) => page.locator("#status").getByText(name, { exact: true }).waitFor();

  test("becomes an active integration without anybody typing anything but their own key", async () => {
    const { crossAccount } = world;
    const { integrationId } = await crossAccount.createIntegration({ customerId: "acme", declaredAccountId: CUSTOMER });
    const launch = await crossAccount.generateIntegrationUrl({ integrationId, region });
    await page.goto(launch.url);
    const { admin } = world.sandbox.account(CUSTOMER);
    await page.getByLabel("Access key ID", { exact: true }).fill(admin.accessKeyId);
    await page.getByLabel("Secret access key", { exact: true }).fill(admin.secretAccessKey);
    await press("Sign in");

    const label = (text: string) => page.getByLabel(text, { exact: true });
    expect(await label("Stack name").inputValue()).toBe(launch.stackName);
    expect(await label("External ID").inputValue()).toBe(launch.parameters["ExternalId"]);
    expect(await label("Expected AWS account").inputValue()).toBe(CUSTOMER);
    expect(await label("Grant the setup rights?").inputValue()).toBe("true");
    await picture("1-the-form");
    await label("Expected AWS account").fill("333333333333");
    await page.getByLabel(/I acknowledge/).check();
    await press("Create stack");
    expect(await page.locator(".error").innerText()).toContain("You are signed in to another AWS account");
    await label("Expected AWS account").fill(CUSTOMER);
    if (!(await page.getByLabel(/I acknowledge/).isChecked())) await page.getByLabel(/I acknowledge/).check();
    await press("Create stack");
    await status("CREATE_COMPLETE");
    await picture("2-the-stack");
    expect(await page.getByText("checks the role by itself").first().isVisible()).toBe(true);

    const verified = await crossAccount.awaitIntegration({ integrationId });
    expect(verified?.integration.state).toBe("active");
  });

  test("leads back to the stack, where the setup rights are taken away for good", async () => {
    const { crossAccount } = world;
    const [integration] = await crossAccount.listIntegrations({ customerId: "acme" });
    const { integrationId = "" } = integration ?? {};
    await crossAccount.inspectRole(integrationId);
    const { url } = await crossAccount.removeSetupPermissions(integrationId);
    await page.goto(url ?? "");
    await page.getByRole("link", { name: "Update", exact: true }).click();
    await page.getByLabel("Grant the setup rights?", { exact: true }).selectOption("false");
    await page.getByLabel(/I acknowledge/).check();
    await picture("3-setup-ends");
    await page.getByRole("button", { name: /^Update/ }).click();
    await status("UPDATE_COMPLETE");
    expect(await crossAccount.verifySetupRemoved(integrationId)).toMatchObject({ outcome: "removed" });
    expect(await crossAccount.inspectRole(integrationId)).toMatchObject({ inSync: true });
  });
});
