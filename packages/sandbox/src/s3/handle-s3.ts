// S3's door inside the sandbox: one authenticated call in, one answer out.
import type { HttpAnswer } from "../types.js";
import type { Call } from "../world-types.js";
import { readS3Call } from "./read-s3-call.js";
import { refuseUnknown } from "./refuse-headers.js";
import { hostIdOf } from "./render-error.js";
import { routeS3 } from "./route-s3.js";
import type { S3Call } from "./s3-call.js";

/** Answers one S3 call, path style. Throws `AwsError`, to be rendered by `renderS3Error`. */
export function handleS3(call: Call): HttpAnswer {
  const s3 = readS3Call(call);
  call.noted.resource = arnOf(s3);
  const operation = routeS3(s3);
  call.noted.action = operation.name;
  refuseUnknown(s3, operation);
  const answer = operation.run(s3);
  const ids = { "x-amz-request-id": call.requestId, "x-amz-id-2": hostIdOf(call.requestId) };
  return { ...answer, headers: { ...ids, ...answer.headers } };
}

function arnOf({ bucketName, key }: S3Call): string | undefined {
  if (bucketName === undefined) return undefined;
  return key === undefined ? `arn:aws:s3:::${bucketName}` : `arn:aws:s3:::${bucketName}/${key}`;
}
