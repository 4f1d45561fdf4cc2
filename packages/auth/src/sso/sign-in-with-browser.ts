// The authorization code grant with PKCE (RFC 7636, RFC 8252): the verifier never leaves this process, so a code that
// somebody else catches is worth nothing.
import { createHash } from "node:crypto";
import { AuthError } from "../errors.js";
import type { Prompt } from "../types.js";
import type { Oidc } from "./ask-oidc.js";
import { checkSignInPage } from "./judge-start-url.js";
import { listenForCode } from "./listen-for-code.js";
import type { ClientRegistration, GrantedToken, OpenBrowser, Sleep } from "./sso-types.js";

export interface BrowserSignInOptions {
  readonly oidc: Oidc;
  readonly registration: ClientRegistration;
  readonly scopes: readonly string[];
  readonly endpoint: string | undefined;
  readonly prompt: Prompt;
  readonly openBrowser: OpenBrowser;
  readonly sleep: Sleep;
  readonly signal?: AbortSignal | undefined;
  /** 256 bits, as text for addresses. */
  readonly createSecret: () => string;
}

/** How long a person has for the page. */
const LIFE_MS = 300_000;

const createAuthorizeUrl = async (
  { oidc, registration, scopes, endpoint }: BrowserSignInOptions,
  parts: { readonly redirectUri: string; readonly state: string; readonly verifier: string },
): Promise<string> => {
  const url = await oidc.authorizationEndpoint();
  // AWS names the parameter `scopes`, not OAuth's `scope` (AWS CLI, `aws sso login`).
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: registration.clientId,
    redirect_uri: parts.redirectUri,
    state: parts.state,
    code_challenge_method: "S256",
    code_challenge: createHash("sha256").update(parts.verifier).digest("base64url"),
    scopes: scopes.join(" "),
  }).toString();
  return checkSignInPage(url.href, { endpoint }).href;
};

const runOut = (): AuthError =>
  new AuthError("sign_in_refused", "nobody finished signing in within five minutes", {
    hint: "start again, or sign in with a code on another device",
  });

/** Settles as `work` does, or rejects when the life is over or the signal fires. */
const withinLife = async <T>(work: Promise<T>, sleep: Sleep, signal: AbortSignal | undefined): Promise<T> => {
  const done = new AbortController();
  const end = signal === undefined ? done.signal : AbortSignal.any([done.signal, signal]);
  const life = sleep(LIFE_MS, end).then(
    () => Promise.reject(runOut()),
    () => Promise.reject(new AuthError("cancelled", "the sign-in was given up", { hint: "start again" })),
  );
  try {
    return await Promise.race([work, life]);
  } finally {
    done.abort();
    life.catch(() => undefined);
  }
};

/**
 * Signs a person in through a browser of this machine. Rejects with `sign_in_refused` where they, or AWS, say no or
 * nobody answers, `cancelled` where the signal fires, and with what the SDK throws.
 */
export const signInWithBrowser = async (options: BrowserSignInOptions): Promise<GrantedToken> => {
  const { oidc, registration, prompt, openBrowser, sleep, signal, createSecret } = options;
  const [state, verifier] = [createSecret(), createSecret()];
  let hasToldOfStranger = false;
  const tellOfStranger = (): void => {
    if (!hasToldOfStranger)
      prompt.tell("Another user of this machine has tried to open the sign-in. Nothing came of it.");
    hasToldOfStranger = true;
  };
  const listener = await listenForCode({ state, token: createSecret(), onStranger: tellOfStranger });
  try {
    const { redirectUri } = listener;
    const url = await createAuthorizeUrl(options, { redirectUri, state, verifier });
    prompt.tell(
      "Sign in on AWS's page in the browser. If it does not open by itself, open this address on this machine:",
    );
    prompt.tell(url);
    // On its command line stands an address that leads there once: whoever reads it there and is first would sign in as
    // themselves, and we would hold their session. Not waited for: where no browser opens, or none says so, the person has
    // the address, and we listen on.
    openBrowser(listener.leadTo(url)).catch(() => prompt.tell("No browser could be opened."));
    const code = await withinLife(listener.code, sleep, signal);
    return await oidc.createToken(registration, {
      grantType: "authorization_code",
      code,
      codeVerifier: verifier,
      redirectUri,
    });
  } finally {
    listener.close();
  }
};
