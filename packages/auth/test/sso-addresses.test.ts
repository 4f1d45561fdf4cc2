// Where people may be sent to sign in, and how a page gets into their browser.
import { describe, expect, it } from "vitest";
import { chooseSignInMode } from "../dist/sso/choose-sign-in-mode.js";
import { checkSignInPage, checkStartUrl, sameStartUrl } from "../dist/sso/judge-start-url.js";
import { createBrowserOpener } from "../dist/browser/open-browser.js";
import { startBrowser, type Browser, type SpawnOpener } from "../dist/browser/start-browser.js";

const AWS = { endpoint: undefined };
const SANDBOX = { endpoint: "http://127.0.0.1:4566" };

describe("a start URL", () => {
  it.each([
    "https://d-1234567890.awsapps.com/start",
    "https://my-company.awsapps.com/start/#/",
    "https://start.us-gov-home.awsapps.com/directory/d-1234567890",
    "https://start.home.awsapps.cn/directory/d-1234567890",
    "https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws",
    "https://ssoins-1234567890abcdef.us-east-1.portal.amazonaws.com",
    "https://ssoins-1234567890abcdef.cn-north-1.portal.amazonaws.com.cn",
    "https://identitycenter.amazonaws.com/ssoins-1234567890abcdef",
  ])("may be %s", (url) => {
    expect(checkStartUrl(url, AWS).href).toContain(new URL(url).host);
  });

  it.each([
    "http://my-company.awsapps.com/start",
    "https://evilawsapps.com/start",
    "https://awsapps.com.evil.example/start",
    "https://my-company.awsapps.com@evil.example/start",
    "https://user:password@my-company.awsapps.com/start",
    "https://my-company.awsapps.com:8443/start",
    "https://evil.example/.awsapps.com",
    "https://my-bucket.s3.amazonaws.com/start",
    "https://oidc.us-east-1.amazonaws.com/authorize",
    "file:///etc/passwd",
    "javascript:alert(1)//.awsapps.com",
    "-a Calculator",
    "--new-window=https://my-company.awsapps.com/start",
    "https://my-company.awsapps.com/start\n",
    "https://my-company.аwsapps.com/start",
    "https://127.0.0.1/start",
    "",
  ])("may not be %j", (url) => {
    expect(() => checkStartUrl(url, AWS)).toThrow("the start URL is not an address where AWS lets people sign in");
  });

  it("may be on this machine only where the endpoint is on it too", () => {
    expect(checkStartUrl("http://127.0.0.1:4566/start", SANDBOX).port).toBe("4566");
    expect(() => checkStartUrl("http://127.0.0.1:4566/start", { endpoint: "https://sso.example" })).toThrow(
      "start URL",
    );
    expect(() => checkStartUrl("http://evil.example/start", SANDBOX)).toThrow("start URL");
  });

  it.each([
    ["https://d-1.awsapps.com/start", "https://d-1.awsapps.com/start/#/", true],
    ["https://d-1.awsapps.com/start", "https://D-1.awsapps.com/start/", true],
    ["https://d-1.awsapps.com/start", "https://d-2.awsapps.com/start", false],
    ["not an address", "not an address", true],
  ])("%s and %s are one portal: %s", (one, other, isOne) => {
    expect(sameStartUrl(one, other)).toBe(isOne);
  });
});

describe("a page that AWS names for signing in", () => {
  it.each([
    "https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH",
    "https://my-company.awsapps.com/start/#/device?user_code=ABCD-EFGH",
    "https://oidc.eu-central-1.amazonaws.com/authorize?client_id=x",
    "https://oidc.cn-north-1.amazonaws.com.cn/authorize",
    "https://oidc.us-east-1.api.aws/authorize",
  ])("may be %s", (url) => {
    expect(checkSignInPage(url, AWS).protocol).toBe("https:");
  });

  it.each([
    "https://evil.example/device",
    "https://oidc.us-east-1.amazonaws.com.evil.example/",
    "https://my-bucket.s3.us-east-1.amazonaws.com/device",
    "https://ec2-1-2-3-4.compute-1.amazonaws.com/",
    "http://device.sso.us-east-1.amazonaws.com/",
    "javascript:alert(1)",
    "",
  ])("may not be %j", (url) => {
    expect(() => checkSignInPage(url, AWS)).toThrow("the answer names a sign-in page that is not AWS's");
  });

  it("may be the endpoint's own where the endpoint is another", () => {
    expect(checkSignInPage("http://127.0.0.1:4566/device", SANDBOX).port).toBe("4566");
    expect(() => checkSignInPage("https://evil.example/device", SANDBOX)).toThrow("not AWS's");
  });
});

interface Started {
  readonly command: string;
  readonly parameters: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Starts nothing: says of each command how it would have ended. */
const createSpawn = (ends: Readonly<Record<string, number | "missing">>) => {
  const started: Started[] = [];
  const spawn: SpawnOpener = (command, parameters, { env }) => {
    started.push({ command, parameters, env });
    const end = ends[command] ?? "missing";
    return {
      once(event: string, listener: (value: never) => void) {
        if (event === "error" && end === "missing") setImmediate(() => listener(new Error("ENOENT") as never));
        if (event === "exit" && end !== "missing") setImmediate(() => listener(end as never));
      },
      unref: () => undefined,
    };
  };
  return { spawn, started };
};

describe("the opener of a browser", () => {
  const url = "https://oidc.us-east-1.amazonaws.com/authorize?a=b&c=$(id)";

  it.each<[string, NodeJS.Platform, NodeJS.ProcessEnv, string, string[]]>([
    ["Linux", "linux", {}, "xdg-open", [url]],
    ["macOS", "darwin", {}, "open", [url]],
    ["Windows", "win32", {}, "rundll32", ["url.dll,FileProtocolHandler", url]],
    ["Windows' Linux", "linux", { WSL_DISTRO_NAME: "Debian" }, "wslview", [url]],
    ["BROWSER", "linux", { BROWSER: "firefox --new-tab %s" }, "firefox", ["--new-tab", url]],
    ["BROWSER without a place", "linux", { BROWSER: "w3m" }, "w3m", [url]],
  ])("starts the program of %s without a shell", async (_title, platform, env, command, parameters) => {
    const { spawn, started } = createSpawn({ [command]: 0 });
    await createBrowserOpener({ env, platform, spawn })(url);
    expect(started).toEqual([{ command, parameters, env }]);
  });

  it.each<[Browser, NodeJS.Platform, string, string[]]>([
    ["firefox", "linux", "firefox-esr", [url]],
    ["chrome", "darwin", "open", ["-na", "Google Chrome", "--args", "--profile-directory=work", url]],
    ["edge", "win32", "msedge.exe", ["--profile-directory=work", url]],
    ["brave", "linux", "brave", ["--profile-directory=work", url]],
  ])("starts %s of %s by its own name, whatever BROWSER says", async (browser, platform, command, parameters) => {
    const { spawn, started } = createSpawn({ [command]: 0 });
    const profile = browser === "firefox" ? undefined : "work";
    expect(await startBrowser({ env: { BROWSER: "w3m" }, platform, browser, profile, spawn }, url)).toBe(true);
    expect(started.at(-1)).toMatchObject({ command, parameters });
    expect(started.map((one) => one.command)).not.toContain("w3m");
  });

  it("tries the next program where one is missing or fails", async () => {
    const { spawn, started } = createSpawn({ failing: 3, "xdg-open": 0 });
    await createBrowserOpener({ env: { BROWSER: "missing:failing" }, platform: "linux", spawn })(url);
    expect(started.map(({ command }) => command)).toEqual(["missing", "failing", "xdg-open"]);
  });

  it("rejects where no program opens it", async () => {
    const { spawn } = createSpawn({});
    await expect(createBrowserOpener({ env: {}, platform: "linux", spawn })(url)).rejects.toMatchObject({
      code: "prompt_unavailable",
      hint: "open the address by hand, or sign in with a code on another device",
    });
  });

  it("hands no credentials on", async () => {
    const { spawn, started } = createSpawn({ "xdg-open": 0 });
    const env = { AWS_SECRET_ACCESS_KEY: "canary", AWS_SESSION_TOKEN: "canary", HOME: "/home/ada" };
    await createBrowserOpener({ env, platform: "linux", spawn })(url);
    expect(started[0]?.env).toEqual({ HOME: "/home/ada" });
  });

  it.each([
    "-a Calculator",
    "--help",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://evil.example/",
    "https://user:password@my-company.awsapps.com/",
    "https://my-company.awsapps.com/ -a Calculator",
    "my-company.awsapps.com",
  ])("starts nothing for %j", async (address) => {
    const { spawn, started } = createSpawn({ "xdg-open": 0 });
    const open = createBrowserOpener({ env: {}, platform: "linux", spawn });
    await expect(open(address)).rejects.toMatchObject({ code: "invalid_option" });
    expect(started).toEqual([]);
  });
});

describe("the way of signing in", () => {
  const nothingThere = () => false;
  it.each<[string, NodeJS.Platform, NodeJS.ProcessEnv, string[], string]>([
    ["a desktop of Linux", "linux", { DISPLAY: ":0" }, [], "browser"],
    ["Wayland", "linux", { WAYLAND_DISPLAY: "wayland-0" }, [], "browser"],
    ["macOS", "darwin", {}, [], "browser"],
    ["Windows", "win32", {}, [], "browser"],
    ["Windows' Linux", "linux", { WSL_INTEROP: "/run/WSL/1" }, [], "browser"],
    ["a BROWSER", "linux", { BROWSER: "w3m" }, [], "browser"],
    ["a machine without display", "linux", {}, [], "device_code"],
    ["a session over SSH", "darwin", { SSH_CONNECTION: "1 2 3 4" }, [], "device_code"],
    ["a session over SSH with a display", "linux", { SSH_TTY: "/dev/pts/1", DISPLAY: ":10" }, [], "device_code"],
    ["a container", "linux", { DISPLAY: ":0" }, ["/.dockerenv"], "device_code"],
    ["a container with a BROWSER", "linux", { BROWSER: "open-outside" }, ["/run/.containerenv"], "browser"],
  ])("is right for %s", (_title, platform, env, files, mode) => {
    const fileExists = files.length === 0 ? nothingThere : (path: string) => files.includes(path);
    expect(chooseSignInMode({ env, platform, fileExists }).mode).toBe(mode);
  });
});
