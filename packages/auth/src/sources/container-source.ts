// The role of a container (ECS, EKS Pod Identity), or of a program on this machine that speaks the same protocol.
// Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
import { isIP } from "node:net";
import { readTextFile } from "../files/read-text-file.js";
import { AuthError } from "../errors.js";
import type { Environment } from "../profiles/profile-types.js";
import { readVariable } from "../profiles/read-variable.js";
import type { Clock, CredentialsSource } from "../types.js";
import { askMetadata } from "./ask-metadata.js";
import { checkMetadataAnswer, isUnusable } from "./check-credentials.js";
import { keepInMemory } from "./keep-in-memory.js";

const RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const ECS_HOST = "169.254.170.2";
/** ECS, and EKS Pod Identity by either protocol. */
const HOSTS: ReadonlySet<string> = new Set([ECS_HOST, "169.254.170.23", "[fd00:ec2::23]", "localhost", "[::1]"]);

const invalid = (message: string, hint: string): AuthError => new AuthError("invalid_option", message, { hint });

const isTrusted = ({ protocol, hostname }: URL): boolean =>
  protocol === "https:" ||
  (protocol === "http:" && (HOSTS.has(hostname) || (isIP(hostname) === 4 && hostname.startsWith("127."))));

/**
 * Returns the address that the environment names; the relative one goes first, as in AWS's tools. Throws
 * `metadata_unavailable` where there is none, and `invalid_option` for an address that would carry credentials without
 * TLS to another machine.
 */
export const containerAddress = (env: Environment): URL => {
  const relative = readVariable(env, RELATIVE);
  const full = readVariable(env, FULL);
  if (relative === undefined && full === undefined) {
    throw new AuthError("metadata_unavailable", "there is no container's role here", {
      hint: `neither ${RELATIVE} nor ${FULL} is set`,
    });
  }
  const [variable, address] = relative === undefined ? [FULL, full ?? ""] : [RELATIVE, `http://${ECS_HOST}${relative}`];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // `@other.host/` behind the fixed part would make another host of it.
  const isEcs = url?.hostname === ECS_HOST && relative?.startsWith("/") === true;
  if (url !== undefined && url.username + url.password === "" && isTrusted(url) && (relative === undefined || isEcs)) {
    return url;
  }
  throw invalid(
    `${variable} is no address that may be asked`,
    `it wants https, or http to this machine, ${ECS_HOST}, 169.254.170.23 or [fd00:ec2::23]`,
  );
};

/** The file goes first and is read at each asking: EKS changes it while the container runs. */
const readAuthorization = async (env: Environment): Promise<string | undefined> => {
  const file = readVariable(env, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  const token = file === undefined ? readVariable(env, "AWS_CONTAINER_AUTHORIZATION_TOKEN") : await readTextFile(file);
  if (file !== undefined && token === undefined) {
    throw new AuthError("file_missing", `the container's token is not there: ${file}`, {
      hint: "correct AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    });
  }
  if (token === undefined) return undefined;
  const header = token.replace(/\r?\n$/, "");
  if (/^[\x20-\x7e]+$/.test(header)) return header;
  throw invalid("the container's token is no header", "it must be one line of printable characters");
};

/**
 * Returns a source of the container's role, kept in this process. `get` rejects with `metadata_unavailable`,
 * `invalid_option`, `file_missing` or `file_unusable`.
 */
export const createContainerSource = (
  { now }: { readonly now: Clock },
  { env, description }: { readonly env: Environment; readonly description: string },
): CredentialsSource => {
  const obtain = async () => {
    const url = containerAddress(env);
    const authorization = await readAuthorization(env);
    const text = await askMetadata({ url, headers: authorization === undefined ? {} : { authorization } });
    const found = checkMetadataAnswer(text, now);
    if (!isUnusable(found)) return found;
    throw new AuthError("metadata_unavailable", `the container's endpoint ${found.reason}`, {
      hint: "see to the role of this container",
    });
  };
  return {
    question: {
      kind: "container",
      relative: env[RELATIVE],
      full: env[FULL],
    },
    description,
    get: keepInMemory(now, obtain),
  };
};
