// Which operation a request is, by method, path and sub-resource (S3 API Reference, "Actions").
import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from "./acl.js";
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from "./buckets.js";
import { deleteBucketPolicy, getBucketPolicy, getBucketPolicyStatus, putBucketPolicy } from "./bucket-policy.js";
import * as settings from "./bucket-settings.js";
import { copyObject } from "./copy-object.js";
import { deleteObject, deleteObjects } from "./delete-object.js";
import { getObject, getObjectAttributes, headObject } from "./get-object.js";
import { listObjectVersions } from "./list-object-versions.js";
import { listObjects, listObjectsV2 } from "./list-objects.js";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./object-tagging.js";
import { putObject } from "./put-object.js";
import { methodNotAllowed, notImplemented } from "./s3-errors.js";
import type { S3Call, S3Operation } from "./s3-call.js";

/** By sub-resource, the query parameter that selects the operation; the empty one is the resource itself. */
type Methods = Readonly<Record<string, Readonly<Record<string, S3Operation>>>>;

const SERVICE: Methods = { GET: { "": listBuckets } };

const BUCKET: Methods = {
  GET: {
    "": listObjects,
    "list-type": listObjectsV2,
    versions: listObjectVersions,
    location: getBucketLocation,
    acl: getBucketAcl,
    policy: getBucketPolicy,
    policyStatus: getBucketPolicyStatus,
    publicAccessBlock: settings.getPublicAccessBlock,
    versioning: settings.getBucketVersioning,
    tagging: settings.getBucketTagging,
    ownershipControls: settings.getBucketOwnershipControls,
    encryption: settings.getBucketEncryption,
  },
  HEAD: { "": headBucket },
  PUT: {
    "": createBucket,
    acl: putBucketAcl,
    policy: putBucketPolicy,
    publicAccessBlock: settings.putPublicAccessBlock,
    versioning: settings.putBucketVersioning,
    tagging: settings.putBucketTagging,
  },
  DELETE: {
    "": deleteBucket,
    policy: deleteBucketPolicy,
    publicAccessBlock: settings.deletePublicAccessBlock,
    tagging: settings.deleteBucketTagging,
  },
  POST: { delete: deleteObjects },
};

const OBJECT: Methods = {
  GET: { "": getObject, acl: getObjectAcl, attributes: getObjectAttributes, tagging: getObjectTagging },
  HEAD: { "": headObject },
  PUT: { "": putObject, acl: putObjectAcl, tagging: putObjectTagging },
  DELETE: { "": deleteObject, tagging: deleteObjectTagging },
};

/**
 * Returns the operation that the request asks for.
 * Throws `NotImplemented` 501 for AWS's sub-resources that the sandbox lacks, `MethodNotAllowed` 405 for odd methods.
 */
export function routeS3(s3: S3Call): S3Operation {
  const methods = s3.bucketName === undefined ? SERVICE : s3.key === undefined ? BUCKET : OBJECT;
  const type = s3.bucketName === undefined ? "SERVICE" : s3.key === undefined ? "BUCKET" : "OBJECT";
  const operations = Object.hasOwn(methods, s3.method) ? methods[s3.method] : undefined;
  if (operations === undefined) {
    const [parameter] = s3.query.keys();
    if (parameter !== undefined && parameter !== "x-id") throw notImplemented("Parameter", parameter);
    throw methodNotAllowed(s3.method, type);
  }
  const subResource = [...s3.query.keys()].find((name) => Object.hasOwn(operations, name));
  const operation = operations[subResource ?? ""];
  if (operation === undefined) {
    const parameter = [...s3.query.keys()].find((name) => name !== "x-id");
    throw parameter === undefined ? methodNotAllowed(s3.method, type) : notImplemented("Parameter", parameter);
  }
  return operation === putObject && s3.headers.has("x-amz-copy-source") ? copyObject : operation;
}
