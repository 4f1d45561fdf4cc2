// Signs and checks JSON Web Signatures in the compact form (RFC 7515), with the algorithms of RFC 7518 that issuers use.
import { sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { SigningAlgorithm, TokenIssuer } from "./token-issuer.js";

/** Returns the claims as a token that the issuer signed. */
export function signToken(issuer: TokenIssuer, claims: Readonly<Record<string, unknown>>): string {
  const { keyId, privateKey } = issuer.key();
  const signed = [{ typ: "JWT", alg: issuer.algorithm, kid: keyId }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = sign(digestOf(issuer.algorithm), Buffer.from(signed), formOf(privateKey));
  return `${signed}.${signature.toString("base64url")}`;
}

/** Returns whether the signature is the issuer's. The algorithm is the issuer's, never the token's choice. */
export function isSignedBy(issuer: TokenIssuer, signed: string, signature: Buffer): boolean {
  return verify(digestOf(issuer.algorithm), Buffer.from(signed), formOf(issuer.key().publicKey), signature);
}

function digestOf(algorithm: SigningAlgorithm): "sha256" | "sha384" {
  return algorithm === "ES384" ? "sha384" : "sha256";
}

/** ECDSA signatures are two numbers side by side (RFC 7518, section 3.4), not the DER that Node makes otherwise. */
function formOf(key: KeyObject): { readonly key: KeyObject; readonly dsaEncoding: "ieee-p1363" } {
  return { key, dsaEncoding: "ieee-p1363" };
}
