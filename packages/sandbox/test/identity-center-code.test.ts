// The authorization code with PKCE, and refresh tokens, over HTTP with the SDK's own client.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ListAccountsCommand } from "@aws-sdk/client-sso";
import type { Sandbox } from "@daypass/sandbox/testing";
import {
  authorizeAddress,
  createToken,
  LISTENING_URI,
  outcomeOf,
  portal,
  register,
  registerForCode,
  signIn,
  startDirectory,
  VERIFIER,
} from "./identity-center-clients.js";
import type { RegisteredClient, TokenInput } from "./identity-center-clients.js";

const DAY_MS = 86_400_000;
let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startDirectory();
});
afterEach(() => sandbox.stop());

/** Approves in the person's place and returns the code that the browser would bring. */
function codeFor(client: RegisteredClient, changed: Readonly<Record<string, string>> = {}): string {
  const location = sandbox.identityCenter.approveAuthorization(authorizeAddress(sandbox, client, changed), "ada");
  return new URL(location).searchParams.get("code") ?? "";
}
const exchange = (client: RegisteredClient, code: string, changed: Partial<TokenInput> = {}) =>
  createToken(sandbox, client, {
    grantType: "authorization_code",
    code,
    redirectUri: LISTENING_URI,
    codeVerifier: VERIFIER,
    ...changed,
  });
const refresh = (client: RegisteredClient, refreshToken: string | undefined) =>
  createToken(sandbox, client, { grantType: "refresh_token", refreshToken });
const listed = (accessToken: string | undefined) =>
  outcomeOf(portal(sandbox).send(new ListAccountsCommand({ accessToken })));

describe("an authorization code", () => {
  it("goes to the port where the app listens, with the state as it was sent, and is worth tokens", async () => {
    const client = await registerForCode(sandbox);
    const address = authorizeAddress(sandbox, client, { state: "a&b=ü" });
    const location = new URL(sandbox.identityCenter.approveAuthorization(address, "ada"));
    expect(location.origin + location.pathname).toBe(LISTENING_URI);
    expect(location.searchParams.get("state")).toBe("a&b=ü");
    const tokens = await exchange(client, location.searchParams.get("code") ?? "");
    expect(tokens.refreshToken).toMatch(/^[\w-]{48}$/);
    expect(await listed(tokens.accessToken)).toBe("allowed");
  });

  it("is good once: a second use is refused, and ends what the first was given", async () => {
    const client = await registerForCode(sandbox);
    const code = codeFor(client);
    const { accessToken, refreshToken } = await exchange(client, code);
    expect(await outcomeOf(exchange(client, code))).toBe("InvalidGrantException 400");
    expect(await listed(accessToken)).toBe("UnauthorizedException 401");
    expect(await outcomeOf(refresh(client, refreshToken))).toBe("InvalidGrantException 400");
  });

  it.each<[string, Partial<TokenInput>]>([
    ["another verifier", { codeVerifier: `${VERIFIER}r` }],
    ["the challenge in the verifier's place", { codeVerifier: "a".repeat(43) }],
    ["another port than the person was sent to", { redirectUri: "http://127.0.0.1:54322/oauth/callback" }],
    ["the redirect URI as it was registered", { redirectUri: "http://127.0.0.1/oauth/callback" }],
  ])("is refused with %s, and spent", async (_, changed) => {
    const client = await registerForCode(sandbox);
    const code = codeFor(client);
    expect(await outcomeOf(exchange(client, code, changed))).toBe("InvalidGrantException 400");
    expect(await outcomeOf(exchange(client, code))).toBe("InvalidGrantException 400");
  });

  it("is refused without a verifier or redirect URI", async () => {
    const client = await registerForCode(sandbox);
    const code = codeFor(client);
    for (const changed of [{ codeVerifier: undefined }, { redirectUri: undefined }]) {
      expect(await outcomeOf(exchange(client, code, changed))).toBe("InvalidRequestException 400");
    }
    expect(await outcomeOf(exchange(client, code))).toBe("allowed");
  });

  it("is no other client's, and no client's after ten minutes", async () => {
    const [client, other] = [await registerForCode(sandbox), await registerForCode(sandbox)];
    expect(await outcomeOf(exchange(other, codeFor(client)))).toBe("InvalidGrantException 400");
    const code = codeFor(client);
    sandbox.advanceClock(600_000);
    expect(await outcomeOf(exchange(client, code))).toBe("InvalidGrantException 400");
  });

  it("is not given to clients that are registered for devices alone", async () => {
    const client = await register(sandbox, { redirectUris: [LISTENING_URI] });
    expect(() => codeFor(client)).toThrow("not registered for this grant type");
    expect(await outcomeOf(exchange(client, "guessed"))).toBe("UnauthorizedClientException 400");
  });
});

describe("the address to which a browser is sent", () => {
  it.each([
    "http://127.0.0.1:1/oauth/callback",
    "http://127.0.0.1:65535/oauth/callback",
    "http://127.0.0.1/oauth/callback",
  ])("may be on any port of this machine: %s", async (redirect_uri) => {
    const client = await registerForCode(sandbox);
    expect(codeFor(client, { redirect_uri })).toMatch(/^[\w-]{48}$/);
  });

  it.each([
    "http://evil.example/oauth/callback",
    "http://127.0.0.1.evil.example/oauth/callback",
    "http://127.0.0.1:80@evil.example/oauth/callback",
    "http://evil.example:54321/oauth/callback",
    "https://evil.example/oauth/callback",
    "http://127.0.0.1/oauth/callback/more",
    "http://localhost:54321/oauth/callback",
    "http://[::1]:54321/oauth/callback",
    "https://127.0.0.1:54321/oauth/callback",
    "http://127.0.0.1:54321/oauth/callback/",
    "http://127.0.0.1:54321/oauth/../callback",
    "http://127.0.0.1:54321/oauth/callback?next=/",
    "http://127.0.0.1:54321/oauth/callback#",
    "http://127.0.0.1:543210/oauth/callback",
    "http://127.0.0.1\\@evil.example/oauth/callback",
    "//127.0.0.1/oauth/callback",
    "",
  ])("is otherwise what was registered, to the letter, so not %s", async (redirect_uri) => {
    const client = await registerForCode(sandbox);
    expect(() => codeFor(client, { redirect_uri })).toThrow("not registered for the address");
  });

  it("keeps its port where it is a name or not plain http", async () => {
    for (const registered of ["http://localhost:3000/back", "https://tool.example:8443/back"]) {
      const client = await registerForCode(sandbox, { redirectUris: [registered] });
      expect(codeFor(client, { redirect_uri: registered })).toMatch(/^[\w-]{48}$/);
      const elsewhere = registered.replace(/:\d+\//, ":3001/");
      expect(() => codeFor(client, { redirect_uri: elsewhere })).toThrow("not registered for the address");
    }
  });
});

describe("a refresh token", () => {
  it("stays by turns, or is replaced, and what was replaced is refused", async () => {
    const { client, refreshToken: first } = await signIn(sandbox);
    const stays = await refresh(client, first);
    expect([stays.refreshToken, await listed(stays.accessToken)]).toEqual([undefined, "allowed"]);
    const { refreshToken: second } = await refresh(client, first);
    expect(second).toMatch(/^[\w-]{48}$/);
    expect(await outcomeOf(refresh(client, first))).toBe("InvalidGrantException 400");
    expect((await refresh(client, second)).refreshToken).toBeUndefined();
  });

  it("does as it is told, by the world and by the test", async () => {
    const { client, refreshToken } = await signIn(sandbox);
    sandbox.identityCenter.setRefreshAnswers("always");
    const { refreshToken: next } = await refresh(client, refreshToken);
    expect(next).toBeDefined();
    sandbox.identityCenter.setRefreshAnswers("never");
    for (let round = 0; round < 3; round += 1) expect((await refresh(client, next)).refreshToken).toBeUndefined();
  });

  it("is no other client's, asks for no more than was granted, and is over after 90 days", async () => {
    const { client, refreshToken } = await signIn(sandbox);
    expect(await outcomeOf(refresh(await register(sandbox), refreshToken))).toBe("InvalidGrantException 400");
    const more = { grantType: "refresh_token", refreshToken, scope: ["openid"] };
    expect(await outcomeOf(createToken(sandbox, client, more))).toBe("InvalidScopeException 400");
    sandbox.advanceClock(89 * DAY_MS);
    expect(await outcomeOf(refresh(client, refreshToken))).toBe("allowed");
    sandbox.advanceClock(DAY_MS);
    const renewed = await register(sandbox);
    expect(await outcomeOf(refresh(renewed, refreshToken))).toBe("InvalidGrantException 400");
  });

  it("dies with the person's sessions, as access tokens do before they expire", async () => {
    const { client, accessToken, refreshToken } = await signIn(sandbox);
    const other = await signIn(sandbox, "bob");
    sandbox.identityCenter.endSessions("ada");
    expect(await listed(accessToken)).toBe("UnauthorizedException 401");
    expect(await outcomeOf(refresh(client, refreshToken))).toBe("InvalidGrantException 400");
    expect(await listed(other.accessToken)).toBe("allowed");
  });
});

describe("the door in process", () => {
  it("refuses what is not there", async () => {
    const client = await registerForCode(sandbox);
    const address = authorizeAddress(sandbox, client);
    const { identityCenter } = sandbox;
    expect(() => identityCenter.approveDevice("BCDF-GHJK", "ada")).toThrow("no device waits");
    expect(() => identityCenter.denyDevice("BCDF-GHJK")).toThrow("no device waits");
    expect(() => identityCenter.approveAuthorization(address, "mallory")).toThrow("there is no user mallory");
    expect(() => identityCenter.endSessions("mallory")).toThrow("there is no user mallory");
    expect(() => identityCenter.approveAuthorization("about:blank", "ada")).toThrow("refused");
    expect(() => identityCenter.setRefreshAnswers("maybe" as "always")).toThrow("of no known kind");
    const denied = new URL(identityCenter.denyAuthorization(address)).searchParams;
    expect([denied.get("error"), denied.get("state")]).toEqual(["access_denied", "the state"]);
    await using empty = await startDirectory({ world: {} });
    expect(() => empty.identityCenter.endSessions("ada")).toThrow("there is no Identity Center");
  });
});
