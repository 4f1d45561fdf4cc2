// What knocks at the port where a sign-in waits for the browser: everybody of this machine can.
import { request } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listenForCode, type CodeListener } from "../dist/sso/listen-for-code.js";

const STATE = "the-state-that-only-our-browser-knows-of-43-ch";
const TOKEN = "the-token-that-only-our-browser-knows-of-43-ch";
let listener: CodeListener;
beforeEach(async () => {
  listener = await listenForCode({ state: STATE, token: TOKEN });
});
afterEach(() => listener.close());

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

const port = () => Number(new URL(listener.redirectUri).port);

const knock = (path: string, options: { method?: string; host?: string } = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method = "GET", host } = options;
    const headers = host === undefined ? {} : { host };
    const call = request({ host: "127.0.0.1", port: port(), path, method, headers, agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode, body, headers: response.headers }));
    });
    call.on("error", reject);
    call.end();
  });

const callback = (query: Record<string, string>) => `/oauth/callback?${new URLSearchParams(query).toString()}`;
const right = callback({ code: "the-code", state: STATE });

/** The code, if it has come. */
const codeSoFar = () => Promise.race([listener.code, new Promise((resolve) => setImmediate(() => resolve("waiting")))]);

describe("the port that waits for the browser", () => {
  it("takes the code that comes with the state, and says that the window may be closed", async () => {
    const answer = await knock(right);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain("You may close this window");
    expect(await listener.code).toBe("the-code");
  });

  it.each<[string, string, { method?: string; host?: string }]>([
    ["no state", callback({ code: "evil" }), {}],
    ["another state", callback({ code: "evil", state: `${STATE.slice(0, -1)}X` }), {}],
    ["a state that begins like ours", callback({ code: "evil", state: STATE.slice(0, 20) }), {}],
    ["an empty state", callback({ code: "evil", state: "" }), {}],
    ["the state twice", `${callback({ code: "evil", state: STATE })}&state=${STATE}`, {}],
    ["two codes", `${callback({ code: "evil", state: STATE })}&code=other`, {}],
    ["a code and an error", callback({ code: "evil", error: "access_denied", state: STATE }), {}],
    ["an empty code", callback({ code: "", state: STATE }), {}],
    ["an error without the state", callback({ error: "access_denied" }), {}],
    ["no question", "/oauth/callback", {}],
    ["another path", `/oauth/callback/more?code=evil&state=${STATE}`, {}],
    ["another path that leads there", `/x/../oauth/callback?code=evil&state=${STATE}`, {}],
    ["the icon", "/favicon.ico", {}],
    ["a form", right, { method: "POST" }],
    ["an option", right, { method: "OPTIONS" }],
    ["a foreign name that points here", right, { host: "evil.example" }],
    ["this machine's name", right, { host: "localhost" }],
    ["another port's name", right, { host: "127.0.0.1:1" }],
  ])("answers %s with a refusal and goes on waiting", async (_title, path, options) => {
    const answer = await knock(path, options);
    expect([400, 404]).toContain(answer.status);
    expect(await codeSoFar()).toBe("waiting");
    await knock(right);
    expect(await listener.code).toBe("the-code");
  });

  it("answers a second hit with a refusal", async () => {
    await knock(right);
    expect((await knock(callback({ code: "another", state: STATE }))).status).toBe(400);
    expect(await listener.code).toBe("the-code");
  });

  it("ends with words where the person denies it on AWS's page", async () => {
    await knock(callback({ error: "access_denied", state: STATE }));
    await expect(listener.code).rejects.toMatchObject({
      code: "sign_in_refused",
      message: "the sign-in was denied in the browser",
    });
  });

  it("shows an error's text as text, and repeats none that is not OAuth's own", async () => {
    const answer = await knock(callback({ error: "<script>alert(1)</script>", state: STATE }));
    expect(answer.body).not.toContain("<script");
    expect(answer.body).toContain("&lt;script&gt;");
    await expect(listener.code).rejects.toThrow("AWS did not grant the sign-in: an unknown error");
  });

  it("lets its pages load nothing, run nothing and be kept by nobody, and repeats neither code nor state", async () => {
    const { headers, body } = await knock(right);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(body).not.toContain("the-code");
    expect(body).not.toContain(STATE);
  });

  it("is registered without a port and listened to with one", () => {
    expect(listener.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d{4,5}\/oauth\/callback$/);
  });

  it("is at 127.0.0.1 and at no other address of this machine", async () => {
    // All of 127.0.0.0/8 is this machine on Linux: whoever listens everywhere answers at 127.0.0.2 too.
    const reached = await new Promise<string>((resolve) => {
      const socket = connect({ host: "127.0.0.2", port: port() });
      socket.once("connect", () => resolve("connected"));
      socket.once("error", ({ message }) => resolve(message));
      socket.once("close", () => socket.destroy());
    });
    expect(reached).toMatch(/ECONNREFUSED|EADDRNOTAVAIL/);
  });

  it("lets go of the port and of those who hold on to it when it is closed", async () => {
    const socket = connect({ host: "127.0.0.1", port: port() });
    await new Promise((resolve) => socket.once("connect", resolve));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    // Closed by the other side, with or without a farewell.
    socket.on("error", () => undefined);
    await knock("/");
    listener.close();
    await closed;
    await expect(knock("/")).rejects.toThrow("ECONNREFUSED");
  });
});
