// S3 User Guide, "General purpose bucket naming rules".
import { AwsError } from "../errors.js";

const RESERVED = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3|-an)$/;

/** Throws `InvalidBucketName` 400 unless a bucket may have this name. */
export function checkBucketName(name: string): void {
  const wellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name);
  const looksLikeIp = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name);
  if (wellFormed && !name.includes("..") && !looksLikeIp && !RESERVED.test(name)) return;
  throw new AwsError(400, "InvalidBucketName", "The specified bucket is not valid.", {
    details: { BucketName: name },
  });
}
