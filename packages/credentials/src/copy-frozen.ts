// What is kept must not change under us: callers keep their objects, we keep frozen copies.
import type { AssumedRole, CachedRole, Credentials, RoleRequest } from "./types.js";

/** Returns a frozen copy of the question. */
export const copyRequest = (request: RoleRequest): RoleRequest =>
  Object.freeze({
    ...request,
    ...(request.policyArns && { policyArns: Object.freeze([...request.policyArns]) }),
    ...(request.tags && { tags: Object.freeze({ ...request.tags }) }),
    ...(request.transitiveTagKeys && { transitiveTagKeys: Object.freeze([...request.transitiveTagKeys]) }),
  });

/** Returns one frozen value with a `Date` of its own: a frozen object does not freeze its dates. */
export const copyCredentials = (credentials: Credentials): Credentials =>
  Object.freeze({
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    sessionToken: credentials.sessionToken,
    expiration: new Date(credentials.expiration),
  });

const copyAssumedRole = (role: AssumedRole): AssumedRole =>
  Object.freeze({ ...role, credentials: copyCredentials(role.credentials) });

/** Returns a frozen copy of a cache entry. */
export const copyCachedRole = (entry: CachedRole): CachedRole =>
  Object.freeze({
    request: Object.isFrozen(entry.request) ? entry.request : copyRequest(entry.request),
    assumedRole: copyAssumedRole(entry.assumedRole),
    obtained: new Date(entry.obtained),
  });
