// Reads `/bucket/key` exactly as it was sent. Only path style: the bucket is never taken from the Host header.
import { AwsError } from "../errors.js";

export interface Address {
  readonly bucketName: string | undefined;
  readonly key: string | undefined;
}

/** S3 User Guide, "Naming Amazon S3 objects": at most 1,024 bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/**
 * Splits and decodes a raw path. `+` is a plus, `%2F` a slash of the key, and empty segments are part of the key.
 * Throws `InvalidURI` for bad percent-encoding or UTF-8, `KeyTooLongError` for a key over 1,024 bytes.
 */
export function parseAddress(rawPath: string): Address {
  const path = rawPath.replace(/^\//, "");
  const slash = path.indexOf("/");
  const bucketName = decode(slash < 0 ? path : path.slice(0, slash));
  const key = slash < 0 ? "" : decode(path.slice(slash + 1));
  if (bucketName === "") {
    if (key !== "") throw invalidUri(rawPath);
    return { bucketName: undefined, key: undefined };
  }
  if (key === "") return { bucketName, key: undefined };
  checkKey(key);
  return { bucketName, key };
}

/** Throws S3's refusal unless a key of this name can exist. */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > MAX_KEY_BYTES) {
    throw new AwsError(400, "KeyTooLongError", "Your key is too long", {
      details: { Size: String(size), MaxSizeAllowed: String(MAX_KEY_BYTES) },
    });
  }
  if (climbsOut(key)) throw invalidUri(key);
}

/** "Naming Amazon S3 objects": read from the left, `..` must never outnumber the other segments. */
function climbsOut(key: string): boolean {
  let depth = 0;
  for (const segment of key.split("/")) {
    if (segment === "..") depth -= 1;
    else if (segment !== "" && segment !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

/** Percent-decodes UTF-8 strictly. Throws `InvalidURI`. */
export function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw invalidUri(encoded);
  }
}

function invalidUri(uri: string): AwsError {
  return new AwsError(400, "InvalidURI", "Couldn't parse the specified URI.", { details: { URI: uri } });
}
