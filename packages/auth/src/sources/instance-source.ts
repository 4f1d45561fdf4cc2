// The role of an EC2 instance, by IMDSv2 alone: version 1 would answer whoever can make this machine ask.
// Source: EC2 User Guide, "Use the Instance Metadata Service to access instance metadata" and "Retrieve security
// credentials from instance metadata"; AWS SDKs and Tools Reference Guide, "IMDS credential provider".
import { isIP } from "node:net";
import { AuthError } from "../errors.js";
import type { Environment } from "../profiles/profile-types.js";
import { readVariable } from "../profiles/read-variable.js";
import type { Clock, CredentialsSource } from "../types.js";
import { askMetadata } from "./ask-metadata.js";
import { checkMetadataAnswer, isUnusable } from "./check-credentials.js";
import { keepInMemory } from "./keep-in-memory.js";

const ROLES = "/latest/meta-data/iam/security-credentials/";
const TOKEN_SECONDS = "21600";
const HOSTS: ReadonlySet<string> = new Set(["169.254.169.254", "[fd00:ec2::254]", "localhost", "[::1]"]);

const unavailable = (message: string, hint: string): AuthError =>
  new AuthError("metadata_unavailable", message, { hint });

/**
 * Returns the address of the service: AWS_EC2_METADATA_SERVICE_ENDPOINT, else AWS's own. Throws `metadata_unavailable`
 * where AWS_EC2_METADATA_DISABLED says so, and `invalid_option` for another machine's address.
 */
export const instanceAddress = (env: Environment): URL => {
  if ((env["AWS_EC2_METADATA_DISABLED"] ?? "").toLowerCase() === "true") {
    throw unavailable(
      "the instance's role is switched off",
      "unset AWS_EC2_METADATA_DISABLED, or choose another source",
    );
  }
  const isIpv6 = (env["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] ?? "").toLowerCase() === "ipv6";
  const address =
    readVariable(env, "AWS_EC2_METADATA_SERVICE_ENDPOINT") ??
    (isIpv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254");
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isKnown =
    url !== undefined &&
    url.protocol === "http:" &&
    url.username + url.password + url.search + url.hash === "" &&
    (HOSTS.has(url.hostname) || (isIP(url.hostname) === 4 && url.hostname.startsWith("127.")));
  if (isKnown) return url;
  throw new AuthError("invalid_option", "AWS_EC2_METADATA_SERVICE_ENDPOINT is no address of a metadata service", {
    hint: "unset it, or name one of this machine",
  });
};

/** IAM API reference, CreateRole: the characters of a role's name. What came must not lead to another path. */
const isRoleName = (name: string): boolean => /^[\w+=,.@-]{1,64}$/.test(name) && name !== "." && name !== "..";

/** Returns a source of the instance's role, kept in this process. `get` rejects with `metadata_unavailable` or `invalid_option`. */
export const createInstanceSource = (
  { now }: { readonly now: Clock },
  { env, description }: { readonly env: Environment; readonly description: string },
): CredentialsSource => {
  const obtain = async () => {
    const base = instanceAddress(env);
    const at = (path: string): URL => new URL(`${base.pathname.replace(/\/$/, "")}${path}`, base);
    const token = await askMetadata({
      url: at("/latest/api/token"),
      method: "PUT",
      headers: { "x-aws-ec2-metadata-token-ttl-seconds": TOKEN_SECONDS },
    });
    if (!/^[\x21-\x7e]{1,4096}$/.test(token))
      throw unavailable("the metadata service gave no token", "it must speak IMDSv2");
    const headers = { "x-aws-ec2-metadata-token": token };
    const [role = ""] = (await askMetadata({ url: at(ROLES), headers })).split(/\r?\n/);
    if (!isRoleName(role)) throw unavailable("the metadata service names no role", "give the instance a role");
    const found = checkMetadataAnswer(await askMetadata({ url: at(`${ROLES}${role}`), headers }), now);
    if (!isUnusable(found)) return found;
    throw unavailable(`the metadata service ${found.reason}`, "see whether the instance's role lets EC2 assume it");
  };
  return {
    question: { kind: "instance", endpoint: env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] },
    description,
    get: keepInMemory(now, obtain),
  };
};
