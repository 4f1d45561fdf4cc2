import { startSandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CUSTOMER, document, rawRequest, s3ClientsOf } from "./s3-clients.js";
import type { Keys } from "./s3-clients.js";
import { sign } from "./signed-request.js";

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let clients: ReturnType<typeof s3ClientsOf>;
const Bucket = "presigned";

beforeAll(async () => {
  sandbox = await startSandbox();
  clients = s3ClientsOf(sandbox);
  await clients.s3().createBucket({ Bucket });
  await clients.s3().putObject({ Bucket, Key: "k", Body: "text" });
});
afterAll(() => sandbox.stop());

/** Follows a link that is good for a minute; what it does is all in its query. */
async function follow(method: string, key: string, query: Record<string, string> = {}, body = "", keys?: Keys) {
  const signed = await sign({
    endpoint: sandbox.endpoint,
    keys: keys ?? clients.admin(CUSTOMER),
    service: "s3",
    region: "us-east-1",
    method,
    path: `/${Bucket}/${key}`,
    query,
    expiresIn: 60,
  });
  return rawRequest(sandbox.endpoint, method, `${signed.path}?${signed.query}`, signed.headers, body);
}

describe("a presigned link", () => {
  it("reads, with the checksum and the headers that it asks for", async () => {
    const reply = await follow("GET", "k", {
      "x-id": "GetObject",
      "x-amz-checksum-mode": "ENABLED",
      "response-content-disposition": "attachment",
    });
    expect(reply).toMatchObject({ status: 200, body: "text" });
    expect(reply.headers).toMatchObject({ "content-disposition": "attachment", "x-amz-checksum-crc32": "O4unxw==" });
  });

  it("writes, its x-amz- parameters counting as headers", async () => {
    expect((await follow("PUT", "up", { "x-amz-meta-a": "1", "x-amz-tagging": "t=1" }, "body")).status).toBe(200);
    expect(await clients.s3().headObject({ Bucket, Key: "up" })).toMatchObject({ Metadata: { a: "1" } });
    const acl = await follow("PUT", "up", { "x-amz-acl": "public-read" }, "body");
    expect(acl.body).toContain("<Code>AccessControlListNotSupported</Code>");
  });

  it("is held to the checksum that was signed into it", async () => {
    const empty = { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-sdk-checksum-algorithm": "CRC32" };
    expect((await follow("PUT", "sum", empty, "body")).body).toContain("<Code>BadDigest</Code>");
    expect((await follow("PUT", "sum", empty, "")).status).toBe(200);
  });

  it("may do what its signer may do, and conditions see that it is a link", async () => {
    const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
    const Condition = { StringEquals: { "s3:authType": "REST-QUERY-STRING" } };
    const linker = await clients.userKeys(CUSTOMER, "linker", document({ ...statement, Condition }));
    const nobody = await clients.userKeys(CUSTOMER, "nobody");
    expect((await follow("GET", "k", {}, "", linker)).status).toBe(200);
    expect((await follow("PUT", "k", {}, "x", linker)).status).toBe(403);
    expect((await follow("GET", "k", {}, "", nobody)).status).toBe(403);
  });

  it("does not take a header and a parameter that contradict each other", async () => {
    const signed = await sign({
      endpoint: sandbox.endpoint,
      keys: clients.admin(CUSTOMER),
      service: "s3",
      region: "us-east-1",
      method: "PUT",
      path: `/${Bucket}/two`,
      query: { "X-Amz-Tagging": "a=1", "x-amz-tagging": "a=2" },
      expiresIn: 60,
    });
    const reply = await rawRequest(sandbox.endpoint, "PUT", `${signed.path}?${signed.query}`, signed.headers, "x");
    expect(reply.body).toContain("<Code>InvalidArgument</Code>");
  });
});
