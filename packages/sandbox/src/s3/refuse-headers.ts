// Refuses headers whose meaning the operation would otherwise drop silently.
import { AwsError } from "../errors.js";
import { invalidArgument, notImplemented } from "./s3-errors.js";
import type { S3Call, S3Operation } from "./s3-call.js";

/** Known to every operation: signature, transport, integrity, ownership. */
const ALWAYS = [
  "x-amz-date",
  "x-amz-content-sha256",
  "x-amz-security-token",
  "x-amz-user-agent",
  "x-amz-decoded-content-length",
  "x-amz-trailer",
  "x-amz-te",
  "x-amz-sdk-checksum-algorithm",
  "x-amz-checksum-crc32",
  "x-amz-checksum-crc32c",
  "x-amz-checksum-crc64nvme",
  "x-amz-checksum-sha1",
  "x-amz-checksum-sha256",
  "x-amz-expected-bucket-owner",
];

/** Throws `NotImplemented` 501 for an `x-amz-…` header or a query parameter that the operation does not act on. */
export function refuseUnknown(s3: S3Call, operation: S3Operation): void {
  const headers = [...ALWAYS, ...(operation.headers ?? [])];
  for (const name of s3.headers.keys()) {
    if (name.startsWith("x-amz-") && !headers.some((known) => covers(known, name)))
      throw notImplemented("Header", name);
  }
  for (const name of s3.query.keys()) {
    // `x-id` is the SDKs' name of the operation, for logs only.
    if (name !== "x-id" && operation.query?.includes(name) !== true) throw notImplemented("Parameter", name);
  }
}

function covers(known: string, name: string): boolean {
  return known.endsWith("*") ? name.startsWith(known.slice(0, -1)) : known === name;
}

/** What PutObject and CopyObject say about storing: only what the sandbox does is accepted. */
export const STORAGE_HEADERS = ["x-amz-acl", "x-amz-grant-*", "x-amz-storage-class", "x-amz-server-side-encryption"];

/**
 * Throws unless the request asks for the storage that there is: SSE-S3, class STANDARD, no ACL.
 * ACLs: S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket".
 */
export function checkStorage({ headers }: S3Call): void {
  const acl = headers.get("x-amz-acl");
  const grants = [...headers.keys()].some((name) => name.startsWith("x-amz-grant-"));
  if (grants || (acl !== undefined && acl !== "bucket-owner-full-control")) throw aclNotSupported();
  const storageClass = headers.get("x-amz-storage-class");
  if (storageClass !== undefined && storageClass !== "STANDARD") {
    if (OTHER_STORAGE_CLASSES.has(storageClass)) throw notImplemented("Header", "x-amz-storage-class");
    throw new AwsError(400, "InvalidStorageClass", "The storage class you specified is not valid", {
      details: { StorageClassRequested: storageClass },
    });
  }
  const encryption = headers.get("x-amz-server-side-encryption");
  if (encryption === "aws:kms" || encryption === "aws:kms:dsse") {
    throw notImplemented("Header", "x-amz-server-side-encryption");
  }
  if (encryption !== undefined && encryption !== "AES256") {
    throw invalidArgument(
      "The encryption method specified is not supported",
      "x-amz-server-side-encryption",
      encryption,
    );
  }
}

/** Buckets are "bucket owner enforced": every request to set an ACL fails. */
export function aclNotSupported(): AwsError {
  return new AwsError(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
}

const OTHER_STORAGE_CLASSES = new Set([
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "DEEP_ARCHIVE",
  "OUTPOSTS",
  "GLACIER_IR",
  "SNOW",
  "EXPRESS_ONEZONE",
]);
