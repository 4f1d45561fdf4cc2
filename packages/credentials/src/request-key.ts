// The key is the whole question. A key narrower than the question hands one customer's credentials to another.
import { createHash } from "node:crypto";
import { isPlainObject, refuseOption } from "./check-options.js";
import type { RoleRequest } from "./types.js";

/** A value of another kind would have to be turned into text, and then two questions could read alike. */
const refuse = (): never => {
  throw refuseOption("the request has a field of the wrong kind", "give it as its type says");
};

/** Missing, null and empty differ; every value carries its length, so that no separator can be forged. */
const encode = (value: unknown): string => {
  if (value === undefined) return "-";
  if (value === null) return "0";
  const text = typeof value === "string" ? value : refuse();
  return `${text.length}:${text}`;
};

const encodeNumber = (value: unknown): string => encode(typeof value === "number" ? String(value) : refuse());

const encodeList = (values: unknown): string => {
  if (values === undefined) return "-";
  if (!Array.isArray(values)) return refuse();
  return `[${values.length}:${values.toSorted().map(encode).join("")}`;
};

const encodeTags = (tags: unknown): string => {
  if (tags === undefined) return "-";
  if (!isPlainObject(tags)) return refuse();
  const keys = Object.keys(tags).toSorted();
  return `{${keys.length}:${keys.map((key) => encode(key) + encode(tags[key])).join("")}`;
};

/**
 * Returns the question as one unambiguous text. Tags, policy ARNs and transitive tag keys are sets to STS: their
 * order, and nothing else, makes no difference. Throws `invalid_request` where a field is of the wrong kind.
 */
export const encodeRequest = (request: RoleRequest): string => {
  if (!isPlainObject(request)) return refuse();
  // Naming every field here makes the compiler refuse a field of RoleRequest that the key forgets.
  const fields: Record<keyof RoleRequest, string> = {
    roleArn: encode(request.roleArn),
    roleSessionName: encode(request.roleSessionName),
    externalId: encode(request.externalId),
    durationSeconds: encodeNumber(request.durationSeconds),
    region: encode(request.region),
    policy: encode(request.policy),
    policyArns: encodeList(request.policyArns),
    tags: encodeTags(request.tags),
    transitiveTagKeys: encodeList(request.transitiveTagKeys),
    sourceIdentity: encode(request.sourceIdentity),
    mfaSerial: encode(request.mfaSerial),
  };
  return Object.values(fields).join("");
};

/**
 * Returns the cache key of a question: 64 hex digits of SHA-256 over every field, length-prefixed.
 * Hashed as UTF-16, because UTF-8 maps all lone surrogates to one character. Throws `invalid_request` where a field is
 * of the wrong kind; whether STS takes the values is not looked at.
 */
export const requestKey = (request: RoleRequest): string =>
  createHash("sha256").update(encodeRequest(request), "utf16le").digest("hex");
