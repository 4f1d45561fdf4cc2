// What becomes of a sign-in while time passes: renewed without a person, shared with the AWS CLI, never asked in a loop.
import { link, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LogoutCommand, SSOClient } from "@aws-sdk/client-sso";
import { AuthError } from "@daypass/auth";
import { createSsoDirectory } from "../dist/sso/list-accounts.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { allowInBrowser, HOUR_MS, nobody, openDesk, SESSION, type Desk } from "./sso-desk.js";

const FILE = "ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const path = () => join(desk.cacheDirectory, FILE);
const secret = (): Record<string, unknown> => {
  const value: unknown = JSON.parse(desk.secrets.kept.get("sso-session/corp") ?? "{}");
  return { ...(value as object) };
};
/** How often AWS was asked for a token, and with what end. */
const tokenCalls = () =>
  desk.sandbox
    .calls()
    .filter(({ action }) => action === "CreateToken")
    .map(({ errorCode }) => errorCode ?? "granted");
/** A program that can ask nobody. */
const unattended = () => desk.tokens({ prompt: nobody });

/** Writes the file as the AWS CLI has it after its own sign-in. */
const writeAsCli = async (changed: Record<string, unknown> = {}) => {
  const fields = await desk.tokenFile();
  delete fields["daypassSignInId"];
  const { refreshToken } = secret();
  desk.secrets.kept.clear();
  await writeFile(path(), JSON.stringify({ ...fields, refreshToken, ...changed }), { mode: 0o600 });
};

describe("a token near its end", () => {
  it("is renewed without a person, for all processes, with one call", async () => {
    const first = await desk.tokens().getAccessToken();
    desk.pass(8 * HOUR_MS - 6 * 60_000);
    const second = await unattended().getAccessToken();
    expect(second).not.toBe(first);
    expect(await unattended().getAccessToken()).toBe(second);
    expect(tokenCalls()).toEqual(["granted", "granted"]);
  });

  it("is not renewed while it has more than a quarter of an hour", async () => {
    const first = await desk.tokens().getAccessToken();
    desk.pass(8 * HOUR_MS - 16 * 60_000);
    expect(await desk.tokens({ random: () => 0.999 }).getAccessToken()).toBe(first);
  });

  it("is renewed by some processes earlier than by others, with five minutes left by all", async () => {
    const first = await desk.tokens().getAccessToken();
    desk.pass(8 * HOUR_MS - 10 * 60_000);
    expect(await desk.tokens({ random: () => 0 }).getAccessToken()).toBe(first);
    expect(await desk.tokens({ random: () => 0.9 }).getAccessToken()).not.toBe(first);
    desk.pass(8 * HOUR_MS - 5 * 60_000);
    await desk.tokens({ random: () => 0 }).getAccessToken();
    expect(tokenCalls()).toHaveLength(3);
  });

  it("keeps the old refresh token where AWS gives no new one, and works with it again", async () => {
    desk.sandbox.identityCenter.setRefreshAnswers("never");
    await desk.tokens().getAccessToken();
    const { refreshToken } = secret();
    for (let day = 0; day < 3; day++) {
      desk.pass(9 * HOUR_MS);
      await unattended().getAccessToken();
      expect(secret()["refreshToken"]).toBe(refreshToken);
    }
    expect(desk.opened).toHaveLength(1);
  });

  it("keeps the new refresh token where AWS gives one, and never in the file", async () => {
    desk.sandbox.identityCenter.setRefreshAnswers("always");
    await desk.tokens().getAccessToken();
    for (let day = 0; day < 3; day++) {
      const { refreshToken } = secret();
      desk.pass(9 * HOUR_MS);
      await unattended().getAccessToken();
      expect(secret()["refreshToken"]).not.toBe(refreshToken);
      expect(await readFile(path(), "utf8")).not.toContain(String(secret()["refreshToken"]));
      expect(await desk.tokenFile()).not.toHaveProperty("refreshToken");
    }
    expect(desk.opened).toHaveLength(1);
  });

  it("goes on being used while Identity Center is out, and is asked for again only after half a minute", async () => {
    const first = await desk.tokens().getAccessToken();
    desk.pass(8 * HOUR_MS - 6 * 60_000);
    const outage = desk.sandbox.fault({
      service: "sso-oidc",
      action: "CreateToken",
      status: 500,
      code: "InternalServerException",
      message: "as ordered",
    });
    const tokens = unattended();
    expect(await tokens.getAccessToken()).toBe(first);
    const calls = tokenCalls().length;
    expect(await tokens.getAccessToken()).toBe(first);
    expect(tokenCalls()).toHaveLength(calls);
    outage.lift();
    desk.pass(31_000);
    expect(await tokens.getAccessToken()).not.toBe(first);
  });

  it("goes on being used while a person signs in elsewhere, which takes minutes", async () => {
    const first = await desk.tokens().getAccessToken();
    desk.pass(8 * HOUR_MS - 6 * 60_000);
    const controller = new AbortController();
    let resolve = () => undefined as void;
    const isOpen = new Promise<void>((done) => {
      resolve = done;
    });
    const slow = desk.tokens({ openBrowser: async () => resolve() }).signIn({ signal: controller.signal });
    await isOpen;
    expect(await unattended().getAccessToken()).toBe(first);
    expect(tokenCalls()).toEqual(["granted"]);
    controller.abort();
    await expect(slow).rejects.toMatchObject({ code: "cancelled" });
  });

  it("goes on being used where the new one cannot be written", async () => {
    const first = await desk.tokens().getAccessToken();
    desk.pass(8 * HOUR_MS - 6 * 60_000);
    // A file with two names is not replaced.
    await link(path(), join(desk.home, "another-name"));
    expect(await unattended().getAccessToken()).toBe(first);
  });

  it("does not wait for an Identity Center that never answers", async () => {
    const first = await desk.tokens().getAccessToken();
    desk.pass(8 * HOUR_MS - 6 * 60_000);
    desk.sandbox.fault({ kind: "outage", service: "sso-oidc", mode: "hang" });
    expect(await desk.tokens({ prompt: nobody, timeoutMs: 50 }).getAccessToken()).toBe(first);
    desk.pass(HOUR_MS);
    await expect(desk.tokens({ timeoutMs: 50 }).getAccessToken()).rejects.toMatchObject({ code: "aws_unavailable" });
  });

  it("says that AWS is out, and not that a person must sign in, where it has run out meanwhile", async () => {
    await desk.tokens().getAccessToken();
    desk.pass(9 * HOUR_MS);
    desk.sandbox.fault({ service: "sso-oidc", status: 500, code: "InternalServerException", message: "as ordered" });
    await expect(unattended().getAccessToken()).rejects.toMatchObject({ code: "aws_unavailable" });
    await expect(desk.tokens().getAccessToken()).rejects.toMatchObject({ code: "aws_unavailable" });
    expect(desk.opened).toHaveLength(1);
  });
});

describe("a refresh token that AWS does not take any more", () => {
  const endSessions = async () => {
    await desk.tokens().getAccessToken();
    desk.sandbox.identityCenter.endSessions("ada");
    desk.pass(9 * HOUR_MS);
  };

  it("is asked with once, then a person must sign in", async () => {
    await endSessions();
    for (let time = 0; time < 3; time++) {
      await expect(unattended().getAccessToken()).rejects.toMatchObject({
        code: "sign_in_required",
        message: "the sign-in has expired: sso-session corp",
      });
    }
    expect(tokenCalls()).toEqual(["granted", "InvalidGrantException"]);
    expect(desk.secrets.kept.size).toBe(0);
  });

  it("leads to one sign-in where a person is there", async () => {
    await endSessions();
    const accessToken = await desk.tokens().getAccessToken();
    expect(await unattended().getAccessToken()).toBe(accessToken);
    expect(desk.opened).toHaveLength(2);
  });

  it("is not asked with where its client has expired", async () => {
    await desk.tokens().getAccessToken();
    desk.pass(91 * 24 * HOUR_MS);
    await expect(unattended().getAccessToken()).rejects.toMatchObject({ code: "sign_in_required" });
    expect(tokenCalls()).toEqual(["granted"]);
  });
});

describe("a token that AWS ended before its time", () => {
  const logOut = async () => {
    const accessToken = await desk.tokens().getAccessToken();
    desk.sandbox.identityCenter.endSessions("ada");
    return accessToken;
  };
  /** Asks the portal something with the token, as a role would. */
  const use = async (accessToken: string) => {
    uses++;
    const client = new SSOClient({ region: "us-east-1", endpoint: desk.sandbox.endpoint });
    const { ListAccountsCommand } = await import("@aws-sdk/client-sso");
    return client.send(new ListAccountsCommand({ accessToken }));
  };
  let uses = 0;
  beforeEach(() => {
    uses = 0;
  });

  it("is dropped, and asked for anew once; then a person must sign in, and nobody is asked by surprise", async () => {
    await logOut();
    await expect(desk.tokens().withAccessToken(use)).rejects.toMatchObject({
      code: "sign_in_required",
      message: "AWS has ended the sign-in before its time: sso-session corp",
    });
    expect(uses).toBe(1);
    expect(tokenCalls()).toEqual(["granted", "InvalidGrantException"]);
    expect(desk.opened).toHaveLength(1);
    expect(await desk.files()).not.toContain(FILE);
  });

  it("is renewed where only the token is dead", async () => {
    const dead = await desk.tokens().getAccessToken();
    const fields = await desk.tokenFile();
    await writeFile(path(), JSON.stringify({ ...fields, accessToken: "dead-before-its-time" }));
    const { accountList } = await unattended().withAccessToken(use);
    expect(accountList).toHaveLength(2);
    expect(uses).toBe(2);
    expect(await unattended().getAccessToken()).not.toBe(dead);
  });

  it("is given up where the renewed one is dead as well", async () => {
    await desk.tokens().getAccessToken();
    const dead = (accessToken: string) => {
      uses++;
      expect(accessToken).not.toBe("");
      return Promise.reject(
        Object.assign(new Error("dead"), { name: "UnauthorizedException", $metadata: { httpStatusCode: 401 } }),
      );
    };
    await expect(unattended().withAccessToken(dead)).rejects.toMatchObject({ code: "sign_in_required" });
    expect(uses).toBe(2);
    expect(await desk.files()).not.toContain(FILE);
  });

  it("passes on every other failure as it is", async () => {
    await desk.tokens().getAccessToken();
    await expect(unattended().withAccessToken(() => Promise.reject(new Error("another")))).rejects.toThrow("another");
    expect(tokenCalls()).toEqual(["granted"]);
  });
});

describe("a sign-in of the AWS CLI", () => {
  it("is used, and its rotated refresh token is written back with everything else in the file", async () => {
    desk.sandbox.identityCenter.setRefreshAnswers("always");
    await desk.tokens().getAccessToken();
    await writeAsCli({ somethingOfTheirs: { kept: true } });
    const before = await desk.tokenFile();
    desk.pass(9 * HOUR_MS);
    const accessToken = await unattended().getAccessToken();
    const after = await desk.tokenFile();
    expect(after).toMatchObject({ accessToken, somethingOfTheirs: { kept: true }, clientId: before["clientId"] });
    expect(after["refreshToken"]).toMatch(/^.{20,}$/);
    expect(after["refreshToken"]).not.toBe(before["refreshToken"]);
    expect(desk.secrets.kept.size).toBe(0);
  });

  it("keeps its refresh token where AWS gives no new one", async () => {
    desk.sandbox.identityCenter.setRefreshAnswers("never");
    await desk.tokens().getAccessToken();
    await writeAsCli();
    const { refreshToken } = await desk.tokenFile();
    desk.pass(9 * HOUR_MS);
    await unattended().getAccessToken();
    expect((await desk.tokenFile())["refreshToken"]).toBe(refreshToken);
  });

  it("is not renewed with the refresh token of our own earlier sign-in, which may be another person's", async () => {
    await desk.tokens().getAccessToken();
    const fields = await desk.tokenFile();
    delete fields["daypassSignInId"];
    await writeFile(path(), JSON.stringify(fields));
    desk.pass(9 * HOUR_MS);
    await expect(unattended().getAccessToken()).rejects.toMatchObject({ code: "sign_in_required" });
    expect(tokenCalls()).toEqual(["granted"]);
  });

  it("that was ended by it, `aws sso logout`, is not brought back by our refresh token", async () => {
    const accessToken = await desk.tokens().getAccessToken();
    const { unlink } = await import("node:fs/promises");
    await unlink(path());
    await new SSOClient({ region: "us-east-1", endpoint: desk.sandbox.endpoint }).send(
      new LogoutCommand({ accessToken }),
    );
    await expect(unattended().getAccessToken()).rejects.toMatchObject({
      message: "nobody is signed in: sso-session corp",
    });
    expect(tokenCalls()).toEqual(["granted"]);
  });

  it("that came while we asked is taken where ours is refused", async () => {
    await desk.tokens().getAccessToken();
    await writeAsCli();
    const { refreshToken } = await desk.tokenFile();
    desk.pass(9 * HOUR_MS);
    // The CLI renews in the moment between our reading and our asking: our refresh token is used up.
    const tokens = desk.tokens({
      prompt: nobody,
      secrets: desk.secrets,
      settingsFor: desk.settingsFor,
      requestHandler: {
        handle: async () => {
          const expiresAt = new Date(desk.now() + HOUR_MS).toISOString();
          await writeAsCli({ accessToken: "of-the-cli", expiresAt, refreshToken: `${String(refreshToken)}2` });
          throw Object.assign(new Error("used up"), {
            name: "InvalidGrantException",
            $metadata: { httpStatusCode: 400 },
          });
        },
      },
    });
    expect(await tokens.getAccessToken()).toBe("of-the-cli");
    expect((await desk.tokenFile())["refreshToken"]).toBe(`${String(refreshToken)}2`);
  });
});

describe("a kept token that is not what it should be", () => {
  it.each<[string, string, string]>([
    ["cut off", '{"accessToken": "a', "the kept sign-in cannot be read: sso-session corp"],
    ["without an end", '{"accessToken": "a"}', "the kept sign-in cannot be read: sso-session corp"],
    [
      "with a local time",
      '{"accessToken":"a","expiresAt":"2099-01-01T00:00:00"}',
      "the kept sign-in cannot be read: sso-session corp",
    ],
    [
      "with a line break",
      '{"accessToken":"a\\nb","expiresAt":"2099-01-01T00:00:00Z"}',
      "the kept sign-in cannot be read: sso-session corp",
    ],
    [
      "of another portal",
      '{"accessToken":"a","expiresAt":"2099-01-01T00:00:00Z","startUrl":"https://d-2.awsapps.com/start"}',
      "the kept sign-in is of another portal or region: sso-session corp",
    ],
    [
      "of another region",
      '{"accessToken":"a","expiresAt":"2099-01-01T00:00:00Z","region":"eu-west-1"}',
      "the kept sign-in is of another portal or region: sso-session corp",
    ],
  ])("is not used when it is %s, and is replaced by a sign-in", async (_title, text, message) => {
    await desk.tokens().getAccessToken();
    await writeFile(path(), text, { mode: 0o600 });
    await expect(unattended().getAccessToken()).rejects.toMatchObject({ code: "sign_in_required", message });
    await desk.tokens().getAccessToken();
    expect(await unattended().getAccessToken()).toBe((await desk.tokenFile())["accessToken"]);
  });

  it.each(["2099-01-01T00:00:00Z", "2099-01-01T00:00:00UTC", "2099-01-01T00:00:00.123Z", "2099-01-01T02:00:00+02:00"])(
    "is used with the end %s, as AWS's tools write it",
    async (expiresAt) => {
      await desk.tokens().getAccessToken();
      await writeFile(path(), JSON.stringify({ accessToken: "theirs", expiresAt }), { mode: 0o600 });
      expect(await unattended().getAccessToken()).toBe("theirs");
      expect((await unattended().status()).expiration?.getTime()).toBe(
        Date.parse("2099-01-01T00:00:00Z") + (expiresAt.includes(".") ? 123 : 0),
      );
    },
  );
});

describe("a store of secrets that cannot be used", () => {
  const problem = new AuthError("secrets_unavailable", "the keychain is locked", { hint: "unlock it" });

  it("costs the renewal, not the sign-in, and says so", async () => {
    desk.secrets.problem = problem;
    const accessToken = await desk.tokens().getAccessToken();
    expect(await unattended().getAccessToken()).toBe(accessToken);
    expect(desk.prompt.told.at(-1)).toMatch(/^You will be asked to sign in again after .*: the keychain is locked\.$/);
    expect(JSON.stringify(await desk.tokenFile())).not.toContain("refreshToken");
  });

  it("does not make the next person the one before: their refresh token stays unused", async () => {
    await desk.tokens().getAccessToken();
    desk.secrets.problem = problem;
    const openBrowser = async (url: string) => void (await allowInBrowser(desk.sandbox, url, "bob"));
    await desk.tokens({ openBrowser }).signIn();
    desk.secrets.problem = undefined;
    desk.pass(9 * HOUR_MS);
    await expect(unattended().getAccessToken()).rejects.toMatchObject({ code: "sign_in_required" });
    expect(tokenCalls()).toEqual(["granted", "granted"]);
  });

  it("is told as the reason where the token has run out and nobody is there", async () => {
    await desk.tokens().getAccessToken();
    desk.pass(9 * HOUR_MS);
    desk.secrets.problem = problem;
    await expect(unattended().getAccessToken()).rejects.toMatchObject({ code: "secrets_unavailable" });
    await desk.tokens().getAccessToken();
    expect(desk.opened).toHaveLength(2);
  });
});

describe("an endpoint in the clear", () => {
  it("gets no token: neither that of sign-ins nor that of roles", async () => {
    const inTheClear = { region: "us-east-1", endpoint: "http://sso.example" };
    const message = "the endpoint of IAM Identity Center is neither https nor on this machine";
    expect(() => desk.tokens({ settingsFor: () => inTheClear })).toThrow(message);
    const settingsFor: Desk["settingsFor"] = (service) =>
      service === "sso" ? inTheClear : { region: "us-east-1", endpoint: desk.sandbox.endpoint };
    const tokens = desk.tokens({ settingsFor });
    await tokens.getAccessToken();
    const directory = createSsoDirectory({ tokens, settingsFor, now: desk.now });
    await expect(directory.listAccounts()).rejects.toMatchObject({ code: "invalid_profile", message });
  });
});

describe("a session that cannot be", () => {
  it.each<[string, object, string]>([
    ["a start URL elsewhere", { startUrl: "https://evil.example/start" }, "the start URL is not an address"],
    [
      "a region that is a host",
      { region: "us-east-1.evil.example/" },
      "the region of the sso-session is no region's name",
    ],
    ["an empty name", { name: "" }, "the sso-session has an empty name"],
  ])("is refused before anything is asked: %s", (_title, changed, message) => {
    expect(() => desk.tokens({ session: { ...SESSION, ...changed } })).toThrow(message);
  });
});
