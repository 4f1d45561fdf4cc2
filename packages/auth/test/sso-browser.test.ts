// Signing in through a browser of this machine, on the sandbox's Identity Center over HTTP.
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { allowInBrowser, nobody, openDesk, sleepForever, START, START_URL, type Desk } from "./sso-desk.js";

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const sha1 = (text: string) => createHash("sha1").update(text).digest("hex");

describe("a sign-in in the browser", () => {
  it("gives an access token, and asks nobody again while it lasts", async () => {
    const accessToken = await desk.tokens().getAccessToken();
    expect(accessToken.length).toBeGreaterThan(20);
    expect(await desk.tokens().getAccessToken()).toBe(accessToken);
    expect(desk.opened).toHaveLength(1);
  });

  it("keeps the access token where the AWS CLI does, and the refresh token in the store of secrets alone", async () => {
    const accessToken = await desk.tokens().getAccessToken();
    const kept = await desk.tokenFile(`${sha1("corp")}.json`);
    expect(kept).toMatchObject({ accessToken, startUrl: START_URL, region: "us-east-1" });
    expect(kept["expiresAt"]).toBe(new Date(START + 8 * 3_600_000).toISOString().replace(".000Z", "Z"));
    expect(kept["registrationExpiresAt"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(kept).toHaveProperty("clientId");
    expect(kept).toHaveProperty("clientSecret");
    expect(kept).not.toHaveProperty("refreshToken");
    const secret: unknown = JSON.parse(desk.secrets.kept.get("sso-session/corp") ?? "");
    const { refreshToken } = secret as { refreshToken: string };
    expect(refreshToken.length).toBeGreaterThan(20);
    expect(JSON.stringify(kept)).not.toContain(refreshToken);
  });

  it("leaves files that only their owner can read, in a directory that only they can enter", async () => {
    await desk.tokens().getAccessToken();
    for (const name of await desk.files()) {
      expect((await stat(join(desk.cacheDirectory, name))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(desk.cacheDirectory)).mode & 0o777).toBe(0o700);
  });

  it("is on record with the session's name and its end", async () => {
    await desk.tokens().getAccessToken();
    const expiration = new Date(START + 8 * 3_600_000);
    expect(desk.events).toEqual([
      { type: "sign_in.granted", time: new Date(START), name: "corp", region: "us-east-1", expiration },
    ]);
  });

  it("is not kept where it cannot be recorded", async () => {
    const record = () => Promise.reject(new Error("the disk is full"));
    await expect(desk.tokens({ record }).getAccessToken()).rejects.toThrow("the disk is full");
    expect(await desk.tokens().status()).toMatchObject({ isSignedIn: false });
    expect(desk.secrets.kept.size).toBe(0);
  });

  it("opens an address that carries a challenge and no verifier", async () => {
    await desk.tokens().getAccessToken();
    const { searchParams } = new URL(desk.opened[0] ?? "");
    expect([...searchParams.keys()].toSorted()).toEqual([
      "client_id",
      "code_challenge",
      "code_challenge_method",
      "redirect_uri",
      "response_type",
      "scopes",
      "state",
    ]);
    expect(searchParams.get("state")).toMatch(/^[\w-]{43}$/);
    expect(searchParams.get("code_challenge")).toMatch(/^[\w-]{43}$/);
    expect(searchParams.get("redirect_uri")).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/oauth\/callback$/);
  });

  it("starts no device authorization", async () => {
    await desk.tokens().getAccessToken();
    expect(desk.sandbox.calls().map(({ action }) => action)).not.toContain("StartDeviceAuthorization");
  });

  it("tells the address, and listens on where no browser can be opened", async () => {
    const tokens = desk.tokens({
      openBrowser: (url) => {
        void allowInBrowser(desk.sandbox, url);
        return Promise.reject(new Error("no browser"));
      },
    });
    await tokens.getAccessToken();
    expect(desk.prompt.told.some((line) => line.startsWith(`${desk.sandbox.endpoint}/authorize?`))).toBe(true);
  });
});

describe("a sign-in in the browser that meets others", () => {
  /** Where the browser is to come back to. */
  const callbackOf = (url: string) => new URL(new URL(url).searchParams.get("redirect_uri") ?? "");

  it("listens before the browser opens: a browser that is signed in already comes back at once", async () => {
    let status: number | undefined;
    const tokens = desk.tokens({
      openBrowser: async (url) => {
        status = (await fetch(callbackOf(url)).catch(() => undefined))?.status;
        await allowInBrowser(desk.sandbox, url);
      },
    });
    await tokens.getAccessToken();
    expect(status).toBe(400);
  });

  it("is not ended or taken over by whoever knocks with another state first", async () => {
    const statuses: number[] = [];
    const tokens = desk.tokens({
      openBrowser: async (url) => {
        const state = new URL(url).searchParams.get("state") ?? "";
        for (const query of [
          { code: "evil" },
          { code: "evil", state: "evil" },
          { code: "evil", state: state.slice(1) },
          { error: "access_denied" },
          { error: "access_denied", state: `${state}x` },
        ]) {
          const knock = callbackOf(url);
          knock.search = new URLSearchParams(query).toString();
          statuses.push((await fetch(knock)).status);
        }
        await allowInBrowser(desk.sandbox, url);
      },
    });
    expect(await tokens.getAccessToken()).toMatch(/^.{20,}$/);
    expect(statuses).toEqual([400, 400, 400, 400, 400]);
    const asked = desk.sandbox.calls().filter(({ action }) => action === "CreateToken");
    expect(asked.map(({ status }) => status)).toEqual([200]);
  });

  it("keeps the verifier to itself: it is in no file, no address and no text", async () => {
    const secrets: string[] = [];
    const createSecret = () => {
      const secret = createHash("sha256").update(`${secrets.length}`).digest("base64url");
      secrets.push(secret);
      return secret;
    };
    await desk.tokens({ createSecret }).getAccessToken();
    const [state = "", verifier = ""] = secrets;
    const files = await Promise.all(
      (await readdir(desk.cacheDirectory)).map((name) => readFile(join(desk.cacheDirectory, name), "utf8")),
    );
    const seen = [...files, ...desk.opened, ...desk.prompt.told, JSON.stringify(desk.events)].join("\n");
    expect(seen).toContain(state);
    expect(seen).toContain(createHash("sha256").update(verifier).digest("base64url"));
    expect(seen).not.toContain(verifier);
  });

  it("ends with words where the person says no, and is on record", async () => {
    const tokens = desk.tokens({
      openBrowser: async (url) => void fetch(desk.sandbox.identityCenter.denyAuthorization(url)),
    });
    await expect(tokens.getAccessToken()).rejects.toMatchObject({
      code: "sign_in_refused",
      message: "the sign-in was denied in the browser",
    });
    expect(desk.events).toEqual([
      { type: "sign_in.refused", time: new Date(START), name: "corp", region: "us-east-1", code: "sign_in_refused" },
    ]);
  });

  it("ends after five minutes, and lets go of the port", async () => {
    let waited = 0;
    let port = "";
    const tokens = desk.tokens({
      openBrowser: async (url) => {
        ({ port } = callbackOf(url));
      },
      sleep: async (milliseconds) => {
        waited = milliseconds;
      },
    });
    await expect(tokens.getAccessToken()).rejects.toMatchObject({
      code: "sign_in_refused",
      message: "nobody finished signing in within five minutes",
    });
    expect(waited).toBe(300_000);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow("fetch failed");
  });

  it("ends when the caller gives up", async () => {
    const controller = new AbortController();
    const tokens = desk.tokens({ openBrowser: async () => controller.abort(), sleep: sleepForever });
    await expect(tokens.getAccessToken({ signal: controller.signal })).rejects.toMatchObject({ code: "cancelled" });
  });

  it("serves everybody in the program who waits for it, and asks nobody twice", async () => {
    const tokens = desk.tokens();
    const all = await Promise.all(Array.from({ length: 20 }, () => tokens.getAccessToken()));
    expect(new Set(all).size).toBe(1);
    expect(desk.opened).toHaveLength(1);
  });

  it("that is refused is refused to everybody in the program who waits for it", async () => {
    let opened = 0;
    let waiting = 0;
    let sayNo: (() => void) | undefined;
    const settle = () => {
      if (waiting >= 5) sayNo?.();
    };
    const locks = createFileLocks({ directory: join(desk.home, "locks") });
    const tokens = desk.tokens({
      locks: {
        withLock: (...parts) => {
          waiting++;
          settle();
          return locks.withLock(...parts);
        },
      },
      openBrowser: async (url) => {
        opened++;
        sayNo = () => {
          sayNo = undefined;
          void fetch(desk.sandbox.identityCenter.denyAuthorization(url));
        };
        settle();
      },
    });
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => tokens.getAccessToken()));
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => "rejected"));
    expect(opened).toBe(1);
    await expect(tokens.getAccessToken()).rejects.toThrow("the sign-in was denied in the browser");
    expect(opened).toBe(2);
  });

  it("begins where somebody is signed in already only when it is asked for by name", async () => {
    const tokens = desk.tokens();
    const first = await tokens.getAccessToken();
    expect(await tokens.signIn()).toMatchObject({ isSignedIn: true, renewable: "yes" });
    expect(desk.opened).toHaveLength(2);
    expect(await tokens.getAccessToken()).not.toBe(first);
  });

  it("that was asked for by name is not answered by a renewal of the one before", async () => {
    await desk.tokens().getAccessToken();
    const locks = createFileLocks({ directory: join(desk.home, "locks") });
    desk.pass(9 * 3_600_000);
    const renewing = desk.tokens({
      locks: {
        // Another program renews the token in the moment before we have the lock.
        withLock: async (...parts) => {
          await desk.tokens({ prompt: nobody }).getAccessToken();
          return locks.withLock(...parts);
        },
      },
    });
    await renewing.signIn();
    expect(desk.opened).toHaveLength(2);
  });

  it("is not begun where nobody is there", async () => {
    await expect(desk.tokens({ prompt: nobody }).getAccessToken()).rejects.toMatchObject({ code: "sign_in_required" });
    expect(desk.opened).toEqual([]);
    expect(desk.sandbox.calls()).toEqual([]);
    await desk.tokens().getAccessToken();
    await expect(desk.tokens({ prompt: nobody }).signIn()).rejects.toMatchObject({
      code: "sign_in_required",
      message: "signing in needs a person: sso-session corp",
    });
  });

  it("registers its client once, and anew when the last sign-in failed: AWS may have forgotten it", async () => {
    const registrations = () => desk.sandbox.calls().filter(({ action }) => action === "RegisterClient").length;
    await desk.tokens().signIn();
    await desk.tokens().signIn();
    expect(registrations()).toBe(1);
    const openBrowser = async (url: string) => void fetch(desk.sandbox.identityCenter.denyAuthorization(url));
    await expect(desk.tokens({ openBrowser }).signIn()).rejects.toThrow("denied");
    await desk.tokens().signIn();
    expect(registrations()).toBe(2);
  });

  it("registers its client anew before AWS drops it", async () => {
    await desk.tokens().signIn();
    desk.pass(89.5 * 86_400_000);
    await desk.tokens().signIn();
    expect(desk.sandbox.calls().filter(({ action }) => action === "RegisterClient")).toHaveLength(2);
  });
});
