// A person's walk through the access portal in a real browser: an app that listens on this machine, and a device.
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import type { Sandbox } from "@daypass/sandbox/testing";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  authorizeAddress,
  createToken,
  outcomeOf,
  register,
  registerForCode,
  startDevice,
  startDirectory,
  VERIFIER,
} from "../../packages/sandbox/test/identity-center-clients.js";
import { missing, openChromium } from "./open-chromium.js";

const hasIpv6 = Object.values(networkInterfaces()).some((known) => known?.some(({ address }) => address === "::1"));

describe.skipIf(missing !== undefined)("the access portal in Chromium", () => {
  let chromium: Browser;
  let sandbox: Sandbox;
  let context: BrowserContext;
  let page: Page;
  let app: Server;
  let asked: string[];
  let problems: string[];

  beforeAll(async () => {
    chromium = await openChromium();
  });
  afterAll(() => chromium.close());
  beforeEach(async () => {
    sandbox = await startDirectory();
    asked = [];
    app = createServer(({ url = "" }, response) => {
      if (url.startsWith("/oauth/callback")) asked.push(url);
      response.setHeader("content-type", "text/plain").end("Back in the app.");
    });
    await new Promise<void>((resolve) => void app.listen(0, "127.0.0.1", resolve));
    context = await chromium.newContext();
    context.setDefaultTimeout(60_000);
    page = await context.newPage();
    problems = [];
    // Whatever the content security policy stops is a mistake of ours.
    page.on(
      "console",
      (message) => /Content Security|Refused to/.test(message.text()) && problems.push(message.text()),
    );
  });
  afterEach(async () => {
    await context.close();
    app.close();
    await sandbox.stop();
    expect(problems).toEqual([]);
  });

  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();

  test.skipIf(!hasIpv6)("an app that listens on IPv6 gets its code too", async () => {
    const other = createServer((_, response) => response.end("Back over IPv6."));
    await new Promise<void>((resolve) => void other.listen(0, "::1", resolve));
    const client = await registerForCode(sandbox, { redirectUris: ["http://[::1]/back"] });
    const redirect_uri = `http://[::1]:${(other.address() as AddressInfo).port}/back`;
    await page.goto(authorizeAddress(sandbox, client, { redirect_uri }));
    await press("Sign in as ada");
    await press("Allow");
    await page.getByText("Back over IPv6.").waitFor();
    other.close();
  });

  test("an app gets a code where it listens, after a sign-in by password and a yes", async () => {
    const redirectUri = `http://127.0.0.1:${(app.address() as AddressInfo).port}/oauth/callback`;
    const client = await registerForCode(sandbox, { clientName: "a tool of <b>Ada's</b>" });
    await page.goto(authorizeAddress(sandbox, client, { redirect_uri: redirectUri }));
    await page.getByLabel("User name").fill("bob");
    await page.getByLabel("Password").fill("correct horse");
    await press("Sign in");
    await page.getByText("a tool of <b>Ada's</b>").waitFor();
    expect(asked).toEqual([]);
    await press("Allow");
    await page.getByText("Back in the app.").waitFor();
    const code = new URL(asked[0] ?? "", redirectUri).searchParams.get("code") ?? "";
    const order = { grantType: "authorization_code", code, redirectUri, codeVerifier: VERIFIER };
    expect(await outcomeOf(createToken(sandbox, client, order))).toBe("allowed");
    // The browser is remembered: the second time there is nothing to type.
    await page.goto(authorizeAddress(sandbox, client, { redirect_uri: redirectUri }));
    await press("Deny");
    await page.getByText("Back in the app.").waitFor();
    expect(asked[1]).toContain("error=access_denied");
  });

  test("a device is approved by a click and a look at the code", async () => {
    const device = await startDevice(sandbox, await register(sandbox));
    await page.goto(device.verificationUri ?? "");
    await press("Sign in as ada");
    await page.getByLabel("The code that your tool shows").fill(device.userCode);
    await press("Next");
    await page.getByRole("heading", { name: device.userCode }).waitFor();
    await press("Allow");
    await page.getByRole("heading", { name: "Request approved" }).waitFor();
    expect(await outcomeOf(device.ask())).toBe("allowed");
    await page.goto(sandbox.startUrl);
    await page.getByRole("link", { name: "Admin" }).click();
    await page.getByText("sso_role_name = Admin").waitFor();
    await press("Sign out");
    await page.getByRole("heading", { name: "Sign in", exact: true }).waitFor();
  });
});
