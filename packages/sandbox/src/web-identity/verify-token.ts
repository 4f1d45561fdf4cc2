// From a token to who it is about, or a refusal. Nothing that the token says about itself decides how it is checked.
// Sources: STS API Reference, "AssumeRoleWithWebIdentity", for the codes; AWS re:Post, "How do I resolve OIDC IdP federation
// errors in IAM?", and users' reports for the texts; RFC 7519 for the claims.
import { AwsError } from "../errors.js";
import type { OidcProvider } from "../types.js";
import type { World } from "../world-types.js";
import { isSignedBy } from "./sign-token.js";

/**
 * "IAM provides a five-minute window beyond the expiration time specified in the JWT to account for clock skew" (IAM User
 * Guide, "OIDC federation"). AWS promises nothing of the kind for `nbf` and `iat`.
 */
const EXPIRATION_LEEWAY_SECONDS = 300;

type Claims = Readonly<Record<string, unknown>>;

/** Whom a token is about, proven. */
export interface WebIdentity {
  readonly provider: OidcProvider;
  readonly subject: string;
  /** The authorized party where the token names one, else its only audience. */
  readonly audience: string;
  readonly claims: Claims;
}

/**
 * Returns the identity that the token proves to this account. Throws `InvalidIdentityToken` 400, and
 * `ExpiredTokenException` 400 for a token that is too old.
 */
export function verifyWebIdentityToken(world: World, accountId: string, token: string): WebIdentity {
  const { header, claims, signed, signature } = readToken(token);
  const issuerUrl = typeof claims["iss"] === "string" ? claims["iss"] : undefined;
  if (issuerUrl === undefined) throw missingClaim("iss");
  const provider = findProvider(world, accountId, issuerUrl);
  if (provider === undefined) {
    throw invalid(`No OpenIDConnect provider found in your account for ${issuerUrl.slice(0, 255)}`);
  }
  const issuer = world.tokenIssuers.get(issuerUrl);
  if (issuer === undefined || header["kid"] !== issuer.key().keyId) {
    throw invalid(
      "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  }
  if (header["alg"] !== issuer.algorithm || header["crit"] !== undefined || !isSignedBy(issuer, signed, signature)) {
    // AWS's text for this is not documented.
    throw invalid("The signature of the token cannot be verified");
  }
  requireTime(claims, Math.floor(world.clock() / 1000));
  const subject = claims["sub"];
  if (typeof subject !== "string" || subject === "") throw missingClaim("sub");
  const audience = audienceOf(claims);
  if (audience === undefined || !provider.clientIds.has(audience)) throw invalid("Incorrect token audience");
  return { provider, subject, audience, claims };
}

function findProvider(world: World, accountId: string, issuerUrl: string): OidcProvider | undefined {
  // "The OIDC IdP and the IAM role must be in the same AWS account" (re:Post, as above).
  if (!issuerUrl.startsWith("https://")) return undefined;
  return world.accounts.get(accountId)?.oidcProviders.get(issuerUrl.slice("https://".length));
}

interface ReadToken {
  readonly header: Claims;
  readonly claims: Claims;
  readonly signed: string;
  readonly signature: Buffer;
}

function readToken(token: string): ReadToken {
  const [, header, claims, signature] = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/.exec(token) ?? [];
  const parsed = [header, claims].map((part) => parseObject(part ?? ""));
  const [readHeader, readClaims] = parsed;
  if (header === undefined || claims === undefined || readHeader === undefined || readClaims === undefined) {
    throw invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
  }
  return {
    header: readHeader,
    claims: readClaims,
    signed: `${header}.${claims}`,
    signature: Buffer.from(signature ?? "", "base64url"),
  };
}

function parseObject(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Times are in seconds since 1970. `nbf` may be left out (RFC 7519); the others are what AWS requires. */
function requireTime(claims: Claims, now: number): void {
  const expires = timeIn(claims, "exp");
  const issued = timeIn(claims, "iat");
  if (now >= expires + EXPIRATION_LEEWAY_SECONDS) {
    throw new AwsError(
      400,
      "ExpiredTokenException",
      `Token expired: current date/time ${now} must be before the expiration date/time ${expires}`,
    );
  }
  const from = claims["nbf"] ?? issued;
  // AWS's text for this is not documented.
  if (typeof from !== "number" || now < from || now < issued) throw invalid("The token is not valid yet");
}

function timeIn(claims: Claims, name: "exp" | "iat"): number {
  const time = claims[name];
  if (typeof time !== "number") throw missingClaim(name);
  return time;
}

/** IAM User Guide, "Available keys for AWS OIDC federation": `aud` is `azp` where the token has one, else `aud`. */
function audienceOf({ azp, aud }: Claims): string | undefined {
  if (azp !== undefined) return typeof azp === "string" ? azp : undefined;
  if (aud === undefined) throw missingClaim("aud");
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const [only] = audiences;
  return typeof only === "string" && audiences.length === 1 ? only : undefined;
}

function missingClaim(name: string): AwsError {
  return invalid(`Missing a required claim: ${name}`);
}

function invalid(message: string): AwsError {
  return new AwsError(400, "InvalidIdentityToken", message);
}
