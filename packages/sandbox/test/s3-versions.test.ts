import type { S3 } from "@aws-sdk/client-s3";
import { startSandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusal, refusalOf, s3ClientsOf } from "./s3-clients.js";

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let s3: S3;
let count = 0;

beforeAll(async () => {
  sandbox = await startSandbox();
  s3 = s3ClientsOf(sandbox).s3();
});
afterAll(() => sandbox.stop());

async function bucketWith(Status?: "Enabled" | "Suspended"): Promise<string> {
  const Bucket = `versions-${(count += 1)}`;
  await s3.createBucket({ Bucket });
  if (Status !== undefined) await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status } });
  return Bucket;
}
const put = async (Bucket: string, Key: string, Body: string) => {
  const { VersionId = "" } = await s3.putObject({ Bucket, Key, Body });
  return VersionId;
};
const textOf = async (Bucket: string, Key: string, VersionId?: string) => {
  const { Body } = await s3.getObject({ Bucket, Key, ...(VersionId && { VersionId }) });
  return Body?.transformToString();
};

describe("a bucket without versioning", () => {
  it("names no versions, and its only one is null", async () => {
    const Bucket = await bucketWith();
    expect((await s3.getBucketVersioning({ Bucket })).Status).toBeUndefined();
    expect(await put(Bucket, "k", "a")).toBe("");
    await put(Bucket, "k", "b");
    expect(await textOf(Bucket, "k", "null")).toBe("b");
    const { Versions } = await s3.listObjectVersions({ Bucket });
    expect(Versions).toMatchObject([{ Key: "k", VersionId: "null", IsLatest: true, Size: 1 }]);
    expect(await s3.deleteObject({ Bucket, Key: "k" })).not.toHaveProperty("DeleteMarker");
    expect((await s3.listObjectVersions({ Bucket })).Versions).toBeUndefined();
  });
});

describe("a bucket with versioning", () => {
  it("keeps every version and gives each by its id", async () => {
    const Bucket = await bucketWith("Enabled");
    const first = await put(Bucket, "k", "one");
    const second = await put(Bucket, "k", "two");
    expect(first).not.toBe(second);
    expect(await textOf(Bucket, "k")).toBe("two");
    expect(await textOf(Bucket, "k", first)).toBe("one");
    expect((await s3.headObject({ Bucket, Key: "k" })).VersionId).toBe(second);
    expect(await refusal(s3.getObject({ Bucket, Key: "k", VersionId: "other" }))).toBe("404 NoSuchVersion");
    expect(await refusal(s3.getObject({ Bucket, Key: "k", VersionId: "<>" }))).toBe("400 InvalidArgument");
  });

  it("deletes by a marker that can itself be deleted", async () => {
    const Bucket = await bucketWith("Enabled");
    const first = await put(Bucket, "k", "one");
    const marker = await s3.deleteObject({ Bucket, Key: "k" });
    expect(marker.DeleteMarker).toBe(true);
    const gone = await refusalOf(s3.getObject({ Bucket, Key: "k" }));
    expect(gone).toMatchObject({ status: 404, code: "NoSuchKey", headers: { "x-amz-delete-marker": "true" } });
    const VersionId = marker.VersionId ?? "";
    const direct = await refusalOf(s3.getObject({ Bucket, Key: "k", VersionId }));
    expect(direct).toMatchObject({ status: 405, code: "MethodNotAllowed", headers: { "x-amz-delete-marker": "true" } });
    expect(await textOf(Bucket, "k", first)).toBe("one");
    expect((await s3.listObjectsV2({ Bucket })).KeyCount).toBe(0);
    expect(await refusal(s3.deleteBucket({ Bucket }))).toBe("409 BucketNotEmpty");
    expect(await s3.deleteObject({ Bucket, Key: "k", VersionId })).toMatchObject({ DeleteMarker: true, VersionId });
    expect(await textOf(Bucket, "k")).toBe("one");
  });

  it("deletes one version for good and shows the one before", async () => {
    const Bucket = await bucketWith("Enabled");
    await put(Bucket, "k", "one");
    const second = await put(Bucket, "k", "two");
    await s3.deleteObject({ Bucket, Key: "k", VersionId: second });
    expect(await textOf(Bucket, "k")).toBe("one");
    expect(await refusal(s3.getObject({ Bucket, Key: "k", VersionId: second }))).toBe("404 NoSuchVersion");
  });

  it("lets If-None-Match: * create over a delete marker", async () => {
    const Bucket = await bucketWith("Enabled");
    await put(Bucket, "k", "one");
    await s3.deleteObject({ Bucket, Key: "k" });
    await s3.putObject({ Bucket, Key: "k", Body: "two", IfNoneMatch: "*" });
    expect(await textOf(Bucket, "k")).toBe("two");
  });

  it("keeps tags per version", async () => {
    const Bucket = await bucketWith("Enabled");
    const first = await put(Bucket, "k", "one");
    await put(Bucket, "k", "two");
    const Tagging = { TagSet: [{ Key: "a", Value: "1" }] };
    await s3.putObjectTagging({ Bucket, Key: "k", VersionId: first, Tagging });
    expect((await s3.getObjectTagging({ Bucket, Key: "k" })).TagSet).toEqual([]);
    expect((await s3.getObjectTagging({ Bucket, Key: "k", VersionId: first })).TagSet).toEqual(Tagging.TagSet);
    await s3.deleteObjectTagging({ Bucket, Key: "k", VersionId: first });
    expect((await s3.getObjectTagging({ Bucket, Key: "k", VersionId: first })).TagSet).toEqual([]);
  });

  it("tells of versions when many are deleted at once", async () => {
    const Bucket = await bucketWith("Enabled");
    const VersionId = await put(Bucket, "a", "one");
    await put(Bucket, "b", "one");
    const { Deleted } = await s3.deleteObjects({
      Bucket,
      Delete: { Objects: [{ Key: "a", VersionId }, { Key: "b" }] },
    });
    expect(Deleted).toMatchObject([
      { Key: "a", VersionId },
      { Key: "b", DeleteMarker: true },
    ]);
    expect(Deleted?.[1]?.DeleteMarkerVersionId).toMatch(/.{32}/);
  });
});

describe("a bucket whose versioning is suspended", () => {
  it("replaces the null version and keeps the named ones", async () => {
    const Bucket = await bucketWith("Enabled");
    const named = await put(Bucket, "k", "named");
    await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Suspended" } });
    expect(await put(Bucket, "k", "null 1")).toBe("null");
    await put(Bucket, "k", "null 2");
    const { Versions } = await s3.listObjectVersions({ Bucket });
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(["null", named]);
    expect(await s3.deleteObject({ Bucket, Key: "k" })).toMatchObject({ DeleteMarker: true, VersionId: "null" });
    expect(await textOf(Bucket, "k", named)).toBe("named");
    expect((await s3.listObjectVersions({ Bucket })).Versions).toHaveLength(1);
  });
});

describe("listing versions", () => {
  it("goes through all of them, newest first, in pages of any size", async () => {
    const Bucket = await bucketWith("Enabled");
    const expected: string[] = [];
    for (const key of ["a", "b/1", "b/2", "c"]) {
      const ids: string[] = [];
      for (const body of ["1", "2", "3"]) ids.unshift(await put(Bucket, key, body));
      expected.push(...ids.map((id) => `${key} ${id}`));
    }
    for (const MaxKeys of [1, 2, 5, 12, 100]) {
      const seen: string[] = [];
      let marker: { KeyMarker?: string; VersionIdMarker?: string } = {};
      for (;;) {
        const page = await s3.listObjectVersions({ Bucket, MaxKeys, ...marker });
        seen.push(...(page.Versions ?? []).map(({ Key = "", VersionId = "" }) => `${Key} ${VersionId}`));
        if (page.IsTruncated !== true) break;
        marker = { KeyMarker: page.NextKeyMarker ?? "", VersionIdMarker: page.NextVersionIdMarker ?? "" };
      }
      expect(seen).toEqual(expected);
    }
    const grouped = await s3.listObjectVersions({ Bucket, Delimiter: "/" });
    expect(grouped.CommonPrefixes).toEqual([{ Prefix: "b/" }]);
    expect(grouped.Versions).toHaveLength(6);
    expect(await refusal(s3.listObjectVersions({ Bucket, VersionIdMarker: "x" }))).toBe("400 InvalidArgument");
  });
});
