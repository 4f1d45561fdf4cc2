import type { S3 } from "@aws-sdk/client-s3";
import { startSandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CUSTOMER, document, outcome, refusal, refusalOf, s3ClientsOf, VENDOR } from "./s3-clients.js";

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let clients: ReturnType<typeof s3ClientsOf>;
let admin: S3;
let count = 0;

beforeAll(async () => {
  sandbox = await startSandbox();
  clients = s3ClientsOf(sandbox);
  admin = clients.s3();
});
afterAll(() => sandbox.stop());

/** A bucket of the customer's with the object `k`, and the statements that `policy` makes of its ARN. */
async function bucketWith(policy?: (arn: string) => readonly object[]): Promise<string> {
  const Bucket = `authorized-${(count += 1)}`;
  await admin.createBucket({ Bucket });
  await admin.putObject({ Bucket, Key: "k", Body: "secret", Tagging: "class=public" });
  if (policy !== undefined) {
    await admin.putBucketPolicy({ Bucket, Policy: document(...policy(`arn:aws:s3:::${Bucket}`)) });
  }
  return Bucket;
}
const userOf = (account: string, ...statements: readonly object[]) =>
  clients.user(account, `user${(count += 1)}`, statements.length > 0 ? document(...statements) : undefined);
const allow = (Action: string | readonly string[], Resource: string | readonly string[] = "*", Condition?: object) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const deny = (Action: string, Resource = "*") => ({ Effect: "Deny", Action, Resource });
const to = (Principal: unknown, statement: object) => ({ Principal, ...statement });

describe("who may read an object", () => {
  const root = { AWS: `arn:aws:iam::${VENDOR}:root` };
  const own = { AWS: `arn:aws:iam::${CUSTOMER}:root` };
  const everyone = "*";
  const read = (arn: string) => allow("s3:GetObject", `${arn}/*`);

  it.each([
    ["a user of the account with an identity policy", CUSTOMER, [allow("s3:GetObject")], undefined, "allowed"],
    ["a user of the account without one", CUSTOMER, [], undefined, "403 AccessDenied"],
    [
      "a user of the account without one, whose account the bucket policy names",
      CUSTOMER,
      [],
      (arn: string) => [to(own, read(arn))],
      "403 AccessDenied",
    ],
    [
      "a user of the account whom the bucket policy denies",
      CUSTOMER,
      [allow("s3:*")],
      (arn: string) => [to(everyone, deny("s3:GetObject", `${arn}/*`))],
      "403 AccessDenied",
    ],
    ["a user of another account without a bucket policy", VENDOR, [allow("s3:*")], undefined, "403 AccessDenied"],
    [
      "a user of another account that the bucket policy names",
      VENDOR,
      [allow("s3:*")],
      (arn: string) => [to(root, read(arn))],
      "allowed",
    ],
    [
      "a user of that other account without a policy of his own",
      VENDOR,
      [],
      (arn: string) => [to(root, read(arn))],
      "403 AccessDenied",
    ],
    [
      "a user of that other account whom his own policy denies",
      VENDOR,
      [allow("s3:*"), deny("s3:GetObject")],
      (arn: string) => [to(root, read(arn))],
      "403 AccessDenied",
    ],
    [
      "a user of another account when the bucket policy allows writing only",
      VENDOR,
      [allow("s3:*")],
      (arn: string) => [to(root, allow("s3:PutObject", `${arn}/*`))],
      "403 AccessDenied",
    ],
  ] as const)("%s", async (_title, account, identity, policy, expected) => {
    const Bucket = await bucketWith(policy);
    const user = await userOf(account, ...identity);
    expect(await outcome(user.getObject({ Bucket, Key: "k" }))).toBe(expected);
  });

  it("a user whom the bucket policy itself names needs no policy of his own in the same account", async () => {
    const keys = await clients.userKeys(CUSTOMER, "named");
    const Bucket = await bucketWith((arn) => [to({ AWS: `arn:aws:iam::${CUSTOMER}:user/named` }, read(arn))]);
    expect(await outcome(clients.s3(keys).getObject({ Bucket, Key: "k" }))).toBe("allowed");
  });

  it("a statement for bucket/* covers every key, of several lines too, and not the bucket next door", async () => {
    const [Bucket, other] = [await bucketWith(), await bucketWith()];
    const user = await userOf(CUSTOMER, allow("s3:GetObject", `arn:aws:s3:::${Bucket}/*`));
    for (const Key of ["a/b", "a\nb", "*", "🔑"]) {
      await admin.putObject({ Bucket, Key, Body: "x" });
      expect(await outcome(user.getObject({ Bucket, Key }))).toBe("allowed");
    }
    expect(await outcome(user.getObject({ Bucket: other, Key: "k" }))).toBe("403 AccessDenied");
  });

  it("nobody without a signature", async () => {
    const Bucket = await bucketWith((arn) => [to(root, read(arn))]);
    const reply = await clients.unsigned("GET", `/${Bucket}/k`);
    expect(reply.status).toBe(403);
    expect(reply.body).toContain("<Code>AccessDenied</Code><Message>Access Denied</Message>");
    expect((await clients.unsigned("GET", "/")).status).toBe(403);
    expect((await clients.unsigned("PUT", "/anonymous-bucket")).status).toBe(403);
  });
});

describe("what a refusal says", () => {
  it("names user, action, resource and reason within the account", async () => {
    const Bucket = await bucketWith((arn) => [to("*", deny("s3:DeleteObject", `${arn}/*`))]);
    const keys = await clients.userKeys(CUSTOMER, "curious", document(allow("s3:DeleteObject"), deny("s3:PutObject")));
    const user = clients.s3(keys);
    const who = `User: arn:aws:iam::${CUSTOMER}:user/curious is not authorized to perform:`;
    expect((await refusalOf(user.getObject({ Bucket, Key: "a/k" }))).message).toBe(
      `${who} s3:GetObject on resource: "arn:aws:s3:::${Bucket}/a/k" because no identity-based policy allows the s3:GetObject action`,
    );
    expect((await refusalOf(user.putObject({ Bucket, Key: "k", Body: "x" }))).message).toBe(
      `${who} s3:PutObject on resource: "arn:aws:s3:::${Bucket}/k" with an explicit deny in an identity-based policy`,
    );
    expect((await refusalOf(user.deleteObject({ Bucket, Key: "k" }))).message).toBe(
      `${who} s3:DeleteObject on resource: "arn:aws:s3:::${Bucket}/k" with an explicit deny in a resource-based policy`,
    );
    expect((await refusalOf(user.listBuckets({}))).message).toBe(
      `${who} s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action`,
    );
  });

  it("says nothing at all to another account", async () => {
    const Bucket = await bucketWith();
    const { message } = await refusalOf(clients.s3(clients.admin(VENDOR)).getObject({ Bucket, Key: "k" }));
    expect(message).toBe("Access Denied");
  });

  it("does not betray to somebody who may not list whether a key is there", async () => {
    const Bucket = await bucketWith();
    const reader = await userOf(CUSTOMER, allow("s3:GetObject*"));
    const lister = await userOf(CUSTOMER, allow(["s3:GetObject*", "s3:ListBucket"]));
    expect(await refusal(reader.getObject({ Bucket, Key: "missing" }))).toBe("403 AccessDenied");
    expect(await refusal(reader.getObjectTagging({ Bucket, Key: "missing" }))).toBe("403 AccessDenied");
    expect(await refusal(reader.getObject({ Bucket, Key: "k", VersionId: "missing" }))).toBe("403 AccessDenied");
    expect(await refusal(lister.getObject({ Bucket, Key: "missing" }))).toBe("404 NoSuchKey");
    expect(await refusal(lister.getObject({ Bucket, Key: "k", VersionId: "missing" }))).toBe("404 NoSuchVersion");
    expect(await refusal(reader.getObject({ Bucket: "no-such-bucket", Key: "k" }))).toBe("404 NoSuchBucket");
  });
});

describe("each operation needs its own action", () => {
  const K = { Key: "k" };
  const operations: readonly (readonly [string, (s3: S3, Bucket: string) => Promise<unknown>])[] = [
    ["s3:ListBucket", (s3, Bucket) => s3.listObjectsV2({ Bucket })],
    ["s3:ListBucket", (s3, Bucket) => s3.listObjects({ Bucket })],
    ["s3:ListBucket", (s3, Bucket) => s3.headBucket({ Bucket })],
    ["s3:ListBucketVersions", (s3, Bucket) => s3.listObjectVersions({ Bucket })],
    ["s3:GetBucketLocation", (s3, Bucket) => s3.getBucketLocation({ Bucket })],
    ["s3:GetBucketAcl", (s3, Bucket) => s3.getBucketAcl({ Bucket })],
    ["s3:GetBucketPolicy", (s3, Bucket) => s3.getBucketPolicy({ Bucket })],
    ["s3:GetBucketPolicyStatus", (s3, Bucket) => s3.getBucketPolicyStatus({ Bucket })],
    ["s3:DeleteBucketPolicy", (s3, Bucket) => s3.deleteBucketPolicy({ Bucket })],
    ["s3:GetBucketPublicAccessBlock", (s3, Bucket) => s3.getPublicAccessBlock({ Bucket })],
    ["s3:PutBucketPublicAccessBlock", (s3, Bucket) => s3.deletePublicAccessBlock({ Bucket })],
    ["s3:GetBucketVersioning", (s3, Bucket) => s3.getBucketVersioning({ Bucket })],
    ["s3:GetEncryptionConfiguration", (s3, Bucket) => s3.getBucketEncryption({ Bucket })],
    ["s3:GetBucketOwnershipControls", (s3, Bucket) => s3.getBucketOwnershipControls({ Bucket })],
    [
      "s3:PutBucketTagging",
      (s3, Bucket) => s3.putBucketTagging({ Bucket, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } }),
    ],
    ["s3:GetObject", (s3, Bucket) => s3.getObject({ Bucket, ...K })],
    ["s3:GetObject", (s3, Bucket) => s3.headObject({ Bucket, ...K })],
    ["s3:GetObjectVersion", (s3, Bucket) => s3.getObject({ Bucket, ...K, VersionId: "null" })],
    ["s3:GetObjectAcl", (s3, Bucket) => s3.getObjectAcl({ Bucket, ...K })],
    ["s3:GetObjectTagging", (s3, Bucket) => s3.getObjectTagging({ Bucket, ...K })],
    ["s3:GetObjectVersionTagging", (s3, Bucket) => s3.getObjectTagging({ Bucket, ...K, VersionId: "null" })],
    ["s3:PutObjectTagging", (s3, Bucket) => s3.putObjectTagging({ Bucket, ...K, Tagging: { TagSet: [] } })],
    ["s3:DeleteObjectTagging", (s3, Bucket) => s3.deleteObjectTagging({ Bucket, ...K })],
    ["s3:PutObject", (s3, Bucket) => s3.putObject({ Bucket, ...K, Body: "new" })],
    ["s3:DeleteObject", (s3, Bucket) => s3.deleteObject({ Bucket, ...K })],
    ["s3:DeleteObjectVersion", (s3, Bucket) => s3.deleteObject({ Bucket, ...K, VersionId: "null" })],
  ];

  it.each(operations)("%s: %s", async (action, call) => {
    const Bucket = await bucketWith((arn) => [to({ AWS: VENDOR }, allow("s3:GetObjectTorrent", `${arn}/*`))]);
    const able = await userOf(CUSTOMER, allow(action));
    const unable = await userOf(CUSTOMER, allow("s3:*"), deny(action));
    expect(await outcome(call(unable, Bucket))).toMatch(/^403/);
    expect(await outcome(call(able, Bucket))).toBe("allowed");
  });

  it("bucket and account actions: create, list all, delete, put a policy, version", async () => {
    const Bucket = `made-${(count += 1)}`;
    const arn = `arn:aws:s3:::${Bucket}`;
    const user = await userOf(
      CUSTOMER,
      allow(["s3:CreateBucket", "s3:PutBucketPolicy", "s3:PutBucketVersioning", "s3:DeleteBucket"], arn),
      allow("s3:ListAllMyBuckets", "arn:aws:s3:::*"),
    );
    await user.createBucket({ Bucket });
    expect(await refusal(user.createBucket({ Bucket: `${Bucket}-2` }))).toBe("403 AccessDenied");
    await user.putBucketPolicy({ Bucket, Policy: document(to({ AWS: VENDOR }, allow("s3:ListBucket", arn))) });
    await user.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
    await user.listBuckets({});
    await user.deleteBucket({ Bucket });
  });

  it("tags at upload need s3:PutObjectTagging besides", async () => {
    const Bucket = await bucketWith();
    const user = await userOf(CUSTOMER, allow("s3:PutObject"));
    expect(await outcome(user.putObject({ Bucket, Key: "k", Body: "x" }))).toBe("allowed");
    expect(await outcome(user.putObject({ Bucket, Key: "k", Body: "x", Tagging: "a=b" }))).toBe("403 AccessDenied");
  });

  it("replacing only what was seen needs s3:GetObject besides: the answer tells about the object", async () => {
    const Bucket = await bucketWith();
    const user = await userOf(CUSTOMER, allow(["s3:PutObject", "s3:DeleteObject"]));
    expect(await outcome(user.putObject({ Bucket, Key: "k", Body: "x", IfMatch: "guess" }))).toBe("403 AccessDenied");
    expect(await outcome(user.deleteObject({ Bucket, Key: "k", IfMatch: "guess" }))).toBe("403 AccessDenied");
  });

  it("deleting many is judged key by key", async () => {
    const Bucket = await bucketWith();
    await admin.putObject({ Bucket, Key: "mine/a", Body: "x" });
    const user = await userOf(CUSTOMER, allow("s3:DeleteObject", `arn:aws:s3:::${Bucket}/mine/*`));
    const Objects = [{ Key: "mine/a" }, { Key: "k" }];
    const { Deleted, Errors } = await user.deleteObjects({ Bucket, Delete: { Objects } });
    expect(Deleted).toMatchObject([{ Key: "mine/a" }]);
    expect(Errors).toMatchObject([{ Key: "k", Code: "AccessDenied" }]);
    await admin.headObject({ Bucket, Key: "k" });
  });

  it("the bucket's policy is its own account's to change, whatever it says", async () => {
    const Bucket = await bucketWith((arn) => [to({ AWS: VENDOR }, allow("s3:*BucketPolicy", arn))]);
    const vendor = clients.s3(clients.admin(VENDOR));
    expect(await refusal(vendor.getBucketPolicy({ Bucket }))).toBe("405 MethodNotAllowed");
    expect(await refusal(vendor.deleteBucketPolicy({ Bucket }))).toBe("405 MethodNotAllowed");
    expect(await refusal(vendor.putBucketPolicy({ Bucket, Policy: document() }))).toBe("405 MethodNotAllowed");
  });
});

describe("copying", () => {
  it("needs reading the source and writing the destination in the caller's own name", async () => {
    const [source, target] = [await bucketWith(), await bucketWith()];
    await admin.putObject({ Bucket: source, Key: "plain", Body: "secret", ContentType: "text/plain" });
    const copy = { Bucket: target, Key: "copy", CopySource: `${source}/plain` };
    const read = allow("s3:GetObject", `arn:aws:s3:::${source}/*`);
    const write = allow("s3:PutObject", `arn:aws:s3:::${target}/*`);
    expect(await outcome((await userOf(CUSTOMER, write)).copyObject(copy))).toBe("403 AccessDenied");
    expect(await outcome((await userOf(CUSTOMER, read)).copyObject(copy))).toBe("403 AccessDenied");
    expect(await outcome((await userOf(CUSTOMER, read, write)).copyObject(copy))).toBe("allowed");
    const got = await admin.getObject({ Bucket: target, Key: "copy" });
    expect(await got.Body?.transformToString()).toBe("secret");
    expect(got.ContentType).toBe("text/plain");
  });

  it("does not take tags along that the caller may not read", async () => {
    const Bucket = await bucketWith();
    const copy = { Bucket, Key: "copy", CopySource: `${Bucket}/k` };
    const user = await userOf(CUSTOMER, allow(["s3:GetObject", "s3:PutObject", "s3:PutObjectTagging"]));
    expect(await outcome(user.copyObject(copy))).toBe("403 AccessDenied");
    expect(await outcome(user.copyObject({ ...copy, TaggingDirective: "REPLACE" }))).toBe("allowed");
  });

  it.each(["", "/"])("meets conditions on its source however that is written: %j", async (start) => {
    const Bucket = await bucketWith();
    const condition = { StringLike: { "s3:x-amz-copy-source": `${Bucket}/open/*` } };
    const user = await userOf(CUSTOMER, allow("s3:GetObject"), allow("s3:PutObject", "*", condition));
    await admin.putObject({ Bucket, Key: "open/a", Body: "x" });
    await admin.putObject({ Bucket, Key: "closed/a", Body: "x" });
    const copy = (key: string) =>
      outcome(user.copyObject({ Bucket, Key: "copy", CopySource: start + encodeURIComponent(`${Bucket}/${key}`) }));
    expect(await copy("open/a")).toBe("allowed");
    expect(await copy("closed/a")).toBe("403 AccessDenied");
  });

  it("reaches no bucket of another account", async () => {
    const source = await bucketWith();
    const vendor = clients.s3(clients.admin(VENDOR));
    const Bucket = `vendors-${(count += 1)}`;
    await vendor.createBucket({ Bucket });
    expect(await refusal(vendor.copyObject({ Bucket, Key: "copy", CopySource: `${source}/k` }))).toBe(
      "403 AccessDenied",
    );
  });
});

describe("conditions", () => {
  it("s3:prefix, s3:delimiter and s3:max-keys see the listing's parameters", async () => {
    const Bucket = await bucketWith();
    const condition = { StringLike: { "s3:prefix": "home/alice/*" }, NumericLessThanEquals: { "s3:max-keys": "10" } };
    const alice = await userOf(CUSTOMER, allow("s3:ListBucket", "*", condition));
    const list = (extra: object) => outcome(alice.listObjectsV2({ Bucket, ...extra }));
    expect(await list({ Prefix: "home/alice/", MaxKeys: 10 })).toBe("allowed");
    expect(await list({ Prefix: "home/bob/", MaxKeys: 10 })).toBe("403 AccessDenied");
    expect(await list({ Prefix: "home/alice/", MaxKeys: 11 })).toBe("403 AccessDenied");
    expect(await list({ MaxKeys: 10 })).toBe("403 AccessDenied");
    expect(await list({ Prefix: "home/alice/" })).toBe("403 AccessDenied");
  });

  it("s3:ExistingObjectTag sees the tags of the object that is asked for", async () => {
    const Bucket = await bucketWith();
    await admin.putObject({ Bucket, Key: "private", Body: "x", Tagging: "class=private" });
    await admin.putObject({ Bucket, Key: "untagged", Body: "x" });
    const condition = { StringEquals: { "s3:ExistingObjectTag/class": "public" } };
    const user = await userOf(CUSTOMER, allow("s3:GetObject", "*", condition));
    expect(await outcome(user.getObject({ Bucket, Key: "k" }))).toBe("allowed");
    expect(await outcome(user.getObject({ Bucket, Key: "private" }))).toBe("403 AccessDenied");
    expect(await outcome(user.getObject({ Bucket, Key: "untagged" }))).toBe("403 AccessDenied");
    const copier = await userOf(CUSTOMER, allow("s3:GetObject", "*", condition), allow("s3:PutObject"));
    const copy = (source: string) => copier.copyObject({ Bucket, Key: "copy", CopySource: `${Bucket}/${source}` });
    expect(await outcome(copy("private"))).toBe("403 AccessDenied");
  });

  it("s3:RequestObjectTag and s3:RequestObjectTagKeys see the tags that are to be set", async () => {
    const Bucket = await bucketWith();
    const condition = {
      StringEquals: { "s3:RequestObjectTag/team": "red" },
      "ForAllValues:StringEquals": { "s3:RequestObjectTagKeys": ["team"] },
    };
    const user = await userOf(CUSTOMER, allow(["s3:PutObject", "s3:PutObjectTagging"], "*", condition));
    const put = (Tagging?: string) =>
      outcome(user.putObject({ Bucket, Key: "t", Body: "x", ...(Tagging && { Tagging }) }));
    expect(await put("team=red")).toBe("allowed");
    expect(await put("team=blue")).toBe("403 AccessDenied");
    expect(await put("team=red&x=y")).toBe("403 AccessDenied");
    expect(await put()).toBe("403 AccessDenied");
    const TagSet = [{ Key: "team", Value: "blue" }];
    expect(await outcome(user.putObjectTagging({ Bucket, Key: "t", Tagging: { TagSet } }))).toBe("403 AccessDenied");
  });

  it.each([
    ["s3:authType", { StringEquals: { "s3:authType": "REST-HEADER" } }, "allowed"],
    ["s3:authType", { StringEquals: { "s3:authType": "REST-QUERY-STRING" } }, "403 AccessDenied"],
    ["s3:signatureversion", { StringEquals: { "s3:signatureversion": "AWS4-HMAC-SHA256" } }, "allowed"],
    ["s3:signatureversion", { StringEquals: { "s3:signatureversion": "AWS" } }, "403 AccessDenied"],
    ["s3:signatureAge", { NumericLessThan: { "s3:signatureAge": "600000" } }, "allowed"],
    ["s3:signatureAge", { NumericGreaterThan: { "s3:signatureAge": "600000" } }, "403 AccessDenied"],
    ["s3:ResourceAccount", { StringEquals: { "s3:ResourceAccount": CUSTOMER } }, "allowed"],
    ["s3:ResourceAccount", { StringEquals: { "s3:ResourceAccount": VENDOR } }, "403 AccessDenied"],
    ["aws:SourceIp", { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } }, "allowed"],
    ["aws:SourceIp", { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }, "403 AccessDenied"],
    ["s3:VersionId absent", { Null: { "s3:VersionId": "true" } }, "allowed"],
    ["s3:VersionId absent", { StringEquals: { "s3:VersionId": "null" } }, "403 AccessDenied"],
  ])("%s is part of the question: %j is %s", async (_key, condition, expected) => {
    const Bucket = await bucketWith();
    const user = await userOf(CUSTOMER, allow("s3:GetObject*", "*", condition));
    expect(await outcome(user.getObject({ Bucket, Key: "k" }))).toBe(expected);
  });

  it("s3:VersionId is the version that is asked for", async () => {
    const Bucket = await bucketWith();
    const user = await userOf(CUSTOMER, allow("s3:GetObject*", "*", { StringEquals: { "s3:VersionId": "null" } }));
    expect(await outcome(user.getObject({ Bucket, Key: "k", VersionId: "null" }))).toBe("allowed");
    expect(await outcome(user.getObject({ Bucket, Key: "k", VersionId: "other" }))).toBe("403 AccessDenied");
  });

  it("what is to be stored can be prescribed: encryption, conditional writes, copy source", async () => {
    const Bucket = await bucketWith();
    const encrypted = { StringEquals: { "s3:x-amz-server-side-encryption": "AES256" } };
    const user = await userOf(CUSTOMER, allow("s3:PutObject", "*", encrypted));
    const put = (extra: object) => outcome(user.putObject({ Bucket, Key: "e", Body: "x", ...extra }));
    expect(await put({ ServerSideEncryption: "AES256" })).toBe("allowed");
    expect(await put({})).toBe("403 AccessDenied");
    const careful = await userOf(CUSTOMER, allow("s3:PutObject", "*", { StringEquals: { "s3:if-none-match": "*" } }));
    expect(await outcome(careful.putObject({ Bucket, Key: "n", Body: "x", IfNoneMatch: "*" }))).toBe("allowed");
    expect(await outcome(careful.putObject({ Bucket, Key: "n", Body: "x" }))).toBe("403 AccessDenied");
  });
});

describe("the record of calls", () => {
  it("names operation and resource, refused ones too", async () => {
    const Bucket = await bucketWith();
    const user = await userOf(CUSTOMER);
    await refusal(user.getObject({ Bucket, Key: "k" }));
    expect(sandbox.calls().at(-1)).toMatchObject({
      service: "s3",
      action: "GetObject",
      resource: `arn:aws:s3:::${Bucket}/k`,
      status: 403,
      errorCode: "AccessDenied",
    });
  });
});
