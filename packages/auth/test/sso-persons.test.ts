// One machine, one sso-session, several programs, and somebody else who signs in: nobody is handed the roles of the person
// before, from whatever memory.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CredentialsSource, KeptSession, SessionCache } from "@daypass/auth";
import { getOfOneSignIn } from "@daypass/auth";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { createSessionKeeper } from "../dist/sessions/keep-sessions.js";
import { createSsoRoleSource } from "../dist/sso/sso-role-source.js";
import { createRoleSource } from "../dist/sts/role-source.js";
import {
  allowInBrowser,
  DEV,
  HOUR_MS,
  identityCenter,
  nobody,
  openDesk,
  PROD,
  SESSION,
  type Desk,
} from "./sso-desk.js";

const ROLE = `arn:aws:iam::${PROD}:role/CHAINED`;
const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${DEV}:root` }, Action: "sts:AssumeRole" }],
};

let desk: Desk;
let cache: SessionCache;
beforeEach(async () => {
  const accounts = [
    { id: DEV, name: "dev" },
    { id: PROD, name: "prod", roles: [{ name: "CHAINED", trustPolicy: trust }] },
  ];
  desk = await openDesk({ world: { accounts, identityCenter } });
  const kept = new Map<string, KeptSession>();
  cache = {
    get: async (key) => kept.get(key),
    set: async (key, session) => void kept.set(key, session),
    delete: async (key) => void kept.delete(key),
    list: async () => [...kept.values()],
    clear: async () => kept.clear(),
  };
});
afterEach(() => desk.close());

/** A program that can ask nobody, with a memory of its own. What is on disk is shared. */
const openProgram = (changed: Parameters<Desk["tokens"]>[0] = { prompt: nobody }) => {
  const { now, secrets, prompt, settingsFor } = desk;
  const locks = createFileLocks({ directory: join(desk.home, "locks") });
  const keeper = createSessionKeeper({ cache, locks, record: async () => undefined, prompt, now, jitter: () => 0.5 });
  const tokens = desk.tokens(changed);
  const context = { keeper, locks, secrets, prompt, now };
  const role = (accountId: string, roleName: string): CredentialsSource =>
    createSsoRoleSource(context, { session: SESSION, accountId, roleName, settingsFor, tokens, description: "a role" });
  const chained = (from: CredentialsSource): CredentialsSource =>
    createRoleSource(context, {
      from,
      client: settingsFor("sts"),
      description: "a role by a role",
      request: {
        roleArn: ROLE,
        roleSessionName: "ada-at-work",
        externalId: null,
        durationSeconds: 3600,
        region: "us-east-1",
      },
    });
  return { tokens, role, chained, keeper };
};

const countOf = (action: string) => desk.sandbox.calls().filter((call) => call.action === action).length;
const signInAs = (user: string) =>
  desk.tokens({ openBrowser: async (url) => void (await allowInBrowser(desk.sandbox, url, user)) }).signIn();
const tokenPath = () => join(desk.cacheDirectory, "ee0bfd2552fbd840c02cc48b6e823320543c450f.json");

describe("a program that holds a role in its memory", () => {
  it("hands out nothing of the person before when another one has signed in elsewhere", async () => {
    await signInAs("ada");
    const source = openProgram().role(DEV, "Admin");
    await source.get();
    await signInAs("bob");
    await expect(source.get()).rejects.toMatchObject({ code: "access_denied" });
  });

  it("hands out the new person's own role, where both have one", async () => {
    await signInAs("ada");
    const source = openProgram().role(PROD, "Reader");
    const adas = await source.get();
    await signInAs("bob");
    const bobs = await source.get();
    expect(bobs).not.toEqual(adas);
    expect(await source.get()).toEqual(bobs);
    expect(countOf("GetRoleCredentials")).toBe(2);
  });

  it("hands out nothing after a sign-out elsewhere", async () => {
    await signInAs("ada");
    const source = openProgram().role(DEV, "Admin");
    await source.get();
    await desk.tokens().signOut();
    await expect(source.get()).rejects.toMatchObject({ code: "sign_in_required" });
  });

  it("hands out no role that was assumed by the role of the person before", async () => {
    await signInAs("ada");
    const { role, chained } = openProgram();
    const source = chained(role(DEV, "Admin"));
    await source.get();
    await source.get();
    expect(countOf("AssumeRole")).toBe(1);
    await signInAs("bob");
    await expect(source.get()).rejects.toMatchObject({ code: "access_denied" });
    await desk.tokens().signOut();
    await expect(source.get()).rejects.toMatchObject({ code: "sign_in_required" });
  });

  it("leaves none of these on disk either, after a sign-out", async () => {
    await signInAs("ada");
    const { role, chained, tokens, keeper } = openProgram();
    await chained(role(DEV, "Admin")).get();
    expect(await tokens.signOut({ sessions: { cache, keeper } })).toMatchObject({ forgottenSessions: 2 });
    expect(await cache.list()).toEqual([]);
  });

  it("notices a sign-in by the AWS CLI too", async () => {
    const byTheCli = async (user: string): Promise<void> => {
      await signInAs(user);
      const { daypassSignInId: _, ...fields } = await desk.tokenFile();
      await writeFile(tokenPath(), JSON.stringify(fields), { mode: 0o600 });
    };
    await byTheCli("ada");
    const source = openProgram().role(PROD, "Reader");
    const adas = await source.get();
    expect(await source.get()).toEqual(adas);
    await byTheCli("bob");
    const bobs = await source.get();
    expect(bobs).not.toEqual(adas);
    expect(await source.get()).toEqual(bobs);
  });

  it("goes on with it while the sign-in is renewed, and after it has run out", async () => {
    await signInAs("ada");
    const source = openProgram().role(PROD, "Reader");
    desk.pass(7 * HOUR_MS);
    const first = await source.get();
    desk.pass(0.9 * HOUR_MS);
    const before = await desk.tokenFile();
    await desk.tokens({ prompt: nobody }).getAccessToken();
    expect((await desk.tokenFile())["accessToken"]).not.toBe(before["accessToken"]);
    expect(await source.get()).toEqual(first);
    expect(countOf("GetRoleCredentials")).toBe(1);
  });

  it("goes on with it while we renew a sign-in of the AWS CLI's", async () => {
    await signInAs("ada");
    const { daypassSignInId: _, ...fields } = await desk.tokenFile();
    const secret: unknown = JSON.parse(desk.secrets.kept.get("sso-session/corp") ?? "");
    const refreshToken: unknown = Reflect.get(Object(secret), "refreshToken");
    await writeFile(tokenPath(), JSON.stringify({ ...fields, refreshToken }), { mode: 0o600 });
    const source = openProgram().role(PROD, "Reader");
    desk.pass(7 * HOUR_MS);
    const first = await source.get();
    desk.pass(0.9 * HOUR_MS);
    await desk.tokens({ prompt: nobody }).getAccessToken();
    expect((await desk.tokenFile())["accessToken"]).not.toBe(fields["accessToken"]);
    expect(await source.get()).toEqual(first);
    expect(countOf("GetRoleCredentials")).toBe(1);
  });
});

describe("a new program on the same disk", () => {
  it("is answered from the kept sessions of the sign-in that stands, and of no other", async () => {
    await signInAs("ada");
    const adas = await openProgram().role(PROD, "Reader").get();
    expect(await openProgram().role(PROD, "Reader").get()).toEqual(adas);
    expect(countOf("GetRoleCredentials")).toBe(1);
    await signInAs("bob");
    expect(await openProgram().role(PROD, "Reader").get()).not.toEqual(adas);
  });

  it("is answered with nothing of a time when sessions were kept without their sign-in", async () => {
    await signInAs("ada");
    await openProgram().role(PROD, "Reader").get();
    const [kept] = await cache.list();
    const { signInId: _, ...old } = kept as KeptSession;
    const { sessionKey } = await import("../dist/sessions/session-key.js");
    await cache.set(sessionKey(old.question), old);
    await openProgram().role(PROD, "Reader").get();
    expect(countOf("GetRoleCredentials")).toBe(2);
  });
});

describe("the id of a sign-in", () => {
  it("is no secret: neither the token nor made of ours", async () => {
    await signInAs("ada");
    await openProgram().role(PROD, "Reader").get();
    const [kept] = await cache.list();
    const text = await readFile(tokenPath(), "utf8");
    const { accessToken } = JSON.parse(text) as { accessToken: string };
    expect(kept?.signInId).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(kept)).not.toContain(accessToken);
  });

  it("comes with the credentials that are got of it", async () => {
    const { role, tokens } = openProgram({});
    // Nobody was signed in when it was asked: the browser was opened on the way.
    const { credentials, signInId } = await getOfOneSignIn(role(PROD, "Reader"));
    expect(signInId).toBe((await tokens.look()).signInId);
    expect(credentials.sessionToken).toBeDefined();
    expect([desk.opened.length, countOf("GetRoleCredentials")]).toEqual([1, 1]);
  });

  it("is asked for again where it changed while the credentials were got, three times at most", async () => {
    const ids = ["a", "b", "b", "b"];
    const source = (signInId: () => Promise<string>): CredentialsSource => ({
      question: { kind: "sso_role" },
      description: "",
      signInId,
      get: async () => ({ accessKeyId: `of ${ids[0]}`, secretAccessKey: "s" }),
    });
    const settling = await getOfOneSignIn(source(async () => ids.shift() ?? ""));
    expect(settling.signInId).toBe("b");
    let count = 0;
    const restless = getOfOneSignIn(source(async () => `${count++}`));
    await expect(restless).rejects.toMatchObject({ code: "sign_in_required" });
    expect(count).toBe(6);
  });
});
