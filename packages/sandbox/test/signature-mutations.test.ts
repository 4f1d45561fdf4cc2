// One good request, changed in one place at a time: every change must be refused in AWS's own words.
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, shown, sign, signIdentityCall } from "./signed-request.js";
import type { Signed } from "./signed-request.js";

let sandbox: Sandbox;
let good: Signed;
let presigned: Signed;
let object: Signed;
let link: Signed;
const minutes = (count: number) => new Date(Date.now() + count * 60_000);

beforeAll(async () => {
  sandbox = await startSandbox({
    world: {
      buckets: [
        {
          name: "letters",
          account: "222222222222",
          region: "eu-central-1",
          objects: [{ key: "a/b c.txt", body: "dear" }],
        },
      ],
    },
  });
  const keys = sandbox.account("customer").admin;
  const { endpoint } = sandbox;
  good = await signIdentityCall({ endpoint, keys });
  presigned = await sign({
    endpoint,
    keys,
    service: "sts",
    method: "GET",
    query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
    expiresIn: 60,
  });
  object = await sign({
    endpoint,
    keys,
    service: "s3",
    method: "PUT",
    path: "/letters/new%20one",
    headers: { "x-amz-meta-from": "ada", "content-type": "text/plain" },
    body: "words",
  });
  link = await sign({ endpoint, keys, service: "s3", method: "GET", path: "/letters/a/b%20c.txt", expiresIn: 60 });
});
afterAll(() => sandbox.stop());

const authorization = ({ headers }: Signed) => headers["authorization"] ?? "";
const withHeader = (request: Signed, name: string, value: string): Signed => ({
  ...request,
  headers: { ...request.headers, [name]: value },
});
const withoutHeader = (request: Signed, name: string): Signed => ({
  ...request,
  headers: Object.fromEntries(Object.entries(request.headers).filter(([header]) => header !== name)),
});
const inAuthorization = (request: Signed, find: string | RegExp, replace: string): Signed => {
  const changed = authorization(request).replace(find, replace);
  if (changed === authorization(request)) throw new Error(`${String(find)} changes nothing`);
  return withHeader(request, "authorization", changed);
};
const inQuery = (request: Signed, find: string | RegExp, replace: string): Signed => {
  const query = request.query.replace(find, replace);
  if (query === request.query) throw new Error(`${String(find)} changes nothing`);
  return { ...request, query };
};
const flipped = (hex: string) => (hex === "0" ? "1" : "0");
const signatureOf = (request: Signed) =>
  /Signature=([0-9a-f]{64})/.exec(authorization(request) + request.query)?.[1] ?? "";

const mismatch = "403 SignatureDoesNotMatch";
const incomplete = "403 IncompleteSignature";
const malformed = "400 AuthorizationHeaderMalformed";
const parameters = "400 AuthorizationQueryParametersError";

type Mutation = readonly [what: string, change: () => Signed, expected: string];

const header: readonly Mutation[] = [
  ...Array.from({ length: 32 }, (_, index): Mutation => {
    const at = index * 2;
    return [
      `hex digit ${at} of the signature`,
      () => {
        const signature = signatureOf(good);
        const changed = signature.slice(0, at) + flipped(signature.charAt(at)) + signature.slice(at + 1);
        return inAuthorization(good, signature, changed);
      },
      mismatch,
    ];
  }),
  [
    "the signature in capitals",
    () => inAuthorization(good, /Signature=\w+/, `Signature=${signatureOf(good).toUpperCase()}`),
    incomplete,
  ],
  ["the signature cut short", () => inAuthorization(good, /.$/, ""), incomplete],
  ["an empty signature", () => inAuthorization(good, /Signature=\w+/, "Signature="), incomplete],
  ["a signature of zeros", () => inAuthorization(good, /Signature=\w+/, `Signature=${"0".repeat(64)}`), mismatch],
  ["the body's last character", () => ({ ...good, body: "Action=GetCallerIdentity&Version=2011-06-16" }), mismatch],
  ["another action in the body", () => ({ ...good, body: "Action=GetAccessKeyInfo&Version=2011-06-15" }), mismatch],
  ["a parameter more in the body", () => ({ ...good, body: `${String(good.body)}&x=1` }), mismatch],
  ["the body doubled", () => ({ ...good, body: `${String(good.body)}&${String(good.body)}` }), mismatch],
  ["the body left out", () => ({ ...good, body: "" }), mismatch],
  ["a line feed after the body", () => ({ ...good, body: `${String(good.body)}\n` }), mismatch],
  ["another method", () => ({ ...good, method: "PUT" }), mismatch],
  ["the method in lower case", () => ({ ...good, method: "post" }), "400"],
  ["another path", () => ({ ...good, path: "/x" }), mismatch],
  ["a query that was not signed", () => ({ ...good, query: "a=1" }), mismatch],
  ["a doubled query parameter", () => ({ ...good, query: "a=1&a=1" }), mismatch],
  ["a query of X-Amz-Security-Token", () => ({ ...good, query: "X-Amz-Security-Token=x" }), mismatch],
  ["the region", () => inAuthorization(good, "eu-central-1", "us-east-1"), mismatch],
  ["a region of nowhere", () => inAuthorization(good, "eu-central-1", "mars"), mismatch],
  ["the service", () => inAuthorization(good, "/sts/", "/iam/"), mismatch],
  ["a service that is not there", () => inAuthorization(good, "/sts/", "/kms/"), mismatch],
  ["the terminator", () => inAuthorization(good, "aws4_request", "aws5_request"), incomplete],
  ["a part more in the scope", () => inAuthorization(good, "/aws4_request", "/x/aws4_request"), incomplete],
  ["the scope's date", () => inAuthorization(good, /\/\d{8}\//, "/20200101/"), mismatch],
  ["a scope without a date", () => inAuthorization(good, /\/\d{8}\//, "//"), incomplete],
  [
    "another account's key id",
    () => inAuthorization(good, /AKIA\w+/, sandbox.account("prod").admin.accessKeyId),
    mismatch,
  ],
  [
    "a key id that nobody has",
    () => inAuthorization(good, /AKIA\w+/, "AKIAIOSFODNN7EXAMPLE"),
    "403 InvalidClientTokenId",
  ],
  [
    "the key id in lower case",
    () => inAuthorization(good, /AKIA\w+/, sandbox.account("customer").admin.accessKeyId.toLowerCase()),
    "403 InvalidClientTokenId",
  ],
  ["an empty key id", () => inAuthorization(good, /AKIA\w+/, ""), incomplete],
  ["the key id of a prototype", () => inAuthorization(good, /AKIA\w+/, "__proto__"), "403 InvalidClientTokenId"],
  ["no Credential", () => inAuthorization(good, /Credential=[^,]+, /, ""), incomplete],
  ["no SignedHeaders", () => inAuthorization(good, /SignedHeaders=[^,]+, /, ""), incomplete],
  ["no Signature", () => inAuthorization(good, /, Signature=\w+/, ""), incomplete],
  ["two Credentials", () => inAuthorization(good, "Credential=", "Credential=x, Credential="), incomplete],
  ["two Signatures", () => inAuthorization(good, "Signature=", `Signature=${"0".repeat(64)}, Signature=`), incomplete],
  ["host outside the signed headers", () => inAuthorization(good, ";host", ""), mismatch],
  ["x-amz-date outside the signed headers", () => inAuthorization(good, ";x-amz-date", ""), mismatch],
  ["a signed header that is not sent", () => inAuthorization(good, ";host", ";host;x-absent"), mismatch],
  [
    "signed headers in other order",
    () => inAuthorization(good, /SignedHeaders=[^,]+/, "SignedHeaders=x-amz-date;host"),
    incomplete,
  ],
  ["a signed header twice", () => inAuthorization(good, ";host", ";host;host"), incomplete],
  ["signed headers in capitals", () => inAuthorization(good, ";host", ";Host"), incomplete],
  ["another algorithm", () => inAuthorization(good, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), incomplete],
  ["the algorithm in lower case", () => inAuthorization(good, "AWS4-HMAC-SHA256", "aws4-hmac-sha256"), incomplete],
  ["the asymmetric algorithm", () => inAuthorization(good, "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), incomplete],
  ["signature version 2", () => withHeader(good, "authorization", "AWS AKIAIOSFODNN7EXAMPLE:c2lnbmF0dXJl"), incomplete],
  ["a bearer token", () => withHeader(good, "authorization", "Bearer abc"), incomplete],
  ["basic authentication", () => withHeader(good, "authorization", "Basic dGVzdDp0ZXN0"), incomplete],
  ["an empty Authorization header", () => withHeader(good, "authorization", ""), incomplete],
  ["no Authorization header", () => withoutHeader(good, "authorization"), "403 MissingAuthenticationToken"],
  ["no date", () => withoutHeader(good, "x-amz-date"), incomplete],
  ["a date of another form", () => withHeader(good, "x-amz-date", new Date().toISOString()), incomplete],
  ["a day that does not exist", () => withHeader(good, "x-amz-date", "20260231T000000Z"), incomplete],
  ["the date by one second", () => withHeader(good, "x-amz-date", stamp(new Date(Date.now() + 1000), good)), mismatch],
  ["the content type", () => withHeader(good, "content-type", "text/plain"), mismatch],
  ["an x-amz- header that was not signed", () => withHeader(good, "x-amz-target", "x"), mismatch],
  ["a session token that was not signed", () => withHeader(good, "x-amz-security-token", "x"), mismatch],
];

/** Another second of the same day as the request's, so that nothing else is wrong. */
function stamp(date: Date, request: Signed): string {
  const text = date.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const now = request.headers["x-amz-date"] ?? "";
  return text === now ? now.replace(/.Z$/, now.endsWith("0Z") ? "1Z" : "0Z") : text;
}

const query: readonly Mutation[] = [
  ["the signature", () => inQuery(presigned, signatureOf(presigned), "0".repeat(64)), mismatch],
  ["the action", () => inQuery(presigned, "GetCallerIdentity", "GetAccessKeyInfo"), mismatch],
  ["a longer life", () => inQuery(presigned, "X-Amz-Expires=60", "X-Amz-Expires=900"), mismatch],
  ["a life of more than a week", () => inQuery(presigned, "X-Amz-Expires=60", "X-Amz-Expires=604801"), incomplete],
  ["a negative life", () => inQuery(presigned, "X-Amz-Expires=60", "X-Amz-Expires=-1"), incomplete],
  ["a life of words", () => inQuery(presigned, "X-Amz-Expires=60", "X-Amz-Expires=1e3"), incomplete],
  ["no life", () => inQuery(presigned, /&?X-Amz-Expires=60/, ""), mismatch],
  [
    "a later date",
    () => inQuery(presigned, /X-Amz-Date=\w+/, `X-Amz-Date=${stamp(new Date(Date.now() + 5000), presigned)}`),
    mismatch,
  ],
  ["no date", () => inQuery(presigned, /X-Amz-Date=\w+&/, ""), incomplete],
  ["no signed headers", () => inQuery(presigned, /X-Amz-SignedHeaders=\w+&?/, ""), incomplete],
  ["no credential", () => inQuery(presigned, /X-Amz-Credential=[^&]+&/, ""), incomplete],
  ["no algorithm", () => inQuery(presigned, /X-Amz-Algorithm=[^&]+&/, ""), incomplete],
  ["another algorithm", () => inQuery(presigned, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"), incomplete],
  ["a parameter more", () => inQuery(presigned, /^/, "a=1&"), mismatch],
  ["the date twice", () => inQuery(presigned, "X-Amz-Date=", "X-Amz-Date=20200101T000000Z&X-Amz-Date="), incomplete],
  [
    "the signature twice",
    () => inQuery(presigned, "X-Amz-Signature=", `X-Amz-Signature=${"0".repeat(64)}&X-Amz-Signature=`),
    incomplete,
  ],
  ["another method", () => ({ ...presigned, method: "POST" }), mismatch],
  ["a body", () => ({ ...presigned, body: "Action=AssumeRole" }), mismatch],
  ["an Authorization header besides", () => withHeader(presigned, "authorization", authorization(good)), incomplete],
  ["half a percent sign", () => inQuery(presigned, /^/, "a=%&"), "400 InvalidURI"],
];

const s3Header: readonly Mutation[] = [
  ["the body", () => ({ ...object, body: "wordz" }), "400 XAmzContentSHA256Mismatch"],
  ["a shorter body", () => ({ ...object, body: "" }), "400 XAmzContentSHA256Mismatch"],
  ["the body's hash, stated anew", () => withHeader(object, "x-amz-content-sha256", "e".repeat(64)), mismatch],
  ["the hash UNSIGNED-PAYLOAD", () => withHeader(object, "x-amz-content-sha256", "UNSIGNED-PAYLOAD"), mismatch],
  ["a hash that is none", () => withHeader(object, "x-amz-content-sha256", "whatever"), "400 InvalidArgument"],
  ["no hash", () => withoutHeader(object, "x-amz-content-sha256"), "400 InvalidRequest"],
  ["the key", () => ({ ...object, path: "/letters/new%20two" }), mismatch],
  ["the key encoded twice", () => ({ ...object, path: "/letters/new%2520one" }), mismatch],
  ["a dot segment in the key", () => ({ ...object, path: "/letters/./new%20one" }), mismatch],
  ["a doubled slash in the key", () => ({ ...object, path: "/letters//new%20one" }), mismatch],
  ["a plus for the space in the key", () => ({ ...object, path: "/letters/new+one" }), mismatch],
  ["another bucket", () => ({ ...object, path: "/others/new%20one" }), mismatch],
  ["a path that is no text", () => ({ ...object, path: "/letters/%ff" }), "400 InvalidURI"],
  ["a subresource", () => ({ ...object, query: "acl" }), mismatch],
  ["metadata", () => withHeader(object, "x-amz-meta-from", "eve"), mismatch],
  ["metadata that was not signed", () => withHeader(object, "x-amz-meta-to", "eve"), "403 AccessDenied"],
  ["an ACL that was not signed", () => withHeader(object, "x-amz-acl", "public-read"), "403 AccessDenied"],
  [
    "a copy source that was not signed",
    () => withHeader(object, "x-amz-copy-source", "/letters/a"),
    "403 AccessDenied",
  ],
  ["the content type", () => withHeader(object, "content-type", "text/html"), mismatch],
  ["the region", () => inAuthorization(object, "eu-central-1", "us-east-1"), mismatch],
  [
    "a key id that nobody has",
    () => inAuthorization(object, /AKIA\w+/, "AKIAIOSFODNN7EXAMPLE"),
    "403 InvalidAccessKeyId",
  ],
  ["the scope's date", () => inAuthorization(object, /\/\d{8}\//, "/20200101/"), malformed],
  ["no SignedHeaders", () => inAuthorization(object, /SignedHeaders=[^,]+, /, ""), malformed],
  [
    "signature version 2",
    () => withHeader(object, "authorization", "AWS AKIAIOSFODNN7EXAMPLE:c2ln"),
    "400 InvalidRequest",
  ],
];

const s3Query: readonly Mutation[] = [
  ["the key", () => ({ ...link, path: "/letters/a/b%20d.txt" }), mismatch],
  ["a longer life", () => inQuery(link, "X-Amz-Expires=60", "X-Amz-Expires=604800"), mismatch],
  ["a life of more than a week", () => inQuery(link, "X-Amz-Expires=60", "X-Amz-Expires=604801"), parameters],
  ["no life", () => inQuery(link, /&?X-Amz-Expires=60/, ""), parameters],
  ["the method", () => ({ ...link, method: "DELETE" }), mismatch],
  ["another answer's content type", () => inQuery(link, /^/, "response-content-type=text%2Fhtml&"), mismatch],
  ["an unsigned x-amz- header", () => withHeader(link, "x-amz-meta-x", "y"), "403 AccessDenied"],
  ["the signature", () => inQuery(link, signatureOf(link), "f".repeat(64)), mismatch],
  ["the signature left out", () => inQuery(link, /&?X-Amz-Signature=\w+/, ""), parameters],
  [
    "signature version 2",
    () => ({ ...link, query: "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=x&Expires=9999999999" }),
    "400 InvalidRequest",
  ],
];

describe("a signed request", () => {
  it("is accepted as it is, in all four forms", async () => {
    for (const request of [good, presigned, object, link]) {
      expect(shown(await send(sandbox.endpoint, request))).toBe("200");
    }
  });

  const forms = { "a header": header, "the query": query, "a header for S3": s3Header, "the query for S3": s3Query };
  for (const [form, mutations] of Object.entries(forms)) {
    describe(`with its signature in ${form} is refused with a change in`, () => {
      it.each(mutations)("%s", async (_what, change, expected) => {
        expect(shown(await send(sandbox.endpoint, change()))).toBe(expected);
      });
    });
  }

  it("is changed in more than a hundred ways above", () => {
    expect(header.length + query.length + s3Header.length + s3Query.length).toBeGreaterThan(100);
  });
});

describe("a rightly made signature", () => {
  const customer = () => ({ endpoint: sandbox.endpoint, keys: sandbox.account("customer").admin });

  it("must cover the host, the date and every other x-amz- header", async () => {
    expect(
      shown(await send(sandbox.endpoint, await signIdentityCall({ ...customer(), unsigned: ["content-type"] }))),
    ).toBe("200");
    const host = await send(sandbox.endpoint, await signIdentityCall({ ...customer(), unsigned: ["host"] }));
    expect(shown(host)).toBe(mismatch);
    expect(host.body).toContain("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    const date = await signIdentityCall({ ...customer(), unsigned: ["x-amz-date"] });
    expect(shown(await send(sandbox.endpoint, date))).toBe(mismatch);
    const meta = { ...customer(), service: "s3", method: "PUT", path: "/letters/x", headers: { "x-amz-meta-a": "b" } };
    const unsigned = await send(sandbox.endpoint, await sign({ ...meta, unsigned: ["x-amz-meta-a"] }));
    expect(shown(unsigned)).toBe("403 AccessDenied");
    expect(unsigned.body).toContain("<HeadersNotSigned>x-amz-meta-a</HeadersNotSigned>");
    expect(shown(await send(sandbox.endpoint, await sign(meta)))).toBe("200");
  });

  it("does not let a plus stand for an encoded plus, which would be read as a space", async () => {
    const listing = {
      ...customer(),
      service: "s3",
      method: "GET",
      path: "/letters",
      query: { "list-type": "2", prefix: "a+b" },
    };
    const request = await sign(listing);
    expect(shown(await send(sandbox.endpoint, request))).toBe("200");
    expect(shown(await send(sandbox.endpoint, inQuery(request, "a%2Bb", "a+b")))).toBe(mismatch);
  });

  it("covers header values byte by byte, and spaces as one", async () => {
    const put = (value: string) =>
      sign({ ...customer(), service: "s3", method: "PUT", path: "/letters/x", headers: { "x-amz-meta-a": value } });
    const spaced = await put("a  b");
    expect(shown(await send(sandbox.endpoint, withHeader(spaced, "x-amz-meta-a", "  a b ")))).toBe("200");
    expect(shown(await send(sandbox.endpoint, withHeader(spaced, "x-amz-meta-a", "ab")))).toBe(mismatch);
  });
});

describe("the time of a signature", () => {
  const at = async (service: "sts" | "s3", offset: number) => {
    const keys = sandbox.account("customer").admin;
    const options = { endpoint: sandbox.endpoint, keys, at: minutes(offset) };
    const request =
      service === "sts"
        ? await signIdentityCall(options)
        : await sign({ ...options, service, method: "GET", path: "/letters/a/b%20c.txt" });
    return send(sandbox.endpoint, request);
  };

  it("may be five minutes off for STS, and not more", async () => {
    expect(shown(await at("sts", -4.9))).toBe("200");
    expect(shown(await at("sts", 4.9))).toBe("200");
    const old = await at("sts", -5.1);
    expect(shown(old)).toBe(mismatch);
    expect(old.body).toMatch(
      /Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)/,
    );
    const early = await at("sts", 5.1);
    expect(shown(early)).toBe(mismatch);
    expect(early.body).toMatch(/Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z/);
  });

  it("may be fifteen minutes off for S3, and not more", async () => {
    expect(shown(await at("s3", -14.9))).toBe("200");
    expect(shown(await at("s3", 14.9))).toBe("200");
    expect(shown(await at("s3", -15.1))).toBe("403 RequestTimeTooSkewed");
    expect(shown(await at("s3", 15.1))).toBe("403 RequestTimeTooSkewed");
  });

  it("ends the life of a presigned link to the second", async () => {
    let now = Date.UTC(2026, 4, 4, 23, 59, 30);
    await using frozen = await startSandbox({
      now: () => now,
      world: {
        buckets: [
          { name: "letters", account: "222222222222", region: "eu-central-1", objects: [{ key: "a", body: "dear" }] },
        ],
      },
    });
    const keys = frozen.account("customer").admin;
    const presign = (service: string, seconds: number) =>
      sign({
        endpoint: frozen.endpoint,
        keys,
        service,
        method: "GET",
        path: service === "s3" ? "/letters/a" : "/",
        query: service === "s3" ? {} : { Action: "GetCallerIdentity", Version: "2011-06-15" },
        at: new Date(now),
        expiresIn: seconds,
      });
    const links = {
      minute: await presign("s3", 60),
      week: await presign("s3", 604_800),
      call: await presign("sts", 60),
      day: await presign("sts", 86_400),
    };
    const answers = async () =>
      Promise.all(Object.values(links).map(async (request) => shown(await send(frozen.endpoint, request))));
    now += 59_000;
    expect(await answers()).toEqual(["200", "200", "200", "200"]);
    now += 1_000;
    expect(await answers()).toEqual(["403 AccessDenied", "200", mismatch, "200"]);
    // A presigned call of STS lives a quarter of an hour at most, whatever it asks for.
    now += 840_000;
    expect(await answers()).toEqual(["403 AccessDenied", "200", mismatch, mismatch]);
    now += 604_800_000 - 900_000;
    expect(await answers()).toEqual(["403 AccessDenied", "403 AccessDenied", mismatch, mismatch]);
  });
});
