import type { BucketLocationConstraint } from "@aws-sdk/client-s3";
import { startSandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changed, CUSTOMER, refusal, refusalOf, s3ClientsOf, VENDOR } from "./s3-clients.js";

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let clients: ReturnType<typeof s3ClientsOf>;

beforeAll(async () => {
  sandbox = await startSandbox();
  clients = s3ClientsOf(sandbox);
});
afterAll(() => sandbox.stop());

const inRegion = (region: string, account = CUSTOMER) => clients.s3(clients.admin(account), { region });
const located = (region: string) => ({
  CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
});

describe("creating a bucket", () => {
  it("succeeds again for its owner in us-east-1, and nowhere and for nobody else", async () => {
    const Bucket = "mine-in-virginia";
    await inRegion("us-east-1").createBucket({ Bucket });
    await inRegion("us-east-1").createBucket({ Bucket });
    expect(await refusal(inRegion("us-east-1", VENDOR).createBucket({ Bucket }))).toBe("409 BucketAlreadyExists");
    const again = inRegion("eu-west-1").createBucket({ Bucket, ...located("eu-west-1") });
    expect(await refusal(again)).toBe("409 BucketAlreadyOwnedByYou");
    const elsewhere = { Bucket: "mine-in-ireland", ...located("eu-west-1") };
    await inRegion("eu-west-1").createBucket(elsewhere);
    expect(await refusal(inRegion("eu-west-1").createBucket(elsewhere))).toBe("409 BucketAlreadyOwnedByYou");
    expect(await refusal(inRegion("us-east-1").createBucket({ Bucket: "mine-in-ireland" }))).toBe(
      "409 BucketAlreadyOwnedByYou",
    );
  });

  it.each([
    ["us-east-1", "eu-central-1", "eu-central-1"],
    ["us-east-1", "EU", "eu-west-1"],
    ["eu-north-1", "eu-north-1", "eu-north-1"],
  ])("from %s at %s puts it into %s", async (endpoint, constraint, region) => {
    const Bucket = `placed-${endpoint}-${constraint}`.toLowerCase();
    await inRegion(endpoint).createBucket({ Bucket, ...located(constraint) });
    const { LocationConstraint } = await inRegion(region).getBucketLocation({ Bucket });
    expect(LocationConstraint).toBe(region);
  });

  it.each([
    ["eu-north-1", "eu-west-1", "IllegalLocationConstraintException"],
    ["us-east-1", "us-east-1", "InvalidLocationConstraint"],
    ["us-east-1", "moon-1", "InvalidLocationConstraint"],
  ])("from %s at %s is refused", async (endpoint, constraint, code) => {
    const answer = inRegion(endpoint).createBucket({ Bucket: "misplaced", ...located(constraint) });
    expect(await refusal(answer)).toBe(`400 ${code}`);
  });

  it("needs a location outside us-east-1", async () => {
    const client = changed(inRegion("eu-west-1"), { body: "" });
    expect(await refusal(client.createBucket({ Bucket: "unplaced" }))).toBe("400 IllegalLocationConstraintException");
  });

  it.each([
    "ab",
    "a".repeat(64),
    "Upper",
    "under_score",
    "-start",
    "end-",
    "two..dots",
    "192.168.5.4",
    "xn--bucket",
    "sthree-bucket",
    "bucket-s3alias",
    "bucket--ol-s3",
    "a b",
    "__proto__",
  ])("refuses the name %j", async (name) => {
    const client = changed(clients.s3(), { path: `/${encodeURIComponent(name)}` });
    expect(await refusal(client.createBucket({ Bucket: "replaced" }))).toBe("400 InvalidBucketName");
  });

  it("refuses ownership, locks and ACLs that the sandbox does not have", async () => {
    const s3 = clients.s3();
    const Bucket = "special";
    expect(await refusal(s3.createBucket({ Bucket, ObjectOwnership: "ObjectWriter" }))).toBe("501 NotImplemented");
    expect(await refusal(s3.createBucket({ Bucket, ObjectLockEnabledForBucket: true }))).toBe("501 NotImplemented");
    expect(await refusal(s3.createBucket({ Bucket, ACL: "public-read" }))).toBe(
      "400 InvalidBucketAclWithObjectOwnership",
    );
    await s3.createBucket({ Bucket, ACL: "private", ObjectOwnership: "BucketOwnerEnforced" });
  });

  it("starts with Block Public Access on, SSE-S3, no ACLs, no versioning, no policy and no tags", async () => {
    const s3 = clients.s3();
    const Bucket = "fresh";
    await s3.createBucket({ Bucket });
    expect((await s3.getPublicAccessBlock({ Bucket })).PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    });
    const { ServerSideEncryptionConfiguration } = await s3.getBucketEncryption({ Bucket });
    expect(ServerSideEncryptionConfiguration?.Rules).toMatchObject([
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false },
    ]);
    const { OwnershipControls } = await s3.getBucketOwnershipControls({ Bucket });
    expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }]);
    const acl = await s3.getBucketAcl({ Bucket });
    expect(acl.Grants).toMatchObject([{ Permission: "FULL_CONTROL", Grantee: { ID: acl.Owner?.ID } }]);
    expect((await s3.getBucketVersioning({ Bucket })).Status).toBeUndefined();
    expect(await refusal(s3.getBucketPolicy({ Bucket }))).toBe("404 NoSuchBucketPolicy");
    expect(await refusal(s3.getBucketPolicyStatus({ Bucket }))).toBe("404 NoSuchBucketPolicy");
    expect(await refusal(s3.getBucketTagging({ Bucket }))).toBe("404 NoSuchTagSet");
    expect((await s3.getBucketLocation({ Bucket })).LocationConstraint).toBeUndefined();
  });
});

describe("listing buckets", () => {
  it("shows the account's own, sorted, in pages", async () => {
    const s3 = clients.s3(clients.admin(VENDOR));
    for (const Bucket of ["list-c", "list-a", "list-b"]) await s3.createBucket({ Bucket });
    const all = await s3.listBuckets({});
    expect(all.Buckets?.map(({ Name }) => Name)).toEqual(["list-a", "list-b", "list-c"]);
    expect(all.Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
    const first = await s3.listBuckets({ MaxBuckets: 2, Prefix: "list-" });
    expect(first.Buckets?.map(({ Name }) => Name)).toEqual(["list-a", "list-b"]);
    const second = await s3.listBuckets({ MaxBuckets: 2, ContinuationToken: first.ContinuationToken ?? "" });
    expect(second.Buckets?.map(({ Name }) => Name)).toEqual(["list-c"]);
    expect(second.ContinuationToken).toBeUndefined();
    expect((await s3.listBuckets({ BucketRegion: "eu-west-1" })).Buckets ?? []).toEqual([]);
  });
});

describe("a bucket of another region", () => {
  beforeAll(() => inRegion("eu-west-1").createBucket({ Bucket: "ireland", ...located("eu-west-1") }));

  it("is answered with a redirect that names the region, to HEAD as well", async () => {
    const s3 = clients.s3();
    for (const answer of [s3.headBucket({ Bucket: "ireland" }), s3.listObjectsV2({ Bucket: "ireland" })]) {
      const { status, headers } = await refusalOf(answer);
      expect(status).toBe(301);
      expect(headers["x-amz-bucket-region"]).toBe("eu-west-1");
    }
    expect((await refusalOf(s3.getObject({ Bucket: "ireland", Key: "k" }))).code).toBe("PermanentRedirect");
  });

  it("is reached by a client that follows redirects", async () => {
    const s3 = clients.s3(undefined, { followRegionRedirects: true });
    await s3.putObject({ Bucket: "ireland", Key: "k", Body: "x" });
    expect((await s3.headBucket({ Bucket: "ireland" })).BucketRegion).toBe("eu-west-1");
  });

  it("never sends anybody off to the internet", async () => {
    const reply = await clients.unsigned("GET", "/ireland/k");
    expect(reply.status).toBe(403);
    const client = clients.s3();
    const { message } = await refusalOf(client.getObject({ Bucket: "ireland", Key: "k" }));
    expect(message).not.toContain("amazonaws.com");
  });
});

describe("settings", () => {
  const Bucket = "settings";
  beforeAll(() => clients.s3().createBucket({ Bucket }));

  it("switch Block Public Access, what is left out being off, and take it away", async () => {
    const s3 = clients.s3();
    const PublicAccessBlockConfiguration = { BlockPublicPolicy: true };
    await s3.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration });
    expect((await s3.getPublicAccessBlock({ Bucket })).PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: false,
      IgnorePublicAcls: false,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: false,
    });
    await s3.deletePublicAccessBlock({ Bucket });
    expect(await refusal(s3.getPublicAccessBlock({ Bucket }))).toBe("404 NoSuchPublicAccessBlockConfiguration");
  });

  it("keep the bucket's tags", async () => {
    const s3 = clients.s3();
    const TagSet = [{ Key: "Team", Value: "red / blue" }];
    await s3.putBucketTagging({ Bucket, Tagging: { TagSet } });
    expect((await s3.getBucketTagging({ Bucket })).TagSet).toEqual(TagSet);
    await s3.deleteBucketTagging({ Bucket });
    expect(await refusal(s3.getBucketTagging({ Bucket }))).toBe("404 NoSuchTagSet");
  });

  it.each([
    [
      "a doubled key",
      [
        { Key: "a", Value: "1" },
        { Key: "a", Value: "2" },
      ],
      "400 InvalidTag",
    ],
    [
      "keys that differ only in case",
      [
        { Key: "a", Value: "1" },
        { Key: "A", Value: "2" },
      ],
      "501 NotImplemented",
    ],
    ["AWS's own prefix", [{ Key: "aws:x", Value: "1" }], "400 InvalidTag"],
    ["an odd character", [{ Key: "a<", Value: "1" }], "400 InvalidTag"],
    ["a key of 129 characters", [{ Key: "k".repeat(129), Value: "1" }], "400 InvalidTag"],
    ["a value of 257 characters", [{ Key: "k", Value: "v".repeat(257) }], "400 InvalidTag"],
    ["51 tags", Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: "" })), "400 BadRequest"],
  ])("refuse %s", async (_title, TagSet, expected) => {
    expect(await refusal(clients.s3().putBucketTagging({ Bucket, Tagging: { TagSet } }))).toBe(expected);
  });

  it("refuse ACLs and MFA delete", async () => {
    const s3 = clients.s3();
    expect(await refusal(s3.putBucketAcl({ Bucket, ACL: "private" }))).toBe("400 AccessControlListNotSupported");
    const VersioningConfiguration = { Status: "Enabled", MFADelete: "Enabled" } as const;
    expect(await refusal(s3.putBucketVersioning({ Bucket, VersioningConfiguration }))).toBe("501 NotImplemented");
    expect(await refusal(s3.putBucketVersioning({ Bucket, VersioningConfiguration: {} }))).toBe(
      "400 IllegalVersioningConfigurationException",
    );
  });
});

describe("deleting a bucket", () => {
  it("needs it empty", async () => {
    const s3 = clients.s3();
    const Bucket = "doomed";
    await s3.createBucket({ Bucket });
    await s3.putObject({ Bucket, Key: "k", Body: "x" });
    expect(await refusal(s3.deleteBucket({ Bucket }))).toBe("409 BucketNotEmpty");
    await s3.deleteObject({ Bucket, Key: "k" });
    await s3.deleteBucket({ Bucket });
    expect(await refusal(s3.listObjectsV2({ Bucket }))).toBe("404 NoSuchBucket");
    expect(await refusal(s3.deleteBucket({ Bucket }))).toBe("404 NoSuchBucket");
  });
});

describe("the expected owner", () => {
  it("is held against the bucket's", async () => {
    const s3 = clients.s3();
    const Bucket = "owned";
    await s3.createBucket({ Bucket });
    await s3.headBucket({ Bucket, ExpectedBucketOwner: CUSTOMER });
    expect(await refusal(s3.putObject({ Bucket, Key: "k", Body: "x", ExpectedBucketOwner: VENDOR }))).toBe(
      "403 AccessDenied",
    );
    expect(await refusal(s3.getBucketAcl({ Bucket, ExpectedBucketOwner: "acme" }))).toBe(
      "400 InvalidBucketOwnerAWSAccountID",
    );
  });
});
