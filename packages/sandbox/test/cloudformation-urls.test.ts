// Templates by address: from this sandbox's own S3, with nobody's permissions but the address's.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CUSTOMER, HANDLE, startStacks, templateOf, VENDOR } from "./cloudformation-clients.js";
import { refusalLine } from "./iam-clients.js";
import { sign } from "./signed-request.js";

let aws: Awaited<ReturnType<typeof startStacks>>;
const TEMPLATE = JSON.stringify(templateOf({ A: HANDLE }, { Description: "from S3" }));
const KEY = "templates/role v1+é.json";
const ENCODED = "templates/role%20v1%2B%C3%A9.json";

beforeAll(async () => {
  aws = await startStacks();
  const s3 = aws.s3(aws.admin(VENDOR));
  for (const Bucket of ["vendor-public", "vendor-private"]) {
    await s3.createBucket({ Bucket });
    await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
    await s3.putObject({ Bucket, Key: KEY, Body: TEMPLATE });
  }
  await s3.deletePublicAccessBlock({ Bucket: "vendor-public" });
  const Resource = "arn:aws:s3:::vendor-public/*";
  const Statement = [{ Effect: "Allow", Principal: "*", Action: ["s3:GetObject", "s3:GetObjectVersion"], Resource }];
  await s3.putBucketPolicy({ Bucket: "vendor-public", Policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
});
afterAll(() => aws.sandbox.stop());

const validate = (TemplateURL: string) => aws.cfn().validateTemplate({ TemplateURL });
const hostOf = () => aws.sandbox.endpoint;

describe("a template's address", () => {
  test.each([
    ["the sandbox's own, path style", () => `${hostOf()}/vendor-public/${ENCODED}`],
    [
      "the same by another name of this machine",
      () => `${hostOf().replace("127.0.0.1", "localhost")}/vendor-public/${ENCODED}`,
    ],
    ["AWS's with the bucket in the host", () => `https://vendor-public.s3.amazonaws.com/${ENCODED}`],
    ["with the region", () => `https://vendor-public.s3.eu-central-1.amazonaws.com/${ENCODED}`],
    ["path style with the region", () => `https://s3.eu-central-1.amazonaws.com/vendor-public/${ENCODED}`],
    ["path style of old", () => `https://s3-us-west-2.amazonaws.com/vendor-public/${ENCODED}`],
    ["dual stack", () => `https://vendor-public.s3.dualstack.us-east-1.amazonaws.com/${ENCODED}`],
    ["in China", () => `https://vendor-public.s3.cn-north-1.amazonaws.com.cn/${ENCODED}`],
  ])("is read: %s", async (_name, url) => {
    expect(await validate(url())).toMatchObject({ Description: "from S3" });
  });

  test.each([
    ["another host", () => "https://example.com/vendor-public/a.json"],
    ["another port of this machine", () => "http://127.0.0.1:1/vendor-public/a.json"],
    ["a host that only begins like S3's", () => "https://s3.amazonaws.com.example.com/vendor-public/a.json"],
    ["a host that only ends like S3's", () => "https://vendor-public.s3.amazonaws.com@example.com/a.json"],
    ["S3 without TLS", () => `http://vendor-public.s3.amazonaws.com/${ENCODED}`],
    ["a file", () => "file:///etc/passwd"],
    ["credentials in it", () => `${hostOf().replace("//", "//user:pass@")}/vendor-public/${ENCODED}`],
    ["a fragment", () => `${hostOf()}/vendor-public/${ENCODED}#x`],
    ["words", () => "vendor-public"],
  ])("is refused: %s", async (_name, url) => {
    expect(await refusalLine(validate(url()))).toBe("400 ValidationError TemplateURL must be a supported URL.");
  });

  test("is refused when it names no object, is too long, or leads to no template", async () => {
    expect(await refusalLine(validate(`${hostOf()}/vendor-public/`))).toContain("must reference a valid S3 object");
    expect(await refusalLine(validate(`${hostOf()}/vendor-public/${"x".repeat(1024)}`))).toContain(
      "Member must have length less than or equal to 1024",
    );
    const s3 = aws.s3(aws.admin(VENDOR));
    await s3.putObject({ Bucket: "vendor-public", Key: "latin", Body: Buffer.from([0x7b, 0xe9, 0x7d]) });
    expect(await refusalLine(validate(`${hostOf()}/vendor-public/latin`))).toContain("Template is not UTF-8 text.");
  });

  test("may lead to 1 MB, which is more than a body may have", async () => {
    const s3 = aws.s3(aws.admin(VENDOR));
    const filled = (size: number) => {
      const bare = JSON.stringify(templateOf({ A: HANDLE }, { Metadata: "" }));
      return JSON.stringify(templateOf({ A: HANDLE }, { Metadata: "x".repeat(size - bare.length) }));
    };
    await s3.putObject({ Bucket: "vendor-public", Key: "large", Body: filled(1_048_576) });
    await validate(`${hostOf()}/vendor-public/large`);
    await s3.putObject({ Bucket: "vendor-public", Key: "larger", Body: filled(1_048_577) });
    expect(await refusalLine(validate(`${hostOf()}/vendor-public/larger`))).toContain("may not exceed 1048576 bytes");
  });

  test("is read without the caller's permissions: what is not public is refused, even to its owner", async () => {
    const url = `${hostOf()}/vendor-private/${ENCODED}`;
    for (const account of [CUSTOMER, VENDOR]) {
      const line = await refusalLine(aws.cfn(aws.admin(account)).validateTemplate({ TemplateURL: url }));
      expect(line).toContain("400 ValidationError S3 error: Access Denied\nFor more information check ");
    }
    expect(await refusalLine(validate(`${hostOf()}/vendor-public/none.json`))).toContain("S3 error: Access Denied");
    expect(await refusalLine(validate(`${hostOf()}/no-such-bucket/none.json`))).toContain(
      "S3 error: The specified bucket does not exist",
    );
  });

  test("may name a version, and nothing else that it is not", async () => {
    const s3 = aws.s3(aws.admin(VENDOR));
    const { Versions } = await s3.listObjectVersions({ Bucket: "vendor-public", Prefix: "templates/" });
    const versionId = Versions?.[0]?.VersionId ?? "";
    const newer = JSON.stringify(templateOf({ A: HANDLE }, { Description: "newer" }));
    await s3.putObject({ Bucket: "vendor-public", Key: KEY, Body: newer });
    const url = `${hostOf()}/vendor-public/${ENCODED}`;
    expect(await validate(`${url}?versionId=${versionId}`)).toMatchObject({ Description: "from S3" });
    expect(await validate(url)).toMatchObject({ Description: "newer" });
    await s3.putObject({ Bucket: "vendor-public", Key: KEY, Body: TEMPLATE });
    expect(await refusalLine(validate(`${url}?acl`))).toContain("S3 error: ");
    expect(await refusalLine(validate(`${url}?nonsense=1`))).toContain("S3 error: ");
  });

  test("may be presigned, as long as the signature holds", async () => {
    const { path, query } = await sign({
      endpoint: aws.sandbox.endpoint,
      keys: aws.admin(VENDOR),
      service: "s3",
      region: "us-east-1",
      method: "GET",
      path: `/vendor-private/${ENCODED}`,
      expiresIn: 60,
    });
    const url = `${hostOf()}${path}?${query}`;
    expect(await validate(url)).toMatchObject({ Description: "from S3" });
    expect(await refusalLine(validate(url.replace(/.$/, (last) => (last === "0" ? "1" : "0"))))).toContain(
      "S3 error: The request signature",
    );
  });

  test("is what the stack is made from, and can be a condition of the permission", async () => {
    const Condition = { StringLike: { "cloudformation:TemplateUrl": `${hostOf()}/vendor-public/*` } };
    const statement = { Effect: "Allow", Action: "cloudformation:CreateStack", Resource: "*", Condition };
    const keys = await aws.userWith("launcher", { Version: "2012-10-17", Statement: [statement] });
    const TemplateURL = `${hostOf()}/vendor-public/${ENCODED}`;
    await aws.cfn(keys).createStack({ StackName: "launched", TemplateURL });
    expect(await aws.stack("launched")).toMatchObject({ StackStatus: "CREATE_COMPLETE", Description: "from S3" });
    expect((await aws.cfn().getTemplate({ StackName: "launched" })).TemplateBody).toBe(TEMPLATE);
    expect(await refusalLine(aws.cfn(keys).createStack({ StackName: "other", TemplateBody: TEMPLATE }))).toContain(
      "403 AccessDenied",
    );
    const both = aws.cfn().createStack({ StackName: "both", TemplateURL, TemplateBody: TEMPLATE });
    expect(await refusalLine(both)).toContain("Only one of");
    expect(await refusalLine(aws.cfn().createStack({ StackName: "none" }))).toContain(
      "Either Template URL or Template Body must be specified.",
    );
  });
});
