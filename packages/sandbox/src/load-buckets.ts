// Buckets and objects of a world file.
import { parsePolicy } from "@daypass/policy";
import { storeBucketPolicy } from "./s3/store-bucket-policy.js";
import { storeVersion } from "./s3/store-version.js";
import type { Bucket } from "./s3/types.js";
import type { World } from "./world-types.js";
import { atPlace, within, worldError } from "./world-error.js";
import type { Place } from "./world-error.js";
import type { CompleteWorldFile } from "./world-file.js";

/** Adds the buckets. Throws `SandboxError` `invalid_world` for a doubled name, an unknown account or a bad policy. */
export function loadBuckets(world: World, entries: CompleteWorldFile["buckets"], place: Place): void {
  for (const [index, entry] of entries.entries()) {
    const at = within(place, index);
    if (world.buckets.has(entry.name)) {
      throw worldError(at, `the bucket ${entry.name} already exists`, "bucket names are unique over all accounts");
    }
    if (!world.accounts.has(entry.account)) {
      throw worldError(within(at, "account"), `the account ${entry.account} does not exist`, "list it under accounts");
    }
    const bucket: Bucket = {
      name: entry.name,
      accountId: entry.account,
      region: entry.region,
      created: new Date(world.clock()),
      versioning: entry.versioning,
      policy: undefined,
      blockPublicAccess: entry.blockPublicAccess ?? undefined,
      tags: new Map(),
      objects: new Map(),
    };
    if (entry.policy !== undefined) {
      const text = JSON.stringify(entry.policy);
      bucket.policy = atPlace(within(at, "policy"), () => {
        // For the error's sake: the parser names the place, S3 does not.
        parsePolicy(text, "resource");
        return storeBucketPolicy(world, bucket, text, `arn:aws:iam::${entry.account}:root`);
      });
    }
    world.buckets.set(bucket.name, bucket);
    for (const object of entry.objects) {
      const { key, body = "", bodyBase64, contentType } = object;
      storeVersion(world, bucket, key, {
        body: bodyBase64 === undefined ? Buffer.from(body, "utf8") : Buffer.from(bodyBase64, "base64"),
        headers: new Map([["content-type", contentType]]),
        metadata: new Map(),
        tags: new Map(),
        checksum: undefined,
      });
    }
  }
}
