// The setup's page, knocked at by everybody else on the machine: over raw sockets, byte for byte.
import { connect } from "node:net";
import type { SetupPage } from "@daypass/auth";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { renderSetupPage } from "../dist/setup/render-setup-page.js";
import { createPlainBrowser, headingOf, HOSTILE, HUB, openSetupDesk, type SetupDesk } from "./setup-desk.js";

let desk: SetupDesk;
let page: SetupPage;
beforeEach(async () => {
  desk = await openSetupDesk();
  page = await desk.serve();
});
afterEach(() => desk.close());

/** Sends bytes to the page and returns all that comes back. */
const send = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(page.url).port), "127.0.0.1", () => socket.write(bytes));
    let answer = "";
    socket.setEncoding("utf8");
    socket.on("data", (part: string) => {
      answer += part;
      // An answer that keeps the connection open is whole with its body.
      if (/\r\n\r\n[^]*(<\/html>|0\r\n\r\n)/.test(answer) || answer.startsWith("HTTP/1.1 303")) socket.end();
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
const hostOf = (): string => new URL(page.url).host;
const get = (path: string, ...headers: readonly string[]): Promise<string> =>
  send([`GET ${path} HTTP/1.1`, ...headers, "", ""].join("\r\n"));
const startPath = (): string => new URL(page.url).pathname;

describe("the address that opens the setup", () => {
  test("lets in the first who has it, once", async () => {
    const first = await get(startPath(), `Host: ${hostOf()}`);
    expect(statusOf(first)).toBe(303);
    expect(first).toMatch(
      /set-cookie: daypass_setup=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/setup\/[\w-]{43}\/\r\n/i,
    );
    const second = await get(startPath(), `Host: ${hostOf()}`);
    expect(statusOf(second)).toBe(403);
    expect(second).not.toMatch(/set-cookie/i);
    expect(second).toContain("used already");
  });

  test.each([
    ["a wrong token", () => `/start/${"A".repeat(43)}`],
    ["no token", () => "/start/"],
    ["a token that is longer", () => `${startPath()}A`],
    ["the beginning of it", () => startPath().slice(0, -1)],
    ["nothing", () => "/"],
    ["the room without its name", () => "/setup/"],
  ])("is not opened by %s", async (_, path) => {
    expect(statusOf(await get(path(), `Host: ${hostOf()}`))).toBe(403);
    // And the right one still is.
    expect(statusOf(await get(startPath(), `Host: ${hostOf()}`))).toBe(303);
  });

  test.each<[string, () => readonly string[]]>([
    ["a foreign name that leads here (DNS rebinding)", () => ["Host: evil.example"]],
    ["a foreign name with our port", () => [`Host: evil.example:${new URL(page.url).port}`]],
    ["localhost", () => [`Host: localhost:${new URL(page.url).port}`]],
    ["our address without the port", () => ["Host: 127.0.0.1"]],
    ["a dot at the end", () => [`Host: 127.0.0.1.:${new URL(page.url).port}`]],
    ["the address as one number", () => [`Host: 2130706433:${new URL(page.url).port}`]],
    ["no host", () => []],
    ["two hosts", () => [`Host: ${hostOf()}`, "Host: evil.example"]],
    ["the same host twice", () => [`Host: ${hostOf()}`, `Host: ${hostOf()}`]],
    ["a proxy", () => [`Host: ${hostOf()}`, "X-Forwarded-For: 10.0.0.1"]],
    ["a forwarded request", () => [`Host: ${hostOf()}`, "Forwarded: for=10.0.0.1"]],
    ["a link on another page", () => [`Host: ${hostOf()}`, "Sec-Fetch-Site: cross-site"]],
    ["another page of this machine", () => [`Host: ${hostOf()}`, "Sec-Fetch-Site: same-site"]],
    ["a picture's address", () => [`Host: ${hostOf()}`, "Sec-Fetch-Site: none", "Sec-Fetch-Dest: image"]],
    ["a frame", () => [`Host: ${hostOf()}`, "Sec-Fetch-Site: none", "Sec-Fetch-Dest: iframe"]],
    ["a browser that looks ahead", () => [`Host: ${hostOf()}`, "Sec-Purpose: prefetch"]],
  ])("is refused to %s, and not spent", async (_, headers) => {
    const answer = await get(startPath(), ...headers());
    expect(statusOf(answer)).toBeGreaterThanOrEqual(400);
    expect(answer).not.toMatch(/set-cookie|location:/i);
    expect(statusOf(await get(startPath(), `Host: ${hostOf()}`))).toBe(303);
  });

  test.each([
    ["an address of another server", () => `GET http://evil.example${startPath()} HTTP/1.1`],
    ["two slashes", () => `GET /${startPath()} HTTP/1.1`],
    ["HEAD", () => `HEAD ${startPath()} HTTP/1.1`],
    ["OPTIONS", () => `OPTIONS ${startPath()} HTTP/1.1`],
    ["PUT", () => `PUT ${startPath()} HTTP/1.1`],
  ])("is not asked by %s", async (_, line) => {
    const answer = await send(`${line()}\r\nHost: ${hostOf()}\r\nConnection: close\r\n\r\n`);
    expect(statusOf(answer)).toBeGreaterThanOrEqual(400);
    expect(statusOf(await get(startPath(), `Host: ${hostOf()}`))).toBe(303);
  });
});

describe("the page", () => {
  test("shows itself to the browser that was let in, and to no other", async () => {
    const browser = createPlainBrowser();
    await browser.open(page.url);
    const path = new URL(browser.home).pathname;
    expect(statusOf(await get(path, `Host: ${hostOf()}`, `Cookie: ${browser.cookie}`))).toBe(200);
    for (const cookie of [
      [],
      ["Cookie: daypass_setup="],
      [`Cookie: ${browser.cookie}x`],
      [`Cookie: ${browser.cookie.slice(0, -1)}`],
      [`Cookie: daypass_setup=x; ${browser.cookie}`],
      [`Cookie: DAYPASS_SETUP=${browser.cookie.slice(14)}`],
    ]) {
      expect(statusOf(await get(path, `Host: ${hostOf()}`, ...cookie))).toBe(403);
    }
    const elsewhere = path.replace(/.\/$/, "/");
    expect(statusOf(await get(elsewhere, `Host: ${hostOf()}`, `Cookie: ${browser.cookie}`))).toBe(403);
    expect(statusOf(await get(`${path}text/0`, `Host: ${hostOf()}`, `Cookie: ${browser.cookie}`))).toBe(404);
  });

  test("forbids scripts, frames, caches and foreign forms on every answer", async () => {
    const browser = createPlainBrowser();
    await browser.open(page.url);
    const answers = await Promise.all([
      fetch(browser.home, { headers: { cookie: browser.cookie } }),
      fetch(browser.home),
      fetch(`${browser.home}nothing`, { headers: { cookie: browser.cookie } }),
      fetch(page.url, { redirect: "manual" }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 404, 403]);
    for (const { headers } of answers) {
      expect(headers.get("content-security-policy")).toMatch(
        /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("same-origin");
    }
  });

  test("may stand in the frame of one page of this machine, where the tool says so", async () => {
    page = await desk.serve({ embedIn: "http://127.0.0.1:4321" });
    const framed = [`Host: ${hostOf()}`, "Sec-Fetch-Site: same-site", "Sec-Fetch-Dest: iframe"];
    const answer = await get(startPath(), ...framed);
    expect(statusOf(answer)).toBe(303);
    expect(answer).toContain("frame-ancestors http://127.0.0.1:4321\r\n");
    for (const embedIn of ["*", "http://127.0.0.1:1 *", "https://evil.example", "http://localhost:1", "app://tool"]) {
      await expect(desk.serve({ embedIn })).rejects.toMatchObject({ code: "invalid_option" });
    }
  });
});

describe("an answer", () => {
  const post = async (change: Record<string, string | null>, body?: string): Promise<number> => {
    const headers: Record<string, string | null> = {
      Host: hostOf(),
      Origin: `http://${hostOf()}`,
      Cookie: browser.cookie,
      "Content-Type": "application/x-www-form-urlencoded",
      ...change,
    };
    const [, step = ""] = /name="step" value="([^"]*)"/.exec(browser.html) ?? [];
    const text = body ?? new URLSearchParams({ step, do: "answer", "f.method": "sso" }).toString();
    const lines = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
    const head = [`POST ${new URL(browser.home).pathname} HTTP/1.1`, ...lines, `Content-Length: ${text.length}`];
    return statusOf(await send(`${head.join("\r\n")}\r\n\r\n${text}`));
  };
  let browser: ReturnType<typeof createPlainBrowser>;
  beforeEach(async () => {
    browser = createPlainBrowser();
    await browser.open(page.url);
  });

  test.each<[string, Record<string, string | null>]>([
    ["no origin", { Origin: null }],
    ["the origin null", { Origin: "null" }],
    ["a foreign origin", { Origin: "https://evil.example" }],
    ["another port of this machine", { Origin: "http://127.0.0.1:1" }],
    ["a name that begins like ours", { Origin: "http://127.0.0.1.evil.example" }],
    ["another page's request", { "Sec-Fetch-Site": "same-site" }],
    ["a form's text in another type", { "Content-Type": "text/plain" }],
    ["JSON", { "Content-Type": "application/json" }],
    ["no type", { "Content-Type": null }],
    ["no cookie", { Cookie: null }],
  ])("with %s is refused", async (_, change) => {
    expect(await post(change)).toBeGreaterThanOrEqual(400);
    expect(headingOf(await browser.look())).toBe("Set up my-tool");
    expect(await post({})).toBe(303);
    expect(headingOf(await browser.look())).toBe("Where do you sign in?");
  });

  test("that is too long is refused, with and without a length", async () => {
    expect(await post({}, "x".repeat(20_000))).toBe(413);
    const chunk = `4e20\r\n${"x".repeat(20_000)}\r\n`;
    const head = [
      `POST ${new URL(browser.home).pathname} HTTP/1.1`,
      `Host: ${hostOf()}`,
      `Origin: http://${hostOf()}`,
      `Cookie: ${browser.cookie}`,
      "Content-Type: application/x-www-form-urlencoded",
      "Transfer-Encoding: chunked",
    ];
    expect(statusOf(await send(`${head.join("\r\n")}\r\n\r\n${chunk}`))).toBe(413);
    expect(headingOf(await browser.look())).toBe("Set up my-tool");
  });

  test("that says something twice is refused", async () => {
    expect(await post({}, "step=a&step=b&do=answer")).toBe(400);
  });

  test("to another question than the one that is asked changes nothing", async () => {
    const [, step = ""] = /name="step" value="([^"]*)"/.exec(browser.html) ?? [];
    const stale = new URLSearchParams({ step, do: "answer", "f.method": "iam_user" }).toString();
    expect(await post({})).toBe(303);
    expect(await post({}, stale)).toBe(303);
    expect(headingOf(await browser.look())).toBe("Where do you sign in?");
    expect(browser.html).not.toContain('class="problem"');
    expect(await post({}, "step=&do=back")).toBe(303);
    expect(await post({}, "step=work&do=answer&f.__proto__=x&f.constructor=x")).toBe(303);
    expect(headingOf(await browser.look())).toBe("Where do you sign in?");
  });
});

describe("what others wrote", () => {
  test("in a profile's name is text, and nothing else", async () => {
    const { accessKeyId, secretAccessKey } = desk.sandbox.issueKey(HUB, "alice");
    const name = HOSTILE.replaceAll(/["'\]]/g, "");
    await desk.write(
      "credentials",
      `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    const browser = createPlainBrowser();
    await browser.open(page.url);
    const html = await browser.press("answer", { method: "profile" });
    expect(html).toContain("&lt;script&gt;alert(1)");
    expect(html).not.toMatch(/<script|<img/);
    await browser.press("answer", { profile: name });
    expect(headingOf(browser.html)).toBe("This is what will be written");
    expect(browser.html).not.toMatch(/<script|<img/);
  });

  test("in an account's name, a role, an error or a line that AWS sent is text too", () => {
    const problem = { message: HOSTILE, hint: HOSTILE };
    const choices = [{ value: HOSTILE, label: `${HOSTILE}\u202e`, hint: HOSTILE }];
    const many = Array.from({ length: 20 }, () => choices).flat();
    const fields = [
      { name: HOSTILE, kind: "choice", label: HOSTILE, choices },
      { name: "many", kind: "choice", label: HOSTILE, choices: many },
      { name: "text", kind: "text", label: HOSTILE, hint: HOSTILE, value: HOSTILE },
      { name: "key", kind: "secret", label: HOSTILE, value: "a secret" },
    ] as const;
    const shown = [{ title: HOSTILE, text: HOSTILE, fileName: HOSTILE }];
    const words = [HOSTILE, `https://evil.example/"onclick=alert(1)//${HOSTILE}`, "javascript:alert(1)"];
    const question = {
      kind: "question",
      title: HOSTILE,
      words,
      fields,
      shown,
      problem,
      action: HOSTILE,
      canGoBack: true,
    } as const;
    const end = { kind: "end", title: HOSTILE, words, shown, problem } as const;
    for (const html of [
      renderSetupPage({ kind: "question", id: "1", question, told: words }, HOSTILE),
      renderSetupPage({ kind: "work", title: HOSTILE, told: words }, HOSTILE),
      renderSetupPage({ kind: "end", end }, HOSTILE),
    ]) {
      expect(html).not.toMatch(/<script|<img|\u202e|a secret|href="javascript|" ?on\w+=/);
    }
  });
});

describe("a setup that nobody finishes", () => {
  test("ends by itself, and its port is free", async () => {
    const quick = await desk.serve({ idleMs: 20 });
    await expect(quick.finished).rejects.toMatchObject({ code: "cancelled" });
    await expect(fetch(quick.url)).rejects.toThrow("fetch failed");
  });

  test("ends when the tool closes it, once and again", async () => {
    page.close();
    page.close();
    await expect(page.finished).rejects.toMatchObject({ code: "cancelled" });
    await expect(fetch(page.url)).rejects.toThrow("fetch failed");
  });
});
