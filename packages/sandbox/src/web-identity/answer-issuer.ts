// The documents that an issuer publishes, at a path of the sandbox's own: `/_daypass/oidc/HOST/PATH/.well-known/…`.
// Forms: OpenID Connect Discovery 1.0, section 3; RFC 7517 for the key set.
import type { HttpAnswer, HttpRequest } from "../types.js";
import type { World } from "../world-types.js";
import type { TokenIssuer } from "./token-issuer.js";

export const ISSUER_PREFIX = "/_daypass/oidc/";
const DOCUMENT = /^\/_daypass\/oidc\/(.+)\/\.well-known\/(openid-configuration|jwks)$/;

/** Answers with an issuer's configuration or its key set, which holds public keys only. */
export function answerIssuer(world: World, request: HttpRequest): HttpAnswer {
  const [, name = "", document] = DOCUMENT.exec(request.rawPath) ?? [];
  const issuer = world.tokenIssuers.get(`https://${name}`) ?? world.tokenIssuers.get(`https://${name}/`);
  if (issuer === undefined) return json(404, { error: "there is no token issuer here" });
  if (request.method !== "GET") return json(405, { error: "the documents of an issuer are for reading" });
  return json(200, document === "jwks" ? keySet(issuer) : configuration(issuer, request, name));
}

function configuration({ url, algorithm }: TokenIssuer, request: HttpRequest, name: string): object {
  return {
    issuer: url,
    jwks_uri: `http://${request.headers.get("host") ?? "127.0.0.1"}${ISSUER_PREFIX}${name}/.well-known/jwks`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: [algorithm],
    claims_supported: ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"],
  };
}

function keySet({ algorithm, key }: TokenIssuer): object {
  const { keyId, publicKey } = key();
  return { keys: [{ ...publicKey.export({ format: "jwk" }), kid: keyId, alg: algorithm, use: "sig" }] };
}

function json(status: number, body: object): HttpAnswer {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff" },
    body: `${JSON.stringify(body)}\n`,
  };
}
