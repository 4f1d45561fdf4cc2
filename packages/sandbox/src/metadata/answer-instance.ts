// The instance metadata service, version 2: a token by PUT, everything else by GET with the token. Paths are those of AWS,
// so that AWS_EC2_METADATA_SERVICE_ENDPOINT can name the sandbox.
// Sources: Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance metadata" and "Retrieve security
// credentials from instance metadata"; IAM User Guide, "Troubleshoot IAM and Amazon EC2".
import type { HttpAnswer, HttpRequest } from "../types.js";
import type { World } from "../world-types.js";
import { credentialsFor, findServedRole } from "./role-credentials.js";
import type { ServedRole } from "./role-credentials.js";

export const INSTANCE_PREFIX = "/latest/";
const TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds";
const TOKEN_HEADER = "x-aws-ec2-metadata-token";
/** "a minimum of one second and a maximum of six hours" */
const LONGEST_TTL_SECONDS = 21_600;
const MAX_TOKENS = 1000;

export interface Instance {
  readonly served: ServedRole;
  readonly instanceId: string;
  /** Whether version 1, which asks for no token, is served too. */
  readonly allowV1: boolean;
  /** By token, when it ends: milliseconds since 1970, by the sandbox's clock. */
  readonly tokens: Map<string, number>;
}

/** Answers a program on the instance. */
export function answerInstance(world: World, instance: Instance, request: HttpRequest): HttpAnswer {
  const path = request.rawPath.slice(INSTANCE_PREFIX.length);
  if (path === "api/token") return answerToken(world, instance, request);
  if (request.method !== "GET") return text(405, "Method Not Allowed");
  if (!mayRead(world, instance, request)) return text(401, "Unauthorized");
  switch (path) {
    case "meta-data/instance-id":
      return text(200, instance.instanceId);
    case "meta-data/placement/region":
      return text(200, instance.served.region);
    case "meta-data/placement/availability-zone":
      return text(200, `${instance.served.region}a`);
    default:
      return answerCredentials(world, instance, request, path);
  }
}

function answerToken(world: World, { tokens }: Instance, request: HttpRequest): HttpAnswer {
  if (request.method !== "PUT") return text(405, "Method Not Allowed");
  // Sent on by a proxy, the request may be anybody's: PUTs with this header are rejected.
  if (request.headers.has("x-forwarded-for")) return text(403, "Forbidden");
  const given = request.headers.get(TTL_HEADER) ?? "";
  const ttlSeconds = /^\d{1,5}$/.test(given) ? Number(given) : 0;
  if (ttlSeconds < 1 || ttlSeconds > LONGEST_TTL_SECONDS) return text(400, "Bad Request");
  for (const [token, endsAt] of tokens) if (endsAt <= world.clock()) tokens.delete(token);
  const [oldest] = tokens.keys();
  if (oldest !== undefined && tokens.size >= MAX_TOKENS) tokens.delete(oldest);
  const token = Buffer.from(world.randomBytes(40)).toString("base64url");
  tokens.set(token, world.clock() + ttlSeconds * 1000);
  return text(200, token, { [TTL_HEADER]: String(ttlSeconds) });
}

function mayRead(world: World, { tokens, allowV1 }: Instance, request: HttpRequest): boolean {
  const token = request.headers.get(TOKEN_HEADER);
  if (token === undefined) return allowV1;
  return (tokens.get(token) ?? 0) > world.clock();
}

function answerCredentials(world: World, instance: Instance, request: HttpRequest, path: string): HttpAnswer {
  const [, name] = /^meta-data\/iam\/security-credentials(?:\/([^/]*))?$/.exec(path) ?? [];
  const isList = /^meta-data\/iam\/security-credentials\/?$/.test(path);
  const role = findServedRole(world, instance.served);
  if (role === undefined) return text(404, "Not Found");
  if (isList) return text(200, role.name);
  if (name !== role.name) return text(404, "Not Found");
  const session = credentialsFor(world, instance.served, request);
  if (session === undefined) {
    return document({
      Code: "AssumeRoleUnauthorizedAccess",
      Message: `EC2 cannot assume the role ${role.name}. Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.`,
      LastUpdated: awsTime(new Date(world.clock())),
    });
  }
  return document({
    Code: "Success",
    LastUpdated: awsTime(session.issued),
    Type: "AWS-HMAC",
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    Token: session.sessionToken,
    Expiration: awsTime(session.expiration),
  });
}

function document(body: object): HttpAnswer {
  return text(200, JSON.stringify(body, undefined, 2));
}

function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers: { "content-type": "text/plain", "cache-control": "no-store", ...headers }, body };
}

function awsTime(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}
