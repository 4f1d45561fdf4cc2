// The container credentials endpoint, as ECS has it for tasks: one document at a secret address, for whoever sends the
// authorization token with it. The token is always asked for. Source: AWS SDKs and Tools Reference Guide, "Container
// credential provider".
import type { HttpAnswer, HttpRequest } from "../types.js";
import { sameSignature } from "../wire/verify-signature.js";
import type { World } from "../world-types.js";
import { credentialsFor } from "./role-credentials.js";
import type { ServedRole } from "./role-credentials.js";

export const CONTAINER_PREFIX = "/_daypass/container/";

export interface Container {
  readonly served: ServedRole;
  /** What `Authorization` must be, verbatim. */
  readonly authorizationToken: string;
}

/** Answers a program in the container; `undefined` stands for one that is not served. */
export function answerContainer(world: World, container: Container | undefined, request: HttpRequest): HttpAnswer {
  const given = request.headers.get("authorization") ?? "";
  if (container === undefined || !sameSignature(container.authorizationToken, given)) {
    return refusal(401, "Unauthorized", "the authorization token is missing or wrong");
  }
  if (request.method !== "GET") return refusal(405, "MethodNotAllowed", "the credentials are for reading");
  const session = credentialsFor(world, container.served, request);
  if (session === undefined) {
    const { roleArn, service } = container.served;
    return refusal(403, "AccessDenied", `${service} cannot assume the role ${roleArn}`);
  }
  return json(200, {
    RoleArn: session.roleArn,
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    Token: session.sessionToken,
    Expiration: session.expiration.toISOString().replace(/\.\d{3}Z$/, "Z"),
  });
}

function refusal(status: number, code: string, message: string): HttpAnswer {
  return json(status, { code, message });
}

function json(status: number, body: object): HttpAnswer {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}
