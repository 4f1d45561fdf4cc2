// Reads a published template as the customer's CloudFormation will: without a signature. What it gets must be ours.
import type { CheckedOptions } from "../cross-account-options.js";
import { CrossAccountError } from "../errors.js";
import type { TemplatePlace } from "./template-place.js";

/** Milliseconds. */
const patience = 10_000;

/**
 * Resolves when the address serves exactly `body` to anybody. Throws `CrossAccountError` `publishing_failed`; where S3
 * refuses, the hint is the statement that the bucket's policy lacks.
 */
export async function readUnsigned(options: CheckedOptions, place: TemplatePlace, body: string): Promise<void> {
  const expected = Buffer.from(body);
  const answer = await get(place.templateUrl);
  if (answer.status === 403 || answer.status === 404) {
    const problem = answer.status === 403 ? "customers may not read the template" : "the template is not there";
    throw unreadable(`${problem} at ${place.templateUrl}`, remedy(options, place, answer.status));
  }
  if (answer.status !== 200) {
    throw unreadable(`S3 answered ${answer.status} to an unsigned read of the template`, "try again in a moment");
  }
  // One byte more than expected is enough to know.
  if (Buffer.compare(await readUpTo(answer, expected.length + 1), expected) === 0) return;
  throw unreadable(
    `what lies at ${place.templateUrl} is not this template`,
    "find out who writes to the bucket; then remove the object and publish again",
  );
}

async function get(url: string): Promise<Response> {
  try {
    // A redirect would show another bucket than the one in the link.
    return await fetch(url, { redirect: "error", signal: AbortSignal.timeout(patience) });
  } catch (cause) {
    throw unreadable(`the template's address ${url} does not answer`, "see that the bucket's region is right", cause);
  }
}

async function readUpTo(answer: Response, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = answer.body ?? [];
  let length = 0;
  for await (const part of body) {
    parts.push(part);
    length += part.length;
    if (length >= most) break;
  }
  return Buffer.concat(parts).subarray(0, most);
}

function remedy({ partition }: CheckedOptions, { publishing }: TemplatePlace, status: number): string {
  // S3 answers 403 for a missing object too when the reader may not list (S3 API Reference, GetObject).
  if (status === 404) return "publish it first: publishTemplate()";
  const statement = {
    Sid: "AnybodyReadsTemplates",
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:${partition}:s3:::${publishing.bucket}/${publishing.prefix ?? ""}*`,
  };
  return `publish it first, and add this to the bucket's policy (and let Block Public Access allow it): ${JSON.stringify(statement)}`;
}

function unreadable(problem: string, hint: string, cause?: unknown): CrossAccountError {
  return new CrossAccountError("publishing_failed", problem, { hint, cause });
}
