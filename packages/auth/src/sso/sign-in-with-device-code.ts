// The device grant (RFC 8628): a code here, a browser anywhere. Whoever can make a person approve a foreign code has
// their access (RFC 8628, section 5.4), so it is never begun without a person, and says what the code is for.
import { AuthError } from "../errors.js";
import type { Clock, Prompt } from "../types.js";
import type { DeviceAuthorization, Oidc } from "./ask-oidc.js";
import { isGrantGone, isPassing, readSsoFailure, type SsoFailure } from "./explain-sso-failure.js";
import type { ClientRegistration, GrantedToken, Sleep } from "./sso-types.js";

export interface DeviceSignInOptions {
  readonly oidc: Oidc;
  readonly registration: ClientRegistration;
  readonly startUrl: string;
  /** Whose code it is, in words for a person. */
  readonly clientName: string;
  readonly prompt: Prompt;
  readonly sleep: Sleep;
  readonly now: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** RFC 8628, section 3.5: "the interval MUST be increased by 5 seconds for this and all subsequent requests". */
const SLOW_DOWN_SECONDS = 5;

const showCode = async (
  { verificationUri, verificationUriComplete, userCode }: DeviceAuthorization,
  { prompt, clientName, startUrl }: DeviceSignInOptions,
): Promise<void> => {
  const { renderUnicodeCompact } = await import("uqr");
  prompt.tell(`Sign in to ${startUrl} with any device. Scan this, or open the address under it:`);
  for (const line of renderUnicodeCompact(verificationUriComplete).split("\n")) prompt.tell(line);
  prompt.tell(verificationUriComplete);
  // Last: the picture fills a screen of 24 lines, and the code is to be compared.
  prompt.tell(`Then compare the code on the page with this one; where it asks for one (${verificationUri}), enter it:`);
  prompt.tell(`    ${userCode}`);
  prompt.tell(
    `The code lets ${clientName} on this machine act as you. Approve no code that you did not ask for yourself.`,
  );
};

const runOut = (): AuthError =>
  new AuthError("sign_in_refused", "the code ran out before it was approved", { hint: "start again for a new code" });

/** Returns the error that ends the waiting, or undefined where it goes on. */
const judgeAnswer = (failure: SsoFailure): AuthError | undefined => {
  if (failure.awsCode === "AuthorizationPendingException" || failure.awsCode === "SlowDownException") return undefined;
  const details = { awsCode: failure.awsCode, awsRequestId: failure.requestId };
  if (failure.awsCode === "AccessDeniedException") {
    const hint = "start again, and allow the access on AWS's page";
    return new AuthError("sign_in_refused", "the sign-in was denied on the other device", { ...details, hint });
  }
  // AWS has answered ExpiredTokenException as well as InvalidGrantException for a code that ran out.
  return isGrantGone(failure) ? runOut() : undefined;
};

/**
 * Signs a person in with a code that they approve on any device. Rejects with `prompt_unavailable` where nobody is
 * there, `cancelled` where they do not want it, `sign_in_refused` where they say no or the code runs out, and with what
 * the SDK throws.
 */
export const signInWithDeviceCode = async (options: DeviceSignInOptions): Promise<GrantedToken> => {
  const { oidc, registration, startUrl, clientName, prompt, sleep, now, signal } = options;
  const wish = await prompt.ask(
    { kind: "confirmation", message: `Sign ${clientName} in to ${startUrl} with a code on another device?` },
    signal === undefined ? {} : { signal },
  );
  if (wish !== "yes")
    throw new AuthError("cancelled", "the sign-in was not wanted", { hint: "start again when it is" });

  const authorization = await oidc.startDeviceAuthorization(registration, startUrl);
  await showCode(authorization, options);
  let intervalSeconds = authorization.intervalSeconds;
  while (now() < authorization.expiration.getTime()) {
    await sleep(intervalSeconds * 1_000, signal).catch(() => {
      throw new AuthError("cancelled", "the sign-in was given up", { hint: "start again" });
    });
    try {
      return await oidc.createToken(registration, {
        grantType: "urn:ietf:params:oauth:grant-type:device_code",
        deviceCode: authorization.deviceCode,
      });
    } catch (error) {
      if (error instanceof AuthError) throw error;
      const failure = readSsoFailure(error);
      const end = judgeAnswer(failure);
      if (end !== undefined) throw end;
      const goesOn = failure.awsCode === "AuthorizationPendingException" || failure.awsCode === "SlowDownException";
      if (!goesOn && !isPassing(failure)) throw error;
      // Also after a failure of the network: RFC 8628 asks to poll less often then.
      if (failure.awsCode !== "AuthorizationPendingException") intervalSeconds += SLOW_DOWN_SECONDS;
    }
  }
  throw runOut();
};
