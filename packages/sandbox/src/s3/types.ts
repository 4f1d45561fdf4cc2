// S3 as data: buckets and what is in them.
import type { StoredPolicy, Tags } from "../types.js";

export interface ObjectVersion {
  readonly versionId: string;
  readonly body: Buffer;
  readonly etag: string;
  readonly lastModified: Date;
  readonly deleteMarker: boolean;
  /** content-type, content-encoding, cache-control, … lower-case names as given at PutObject. */
  readonly headers: ReadonlyMap<string, string>;
  /** x-amz-meta-… without the prefix. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly tags: Tags;
  /** By algorithm: CRC32, CRC32C, CRC64NVME, SHA1, SHA256; base64. */
  readonly checksums: ReadonlyMap<string, string>;
}

export interface BlockPublicAccess {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

export interface Bucket {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly created: Date;
  versioning: "Enabled" | "Suspended" | undefined;
  policy: StoredPolicy | undefined;
  /** New buckets have all four on, as on AWS since April 2023. `undefined` after DeletePublicAccessBlock. */
  blockPublicAccess: BlockPublicAccess | undefined;
  tags: Map<string, string>;
  /** By key, newest version first. */
  readonly objects: Map<string, ObjectVersion[]>;
}
