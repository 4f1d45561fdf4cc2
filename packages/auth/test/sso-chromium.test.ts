// The sign-in in a real browser, script and all switched on: AWS's page, the yes, and our page at the end.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { missing, openChromium, required } from "../../../test/browser/open-chromium.js";
import { openDesk, type Desk } from "./sso-desk.js";

test("Chromium is there when DAYPASS_REQUIRE asks for it", () => {
  expect(required ? missing : undefined).toBeUndefined();
});

describe.skipIf(missing !== undefined)("a sign-in in Chromium", () => {
  let chromium: Browser;
  let desk: Desk;
  let page: Page;
  let problems: string[];
  beforeAll(async () => {
    chromium = await openChromium();
  });
  afterAll(() => chromium.close());
  beforeEach(async () => {
    desk = await openDesk();
    page = await chromium.newPage();
    page.setDefaultTimeout(60_000);
    problems = [];
    page.on("console", (message) => {
      if (/Content Security|Refused to/.test(message.text())) problems.push(message.text());
    });
  });
  afterEach(async () => {
    await page.close();
    await desk.close();
    expect(problems).toEqual([]);
  });

  const signIn = (answer: "Allow" | "Deny") =>
    desk
      .tokensWith(async (address) => {
        await page.goto(address);
        await page.getByRole("button", { name: "Sign in as ada" }).click();
        // The address that led here is in no history: going back does not lead to it.
        expect(page.url().startsWith(desk.sandbox.endpoint)).toBe(true);
        expect(await page.evaluate("history.length")).toBeLessThan(4);
        expect(await page.evaluate("document.referrer")).not.toContain(new URL(address).host);
        await page.getByRole("button", { name: answer }).click();
      })
      .getAccessToken();

  test("is not to be had by the address that another window has used, which says so", async () => {
    const second = await chromium.newPage();
    await desk
      .tokensWith(async (address) => {
        await page.goto(address);
        const answer = await second.goto(address);
        expect(answer?.status()).toBe(410);
        expect(await second.locator("main").textContent()).toContain("This link was used already");
        await page.getByRole("button", { name: "Sign in as ada" }).click();
        await page.getByRole("button", { name: "Allow" }).click();
      })
      .getAccessToken();
    await second.close();
  });

  test("ends on our page, which tells that the window may be closed", async () => {
    expect(await signIn("Allow")).toMatch(/^.{20,}$/);
    await expect.poll(() => page.locator("main").textContent()).toContain("You may close this window");
    // The page has its style, by a hash that its policy names.
    expect(await page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize")).toBe("22.4px");
  });

  test("that is denied says so on our page and in the program", async () => {
    await expect(signIn("Deny")).rejects.toThrow("the sign-in was denied in the browser");
    await expect.poll(() => page.locator("main").textContent()).toContain("access_denied");
  });
});
