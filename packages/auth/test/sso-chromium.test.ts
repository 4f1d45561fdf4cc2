// The sign-in in a real browser, script and all switched on: AWS's page, the yes, and our page at the end.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { missing, openChromium, required } from "../../../test/browser/open-chromium.js";
import { openDesk, type Desk } from "./sso-desk.js";

test("Chromium is there when DAYPASS_REQUIRE asks for it", () => {
  expect(required ? missing : undefined).toBeUndefined();
});

describe.skipIf(missing !== undefined)("a sign-in in Chromium", { timeout: 30_000 }, () => {
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
    page.setDefaultTimeout(10_000);
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
      .tokens({
        openBrowser: async (url) => {
          await page.goto(url);
          await page.getByRole("button", { name: "Sign in as ada" }).click();
          await page.getByRole("button", { name: answer }).click();
        },
      })
      .getAccessToken();

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
