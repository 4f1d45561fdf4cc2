// Who issues web identity tokens in the sandbox: GitHub, GitLab or anybody's server of their own, by name. Each has a key
// of its own that is made here, when it is first needed; nothing is ever fetched from the issuer that it stands in for.
import { createHash, generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** The signatures that issuers here make. */
export type SigningAlgorithm = "RS256" | "ES256" | "ES384";

export interface SigningKey {
  /** Names the key in tokens and in the key set. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface TokenIssuer {
  /** `https://…`, exactly as tokens have it in `iss`. */
  readonly url: string;
  readonly algorithm: SigningAlgorithm;
  /** Returns the issuer's key, always the same one. The first call makes it, which takes a while with RSA. */
  key(): SigningKey;
}

/** Returns an issuer of that URL. */
export function createTokenIssuer(url: string, algorithm: SigningAlgorithm): TokenIssuer {
  let key: SigningKey | undefined;
  return { url, algorithm, key: () => (key ??= makeKey(algorithm)) };
}

/**
 * Whether IAM takes it for an identity provider's URL: it "must begin with https://", "path components are allowed but
 * query parameters are not", and it "should not contain a port number" (IAM API Reference, "CreateOpenIDConnectProvider").
 */
export function isProviderUrl(url: string): boolean {
  return url.length <= 255 && /^https:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/[\w.-]+)*\/?$/.test(url);
}

function makeKey(algorithm: SigningAlgorithm): SigningKey {
  const { privateKey, publicKey } =
    algorithm === "RS256"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: algorithm === "ES256" ? "P-256" : "P-384" });
  const der = publicKey.export({ type: "spki", format: "der" });
  return { keyId: createHash("sha256").update(der).digest("base64url"), privateKey, publicKey };
}
