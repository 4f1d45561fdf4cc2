// Gets the token by which a build proves itself to AWS. It is a secret for as long as it lives: minutes.
import { AuthError } from "../errors.js";
import { askThrough, type AskAddress } from "../profiles/ask-through.js";
import type { ClientAgents } from "../profiles/request-handler.js";
import type { BuildToken, Environment } from "./detect-ci.js";

/** AWS's audience for tokens of GitHub and others: IAM User Guide, "Create an OpenID Connect (OIDC) identity provider". */
const AWS_AUDIENCE = "sts.amazonaws.com";

/** No token of a build is longer; STS takes 20,000 characters (STS API Reference, "AssumeRoleWithWebIdentity"). */
const MOST_CHARACTERS = 20_000;

export interface BuildTokenOptions {
  readonly env: Environment;
  /** By which the build's address is asked: a proxy, certificates. Default Node's own. */
  readonly agents?: ClientAgents | undefined;
  readonly ask?: AskAddress;
}

const refuse = (message: string, cause?: unknown): never => {
  throw new AuthError("no_credentials", `the build's token could not be had: ${message}`, {
    hint: "allow it in the build's settings (GitHub: permissions: id-token: write)",
    cause,
  });
};

const checkToken = (token: unknown): string =>
  // Three parts of base64url: RFC 7515, "JWS Compact Serialization".
  typeof token === "string" && token.length <= MOST_CHARACTERS && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)
    ? token
    : refuse("what came is no token");

const isSafe = ({ protocol, hostname }: URL): boolean =>
  protocol === "https:" || (protocol === "http:" && (hostname === "127.0.0.1" || hostname === "[::1]"));

const valueOf = (body: string): unknown => {
  try {
    return Reflect.get(Object(JSON.parse(body)), "value");
  } catch {
    return undefined;
  }
};

/**
 * Returns the build's token for AWS. Throws `no_credentials` where the build gives none; the message never holds what
 * was answered.
 */
export const readBuildToken = async (
  token: BuildToken,
  { env, agents, ask = askThrough(agents) }: BuildTokenOptions,
): Promise<string> => {
  if (token.from === "variable") return checkToken(env[token.variable]);
  const given = env[token.urlVariable] ?? "";
  if (!URL.canParse(given) || !isSafe(new URL(given))) return refuse(`${token.urlVariable} is no https address`);
  const url = new URL(given);
  url.searchParams.set("audience", AWS_AUDIENCE);
  const headers = { authorization: `bearer ${env[token.bearerVariable] ?? ""}`, accept: "application/json" };
  const answer = await ask(url.href, { headers }).catch((cause: unknown) =>
    refuse(`its address does not answer (${cause instanceof Error ? cause.name : "Error"})`),
  );
  if (answer.status !== 200) return refuse(`its address answered ${answer.status}`);
  return checkToken(valueOf(answer.body));
};
