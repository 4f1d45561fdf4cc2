// S3's own condition keys (Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3").
import type { ContextValue } from "@daypass/policy";
import type { Tags } from "../types.js";
import type { S3Call } from "./s3-call.js";

type Context = Record<string, ContextValue>;

/** Returns the keys that every S3 request has: its owner and how it was signed. */
export function requestContext({ call, headers }: S3Call, resourceAccount: string): Context {
  const context: Context = {
    "s3:ResourceAccount": resourceAccount,
    // The loopback connection stands in for AWS's TLS endpoint, as it does for aws:SecureTransport.
    "s3:TlsVersion": "1.3",
  };
  if (call.caller.kind === "anonymous") return context;
  const { request } = call;
  const inHeader = headers.has("authorization");
  context["s3:authType"] = inHeader ? "REST-HEADER" : "REST-QUERY-STRING";
  context["s3:signatureversion"] = "AWS4-HMAC-SHA256";
  const signed = inHeader ? headers.get("x-amz-date") : request.query.get("X-Amz-Date");
  const age = call.now.getTime() - amzTime(signed ?? "");
  if (Number.isFinite(age)) context["s3:signatureAge"] = String(Math.max(0, age));
  const payload = headers.get("x-amz-content-sha256");
  if (payload !== undefined) context["s3:x-amz-content-sha256"] = payload;
  return context;
}

/** Returns `s3:NAME` for each of the headers that the request has. */
export function headerContext({ headers }: S3Call, names: readonly string[]): Context {
  const context: Context = {};
  for (const name of names) {
    const value = headers.get(name);
    if (value !== undefined) context[`s3:${name}`] = value;
  }
  return context;
}

/** Returns `s3:ExistingObjectTag/KEY` for the tags of an object that is there. */
export function existingTags(tags: Tags | undefined): Context {
  const context: Context = {};
  for (const [key, value] of tags ?? []) context[`s3:ExistingObjectTag/${key}`] = value;
  return context;
}

/** Returns `s3:RequestObjectTag/KEY` and `s3:RequestObjectTagKeys` for tags that the request wants to set. */
export function requestTags(tags: Tags): Context {
  const context: Context = {};
  for (const [key, value] of tags) context[`s3:RequestObjectTag/${key}`] = value;
  if (tags.size > 0) context["s3:RequestObjectTagKeys"] = [...tags.keys()];
  return context;
}

/** Returns `s3:VersionId` when the request names a version. */
export function versionContext(versionId: string | undefined): Context {
  return versionId === undefined ? {} : { "s3:VersionId": versionId };
}

/** `20260131T235959Z` in milliseconds since 1970; NaN for anything else. */
function amzTime(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}
