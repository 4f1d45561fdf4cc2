// What is kept must not change under us: callers keep their objects, we keep frozen copies. And what is handed out tells
// its secrets to whoever reads the fields, not to whoever logs the object.
import { fingerprint } from "./fingerprint.js";
import type { AssumedRole, CachedRole, Credentials, RoleRequest } from "./types.js";

/** What `console.log` shows of an object: Node.js docs, "Custom inspection functions on objects". */
const SHOWN = Symbol.for("nodejs.util.inspect.custom");

const HIDDEN_OF_REQUEST = {
  [SHOWN]: {
    value(this: RoleRequest) {
      return { ...this, externalId: this.externalId === null ? null : fingerprint(this.externalId) };
    },
  },
};

/** Freezes a question that is ours alone and whose lists and tags are frozen, and hides its external ID from logs. */
export const sealRequest = (own: RoleRequest): RoleRequest =>
  Object.freeze(Object.defineProperties(own, HIDDEN_OF_REQUEST));

/** Returns a frozen copy of the question. */
export const copyRequest = (request: RoleRequest): RoleRequest => {
  const { policyArns, tags, transitiveTagKeys } = request;
  return sealRequest({
    ...request,
    ...(policyArns && { policyArns: Object.freeze([...policyArns]) }),
    ...(tags && { tags: Object.freeze({ ...tags }) }),
    ...(transitiveTagKeys && { transitiveTagKeys: Object.freeze([...transitiveTagKeys]) }),
  });
};

const HIDDEN_OF_CREDENTIALS = {
  // Where they come from, in the AWS SDK's words. A client that is given credentials which do not say so writes it into
  // them, and fails where they are frozen: `setCredentialFeature` in @aws-sdk/core.
  $source: { value: Object.freeze({ CREDENTIALS_STS_ASSUME_ROLE: "i" }) },
  [SHOWN]: {
    value(this: Credentials) {
      return { ...this, secretAccessKey: "(not shown)", sessionToken: "(not shown)" };
    },
  },
};

/** Returns one frozen value with a `Date` of its own: a frozen object does not freeze its dates. */
export const copyCredentials = (credentials: Credentials): Credentials => {
  const copy: Credentials = {
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    sessionToken: credentials.sessionToken,
    expiration: new Date(credentials.expiration),
  };
  return Object.freeze(Object.defineProperties(copy, HIDDEN_OF_CREDENTIALS));
};

/** Returns a frozen copy of an answer, each field read once. */
export const copyAssumedRole = (role: AssumedRole): AssumedRole => {
  const { credentials, assumedRoleArn, roleUniqueId, clockOffsetMs } = role;
  return Object.freeze({
    credentials: copyCredentials(credentials),
    assumedRoleArn,
    roleUniqueId,
    ...(clockOffsetMs !== undefined && { clockOffsetMs }),
  });
};

const isFixed = ({ policyArns, tags, transitiveTagKeys }: RoleRequest): boolean =>
  [policyArns, tags, transitiveTagKeys].every((value) => value === undefined || Object.isFrozen(value));

/** Returns a frozen copy of a cache entry. A question that is fixed already is shared: comparing it costs nothing. */
export const copyCachedRole = ({ request, ...entry }: CachedRole): CachedRole =>
  Object.freeze({
    request: Object.isFrozen(request) && isFixed(request) ? request : copyRequest(request),
    assumedRole: copyAssumedRole(entry.assumedRole),
    obtained: new Date(entry.obtained),
  });
