// Buckets and objects of a world file.
import { storeDocument } from "./load-accounts.js";
import { storeVersion } from "./s3/store-version.js";
import type { Bucket, World } from "./types.js";
import { within, worldError } from "./world-error.js";
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
      policy:
        entry.policy === undefined ? undefined : storeDocument(world, entry.policy, "resource", within(at, "policy")),
      blockPublicAccess: entry.blockPublicAccess ?? undefined,
      tags: new Map(),
      objects: new Map(),
    };
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
