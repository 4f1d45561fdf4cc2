// Reads a template by its address from this sandbox's own S3, with what the address carries and nothing else: unsigned,
// or presigned. No call ever leaves the process.
import { authenticate } from "../authenticate.js";
import { AwsError } from "../errors.js";
import { noteInnerCall } from "../rehearsal/find-refusal.js";
import { handleS3 } from "../s3/handle-s3.js";
import type { HttpRequest } from "../types.js";
import type { Call } from "../world-types.js";
import { validationError } from "./refusals.js";
import { MAX_URL_TEMPLATE_BYTES } from "./template-limits.js";

/** S3 User Guide, "Making requests", "Amazon S3 endpoints": `s3.REGION`, `s3-REGION` and dual stack, in every partition. */
const AWS_HOST =
  /^(?:(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.)?s3(?:[.-](?:dualstack\.)?[a-z]{2,4}(?:-[a-z]+){1,3}-\d)?\.amazonaws\.com(?:\.cn)?$/;

/** Returns the template's text. Throws `ValidationError` in CloudFormation's words. */
export function fetchTemplate(call: Call, url: string): string {
  const { request, bucketPath } = readAddress(call, url);
  const body = readObject(call, request, bucketPath);
  if (body.length > MAX_URL_TEMPLATE_BYTES) {
    throw validationError(`Template may not exceed ${MAX_URL_TEMPLATE_BYTES} bytes in size.`);
  }
  const text = body.toString("utf8");
  if (!Buffer.from(text).equals(body)) throw validationError("Template is not UTF-8 text.");
  return text;
}

interface Address {
  /** As a client of the address would send it. */
  readonly request: HttpRequest;
  /** `/BUCKET/KEY`. */
  readonly bucketPath: string;
}

function readAddress(call: Call, url: string): Address {
  const parsed = /^(https?):\/\/([^/?#]+)(\/[\x21\x22\x24-\x3e\x40-\x7e]*)(?:\?([\x21\x22\x24-\x7e]*))?$/.exec(url);
  const [, scheme = "", host = "", rawPath = "", rawQuery = ""] = parsed ?? [];
  const bucket = bucketInHost(call, scheme, host.toLowerCase());
  if (bucket === undefined) throw validationError("TemplateURL must be a supported URL.");
  const bucketPath = bucket === "" ? rawPath : `/${bucket}${rawPath}`;
  // A bucket's own address would list it.
  if (!/^\/[^/]+\/./.test(bucketPath))
    throw validationError("TemplateURL must reference a valid S3 object to which you have access.");
  const headers = new Map([["host", host]]);
  const query = new URLSearchParams(rawQuery);
  return {
    request: { ...call.request, method: "GET", rawPath, rawQuery, query, headers, body: Buffer.alloc(0) },
    bucketPath,
  };
}

/** Returns the bucket in a virtual-host address, the empty text for path style, `undefined` for hosts that are not S3's. */
function bucketInHost(call: Call, scheme: string, host: string): string | undefined {
  const port = /:(\d{1,5})$/.exec(call.request.headers.get("host") ?? "")?.[1];
  // The host that served this call is this sandbox, under each of the names that it listens to.
  const own = port !== undefined && ["127.0.0.1", "localhost", "[::1]"].some((name) => host === `${name}:${port}`);
  if (own) return "";
  const aws = scheme === "https" ? AWS_HOST.exec(host) : null;
  return aws === null ? undefined : (aws.groups?.["bucket"] ?? "");
}

function readObject(call: Call, request: HttpRequest, bucketPath: string): Buffer {
  const { world, inForce, sourceIp, now, requestId } = call;
  try {
    const signer = authenticate({ world, inForce }, request, "s3");
    const answer = handleS3({
      ...signer,
      world,
      inForce,
      sourceIp,
      now,
      requestId,
      noted: noteInnerCall({ world, ...signer }, "s3"),
      request: { ...signer.request, rawPath: bucketPath },
    });
    return Buffer.from(answer.body);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw validationError(
      `S3 error: ${error.message}\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html`,
    );
  }
}
