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

const OFF = {};
const RESTRICT = { RestrictPublicBuckets: true };

async function bucketWith(policy: (arn: string) => readonly object[], PublicAccessBlockConfiguration: object = OFF) {
  const Bucket = `public-${(count += 1)}`;
  await admin.createBucket({ Bucket });
  await admin.putObject({ Bucket, Key: "k", Body: "text", ContentType: "text/plain" });
  await admin.deletePublicAccessBlock({ Bucket });
  await admin.putBucketPolicy({ Bucket, Policy: document(...policy(`arn:aws:s3:::${Bucket}`)) });
  await admin.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration });
  return Bucket;
}
const readBy = (Principal: unknown, Condition?: object) => (arn: string) => [
  { Effect: "Allow", Principal, Action: "s3:GetObject", Resource: `${arn}/*`, ...(Condition && { Condition }) },
];
const vendor = () => clients.s3(clients.admin(VENDOR));

describe("a public bucket", () => {
  it("serves everybody, signed or not, what the policy allows and nothing else", async () => {
    const Bucket = await bucketWith(readBy("*"));
    const reply = await clients.unsigned("GET", `/${Bucket}/k`);
    expect(reply).toMatchObject({ status: 200, body: "text", headers: { "content-type": "text/plain" } });
    expect(await outcome(vendor().getObject({ Bucket, Key: "k" }))).toBe("allowed");
    expect((await clients.unsigned("GET", `/${Bucket}/missing`)).status).toBe(403);
    expect((await clients.unsigned("GET", `/${Bucket}`)).status).toBe(403);
    expect((await clients.unsigned("PUT", `/${Bucket}/k`, {}, "x")).status).toBe(403);
    expect((await clients.unsigned("DELETE", `/${Bucket}/k`)).status).toBe(403);
    expect((await clients.unsigned("HEAD", `/${Bucket}/k`)).status).toBe(200);
  });

  it("lets nobody unsigned choose the answer's headers", async () => {
    const Bucket = await bucketWith(readBy("*"));
    const reply = await clients.unsigned("GET", `/${Bucket}/k?response-content-type=text/html`);
    expect(reply.status).toBe(400);
    expect(reply.body).toContain("<Code>InvalidRequest</Code>");
  });

  it("tells 404 from 403 once everybody may list", async () => {
    const Bucket = await bucketWith((arn) => [
      { Effect: "Allow", Principal: "*", Action: ["s3:GetObject", "s3:ListBucket"], Resource: [arn, `${arn}/*`] },
    ]);
    expect((await clients.unsigned("GET", `/${Bucket}/missing`)).body).toContain("<Code>NoSuchKey</Code>");
  });
});

describe("RestrictPublicBuckets", () => {
  const grants = (arn: string) => [
    ...readBy("*")(arn),
    { Effect: "Allow", Principal: { AWS: VENDOR }, Action: "s3:ListBucket", Resource: arn },
  ];

  it("shuts out other accounts and the unsigned, even where the policy names the account", async () => {
    const Bucket = await bucketWith(grants, RESTRICT);
    expect((await clients.unsigned("GET", `/${Bucket}/k`)).status).toBe(403);
    expect(await outcome(vendor().getObject({ Bucket, Key: "k" }))).toBe("403 AccessDenied");
    expect(await outcome(vendor().listObjectsV2({ Bucket }))).toBe("403 AccessDenied");
  });

  it("keeps the account's own users in", async () => {
    const Bucket = await bucketWith(grants, RESTRICT);
    const own = await clients.user(CUSTOMER, `own${(count += 1)}`);
    expect(await outcome(own.getObject({ Bucket, Key: "k" }))).toBe("allowed");
  });

  it("lets other accounts in while no statement is public", async () => {
    const Bucket = await bucketWith(readBy({ AWS: VENDOR }), RESTRICT);
    expect(await outcome(vendor().getObject({ Bucket, Key: "k" }))).toBe("allowed");
    const { message } = await refusalOf(vendor().listObjectsV2({ Bucket }));
    expect(message).toBe("Access Denied");
  });
});

describe("BlockPublicPolicy", () => {
  it("refuses a public policy in AWS's words and takes any other", async () => {
    const Bucket = `public-${(count += 1)}`;
    await admin.createBucket({ Bucket });
    const arn = `arn:aws:s3:::${Bucket}`;
    const { status, message } = await refusalOf(
      admin.putBucketPolicy({ Bucket, Policy: document(...readBy("*")(arn)) }),
    );
    expect(status).toBe(403);
    expect(message).toBe(
      `User: arn:aws:iam::${CUSTOMER}:user/admin is not authorized to perform: s3:PutBucketPolicy on resource: "${arn}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
    );
    expect(await refusal(admin.getBucketPolicy({ Bucket }))).toBe("404 NoSuchBucketPolicy");
    await admin.putBucketPolicy({ Bucket, Policy: document(...readBy({ AWS: VENDOR })(arn)) });
  });
});

describe("the meaning of public", () => {
  const everyone = "*";
  const role = "arn:aws:iam::111111111111:role/reader";
  it.each([
    ["everyone", everyone, undefined, true],
    ["every AWS principal", { AWS: "*" }, undefined, true],
    ["an account", { AWS: VENDOR }, undefined, false],
    ["a service", { Service: "cloudtrail.amazonaws.com" }, undefined, false],
    ["an account and everyone", { AWS: [VENDOR, "*"] }, undefined, true],
    ["everyone of an organisation", everyone, { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }, false],
    ["everyone of any organisation", everyone, { StringLike: { "aws:PrincipalOrgID": "o-*" } }, true],
    ["everyone of an account", everyone, { StringEquals: { "aws:PrincipalAccount": VENDOR } }, false],
    ["everyone but an account", everyone, { StringNotEquals: { "aws:PrincipalAccount": VENDOR } }, true],
    ["one role by its ARN", everyone, { ArnEquals: { "aws:PrincipalArn": role } }, false],
    ["roles by a pattern", everyone, { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/reader" } }, true],
    ["a network", everyone, { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }, false],
    ["a private network", everyone, { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }, false],
    ["half of all addresses", everyone, { IpAddress: { "aws:SourceIp": "0.0.0.0/1" } }, true],
    [
      "a network of 7 bits beside a narrow one",
      everyone,
      { IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "2.0.0.0/7"] } },
      true,
    ],
    ["an IPv6 network of 32 bits", everyone, { IpAddress: { "aws:SourceIp": "2001:db8::/32" } }, false],
    ["an IPv6 network of 31 bits", everyone, { IpAddress: { "aws:SourceIp": "2001:db8::/31" } }, true],
    ["all but a network", everyone, { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }, true],
    ["a VPC", everyone, { StringEquals: { "aws:SourceVpc": "vpc-91237329" } }, false],
    ["VPCs by a pattern", everyone, { StringLike: { "aws:SourceVpc": "vpc-*" } }, true],
    ["a VPC if there is one", everyone, { StringEqualsIfExists: { "aws:SourceVpc": "vpc-91237329" } }, true],
    [
      "all values of a VPC, none included",
      everyone,
      { "ForAllValues:StringEquals": { "aws:SourceVpc": "vpc-1" } },
      true,
    ],
    ["a policy variable", everyone, { StringEquals: { "aws:SourceVpc": "${aws:SourceVpc}" } }, true],
    ["a source ARN", everyone, { ArnEquals: { "aws:SourceArn": "arn:aws:sns:us-east-1:111111111111:topic" } }, false],
    ["a browser's word", everyone, { StringEquals: { "aws:Referer": "https://example.com" } }, true],
    ["TLS", everyone, { Bool: { "aws:SecureTransport": "true" } }, true],
    [
      "access points of an account",
      everyone,
      { StringLike: { "s3:DataAccessPointArn": "arn:aws:s3:us-west-2:111111111111:accesspoint/*" } },
      false,
    ],
    [
      "access points of any account",
      everyone,
      { StringLike: { "s3:DataAccessPointArn": "arn:aws:s3:us-west-2:*:accesspoint/*" } },
      true,
    ],
  ])("%s", async (_title, principal, condition, isPublic) => {
    const Bucket = await bucketWith(readBy(principal, condition));
    expect((await admin.getBucketPolicyStatus({ Bucket })).PolicyStatus?.IsPublic).toBe(isPublic);
  });

  it("a Deny for everyone is not public", async () => {
    const Bucket = await bucketWith((arn) => [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: `${arn}/*`,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
    expect((await admin.getBucketPolicyStatus({ Bucket })).PolicyStatus?.IsPublic).toBe(false);
  });
});
