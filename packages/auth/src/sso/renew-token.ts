// Renews a token with its refresh token, once: a refusal is final and drops it, so that no program asks in a loop.
import { AuthError } from "../errors.js";
import type { Clock, Prompt, SsoSession } from "../types.js";
import type { Oidc } from "./ask-oidc.js";
import { explainSsoFailure, isGrantGone, readSsoFailure } from "./explain-sso-failure.js";
import type { RenewalGrant, TokenStore } from "./keep-tokens.js";
import type { GrantedToken } from "./sso-types.js";
import type { StoredToken } from "./token-file.js";

/** `gone`: nothing renews it, a person must sign in. `failed`: not now; `needsPerson` where a sign-in would help. */
export type Renewal =
  | { readonly kind: "renewed"; readonly accessToken: string }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly error: AuthError; readonly needsPerson: boolean };

export interface RenewalOptions {
  readonly session: SsoSession;
  readonly oidc: Oidc;
  readonly store: TokenStore;
  readonly prompt: Prompt;
  readonly now: Clock;
}

export interface Renew {
  /** Called under the session's lock. */
  (token: StoredToken): Promise<Renewal>;
  /** False for half a minute after a failure: a token that still works need not wait for the next. */
  isDue(): boolean;
}

/** As the AWS SDK and botocore wait. */
const RETRY_AFTER_MS = 30_000;

/** Returns the renewal of one session. It never rejects because of AWS; only where a file cannot be written. */
export const createRenewal = ({ oidc, store, prompt, now }: RenewalOptions): Renew => {
  let retryAt = -Infinity;

  const fail = (error: AuthError, needsPerson: boolean): Renewal => {
    retryAt = now() + RETRY_AFTER_MS;
    return { kind: "failed", error, needsPerson };
  };

  /** The AWS CLI and the SDKs renew without our lock: theirs may have come first, and ours be the one that is used up. */
  const findOthers = async (token: StoredToken): Promise<Renewal | undefined> => {
    const read = await store.read();
    if (read.state !== "present" || read.token.accessToken === token.accessToken) return undefined;
    if (read.token.expiration.getTime() <= now()) return undefined;
    return { kind: "renewed", accessToken: read.token.accessToken };
  };

  const refuse = async (error: unknown, token: StoredToken, grant: RenewalGrant): Promise<Renewal> => {
    const failure = readSsoFailure(error);
    if (!isGrantGone(failure) && failure.awsCode !== "AccessDeniedException")
      return fail(explainSsoFailure(error), false);
    const others = await findOthers(token);
    if (others !== undefined) return others;
    await store.dropRenewal(token, grant);
    return { kind: "gone" };
  };

  const renew = async (token: StoredToken): Promise<Renewal> => {
    let grant: RenewalGrant | undefined;
    try {
      grant = await store.findRenewal(token);
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      return fail(error, true);
    }
    // Without its client AWS does not take a refresh token.
    if (grant === undefined || grant.registration.expiration.getTime() <= now()) return { kind: "gone" };
    const { refreshToken, registration } = grant;
    let granted: GrantedToken;
    try {
      granted = await oidc.createToken(registration, { grantType: "refresh_token", refreshToken });
    } catch (error) {
      return refuse(error, token, grant);
    }
    const problem = await store.keepRenewed(token, grant, granted);
    if (problem !== undefined && prompt.isAvailable) {
      prompt.tell(`You will be asked to sign in again after ${granted.expiration.toISOString()}: ${problem.message}.`);
    }
    return { kind: "renewed", accessToken: granted.accessToken };
  };

  return Object.assign(renew, { isDue: () => now() >= retryAt });
};
