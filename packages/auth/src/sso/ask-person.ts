// One sign-in of a person, from the question to what is kept of it: the only place where one begins.
import type { AuthError } from "../errors.js";
import type { Clock, Prompt, RecordAuthEvent, SsoSession } from "../types.js";
import type { Oidc } from "./ask-oidc.js";
import { explainSsoFailure } from "./explain-sso-failure.js";
import type { TokenStore } from "./keep-tokens.js";
import { forgetRoles } from "./forget-roles.js";
import { scopesOf, type Registrations } from "./register-client.js";
import { signInWithBrowser } from "./sign-in-with-browser.js";
import { signInWithDeviceCode } from "./sign-in-with-device-code.js";
import type { ReadToken } from "./token-file.js";
import type { GrantedToken, KeptSessions, OpenBrowser, SignInMode, Sleep } from "./sso-types.js";

export interface AskPersonOptions {
  readonly session: SsoSession;
  readonly endpoint: string | undefined;
  readonly clientName: string;
  readonly oidc: Oidc;
  readonly registrations: Registrations;
  readonly store: TokenStore;
  readonly prompt: Prompt;
  readonly openBrowser: OpenBrowser;
  readonly record: RecordAuthEvent;
  readonly sleep: Sleep;
  readonly now: Clock;
  readonly createSecret: () => string;
  readonly sessions: KeptSessions | undefined;
}

/** Signs a person in, keeps the token and returns it. Called under the session's lock. */
export type AskPerson = (mode: SignInMode, signal?: AbortSignal) => Promise<string>;

/** Returns the asking of one session. It rejects with `sign_in_refused`, `cancelled`, `prompt_unavailable` and others. */
export const createAskPerson = (options: AskPersonOptions): AskPerson => {
  const { session, endpoint, clientName, oidc, registrations, store, prompt, record, sleep, now } = options;
  const { openBrowser, createSecret, sessions } = options;
  const about = { name: session.name ?? session.startUrl, region: session.region };

  const grant = async (mode: SignInMode, signal: AbortSignal | undefined) => {
    const registration = await registrations.get(mode);
    const parts = { oidc, registration, prompt, sleep, signal };
    const token: GrantedToken =
      mode === "browser"
        ? await signInWithBrowser({ ...parts, scopes: scopesOf(session), endpoint, openBrowser, createSecret })
        : await signInWithDeviceCode({ ...parts, startUrl: session.startUrl, clientName, now });
    return { token, registration };
  };

  /** What cannot be read is replaced. */
  const readAny = () => store.read().catch((): ReadToken => ({ state: "damaged" }));

  const refuse = async (error: AuthError, mode: SignInMode): Promise<never> => {
    const { code } = error;
    const isNo = code === "cancelled" || code === "sign_in_refused";
    await Promise.allSettled([
      // Those who wait for this sign-in in other processes are not to ask the person again, one after the other.
      isNo && store.noteRefusal(code),
      // AWS may have forgotten the client, which shows in the browser only. The next sign-in registers anew.
      code !== "cancelled" && registrations.drop(mode),
    ]);
    await record({ ...about, type: "sign_in.refused", time: new Date(now()), code: error.awsCode ?? code });
    throw error;
  };

  return async (mode, signal) => {
    const finished = await grant(mode, signal).catch((error: unknown) => refuse(explainSsoFailure(error), mode));
    const { token } = finished;
    // Before it is kept: what cannot be recorded does not happen.
    await record({ ...about, type: "sign_in.granted", time: new Date(now()), expiration: token.expiration });
    // Before it is kept too: who signed in now may be somebody else, and is not to be handed the roles of the one before.
    if (sessions !== undefined) await forgetRoles(session, await readAny(), sessions);
    const problem = await store.keepSignIn(finished);
    if (problem !== undefined) {
      prompt.tell(`You will be asked to sign in again after ${token.expiration.toISOString()}: ${problem.message}.`);
    }
    return token.accessToken;
  };
};
