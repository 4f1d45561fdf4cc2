// What of a sign-in is kept where. The access token lies in the AWS CLI's cache, for everybody who works with it. Our
// refresh token, good for weeks, lies in the store of secrets; one that the AWS CLI wrote stays where it was.
import { AuthError } from "../errors.js";
import type { SecretStore, SsoSession } from "../types.js";
import {
  openCacheFile,
  ownFileName,
  parseTokenFile,
  readObject,
  readToken,
  signInIdOf,
  tokenFileName,
  writeTime,
  type ReadToken,
  type StoredToken,
} from "./token-file.js";
import type { ClientRegistration, FinishedSignIn, GrantedToken } from "./sso-types.js";

/** What renews a token. */
export interface RenewalGrant {
  readonly refreshToken: string;
  readonly registration: ClientRegistration;
  readonly keptIn: "file" | "secrets";
}

/** How the last sign-in that was not finished ended. */
export interface Refusal {
  readonly id: string;
  readonly code: "sign_in_refused" | "cancelled";
}

export interface TokenStore {
  read(): Promise<ReadToken>;
  /** Returns what renews the token, or undefined where nothing does. Throws what the store of secrets throws. */
  findRenewal(token: StoredToken): Promise<RenewalGrant | undefined>;
  /** Keeps a new sign-in. Returns the error of the store of secrets where the refresh token could not be kept. */
  keepSignIn(finished: FinishedSignIn): Promise<AuthError | undefined>;
  /** Keeps a renewed token where the old one was. Returns as `keepSignIn`. */
  keepRenewed(token: StoredToken, grant: RenewalGrant, granted: GrantedToken): Promise<AuthError | undefined>;
  /** Drops a refresh token that AWS does not take any more, so that nobody asks with it again. */
  dropRenewal(token: StoredToken, grant: RenewalGrant): Promise<void>;
  dropToken(): Promise<void>;
  dropSecret(): Promise<void>;
  readRefusal(): Promise<Refusal | undefined>;
  noteRefusal(code: Refusal["code"]): Promise<void>;
}

export interface TokenStoreOptions {
  readonly session: SsoSession;
  readonly cacheDirectory: string;
  readonly secrets: SecretStore;
  readonly createSecret: () => string;
}

const FORM_VERSION = 1;

/** The name of a session's refresh token in the store of secrets. */
export const refreshTokenName = ({ name, startUrl }: SsoSession): string => `sso-session/${name ?? startUrl}`;

const asAuthError = (error: unknown): AuthError => {
  if (error instanceof AuthError) return error;
  throw error;
};

/** Returns the store of one session. */
export const openTokenStore = ({ session, cacheDirectory, secrets, createSecret }: TokenStoreOptions): TokenStore => {
  const file = openCacheFile(cacheDirectory, tokenFileName(session));
  const { name, startUrl, region } = session;
  const refusalFile = openCacheFile(
    cacheDirectory,
    ownFileName({ refusalOf: { name: name ?? null, startUrl, region } }),
  );
  const secretName = refreshTokenName(session);

  const keepSecret = async (signInId: string, refreshToken: string): Promise<AuthError | undefined> => {
    const secret = JSON.stringify({ version: FORM_VERSION, startUrl, region, signInId, refreshToken });
    return secrets.set(secretName, secret).then(() => undefined, asAuthError);
  };

  /** The refresh token of this very sign-in: an earlier one may be another person's. */
  const readSecret = async (signInId: string): Promise<string | undefined> => {
    const fields = readObject((await secrets.get(secretName)) ?? "");
    const isOfSignIn =
      fields?.["version"] === FORM_VERSION &&
      fields["signInId"] === signInId &&
      fields["startUrl"] === startUrl &&
      fields["region"] === region;
    return isOfSignIn ? readToken(fields["refreshToken"]) : undefined;
  };

  const registrationFields = ({ clientId, clientSecret, expiration }: ClientRegistration) => ({
    clientId,
    clientSecret,
    registrationExpiresAt: writeTime(expiration),
  });

  return {
    async read() {
      const text = await file.read();
      return text === undefined ? { state: "missing" } : parseTokenFile(text, session);
    },

    async findRenewal({ refreshToken, registration, signInId }) {
      if (registration === undefined) return undefined;
      if (refreshToken !== undefined) return { refreshToken, registration, keptIn: "file" };
      // Profiles without an sso-session are not renewed by anybody (AWS CLI User Guide, "Legacy non-refreshable configuration").
      if (signInId === undefined || name === undefined) return undefined;
      const kept = await readSecret(signInId);
      return kept === undefined ? undefined : { refreshToken: kept, registration, keptIn: "secrets" };
    },

    async keepSignIn({ token, registration }) {
      const signInId = createSecret();
      // First the secret: where the process dies between the two, the file does not name it, and nobody uses it.
      const isRenewable = token.refreshToken !== undefined && name !== undefined;
      const problem = isRenewable ? await keepSecret(signInId, token.refreshToken) : undefined;
      await file.write({
        startUrl,
        region,
        accessToken: token.accessToken,
        expiresAt: writeTime(token.expiration),
        ...registrationFields(registration),
        daypassSignInId: signInId,
      });
      return problem;
    },

    async keepRenewed(token, grant, granted) {
      // Where AWS gives no new one, the old one goes on.
      const refreshToken = granted.refreshToken ?? grant.refreshToken;
      const fields = { ...token.fields, accessToken: granted.accessToken, expiresAt: writeTime(granted.expiration) };
      if (grant.keptIn === "file") {
        // Renewed, it is the same person's still: what came of it stays good.
        await file.write({ ...fields, refreshToken, daypassSignInId: signInIdOf(token) });
        return undefined;
      }
      const isNew = granted.refreshToken !== undefined && token.signInId !== undefined;
      const problem = isNew ? await keepSecret(token.signInId, refreshToken) : undefined;
      await file.write(fields);
      return problem;
    },

    async dropRenewal(token, grant) {
      if (grant.keptIn === "secrets") return secrets.delete(secretName);
      const { refreshToken: _, ...others } = token.fields;
      return file.write(others);
    },

    dropToken: () => file.remove(),
    dropSecret: () => secrets.delete(secretName),

    async readRefusal() {
      const fields = readObject((await refusalFile.read()) ?? "");
      const [id, code] = [readToken(fields?.["id"]), fields?.["code"]];
      return id !== undefined && (code === "sign_in_refused" || code === "cancelled") ? { id, code } : undefined;
    },
    noteRefusal: (code) => refusalFile.write({ id: createSecret(), code }),
  };
};
