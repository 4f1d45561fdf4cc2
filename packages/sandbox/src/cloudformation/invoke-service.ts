// Calls IAM and S3 as their clients do: the same decoding, limits, permissions and ordered faults, with the caller's rights.
import { AwsError } from "../errors.js";
import { iamService } from "../iam/service.js";
import { noteInnerCall, suffer } from "../rehearsal/find-refusal.js";
import { requireServed } from "../require-served.js";
import { handleS3 } from "../s3/handle-s3.js";
import type { HttpAnswer } from "../types.js";
import type { Call } from "../world-types.js";
import { decodeForm } from "../wire/decode-form.js";
import type { XmlObject } from "../wire/xml.js";

/** A parameter of an operation; what is `undefined` is not sent. */
export type Argument =
  | string
  | number
  | boolean
  | undefined
  | readonly Argument[]
  | { readonly [name: string]: Argument };

/** Returns the members of IAM's answer. Throws `AwsError` as IAM does, and for operations that it does not have here. */
export function invokeIam(call: Call, action: string, input: Readonly<Record<string, Argument>>): XmlObject {
  const operation = Object.hasOwn(iamService.operations, action) ? iamService.operations[action] : undefined;
  if (operation === undefined) throw new AwsError(400, "InvalidAction", `The sandbox does not have iam:${action}`);
  suffer(call, iamService.name, action);
  requireServed(call.caller, iamService.name, action);
  const form = new Map<string, string>();
  for (const [name, value] of Object.entries(input)) addToForm(form, name, value);
  return operation.run(quietly(call), decodeForm(form, operation.input)) ?? {};
}

/** As `invokeIam`, and what is already gone is fine: the answer is empty then. */
export function invokeIamIfThere(call: Call, action: string, input: Readonly<Record<string, Argument>>): XmlObject {
  try {
    return invokeIam(call, action, input);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "NoSuchEntity") throw error;
    return {};
  }
}

export interface S3Request {
  readonly method: "PUT" | "DELETE" | "GET";
  readonly bucket: string;
  /** The sub-resource, such as `policy`. */
  readonly query?: string;
  readonly body?: string;
}

/** Returns S3's answer. Throws `AwsError` as S3 does. */
export function invokeS3(call: Call, { method, bucket, query = "", body = "" }: S3Request): HttpAnswer {
  const headers = new Map<string, string>([
    // S3's conditions tell calls that are signed in a header from presigned ones.
    ["authorization", "AWS4-HMAC-SHA256"],
    ["x-amz-date", call.now.toISOString().replace(/[-:]|\.\d{3}/g, "")],
  ]);
  const request = {
    ...call.request,
    method,
    rawPath: `/${encodeURIComponent(bucket)}`,
    rawQuery: query,
    query: new URLSearchParams(query),
    headers,
    body: Buffer.from(body),
  };
  return handleS3({ ...call, request, noted: noteInnerCall(call, "s3") });
}

/** The record of calls is about what the caller asked of CloudFormation. */
function quietly(call: Call): Call {
  return { ...call, noted: { action: undefined, resource: undefined } };
}

/** Writes a value into a form of the query protocol, lists as `Name.member.N`. */
export function addToForm(form: Map<string, string>, name: string, value: Argument): void {
  if (value === undefined) return;
  if (isArguments(value)) {
    if (value.length === 0) form.set(name, "");
    for (const [index, item] of value.entries()) addToForm(form, `${name}.member.${index + 1}`, item);
  } else if (typeof value === "object") {
    for (const [member, item] of Object.entries(value)) addToForm(form, `${name}.${member}`, item);
  } else {
    form.set(name, String(value));
  }
}

function isArguments(value: Argument): value is readonly Argument[] {
  return Array.isArray(value);
}
