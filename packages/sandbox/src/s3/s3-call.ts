// What every S3 operation is given: the call, and what its address, query and headers mean to S3.
import type { HttpAnswer } from "../types.js";
import type { Call } from "../world-types.js";

export interface S3Call {
  readonly call: Call;
  readonly method: string;
  /** `undefined`: the request is for the service itself. */
  readonly bucketName: string | undefined;
  /** Decoded once, exactly; `undefined`: the request is for the bucket. */
  readonly key: string | undefined;
  /** Parameters without those of the signature, each at most once. */
  readonly query: ReadonlyMap<string, string>;
  /** Lower-case names; `x-amz-…` parameters of presigned requests count as headers, as on AWS. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface S3Operation {
  /** AWS's name, for the call record. */
  readonly name: string;
  /** Query parameters that it acts on, the one that selects it included. */
  readonly query?: readonly string[];
  /** `x-amz-…` headers that it acts on besides those that every operation knows. A trailing `*` stands for the rest. */
  readonly headers?: readonly string[];
  readonly run: (s3: S3Call) => HttpAnswer;
}
