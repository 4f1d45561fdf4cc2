// The sign-in of one sso-session: kept, renewed without a person while it can be, asked for once when it cannot.
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { AuthError } from "../errors.js";
import type { RecordAuthEvent } from "../types.js";
import { createOidc } from "./ask-oidc.js";
import { TIMEOUT_MS } from "./ask-portal.js";
import { createAskPerson } from "./ask-person.js";
import { checkEndpoint, checkStartUrl } from "./judge-start-url.js";
import { judgeToken, renewBeforeMs } from "./judge-token.js";
import { openTokenStore } from "./keep-tokens.js";
import { keepRegistrations } from "./register-client.js";
import { createRenewal, type Renewal } from "./renew-token.js";
import { requireSignIn } from "./require-sign-in.js";
import { createSignOut } from "./sign-out.js";
import { isDeadToken } from "./explain-sso-failure.js";
import type { SignInMode, SsoStatus, SsoTokens, SsoTokensOptions, Sleep } from "./sso-types.js";
import { signInIdOf, tokenFileName, type ReadToken, type StoredToken } from "./token-file.js";

const sleepFor: Sleep = async (milliseconds, signal) => {
  await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
};
const recordNothing: RecordAuthEvent = async () => undefined;

/** False where somebody has signed in between the two. A renewal is none. */
const isSameSignIn = (before: ReadToken, after: ReadToken): boolean => {
  if (before.state !== "present" || after.state !== "present") return before.state === after.state;
  const { signInId, accessToken } = before.token;
  return signInId === undefined ? accessToken === after.token.accessToken : signInId === after.token.signInId;
};

/** How long one who has a token that works waits for the lock, to renew it. */
const LONGEST_WAIT_MS = 2_000;

const checkSession = ({ name, startUrl, region }: SsoTokensOptions["session"], endpoint: string | undefined): void => {
  checkEndpoint({ endpoint });
  checkStartUrl(startUrl, { endpoint });
  if (!/^[a-z]{2,5}(?:-[a-z]{1,12}){1,4}-\d{1,2}$/.test(region)) {
    throw new AuthError("invalid_profile", "the region of the sso-session is no region's name", {
      hint: "set sso_region to the region of IAM Identity Center, such as us-east-1",
    });
  }
  if (name === "") {
    throw new AuthError("invalid_profile", "the sso-session has an empty name", { hint: "give it a name" });
  }
};

/**
 * Returns the sign-in of a session. Makes no client, opens no page and reads no file before it is asked.
 * Throws `invalid_profile` where the start URL is none of AWS's.
 */
export const createSsoTokens = (options: SsoTokensOptions): SsoTokens => {
  const { session, cacheDirectory, locks, secrets, prompt, openBrowser, now, settingsFor, requestHandler } = options;
  const {
    record = recordNothing,
    sleep = sleepFor,
    timeoutMs = TIMEOUT_MS,
    random = Math.random,
    clientName = "daypass",
  } = options;
  const { createSecret = () => randomBytes(32).toString("base64url") } = options;
  const settings = settingsFor("sso_oidc", session.region);
  const { endpoint } = settings;
  checkSession(session, endpoint);

  const oidc = createOidc({ settings, requestHandler, now, timeoutMs });
  const store = openTokenStore({ session, cacheDirectory, secrets, createSecret });
  const registrations = keepRegistrations({ session, clientName, endpoint, cacheDirectory, oidc, now });
  const askPerson = createAskPerson({
    session,
    endpoint,
    clientName,
    oidc,
    registrations,
    store,
    prompt,
    openBrowser,
    record,
    sleep,
    now,
    createSecret,
    sessions: options.sessions,
  });
  const renew = createRenewal({ session, oidc, store, prompt, now });
  const renewEarlyByMs = renewBeforeMs(random());
  const lockName = `sso-session/${tokenFileName(session)}`;

  const judge = (read: ReadToken) =>
    read.state === "present" ? judgeToken(read.token, now(), renewEarlyByMs) : "expired";

  const underLock = <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> =>
    locks.withLock(lockName, work, {
      ...(signal !== undefined && { signal }),
      onWait: (pid) => {
        if (prompt.isAvailable)
          prompt.tell(`waiting for the sign-in of ${pid === undefined ? "another process" : `process ${pid}`}`);
      },
    });

  /** Under the lock: asks a person, unless one has said no to another process while we waited for it. */
  const askUnlessRefused = async (
    read: ReadToken,
    before: string | undefined,
    mode: SignInMode,
    signal: AbortSignal | undefined,
  ): Promise<string> => {
    if (!prompt.isAvailable) throw requireSignIn(session, read, options.signInCommand);
    const refusal = await store.readRefusal();
    if (refusal !== undefined && refusal.id !== before) {
      throw new AuthError(refusal.code, "the sign-in that was waited for was not finished", {
        hint: "start again to be asked anew",
      });
    }
    return askPerson(mode, signal);
  };

  const readRefusalId = async (): Promise<string | undefined> => (await store.readRefusal())?.id;

  /** A token that is kept or renewed; where there is none, what `ask` gives, under the lock. */
  const obtain = (ask: (read: ReadToken) => Promise<string>, signal: AbortSignal | undefined): Promise<string> =>
    underLock(async () => {
      const read = await store.read();
      const verdict = judge(read);
      if (read.state === "present") {
        // Another process has renewed it or signed in while we waited.
        if (verdict === "fresh") return read.token.accessToken;
        const renewal = await renew(read.token);
        if (renewal.kind === "renewed") return renewal.accessToken;
        // A failure never takes away a token that still works.
        if (verdict === "due") return read.token.accessToken;
        if (renewal.kind === "failed" && !(renewal.needsPerson && prompt.isAvailable)) throw renewal.error;
      }
      return ask(read);
    }, signal);

  /** Renews a token that still works, unless a person is signing in just now: that takes minutes. */
  const renewSoon = async (accessToken: string): Promise<string> => {
    try {
      return await obtain(async () => accessToken, AbortSignal.timeout(LONGEST_WAIT_MS));
    } catch (error) {
      // Nothing that goes wrong here takes away a token that still works.
      if (error instanceof AuthError) return accessToken;
      throw error;
    }
  };

  const getAccessToken = async (signal?: AbortSignal): Promise<string> => {
    const read = await store.read();
    const verdict = judge(read);
    if (read.state === "present" && verdict !== "expired") {
      const { accessToken } = read.token;
      return verdict === "due" && renew.isDue() ? renewSoon(accessToken) : accessToken;
    }
    const before = await readRefusalId();
    return obtain((found) => askUnlessRefused(found, before, options.mode, signal), signal);
  };

  /** Under the lock: another token than the dead one. Nobody is asked for it, so that a dead token asks at most once. */
  const replace = (dead: string): Promise<string> =>
    underLock(async () => {
      const read = await store.read();
      if (read.state !== "present") throw requireSignIn(session, read, options.signInCommand);
      if (read.token.accessToken !== dead && judge(read) !== "expired") return read.token.accessToken;
      const renewal: Renewal = await renew(read.token);
      if (renewal.kind === "renewed") return renewal.accessToken;
      if (renewal.kind === "failed" && !renewal.needsPerson) throw renewal.error;
      await store.dropToken();
      throw requireSignIn(session, { state: "ended" }, options.signInCommand);
    });

  const dropIfDead = (dead: string): Promise<void> =>
    underLock(async () => {
      const read = await store.read();
      if (read.state === "present" && read.token.accessToken === dead) await store.dropToken();
    });

  const findRenewable = async (token: StoredToken): Promise<SsoStatus["renewable"]> => {
    if (token.refreshToken === undefined && token.signInId !== undefined && secrets.kind === "passphrase_file") {
      return "unknown";
    }
    try {
      return (await store.findRenewal(token)) === undefined ? "no" : "yes";
    } catch (error) {
      if (error instanceof AuthError) return "unknown";
      throw error;
    }
  };

  const status = async (): Promise<SsoStatus> => {
    const read = await store.read();
    if (read.state !== "present") return { session, isSignedIn: false, renewable: "no" };
    const { expiration } = read.token;
    return { session, isSignedIn: judge(read) !== "expired", expiration, renewable: await findRenewable(read.token) };
  };

  return {
    session,
    getAccessToken: ({ signal } = {}) => getAccessToken(signal),
    async withAccessToken(use) {
      const first = await getAccessToken();
      try {
        return await use(first);
      } catch (error) {
        if (!isDeadToken(error)) throw error;
      }
      const second = await replace(first);
      try {
        return await use(second);
      } catch (error) {
        if (!isDeadToken(error)) throw error;
        await dropIfDead(second);
        throw requireSignIn(session, { state: "ended" }, options.signInCommand);
      }
    },
    async signIn({ mode = options.mode, signal } = {}) {
      // What cannot be read is replaced.
      const readAny = () => store.read().catch((): ReadToken => ({ state: "damaged" }));
      const before = await readAny();
      const refusalBefore = await readRefusalId();
      await underLock(async () => {
        const read = await readAny();
        if (judge(read) !== "expired" && !isSameSignIn(before, read)) return;
        if (!prompt.isAvailable) throw requireSignIn(session, { state: "asked" }, options.signInCommand);
        await askUnlessRefused(read, refusalBefore, mode, signal);
      }, signal);
      return status();
    },
    signOut: createSignOut({ session, settingsFor, requestHandler, store, record, now, underLock, timeoutMs }),
    status,
    async look() {
      const read = await store.read();
      const signInId = read.state === "present" ? signInIdOf(read.token) : undefined;
      return { signInId, needsPerson: judge(read) === "expired" };
    },
    async signInIdOf(accessToken) {
      const read = await store.read();
      return read.state === "present" && read.token.accessToken === accessToken ? signInIdOf(read.token) : undefined;
    },
  };
};
