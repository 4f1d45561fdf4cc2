// ACLs of buckets and objects that have none: "bucket owner enforced" lets them be read and never set.
import type { Bucket } from "./types.js";
import type { HttpAnswer } from "../types.js";
import { element } from "../wire/xml.js";
import { xmlAnswer } from "./answer-s3.js";
import { requireS3 } from "./authorize-s3.js";
import { findBucket } from "./find-bucket.js";
import { findObject, keyOf, versionHeader, versionIdOf } from "./find-object.js";
import { ownerElement } from "./list-parameters.js";
import { aclNotSupported } from "./refuse-headers.js";
import { headerContext, versionContext } from "./request-context.js";
import type { S3Call, S3Operation } from "./s3-call.js";

const SET_HEADERS = ["x-amz-acl", "x-amz-grant-*"];

export const getBucketAcl: S3Operation = {
  name: "GetBucketAcl",
  query: ["acl"],
  run: (s3) => {
    const bucket = findBucket(s3);
    requireS3(s3, { action: "s3:GetBucketAcl", bucket });
    return ownersFullControl(s3, bucket, {});
  },
};

export const putBucketAcl: S3Operation = {
  name: "PutBucketAcl",
  query: ["acl"],
  headers: SET_HEADERS,
  run: (s3) => {
    const bucket = findBucket(s3);
    requireS3(s3, { action: "s3:PutBucketAcl", bucket, context: headerContext(s3, ["x-amz-acl"]) });
    throw aclNotSupported();
  },
};

export const getObjectAcl: S3Operation = {
  name: "GetObjectAcl",
  query: ["acl", "versionId"],
  run: (s3) => {
    const bucket = findBucket(s3);
    const version = findObject(s3, {
      bucket,
      key: keyOf(s3),
      versionId: versionIdOf(s3),
      actions: [["s3:GetObjectAcl", "s3:GetObjectVersionAcl"]],
    });
    return ownersFullControl(s3, bucket, versionHeader(bucket, version));
  },
};

export const putObjectAcl: S3Operation = {
  name: "PutObjectAcl",
  query: ["acl", "versionId"],
  headers: SET_HEADERS,
  run: (s3) => {
    const bucket = findBucket(s3);
    const versionId = versionIdOf(s3);
    const action = versionId === undefined ? "s3:PutObjectAcl" : "s3:PutObjectVersionAcl";
    const context = { ...versionContext(versionId), ...headerContext(s3, ["x-amz-acl"]) };
    requireS3(s3, { action, bucket, key: keyOf(s3), context });
    throw aclNotSupported();
  },
};

function ownersFullControl({ call }: S3Call, bucket: Bucket, headers: Readonly<Record<string, string>>): HttpAnswer {
  const id = element("ID", call.world.accounts.get(bucket.accountId)?.canonicalId);
  const grantee = `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">${id}</Grantee>`;
  const grant = `<Grant>${grantee}${element("Permission", "FULL_CONTROL")}</Grant>`;
  const list = `<AccessControlList>${grant}</AccessControlList>`;
  return xmlAnswer("AccessControlPolicy", ownerElement(call.world, bucket) + list, headers);
}
