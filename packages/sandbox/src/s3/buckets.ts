// ListBuckets, CreateBucket, HeadBucket, DeleteBucket and GetBucketLocation.
import { AwsError } from "../errors.js";
import type { Bucket } from "./types.js";
import type { HttpAnswer } from "../types.js";
import { elements, repeated } from "../wire/xml.js";
import { emptyAnswer, xmlAnswer, xmlTime } from "./answer-s3.js";
import { requireInOwnAccount, requireS3 } from "./authorize-s3.js";
import { checkBucketName } from "./bucket-name.js";
import { chooseRegion } from "./choose-region.js";
import { findBucket } from "./find-bucket.js";
import { countOf, ownerElement } from "./list-parameters.js";
import { compareKeys } from "./page-keys.js";
import { aclNotSupported } from "./refuse-headers.js";
import { headerContext } from "./request-context.js";
import { invalidArgument, notImplemented } from "./s3-errors.js";
import type { S3Call, S3Operation } from "./s3-call.js";
import { verifyIntegrity } from "./verify-integrity.js";

export const listBuckets: S3Operation = {
  name: "ListBuckets",
  query: ["prefix", "bucket-region", "max-buckets", "continuation-token"],
  run: list,
};

export const createBucket: S3Operation = {
  name: "CreateBucket",
  headers: ["x-amz-acl", "x-amz-grant-*", "x-amz-object-ownership", "x-amz-bucket-object-lock-enabled"],
  run: create,
};

export const headBucket: S3Operation = {
  name: "HeadBucket",
  run: (s3) => {
    const bucket = findBucket(s3);
    requireS3(s3, { action: "s3:ListBucket", bucket });
    return emptyAnswer(200, { "x-amz-bucket-region": bucket.region, "x-amz-access-point-alias": "false" });
  },
};

export const deleteBucket: S3Operation = {
  name: "DeleteBucket",
  run: (s3) => {
    const bucket = findBucket(s3);
    requireS3(s3, { action: "s3:DeleteBucket", bucket });
    if (bucket.objects.size > 0) {
      throw new AwsError(
        409,
        "BucketNotEmpty",
        bucket.versioning === undefined
          ? "The bucket you tried to delete is not empty"
          : "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
        { details: { BucketName: bucket.name } },
      );
    }
    s3.call.world.buckets.delete(bucket.name);
    return emptyAnswer(204);
  },
};

export const getBucketLocation: S3Operation = {
  name: "GetBucketLocation",
  query: ["location"],
  run: (s3) => {
    const bucket = findBucket(s3);
    requireS3(s3, { action: "s3:GetBucketLocation", bucket });
    // "Buckets in Region us-east-1 have a LocationConstraint of null."
    return xmlAnswer("LocationConstraint", bucket.region === "us-east-1" ? "" : bucket.region);
  },
};

/** Returns an empty bucket with the defaults of April 2023: Block Public Access on, no ACLs, SSE-S3. */
function newBucket(options: Pick<Bucket, "name" | "accountId" | "region" | "created">): Bucket {
  return {
    ...options,
    versioning: undefined,
    policy: undefined,
    blockPublicAccess: {
      blockPublicAcls: true,
      ignorePublicAcls: true,
      blockPublicPolicy: true,
      restrictPublicBuckets: true,
    },
    tags: new Map(),
    objects: new Map(),
  };
}

function list(s3: S3Call): HttpAnswer {
  const { call, query } = s3;
  const accountId = requireInOwnAccount(s3, { action: "s3:ListAllMyBuckets", resource: undefined });
  const limit = countOf("max-buckets", query.get("max-buckets"));
  if (limit === 0 || (limit ?? 0) > 10_000) {
    throw invalidArgument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets", String(limit));
  }
  const prefix = query.get("prefix") ?? "";
  const region = query.get("bucket-region");
  const token = query.get("continuation-token") ?? "";
  const buckets = [...call.world.buckets.values()]
    .filter((bucket) => bucket.accountId === accountId && bucket.name.startsWith(prefix))
    .filter((bucket) => (region === undefined || bucket.region === region) && bucket.name > token)
    .sort((a, b) => compareKeys(a.name, b.name));
  const page = buckets.slice(0, limit);
  const rows = page.map((bucket) => ({
    Name: bucket.name,
    CreationDate: xmlTime(bucket.created),
    BucketRegion: bucket.region,
    BucketArn: `arn:aws:s3:::${bucket.name}`,
  }));
  return xmlAnswer(
    "ListAllMyBucketsResult",
    ownerElement(call.world, { accountId }) +
      `<Buckets>${repeated("Bucket", rows)}</Buckets>` +
      elements({
        ContinuationToken: page.length < buckets.length ? page.at(-1)?.name : undefined,
        Prefix: query.get("prefix"),
      }),
  );
}

function create(s3: S3Call): HttpAnswer {
  const { call, bucketName: name = "" } = s3;
  verifyIntegrity(s3);
  const { region, constraint } = chooseRegion(call.region, call.request.body);
  const context = headerContext(s3, ["x-amz-acl", "x-amz-object-ownership"]);
  if (constraint !== undefined) context["s3:LocationConstraint"] = constraint;
  const accountId = requireInOwnAccount(s3, { action: "s3:CreateBucket", resource: `arn:aws:s3:::${name}`, context });
  checkBucketName(name);
  checkOwnership(s3);
  const existing = call.world.buckets.get(name);
  if (existing === undefined) {
    call.world.buckets.set(name, newBucket({ name, accountId, region, created: call.now }));
  } else {
    requireSame(existing, accountId, region);
  }
  return emptyAnswer(200, { location: `/${name}`, "x-amz-bucket-arn": `arn:aws:s3:::${name}` });
}

/**
 * "if you re-create an existing bucket that you already own in us-east-1, Amazon S3 returns 200 OK"; all else is a
 * conflict (S3 API Reference, CreateBucket, "Errors").
 */
function requireSame(existing: Bucket, accountId: string, region: string): void {
  const details = { BucketName: existing.name };
  if (existing.accountId !== accountId) {
    throw new AwsError(
      409,
      "BucketAlreadyExists",
      "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
      { details },
    );
  }
  if (existing.region === "us-east-1" && region === "us-east-1") return;
  throw new AwsError(
    409,
    "BucketAlreadyOwnedByYou",
    "Your previous request to create the named bucket succeeded and you already own it.",
    { details },
  );
}

/** Buckets are "bucket owner enforced" and have no object lock; asking for anything else is refused. */
function checkOwnership({ headers }: S3Call): void {
  const ownership = headers.get("x-amz-object-ownership");
  if (ownership !== undefined && ownership !== "BucketOwnerEnforced") {
    throw notImplemented("Header", "x-amz-object-ownership");
  }
  const lock = headers.get("x-amz-bucket-object-lock-enabled");
  if (lock !== undefined && lock.toLowerCase() !== "false") {
    throw notImplemented("Header", "x-amz-bucket-object-lock-enabled");
  }
  const acl = headers.get("x-amz-acl");
  if (acl !== undefined && acl !== "private") {
    throw new AwsError(
      400,
      "InvalidBucketAclWithObjectOwnership",
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  }
  if ([...headers.keys()].some((name) => name.startsWith("x-amz-grant-"))) throw aclNotSupported();
}
