// Roles of permission sets by a sign-in, the lists to choose from, and the end of it all, on the sandbox over HTTP.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { ListAccountsCommand, SSOClient } from "@aws-sdk/client-sso";
import { AuthError, type CredentialsSource, type KeptSession, type SessionCache } from "@daypass/auth";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { createSessionKeeper } from "../dist/sessions/keep-sessions.js";
import { sessionKey } from "../dist/sessions/session-key.js";
import { createSsoDirectory } from "../dist/sso/list-accounts.js";
import { createSsoRoleSource } from "../dist/sso/sso-role-source.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  allowInBrowser,
  DEV,
  HOUR_MS,
  identityCenter,
  nobody,
  openDesk,
  PROD,
  SESSION,
  START_URL,
  type Desk,
} from "./sso-desk.js";

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const createCache = (): SessionCache => {
  const kept = new Map<string, KeptSession>();
  return {
    get: async (key) => kept.get(key),
    set: async (key, session) => void kept.set(key, session),
    delete: async (key) => void kept.delete(key),
    list: async () => [...kept.values()],
    clear: async () => kept.clear(),
  };
};

/** A program with a keeper: what it has, and a source for one role of the session. */
const openProgram = (changed: Parameters<Desk["tokens"]>[0] = {}) => {
  const cache = createCache();
  const { now, secrets, prompt, settingsFor } = desk;
  const locks = createFileLocks({ directory: `${desk.home}/locks` });
  const record = async () => undefined;
  const keeper = createSessionKeeper({ cache, locks, record, prompt, now, jitter: () => 0.5 });
  const tokens = desk.tokens(changed);
  const context = { keeper, locks, secrets, prompt, now };
  const source = (accountId: string, roleName: string) =>
    createSsoRoleSource(context, { session: SESSION, accountId, roleName, settingsFor, tokens, description: "a role" });
  /** Resolves when whatever renews the role now, behind its user, has ended. */
  const settled = (role: CredentialsSource) =>
    locks.withLock(`session/${sessionKey(role.question)}`, async () => undefined);
  return { cache, keeper, tokens, source, settled };
};

const actions = () => desk.sandbox.calls().map(({ action }) => action ?? "");
const countOf = (action: string) => actions().filter((one) => one === action).length;

describe("a role of a permission set", () => {
  it("gives credentials that are the person's in that account, until the permission set's end", async () => {
    const credentials = await openProgram().source(PROD, "Reader").get();
    expect(credentials.accountId).toBe(PROD);
    expect(credentials.expiration).toEqual(new Date(desk.now() + 2 * HOUR_MS));
    const sts = new STSClient({ region: "us-east-1", endpoint: desk.sandbox.endpoint, credentials });
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toMatch(/^arn:aws:sts::666666666666:assumed-role\/AWSReservedSSO_Reader_[0-9a-f]{16}\/ada$/);
  });

  it("is asked for once, and handed out again while it is good", async () => {
    const source = openProgram().source(DEV, "Admin");
    const first = await source.get();
    desk.pass(60_000);
    expect(await source.get()).toEqual(first);
    expect(countOf("GetRoleCredentials")).toBe(1);
  });

  it("is refused with account and role where the person is not assigned to it", async () => {
    await expect(openProgram().source(PROD, "Admin").get()).rejects.toMatchObject({
      code: "access_denied",
      message: "IAM Identity Center gives you no role Admin in account 666666666666",
      awsCode: "ForbiddenException",
    });
  });

  it("is asked by session, portal, account and role, and not by the token", () => {
    const { question } = openProgram().source(DEV, "Admin");
    expect(question).toEqual({
      kind: "sso_role",
      sessionName: "corp",
      startUrl: START_URL,
      region: "us-east-1",
      endpoint: desk.sandbox.endpoint,
      accountId: DEV,
      roleName: "Admin",
    });
  });

  it("says that a sign-in is needed where the person's was ended, and asks for it at most once more", async () => {
    const program = openProgram();
    await program.tokens.getAccessToken();
    desk.sandbox.identityCenter.endSessions("ada");
    await expect(program.source(DEV, "Admin").get()).rejects.toMatchObject({ code: "sign_in_required" });
    expect(countOf("GetRoleCredentials")).toBe(1);
    expect(desk.opened).toHaveLength(1);
  });

  it("opens no browser behind a caller whose credentials still work", async () => {
    const program = openProgram();
    const source = program.source(PROD, "Reader");
    await desk.tokens().getAccessToken();
    desk.pass(7.5 * HOUR_MS);
    await source.get();
    // The sign-in is over, the role's credentials are past half their life.
    desk.sandbox.identityCenter.endSessions("ada");
    desk.pass(1.5 * HOUR_MS);
    await source.get();
    await program.settled(source);
    expect(desk.opened).toHaveLength(1);
    expect(countOf("GetRoleCredentials")).toBe(1);
  });

  it.each([
    ["1234567890", "Admin"],
    ["12345678901x", "Admin"],
    [DEV, "../Admin"],
    [DEV, ""],
  ])("is refused before anything is asked: %s/%s", (accountId, roleName) => {
    const { source } = openProgram();
    expect(() => source(accountId, roleName)).toThrow(/is not an account's number|is not a role's name/);
  });

  it("keeps the zeros at the beginning of an account's number", () => {
    expect(openProgram().source("000000000012", "Admin").question["accountId"]).toBe("000000000012");
  });
});

describe("the lists to choose from", () => {
  const openList = (options: { keptForMs?: number } = {}) => {
    const waits: number[] = [];
    const sleep = async (milliseconds: number) => {
      waits.push(milliseconds);
      desk.pass(milliseconds);
    };
    const { settingsFor, now } = desk;
    const directory = createSsoDirectory({
      tokens: desk.tokens(),
      settingsFor,
      now,
      sleep,
      random: () => 1,
      ...options,
    });
    return { directory, waits };
  };

  it("are the person's accounts and roles, with the time when AWS gave them", async () => {
    const { directory } = openList();
    const { items, asked } = await directory.listAccounts();
    expect(items.map(({ accountId }) => accountId)).toEqual([DEV, PROD]);
    expect(asked).toEqual(new Date(desk.now()));
    expect((await directory.listAccountRoles(PROD)).items).toEqual([{ accountId: PROD, roleName: "Reader" }]);
    expect((await directory.listAllRoles()).items).toEqual([
      { accountId: DEV, roleName: "Admin" },
      { accountId: PROD, roleName: "Reader" },
    ]);
  });

  it("are asked for once in a quarter of an hour, and again on demand or by another sign-in", async () => {
    const { directory } = openList();
    const first = await directory.listAccounts();
    desk.pass(600_000);
    expect((await directory.listAccounts()).asked).toEqual(first.asked);
    expect(countOf("ListAccounts")).toBe(1);
    expect((await directory.listAccounts({ again: true })).asked).toEqual(new Date(desk.now()));
    desk.pass(901_000);
    await directory.listAccounts();
    expect(countOf("ListAccounts")).toBe(3);
    await desk.tokens().signIn();
    await directory.listAccounts();
    expect(countOf("ListAccounts")).toBe(4);
  });

  it("are asked for patiently while AWS throttles, and longer each time", async () => {
    const { directory, waits } = openList();
    desk.sandbox.fault({
      service: "sso",
      action: "ListAccounts",
      times: 3,
      status: 429,
      code: "TooManyRequestsException",
      message: "slow down",
    });
    expect((await directory.listAccounts()).items).toHaveLength(2);
    expect(waits).toEqual([500, 1000, 2000]);
  });

  it("are given up after eight tries", async () => {
    const { directory, waits } = openList();
    desk.sandbox.fault({ service: "sso", status: 429, code: "TooManyRequestsException", message: "slow down" });
    await expect(directory.listAccounts()).rejects.toMatchObject({ code: "aws_unavailable" });
    expect(waits).toHaveLength(7);
    expect(Math.max(...waits)).toBeLessThanOrEqual(20_000);
  });
});

describe("lists of a large organisation", () => {
  it("are read to their end, with five accounts at a time", async () => {
    const accounts = Array.from({ length: 130 }, (_, index) => String(700_000_000_000 + index));
    await desk.close();
    desk = await openDesk({
      world: {
        accounts: accounts.map((id) => ({ id, name: `a${id}` })),
        identityCenter: {
          ...identityCenter,
          assignments: accounts.map((account) => ({ user: "ada", account, permissionSet: "Reader" })),
        },
      },
    });
    const tokens = desk.tokens();
    let [under, most] = [0, 0];
    const { settingsFor, now } = desk;
    const counted = {
      ...tokens,
      withAccessToken: async <T>(use: (accessToken: string) => Promise<T>) => {
        most = Math.max(most, ++under);
        return tokens.withAccessToken(use).finally(() => under--);
      },
    };
    const directory = createSsoDirectory({ tokens: counted, settingsFor, now });
    const { items } = await directory.listAllRoles();
    expect(items.map(({ accountId }) => accountId)).toEqual(accounts);
    expect(countOf("ListAccounts")).toBe(2);
    expect(most).toBe(5);
  });
});

describe("another sign-in", () => {
  it("is handed none of the roles of the one before, which may be another person's", async () => {
    const first = openProgram();
    await first.tokens.getAccessToken();
    await first.source(DEV, "Admin").get();
    await first.source(PROD, "Reader").get();
    const { cache, keeper } = first;
    const openBrowser = async (url: string) => void (await allowInBrowser(desk.sandbox, url, "bob"));
    const asBob = desk.tokens({ openBrowser, sessions: { cache, keeper } });
    await asBob.signIn();
    expect(await cache.list()).toEqual([]);
    await expect(first.source(DEV, "Admin").get()).rejects.toMatchObject({ code: "access_denied" });
  });
});

describe("signing out", () => {
  it("ends the sign-in at AWS, and leaves no token of it here", async () => {
    const program = openProgram();
    const accessToken = await program.tokens.getAccessToken();
    await program.source(DEV, "Admin").get();
    expect(await program.tokens.signOut({ sessions: program })).toEqual({ revoked: true, forgottenSessions: 1 });
    expect(await program.cache.list()).toEqual([]);
    expect(desk.secrets.kept.size).toBe(0);
    expect(await program.tokens.status()).toEqual({ session: SESSION, isSignedIn: false, renewable: "no" });
    const client = new SSOClient({ region: "us-east-1", endpoint: desk.sandbox.endpoint });
    await expect(client.send(new ListAccountsCommand({ accessToken }))).rejects.toThrow("Session token not found");
    await expect(desk.tokens({ prompt: nobody }).getAccessToken()).rejects.toMatchObject({ code: "sign_in_required" });
    expect(desk.events.at(-1)).toMatchObject({ type: "sign_out", name: "corp" });
  });

  it("forgets everything here where AWS cannot be reached, and says so", async () => {
    const { tokens } = openProgram();
    await tokens.getAccessToken();
    desk.sandbox.fault({ service: "sso", status: 500, code: "InternalServerException", message: "as ordered" });
    expect(await tokens.signOut()).toEqual({ revoked: false, forgottenSessions: 0 });
    expect(desk.secrets.kept.size).toBe(0);
    expect(await tokens.status()).toMatchObject({ isSignedIn: false });
  });

  it("leaves the sessions of another portal alone", async () => {
    const program = openProgram();
    await program.tokens.getAccessToken();
    await program.source(DEV, "Admin").get();
    const other = desk.tokens({ session: { ...SESSION, name: "other" } });
    expect(await other.signOut({ sessions: program })).toEqual({ revoked: false, forgottenSessions: 0 });
    expect(await program.cache.list()).toHaveLength(1);
  });

  it("does not happen where it cannot be recorded", async () => {
    await desk.tokens().getAccessToken();
    const record = () => Promise.reject(new Error("the disk is full"));
    await expect(desk.tokens({ record }).signOut()).rejects.toThrow("the disk is full");
    expect(await desk.tokens().status()).toMatchObject({ isSignedIn: true });
  });
});

describe("the status of a sign-in", () => {
  it("is told without asking AWS or a person", async () => {
    await desk.tokens().getAccessToken();
    const calls = desk.sandbox.calls().length;
    const status = await desk.tokens({ prompt: nobody }).status();
    const expiration = new Date(desk.now() + 8 * HOUR_MS);
    expect(status).toEqual({ session: SESSION, isSignedIn: true, expiration, renewable: "yes" });
    expect(desk.sandbox.calls()).toHaveLength(calls);
  });

  it("does not open a passphrase file to tell whether it can be renewed", async () => {
    await desk.tokens().getAccessToken();
    const secrets = {
      ...desk.secrets,
      kind: "passphrase_file" as const,
      get: () => Promise.reject(new Error("a passphrase would be asked for")),
    };
    expect(await desk.tokens({ secrets }).status()).toMatchObject({ isSignedIn: true, renewable: "unknown" });
    desk.secrets.problem = new AuthError("secrets_unavailable", "the keychain is locked", { hint: "unlock it" });
    expect(await desk.tokens().status()).toMatchObject({ isSignedIn: true, renewable: "unknown" });
  });
});
