// Renders a refusal as S3 does (Amazon S3 API Reference, "REST error responses").
import { createHash } from "node:crypto";
import type { AwsError } from "../errors.js";
import type { HttpAnswer } from "../types.js";
import { elements } from "../wire/xml.js";

export interface RefusedCall {
  readonly requestId: string;
  /** The path, shown as `Resource`; `undefined` when the request was not understood so far. */
  readonly resource: string | undefined;
  /** Answers to HEAD have no body. */
  readonly method: string;
}

/** Returns the answer for `error`: `<Error><Code>…`, without a body for HEAD and 304. */
export function renderS3Error(error: AwsError, call: RefusedCall): HttpAnswer {
  const hostId = hostIdOf(call.requestId);
  const headers = { ...error.headers, "x-amz-request-id": call.requestId, "x-amz-id-2": hostId };
  if (call.method === "HEAD" || error.status === 304) return { status: error.status, headers, body: "" };
  const { Resource: resource = call.resource, ...details } = error.details;
  const document = elements({
    Code: error.code,
    Message: error.message,
    ...details,
    Resource: resource,
    RequestId: call.requestId,
    HostId: hostId,
  });
  return {
    status: error.status,
    headers: { ...headers, "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${document}</Error>`,
  };
}

/** S3's second request id names the host that answered: opaque to everyone, so it is derived from the first. */
export function hostIdOf(requestId: string): string {
  return createHash("sha512").update(requestId).digest("base64");
}
