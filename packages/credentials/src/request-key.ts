// The key is the whole question. A key narrower than the question hands one customer's credentials to another.
import { createHash } from "node:crypto";
import type { RoleRequest } from "./types.js";

/** Missing, null and empty differ; every value carries its length, so that no separator can be forged. */
const encode = (value: string | number | null | undefined): string => {
  if (value === undefined) return "-";
  if (value === null) return "0";
  const text = String(value);
  return `${text.length}:${text}`;
};

const encodeList = (values: readonly string[] | undefined): string =>
  values === undefined ? "-" : `[${values.length}:${values.toSorted().map(encode).join("")}`;

const encodeTags = (tags: Readonly<Record<string, string>> | undefined): string => {
  if (tags === undefined) return "-";
  const keys = Object.keys(tags).toSorted();
  return `{${keys.length}:${keys.map((key) => encode(key) + encode(tags[key])).join("")}`;
};

/**
 * Returns the question as one unambiguous text. Tags, policy ARNs and transitive tag keys are sets to STS: their
 * order, and nothing else, makes no difference.
 */
export const encodeRequest = (request: RoleRequest): string => {
  // Naming every field here makes the compiler refuse a field of RoleRequest that the key forgets.
  const fields: Record<keyof RoleRequest, string> = {
    roleArn: encode(request.roleArn),
    roleSessionName: encode(request.roleSessionName),
    externalId: encode(request.externalId),
    durationSeconds: encode(request.durationSeconds),
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
 * Hashed as UTF-16, because UTF-8 maps all lone surrogates to one character.
 */
export const requestKey = (request: RoleRequest): string =>
  createHash("sha256").update(encodeRequest(request), "utf16le").digest("hex");
