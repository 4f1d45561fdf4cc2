import type { S3 } from "@aws-sdk/client-s3";
import { startSandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changed, CUSTOMER, document, refusal, refusalOf, s3ClientsOf, VENDOR } from "./s3-clients.js";

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let clients: ReturnType<typeof s3ClientsOf>;
let admin: S3;
const bugs: unknown[] = [];
const Bucket = "refusals";
const Key = "k";

beforeAll(async () => {
  sandbox = await startSandbox({ reportBug: (error) => bugs.push(error) });
  clients = s3ClientsOf(sandbox);
  admin = clients.s3();
  await admin.createBucket({ Bucket });
  await admin.putObject({ Bucket, Key, Body: "x" });
});
afterAll(() => sandbox.stop());

describe("what the sandbox does not have is refused, never ignored", () => {
  it.each([
    ["website", () => admin.getBucketWebsite({ Bucket })],
    ["CORS", () => admin.getBucketCors({ Bucket })],
    ["lifecycle", () => admin.getBucketLifecycleConfiguration({ Bucket })],
    ["replication", () => admin.getBucketReplication({ Bucket })],
    ["logging", () => admin.getBucketLogging({ Bucket })],
    ["notifications", () => admin.getBucketNotificationConfiguration({ Bucket })],
    ["object lock", () => admin.getObjectLockConfiguration({ Bucket })],
    ["requester pays", () => admin.getBucketRequestPayment({ Bucket })],
    ["acceleration", () => admin.getBucketAccelerateConfiguration({ Bucket })],
    [
      "changing encryption",
      () => admin.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: { Rules: [] } }),
    ],
    ["deleting encryption", () => admin.deleteBucketEncryption({ Bucket })],
    ["changing ownership", () => admin.deleteBucketOwnershipControls({ Bucket })],
    ["uploads in parts", () => admin.createMultipartUpload({ Bucket, Key })],
    ["listing uploads", () => admin.listMultipartUploads({ Bucket })],
    ["a part", () => admin.uploadPart({ Bucket, Key, PartNumber: 1, UploadId: "u", Body: "x" })],
    ["completing an upload", () => admin.completeMultipartUpload({ Bucket, Key, UploadId: "u" })],
    ["aborting an upload", () => admin.abortMultipartUpload({ Bucket, Key, UploadId: "u" })],
    ["reading a part", () => admin.getObject({ Bucket, Key, PartNumber: 1 })],
    ["legal hold", () => admin.getObjectLegalHold({ Bucket, Key })],
    ["restore", () => admin.restoreObject({ Bucket, Key })],
    ["torrents", () => admin.getObjectTorrent({ Bucket, Key })],
  ])("%s", async (_title, call) => {
    expect(await refusal(call())).toBe("501 NotImplemented");
    await admin.headObject({ Bucket, Key });
  });

  it.each([
    ["SSE-KMS", { ServerSideEncryption: "aws:kms" }],
    ["SSE-C", { SSECustomerAlgorithm: "AES256", SSECustomerKey: "k".repeat(32) }],
    ["another storage class", { StorageClass: "GLACIER" }],
    ["object lock", { ObjectLockMode: "GOVERNANCE", ObjectLockRetainUntilDate: new Date("2040-01-01") }],
    ["requester pays", { RequestPayer: "requester" }],
    ["a website redirect", { WebsiteRedirectLocation: "/x" }],
  ] as const)("at upload: %s", async (_title, extra) => {
    const put = { Bucket, Key: "extra", Body: "x", ...(extra as object) };
    // The SDK itself refuses customers' keys over plain HTTP unless told not to.
    expect(await refusal(admin.putObject(put))).toBe("501 NotImplemented");
    expect(await refusal(admin.getObject({ Bucket, Key: "extra" }))).toBe("404 NoSuchKey");
  });

  it("unknown x-amz- headers and unknown parameters", async () => {
    const header = changed(clients.s3(), { headers: { "x-amz-mfa": "serial 123456" } });
    expect(await refusal(header.deleteObject({ Bucket, Key }))).toBe("501 NotImplemented");
    const parameter = changed(clients.s3(), { query: { unheard: "of" } });
    expect(await refusal(parameter.getObject({ Bucket, Key }))).toBe("501 NotImplemented");
    const two = changed(clients.s3(), { query: { policy: "" } });
    expect(await refusal(two.getBucketAcl({ Bucket }))).toBe("501 NotImplemented");
    await admin.headObject({ Bucket, Key });
  });

  it("methods that nothing has", async () => {
    expect((await clients.unsigned("POST", `/${Bucket}/k`)).status).toBe(405);
    expect((await clients.unsigned("OPTIONS", `/${Bucket}`)).status).toBe(405);
    expect((await clients.unsigned("PUT", "/")).status).toBe(405);
  });

  it("ACLs", async () => {
    const no = "400 AccessControlListNotSupported";
    expect(await refusal(admin.putObject({ Bucket, Key: "acl", Body: "x", ACL: "public-read" }))).toBe(no);
    expect(await refusal(admin.putObject({ Bucket, Key: "acl", Body: "x", GrantRead: 'id="x"' }))).toBe(no);
    expect(await refusal(admin.putObjectAcl({ Bucket, Key, ACL: "public-read" }))).toBe(no);
    expect(await refusal(admin.copyObject({ Bucket, Key: "acl", CopySource: `${Bucket}/k`, ACL: "public-read" }))).toBe(
      no,
    );
    await admin.putObject({ Bucket, Key: "acl", Body: "x", ACL: "bucket-owner-full-control" });
    const { Grants, Owner } = await admin.getObjectAcl({ Bucket, Key: "acl" });
    expect(Grants).toMatchObject([{ Permission: "FULL_CONTROL", Grantee: { ID: Owner?.ID } }]);
  });
});

describe("bucket policies", () => {
  const arn = `arn:aws:s3:::${Bucket}`;
  const read = (resource: string) =>
    document({ Effect: "Allow", Principal: { AWS: VENDOR }, Action: "s3:GetObject", Resource: resource });

  it.each([
    ["another bucket's objects", read("arn:aws:s3:::other/*")],
    ["any bucket's objects", read("*")],
    ["a bucket whose name only begins alike", read(`${arn}-other/*`)],
    ["names by a pattern", read("arn:aws:s3:::*/*")],
  ])("must be about their own bucket: %s", async (_title, Policy) => {
    const { status, code, message } = await refusalOf(admin.putBucketPolicy({ Bucket, Policy }));
    expect({ status, code, message }).toEqual({
      status: 400,
      code: "MalformedPolicy",
      message: "Policy has invalid resource",
    });
  });

  it.each([
    ["no JSON", "{"],
    ["no statement", "{}"],
    ["no principal", document({ Effect: "Allow", Action: "s3:GetObject", Resource: `${arn}/*` })],
    [
      "a principal that does not exist",
      document({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${VENDOR}:user/nobody` },
        Action: "s3:GetObject",
        Resource: `${arn}/*`,
      }),
    ],
    [
      "an unknown operator",
      document({
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: arn,
        Condition: { StringEqual: { "aws:SourceVpc": "x" } },
      }),
    ],
    [
      "a grant to all but somebody",
      document({ Effect: "Allow", NotPrincipal: { AWS: VENDOR }, Action: "s3:GetObject", Resource: `${arn}/*` }),
    ],
    [
      "an outside identity provider",
      document({
        Effect: "Allow",
        Principal: { Federated: "graph.facebook.com" },
        Action: "s3:GetObject",
        Resource: `${arn}/*`,
      }),
    ],
    ["more than 20 KB", read(`${arn}/${"x".repeat(20_480)}`)],
  ])("are refused with %s", async (_title, Policy) => {
    expect(await refusal(admin.putBucketPolicy({ Bucket, Policy }))).toBe("400 MalformedPolicy");
    expect(await refusal(admin.getBucketPolicy({ Bucket }))).toBe("404 NoSuchBucketPolicy");
  });

  it("are shown as they were written, until they are deleted", async () => {
    const Policy = read(`${arn}/*`).replace("{", "{\n  ");
    await admin.putBucketPolicy({ Bucket, Policy });
    expect((await admin.getBucketPolicy({ Bucket })).Policy).toBe(Policy);
    await admin.deleteBucketPolicy({ Bucket });
    expect(await refusal(admin.getBucketPolicy({ Bucket }))).toBe("404 NoSuchBucketPolicy");
  });

  it("no longer mean a user who was made again under the same name", async () => {
    const name = "phoenix";
    const everything = document({ Effect: "Allow", Action: "s3:*", Resource: "*" });
    await clients.userKeys(VENDOR, name, everything);
    const Principal = { AWS: `arn:aws:iam::${VENDOR}:user/${name}` };
    const Policy = document({ Effect: "Allow", Principal, Action: "s3:GetObject", Resource: `${arn}/*` });
    await admin.putBucketPolicy({ Bucket, Policy });
    const { IAM } = await import("@aws-sdk/client-iam");
    const credentials = clients.admin(VENDOR);
    const iam = new IAM({ endpoint: sandbox.endpoint, region: "us-east-1", credentials });
    for (const { AccessKeyId = "" } of (await iam.listAccessKeys({ UserName: name })).AccessKeyMetadata ?? []) {
      await iam.deleteAccessKey({ UserName: name, AccessKeyId });
    }
    await iam.deleteUserPolicy({ UserName: name, PolicyName: "own" });
    await iam.deleteUser({ UserName: name });
    const again = clients.s3(await clients.userKeys(VENDOR, name, everything));
    expect(await refusal(again.getObject({ Bucket, Key }))).toBe("403 AccessDenied");
    expect((await admin.getBucketPolicy({ Bucket })).Policy).toMatch(/"AIDA[A-Z2-7]{17}"/);
    await admin.deleteBucketPolicy({ Bucket });
  });
});

describe("request bodies", () => {
  const tagging = (tag: string) => `<Tagging><TagSet>${tag}</TagSet></Tagging>`;
  const send = (body: string) =>
    changed(clients.s3(), { body }).putObjectTagging({ Bucket, Key, Tagging: { TagSet: [] } });
  const tagOf = async () => (await admin.getObjectTagging({ Bucket, Key })).TagSet;

  it.each([
    ["nothing", ""],
    ["text", "tagging"],
    ["JSON", '{"TagSet":[]}'],
    ["another document", "<Delete><Object><Key>k</Key></Object></Delete>"],
    ["a document type", `<!DOCTYPE Tagging [<!ENTITY e "v">]>${tagging("<Tag><Key>k</Key><Value>&e;</Value></Tag>")}`],
    ["an external entity", `<!DOCTYPE t [<!ENTITY e SYSTEM "file:///etc/passwd">]>${tagging("")}`],
    ["an unknown entity", tagging("<Tag><Key>k</Key><Value>&nbsp;</Value></Tag>")],
    ["a bare ampersand", tagging("<Tag><Key>k</Key><Value>a & b</Value></Tag>")],
    ["a character of number 0", tagging("<Tag><Key>k</Key><Value>&#0;</Value></Tag>")],
    ["half a surrogate pair", tagging("<Tag><Key>k</Key><Value>&#xD800;</Value></Tag>")],
    ["CDATA", tagging("<Tag><Key>k</Key><Value><![CDATA[v]]></Value></Tag>")],
    ["a comment", tagging("<!-- --><Tag><Key>k</Key><Value>v</Value></Tag>")],
    ["a processing instruction", `<?php echo 1 ?>${tagging("")}`],
    ["an open element", "<Tagging><TagSet>"],
    ["crossed elements", "<Tagging><TagSet></Tagging></TagSet>"],
    ["two roots", `${tagging("")}${tagging("")}`],
    ["an unknown element", tagging("<Tag><Key>k</Key><Value>v</Value><More/></Tag>")],
    ["a doubled element", tagging("<Tag><Key>k</Key><Key>l</Key><Value>v</Value></Tag>")],
    ["text beside elements", tagging("loose<Tag><Key>k</Key><Value>v</Value></Tag>")],
    ["an attribute", '<Tagging version="2"><TagSet/></Tagging>'],
    ["a character that XML does not have", tagging("<Tag><Key>k\u0000</Key><Value>v</Value></Tag>")],
    ["a thousand levels", "<Tagging>".repeat(1000) + "</Tagging>".repeat(1000)],
    ["twenty thousand elements", tagging("<Tag/>".repeat(20_000))],
  ])("that are no plain XML of the schema are refused: %s", async (_title, body) => {
    expect(await refusal(send(body))).toBe("400 MalformedXML");
    expect(await tagOf()).toEqual([]);
  });

  it("are read with prolog, namespace, layout and the five entities", async () => {
    await send(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\n  <TagSet>\n    <Tag><Key>&#107;&#x31;</Key><Value>a b/&#x20;c</Value></Tag>\n  </TagSet>\n</Tagging>\n`,
    );
    expect(await tagOf()).toEqual([{ Key: "k1", Value: "a b/ c" }]);
    await admin.deleteObjectTagging({ Bucket, Key });
    const client = changed(clients.s3(), {
      body: "<Delete><Object><Key>&lt;&amp;&gt;&quot;&apos;</Key></Object></Delete>",
      headers: { "content-md5": "0cYuRTMQm7gw1qX5Zb+TRQ==" },
    });
    const { code } = await refusalOf(client.deleteObjects({ Bucket, Delete: { Objects: [{ Key }] } }));
    expect(code).toBe("BadDigest");
  });
});

describe("error documents", () => {
  it("have S3's form", async () => {
    const { status, headers, body } = await clients.unsigned("GET", "/no-such-bucket/a%20b");
    expect(status).toBe(404);
    expect(headers["content-type"]).toBe("application/xml");
    expect(headers["x-amz-request-id"]).toBeTruthy();
    expect(body).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchBucket<\/Code><Message>The specified bucket does not exist<\/Message><BucketName>no-such-bucket<\/BucketName><Resource>\/no-such-bucket\/a%20b<\/Resource><RequestId>[^<]+<\/RequestId><HostId>[^<]+<\/HostId><\/Error>$/,
    );
  });

  it("have no body for HEAD", async () => {
    const { status, body, headers } = await clients.unsigned("HEAD", "/no-such-bucket/k");
    expect({ status, body }).toEqual({ status: 404, body: "" });
    expect(headers["content-length"]).toBe("0");
  });

  it("repeat nothing unescaped", async () => {
    const { body } = await clients.unsigned("GET", "/%3Cscript%3E/k");
    expect(body).toContain("<BucketName>&lt;script&gt;</BucketName>");
  });

  it("of a bucket named like an object's built-in are ordinary", async () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect((await clients.unsigned("GET", `/${name}/k`)).status).toBe(404);
      expect((await clients.unsigned("GET", `/${Bucket}?${name}`)).status).toBe(501);
    }
    expect(CUSTOMER).toHaveLength(12);
  });
});

it("none of these refusals was a fault of the sandbox's own", () => {
  expect(bugs).toEqual([]);
});
