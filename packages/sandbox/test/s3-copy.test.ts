import type { S3 } from "@aws-sdk/client-s3";
import { startSandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CUSTOMER, refusal, s3ClientsOf, VENDOR } from "./s3-clients.js";

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let s3: S3;
const Bucket = "copies";
const CopySource = `${Bucket}/source`;
let ETag = "";

beforeAll(async () => {
  sandbox = await startSandbox();
  s3 = s3ClientsOf(sandbox).s3();
  await s3.createBucket({ Bucket });
  const put = {
    Bucket,
    Key: "source",
    Body: "123456789",
    ContentType: "text/plain",
    Metadata: { a: "1" },
    Tagging: "t=1",
  };
  ({ ETag = "" } = await s3.putObject({ ...put, ChecksumAlgorithm: "SHA256" }));
});
afterAll(() => sandbox.stop());

describe("a copy", () => {
  it("has the source's body, type, metadata, tags and checksum", async () => {
    const { CopyObjectResult } = await s3.copyObject({ Bucket, Key: "same", CopySource });
    expect(CopyObjectResult).toMatchObject({ ETag, ChecksumSHA256: "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=" });
    const got = await s3.getObject({ Bucket, Key: "same" });
    expect(await got.Body?.transformToString()).toBe("123456789");
    expect(got).toMatchObject({ ContentType: "text/plain", Metadata: { a: "1" }, TagCount: 1 });
  });

  it("has its own metadata, tags and checksum when it says so", async () => {
    await s3.copyObject({
      Bucket,
      Key: "other",
      CopySource,
      MetadataDirective: "REPLACE",
      ContentType: "text/csv",
      Metadata: { b: "2" },
      TaggingDirective: "REPLACE",
      Tagging: "u=2",
      ChecksumAlgorithm: "CRC32C",
    });
    const head = await s3.headObject({ Bucket, Key: "other", ChecksumMode: "ENABLED" });
    expect(head).toMatchObject({ ContentType: "text/csv", Metadata: { b: "2" }, ChecksumCRC32C: "4waSgw==" });
    expect((await s3.getObjectTagging({ Bucket, Key: "other" })).TagSet).toEqual([{ Key: "u", Value: "2" }]);
  });

  it("onto itself must change something", async () => {
    const onto = { Bucket, Key: "source", CopySource };
    expect(await refusal(s3.copyObject(onto))).toBe("400 InvalidRequest");
    await s3.copyObject({ ...onto, MetadataDirective: "REPLACE", ContentType: "text/plain", Metadata: { a: "1" } });
  });

  it("is made under the source's conditions", async () => {
    const copy = (conditions: object) => s3.copyObject({ Bucket, Key: "if", CopySource, ...conditions });
    const before = new Date("2001-01-01T00:00:00Z");
    const after = new Date("2101-01-01T00:00:00Z");
    await copy({ CopySourceIfMatch: ETag, CopySourceIfModifiedSince: before });
    for (const conditions of [
      { CopySourceIfMatch: '"other"' },
      { CopySourceIfNoneMatch: ETag },
      { CopySourceIfModifiedSince: after },
      { CopySourceIfUnmodifiedSince: before },
    ]) {
      expect(await refusal(copy(conditions))).toBe("412 PreconditionFailed");
    }
  });

  it.each(["a b+c", "a%2Fb", "ключ/🔑", "q?versionId=x", "a//b"])(
    "finds the source by its encoded key: %j",
    async (Key) => {
      await s3.putObject({ Bucket, Key, Body: Key });
      const encoded = encodeURIComponent(Key);
      for (const source of [`${Bucket}/${encoded}`, `/${Bucket}/${encoded}`, encodeURIComponent(`${Bucket}/${Key}`)]) {
        await s3.copyObject({ Bucket, Key: "found", CopySource: source });
        const { Body } = await s3.getObject({ Bucket, Key: "found" });
        expect(await Body?.transformToString()).toBe(Key);
      }
    },
  );

  it("can be made of an older version, also of the same key", async () => {
    const versioned = { Bucket: "versioned-copies", Key: "k" };
    await s3.createBucket({ Bucket: versioned.Bucket });
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await s3.putBucketVersioning({ Bucket: versioned.Bucket, VersioningConfiguration });
    const { VersionId } = await s3.putObject({ ...versioned, Body: "old" });
    await s3.putObject({ ...versioned, Body: "new" });
    const source = `${versioned.Bucket}/k?versionId=${VersionId}`;
    const copied = await s3.copyObject({ ...versioned, CopySource: source });
    expect(copied.CopySourceVersionId).toBe(VersionId);
    expect(copied.VersionId).not.toBe(VersionId);
    expect(await (await s3.getObject(versioned)).Body?.transformToString()).toBe("old");
    const missing = `${versioned.Bucket}/k?versionId=missing`;
    expect(await refusal(s3.copyObject({ ...versioned, CopySource: missing }))).toBe("404 NoSuchVersion");
  });

  it("needs a source that is there and that belongs to whom one expects", async () => {
    const copy = (source: string, extra: object = {}) =>
      s3.copyObject({ Bucket, Key: "x", CopySource: source, ...extra });
    expect(await refusal(copy(`${Bucket}/missing`))).toBe("404 NoSuchKey");
    expect(await refusal(copy("no-such-bucket/k"))).toBe("404 NoSuchBucket");
    expect(await refusal(copy(Bucket))).toBe("400 InvalidArgument");
    expect(await refusal(copy(CopySource, { ExpectedSourceBucketOwner: VENDOR }))).toBe("403 AccessDenied");
    await copy(CopySource, { ExpectedSourceBucketOwner: CUSTOMER });
  });
});
