// The client that people approve. AWS keeps a registration for 90 days, so it is kept here too, one for each way of
// signing in: what was registered for a device cannot be redirected to, and older ones cannot renew.
import type { Clock, SsoSession } from "../types.js";
import type { Oidc, RegistrationRequest } from "./ask-oidc.js";
import { REGISTERED_REDIRECT_URI } from "./listen-for-code.js";
import type { ClientRegistration, SignInMode } from "./sso-types.js";
import { openCacheFile, ownFileName, readObject, readTime, readToken, writeTime } from "./token-file.js";

export interface RegistrationsOptions {
  readonly session: SsoSession;
  readonly clientName: string;
  readonly endpoint: string | undefined;
  readonly cacheDirectory: string;
  readonly oidc: Oidc;
  readonly now: Clock;
}

export interface Registrations {
  /** The kept registration, or a new one. Rejects with what the SDK throws. */
  get(mode: SignInMode): Promise<ClientRegistration>;
  /** Drops the kept one: AWS may not know it any more. */
  drop(mode: SignInMode): Promise<void>;
}

/** A sign-in should be able to renew itself for a while. */
const LEAST_LEFT_MS = 86_400_000;

/** Without this scope AWS grants no refresh token (AWS CLI User Guide, "Token provider configuration with IAM Identity Center"). */
const DEFAULT_SCOPES = ["sso:account:access"];

/** Returns the scopes that are asked for. */
export const scopesOf = ({ scopes }: SsoSession): readonly string[] => (scopes.length === 0 ? DEFAULT_SCOPES : scopes);

const describe = (session: SsoSession, clientName: string, mode: SignInMode): RegistrationRequest => ({
  clientName,
  scopes: scopesOf(session),
  ...(mode === "browser"
    ? {
        grantTypes: ["authorization_code", "refresh_token"],
        redirectUris: [REGISTERED_REDIRECT_URI],
        issuerUrl: session.startUrl,
      }
    : { grantTypes: ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"] }),
});

/** Returns the registrations of a session. The name of each file is over everything that was registered. */
export const keepRegistrations = (options: RegistrationsOptions): Registrations => {
  const { session, clientName, endpoint, cacheDirectory, oidc, now } = options;
  const open = (mode: SignInMode) => {
    const request = describe(session, clientName, mode);
    const { name, startUrl, region } = session;
    const about = { ...request, sessionName: name ?? null, startUrl, region, endpoint: endpoint ?? null };
    return { request, file: openCacheFile(cacheDirectory, ownFileName(about)) };
  };
  return {
    async get(mode) {
      const { request, file } = open(mode);
      const fields = readObject((await file.read()) ?? "");
      const clientId = readToken(fields?.["clientId"]);
      const clientSecret = readToken(fields?.["clientSecret"]);
      const expiration = readTime(fields?.["expiresAt"]);
      if (clientId !== undefined && clientSecret !== undefined && expiration !== undefined) {
        if (expiration.getTime() - now() > LEAST_LEFT_MS) return { clientId, clientSecret, expiration };
      }
      const registration = await oidc.registerClient(request);
      await file.write({
        clientId: registration.clientId,
        clientSecret: registration.clientSecret,
        expiresAt: writeTime(registration.expiration),
        scopes: request.scopes,
        grantTypes: request.grantTypes,
      });
      return registration;
    },
    drop: (mode) => open(mode).file.remove(),
  };
};
