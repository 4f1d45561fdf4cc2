import { Readable } from "node:stream";
import type { S3 } from "@aws-sdk/client-s3";
import { startSandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changed, outcome, refusal, refusalOf, s3ClientsOf } from "./s3-clients.js";

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let clients: ReturnType<typeof s3ClientsOf>;
let s3: S3;
const Bucket = "objects";

beforeAll(async () => {
  sandbox = await startSandbox();
  clients = s3ClientsOf(sandbox);
  s3 = clients.s3();
  await s3.createBucket({ Bucket });
});
afterAll(() => sandbox.stop());

const textOf = async (Key: string, extra: object = {}) => {
  const { Body } = await s3.getObject({ Bucket, Key, ...extra });
  return Body?.transformToString();
};

describe("what is put is what is got", () => {
  it("keeps body, headers, metadata and tags", async () => {
    const put = await s3.putObject({
      Bucket,
      Key: "whole",
      Body: "hello",
      ContentType: "text/plain; charset=utf-8",
      ContentEncoding: "identity",
      CacheControl: "no-store",
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentLanguage: "en",
      Metadata: { Owner: "acme" },
      Tagging: "team=red&cost%20centre=42",
    });
    expect(put.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    expect(put.ServerSideEncryption).toBe("AES256");
    expect(put.VersionId).toBeUndefined();
    const got = await s3.getObject({ Bucket, Key: "whole" });
    expect(await got.Body?.transformToString()).toBe("hello");
    expect(got).toMatchObject({
      ContentLength: 5,
      ContentType: "text/plain; charset=utf-8",
      ContentEncoding: "identity",
      CacheControl: "no-store",
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentLanguage: "en",
      Metadata: { owner: "acme" },
      TagCount: 2,
      AcceptRanges: "bytes",
      ETag: put.ETag,
    });
    const { TagSet } = await s3.getObjectTagging({ Bucket, Key: "whole" });
    expect(TagSet).toEqual([
      { Key: "team", Value: "red" },
      { Key: "cost centre", Value: "42" },
    ]);
  });

  it("calls a body without a type binary/octet-stream", async () => {
    const client = changed(clients.s3(), { without: ["content-type"] });
    await client.putObject({ Bucket, Key: "untyped", Body: "x" });
    expect((await s3.headObject({ Bucket, Key: "untyped" })).ContentType).toBe("binary/octet-stream");
  });

  it("answers HEAD with the length and without a body", async () => {
    await s3.putObject({ Bucket, Key: "head", Body: "12345" });
    expect(await s3.headObject({ Bucket, Key: "head" })).toMatchObject({ ContentLength: 5 });
    expect(await refusal(s3.headObject({ Bucket, Key: "missing" }))).toMatch(/^404 /);
  });

  it("sends a stream in chunks and stores the plain bytes", async () => {
    const body = Buffer.alloc(200_000, "abcdefghij");
    const stream = Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]);
    await s3.putObject({ Bucket, Key: "stream", Body: stream, ContentLength: body.length });
    const got = await s3.getObject({ Bucket, Key: "stream" });
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(body);
    expect(got.ContentEncoding).toBeUndefined();
  });

  it("tells attributes when they are asked for", async () => {
    await s3.putObject({ Bucket, Key: "attributes", Body: "hello", ChecksumAlgorithm: "SHA256" });
    const ObjectAttributes = ["ETag", "Checksum", "ObjectSize", "StorageClass"] as const;
    const got = await s3.getObjectAttributes({ Bucket, Key: "attributes", ObjectAttributes: [...ObjectAttributes] });
    expect(got).toMatchObject({
      ETag: "5d41402abc4b2a76b9719d911017c592",
      ObjectSize: 5,
      StorageClass: "STANDARD",
      Checksum: { ChecksumSHA256: "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=" },
    });
  });
});

describe("checksums", () => {
  // "123456789" is the check string of the CRC catalogues; SHA values are those of sha1sum and sha256sum.
  const known = {
    CRC32: "y/Q5Jg==",
    CRC32C: "4waSgw==",
    CRC64NVME: "rosUhgp5mIg=",
    SHA1: "98O8HYCOBHMq32eZZczDTKeuNEE=",
    SHA256: "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
  } as const;

  it.each(Object.entries(known))(
    "keeps the %s that AWS's catalogue says and returns it when asked",
    async (name, value) => {
      const given = `Checksum${name}`;
      await s3.putObject({ Bucket, Key: name, Body: "123456789", [given]: value });
      expect(await s3.headObject({ Bucket, Key: name, ChecksumMode: "ENABLED" })).toMatchObject({ [given]: value });
    },
  );

  it("leaves checksums out of answers that did not ask", async () => {
    const silent = clients.s3(undefined, { responseChecksumValidation: "WHEN_REQUIRED" });
    expect((await silent.getObject({ Bucket, Key: "CRC32" })).ChecksumCRC32).toBeUndefined();
  });

  it("computes a CRC64NVME for uploads without a checksum", async () => {
    const silent = clients.s3(undefined, { requestChecksumCalculation: "WHEN_REQUIRED" });
    await silent.putObject({ Bucket, Key: "unsummed", Body: "123456789" });
    const head = await s3.headObject({ Bucket, Key: "unsummed", ChecksumMode: "ENABLED" });
    expect(head.ChecksumCRC64NVME).toBe(known.CRC64NVME);
  });

  it("refuses a body that is not the one the checksum was made of", async () => {
    expect(await refusal(s3.putObject({ Bucket, Key: "bad", Body: "other", ChecksumCRC32: known.CRC32 }))).toBe(
      "400 BadDigest",
    );
    expect(await refusal(s3.putObject({ Bucket, Key: "bad", Body: "other", ChecksumSHA256: known.SHA256 }))).toBe(
      "400 BadDigest",
    );
    const ContentMD5 = "XUFAKrxLKna5cZ2REBfFkg==";
    expect(await refusal(s3.putObject({ Bucket, Key: "bad", Body: "other", ContentMD5 }))).toBe("400 BadDigest");
    expect(await refusal(s3.putObject({ Bucket, Key: "bad", Body: "x", ContentMD5: "short" }))).toBe(
      "400 InvalidDigest",
    );
    expect(await refusal(s3.getObject({ Bucket, Key: "bad" }))).toBe("404 NoSuchKey");
  });

  it("refuses two checksums and a checksum of a wrong form", async () => {
    const two = changed(clients.s3(), { headers: { "x-amz-checksum-sha1": known.SHA1 } });
    expect(await refusal(two.putObject({ Bucket, Key: "two", Body: "123456789" }))).toBe("400 InvalidRequest");
    expect(await refusal(s3.putObject({ Bucket, Key: "form", Body: "x", ChecksumCRC32: "AAAA" }))).toBe(
      "400 InvalidRequest",
    );
  });
});

describe("ranges", () => {
  beforeAll(() => s3.putObject({ Bucket, Key: "range", Body: "0123456789" }));

  it.each([
    ["bytes=0-3", "0123", "bytes 0-3/10"],
    ["bytes=4-", "456789", "bytes 4-9/10"],
    ["bytes=-3", "789", "bytes 7-9/10"],
    ["bytes=8-99", "89", "bytes 8-9/10"],
    ["bytes=-99", "0123456789", "bytes 0-9/10"],
    ["bytes=9-9", "9", "bytes 9-9/10"],
  ])("%s is the part %s", async (Range, part, ContentRange) => {
    const got = await s3.getObject({ Bucket, Key: "range", Range });
    expect(await got.Body?.transformToString()).toBe(part);
    expect(got).toMatchObject({ ContentRange, ContentLength: part.length, $metadata: { httpStatusCode: 206 } });
    expect(got.ChecksumCRC32).toBeUndefined();
  });

  it.each(["bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=a-b"])(
    "%s is no range: the whole object",
    async (Range) => {
      const got = await s3.getObject({ Bucket, Key: "range", Range });
      expect(await got.Body?.transformToString()).toBe("0123456789");
      expect(got.ContentRange).toBeUndefined();
    },
  );

  it.each(["bytes=10-", "bytes=10-12", "bytes=-0"])("%s is not satisfiable", async (Range) => {
    expect(await refusal(s3.getObject({ Bucket, Key: "range", Range }))).toBe("416 InvalidRange");
  });
});

describe("conditions", () => {
  const Key = "conditional";
  let ETag: string | undefined;
  const before = new Date("2001-01-01T00:00:00Z");
  const after = new Date("2101-01-01T00:00:00Z");
  beforeAll(async () => {
    ({ ETag } = await s3.putObject({ Bucket, Key, Body: "first" }));
  });

  it.each([
    ["If-Match holds", () => ({ IfMatch: ETag }), "allowed"],
    ["If-Match fails", () => ({ IfMatch: '"other"' }), "412 PreconditionFailed"],
    ["If-None-Match holds", () => ({ IfNoneMatch: '"other"' }), "allowed"],
    ["If-None-Match fails", () => ({ IfNoneMatch: ETag }), "304"],
    ["If-Modified-Since holds", () => ({ IfModifiedSince: before }), "allowed"],
    ["If-Modified-Since fails", () => ({ IfModifiedSince: after }), "304"],
    ["If-Unmodified-Since holds", () => ({ IfUnmodifiedSince: after }), "allowed"],
    ["If-Unmodified-Since fails", () => ({ IfUnmodifiedSince: before }), "412 PreconditionFailed"],
    ["a true If-Match outweighs If-Unmodified-Since", () => ({ IfMatch: ETag, IfUnmodifiedSince: before }), "allowed"],
    [
      "a false If-None-Match outweighs If-Modified-Since",
      () => ({ IfNoneMatch: ETag, IfModifiedSince: before }),
      "304",
    ],
  ])("%s", async (_title, conditions, expected) => {
    expect(await outcome(s3.getObject({ Bucket, Key, ...conditions() }))).toMatch(new RegExp(`^${expected}`));
  });

  it("If-None-Match: * creates once", async () => {
    const Key = "once";
    await s3.putObject({ Bucket, Key, Body: "a", IfNoneMatch: "*" });
    expect(await refusal(s3.putObject({ Bucket, Key, Body: "b", IfNoneMatch: "*" }))).toBe("412 PreconditionFailed");
    expect(await textOf(Key)).toBe("a");
    expect(await refusal(s3.putObject({ Bucket, Key, Body: "b", IfNoneMatch: ETag }))).toBe("501 NotImplemented");
  });

  it("If-Match replaces only what was seen", async () => {
    expect(await refusal(s3.putObject({ Bucket, Key, Body: "b", IfMatch: '"other"' }))).toBe("412 PreconditionFailed");
    expect(await refusal(s3.putObject({ Bucket, Key: "nothing", Body: "b", IfMatch: ETag }))).toBe("404 NoSuchKey");
    expect(await refusal(s3.deleteObject({ Bucket, Key, IfMatch: '"other"' }))).toBe("412 PreconditionFailed");
    ({ ETag } = await s3.putObject({ Bucket, Key, Body: "second", IfMatch: ETag }));
    expect(await textOf(Key)).toBe("second");
  });
});

describe("keys", () => {
  const strange = [
    "a b",
    "a+b",
    "a%2Fb",
    "%",
    "ключ/日本語/🔑",
    "a//b",
    "a/",
    "a/../b",
    "./a",
    "__proto__",
    "constructor",
    "toString",
    "a\u0001b\tc",
    "quote\"'<&>",
    "x?y#z",
    "k".repeat(1024),
    "é".repeat(512),
    "\uffff",
  ];

  it.each(strange)("%j is a name like any other", async (Key) => {
    await s3.putObject({ Bucket, Key, Body: `body of ${Key}` });
    expect(await textOf(Key)).toBe(`body of ${Key}`);
    await s3.deleteObject({ Bucket, Key });
    expect(await refusal(s3.getObject({ Bucket, Key }))).toBe("404 NoSuchKey");
  });

  it("does not mix keys up that some servers take for the same", async () => {
    const similar = ["m/n", "m//n", "m%2Fn", "m/./n", "m+n", "m n", "m%20n", "M/n", "é", "e\u0301"];
    for (const Key of similar) await s3.putObject({ Bucket, Key, Body: Key });
    for (const Key of similar) expect(await textOf(Key)).toBe(Key);
  });

  it("refuses keys over 1,024 bytes, keys that climb out, and broken percent-encoding", async () => {
    expect(await refusal(s3.putObject({ Bucket, Key: "k".repeat(1025), Body: "x" }))).toBe("400 KeyTooLongError");
    expect(await refusal(s3.putObject({ Bucket, Key: "é".repeat(513), Body: "x" }))).toBe("400 KeyTooLongError");
    expect(await refusal(s3.putObject({ Bucket, Key: "a/../../b", Body: "x" }))).toBe("400 InvalidURI");
    expect(await refusal(s3.putObject({ Bucket, Key: "../b", Body: "x" }))).toBe("400 InvalidURI");
    expect((await clients.unsigned("GET", `/${Bucket}/%zz`)).body).toContain("<Code>InvalidURI</Code>");
    expect((await clients.unsigned("GET", `/${Bucket}/%ff`)).body).toContain("<Code>InvalidURI</Code>");
  });
});

describe("response headers on demand", () => {
  beforeAll(() => s3.putObject({ Bucket, Key: "override", Body: "x" }));

  it("sets the headers that a signed query names", async () => {
    const got = await s3.getObject({
      Bucket,
      Key: "override",
      ResponseContentType: "text/csv",
      ResponseContentDisposition: 'attachment; filename="report.csv"',
      ResponseCacheControl: "no-cache",
    });
    expect(got).toMatchObject({
      ContentType: "text/csv",
      ContentDisposition: 'attachment; filename="report.csv"',
      CacheControl: "no-cache",
    });
  });

  it("does not let a query smuggle a header into the answer", async () => {
    const ResponseContentType = "text/csv\r\nset-cookie: a=b";
    expect(await refusal(s3.getObject({ Bucket, Key: "override", ResponseContentType }))).toBe("400 InvalidArgument");
    const query = { "x-amz-meta-a": "b\r\nset-cookie: a=b" };
    const client = changed(clients.s3(), { query });
    expect(await refusal(client.putObject({ Bucket, Key: "smuggled", Body: "x" }))).toBe("400 InvalidArgument");
  });
});

describe("deleting", () => {
  it("succeeds for what is not there", async () => {
    expect(await s3.deleteObject({ Bucket, Key: "never" })).toMatchObject({ $metadata: { httpStatusCode: 204 } });
  });

  it("deletes many at once and tells each", async () => {
    for (const Key of ["d1", "d2", "d3 <&>"]) await s3.putObject({ Bucket, Key, Body: "x" });
    const Objects = [{ Key: "d1" }, { Key: "d2" }, { Key: "d3 <&>" }, { Key: "d4" }];
    const { Deleted, Errors } = await s3.deleteObjects({ Bucket, Delete: { Objects } });
    expect(Deleted?.map(({ Key }) => Key)).toEqual(["d1", "d2", "d3 <&>", "d4"]);
    expect(Errors).toBeUndefined();
    expect((await s3.listObjectsV2({ Bucket, Prefix: "d" })).KeyCount).toBe(0);
  });

  it("says nothing about successes when asked to be quiet", async () => {
    await s3.putObject({ Bucket, Key: "q1", Body: "x" });
    const { Deleted } = await s3.deleteObjects({ Bucket, Delete: { Objects: [{ Key: "q1" }], Quiet: true } });
    expect(Deleted).toBeUndefined();
  });

  it("takes 1,000 keys and no more, and wants the list protected by a digest", async () => {
    const keys = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `n${index}` }));
    expect((await s3.deleteObjects({ Bucket, Delete: { Objects: keys(1000) } })).Deleted).toHaveLength(1000);
    expect(await refusal(s3.deleteObjects({ Bucket, Delete: { Objects: keys(1001) } }))).toBe("400 MalformedXML");
    const bare = changed(clients.s3(), { body: "<Delete><Object><Key>n</Key></Object></Delete>" });
    expect(await refusal(bare.deleteObjects({ Bucket, Delete: { Objects: keys(1) } }))).toBe("400 InvalidRequest");
  });
});

describe("metadata", () => {
  it("is limited to 2 KB", async () => {
    await s3.putObject({ Bucket, Key: "meta", Body: "x", Metadata: { a: "v".repeat(2047) } });
    const answer = s3.putObject({ Bucket, Key: "meta", Body: "x", Metadata: { a: "v".repeat(2048) } });
    expect((await refusalOf(answer)).code).toBe("MetadataTooLarge");
  });
});
