// One good signed request, changed in one place. B5-62: an emulator with a key that always works (floci's `test`/`test`
// bypassed its own `enforce-auth`) proves nothing. Expected are AWS's own codes (IAM User Guide, "Troubleshoot Signature
// Version 4"; Amazon S3 API Reference, "Error responses").
import { numbered } from "../attack-table.js";

/** A request as it goes over the wire. */
export interface Wire {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** The good requests, each signed by another way. */
export type Signing = "STS" | "STS presigned" | "STS session" | "S3" | "S3 presigned" | "IAM" | "CloudFormation";

type Mutation = (request: Wire) => Wire;
interface Case {
  readonly attack: string;
  readonly signing: Signing;
  readonly mutate: Mutation;
  readonly answer: string;
  readonly generated?: true;
}

const mismatch = "403 SignatureDoesNotMatch";
const incomplete = "403 IncompleteSignature";
const unknown = "403 InvalidClientTokenId";

export const header =
  (name: string, value: string | undefined): Mutation =>
  (request) => ({
    ...request,
    headers: Object.fromEntries(
      [...Object.entries(request.headers).filter(([each]) => each !== name), [name, value] as const].flatMap(
        ([each, text]) => (text === undefined ? [] : [[each, text]]),
      ),
    ),
  });
const inHeader =
  (name: string, find: string | RegExp, replacement: string): Mutation =>
  (request) =>
    header(name, changed(request.headers[name] ?? "", find, replacement))(request);
const inAuthorization = (find: string | RegExp, replacement: string): Mutation =>
  inHeader("authorization", find, replacement);
const inQuery =
  (find: string | RegExp, replacement: string): Mutation =>
  (request) => ({ ...request, query: changed(request.query, find, replacement) });
const inBody =
  (find: string | RegExp, replacement: string): Mutation =>
  (request) => ({ ...request, body: changed(String(request.body), find, replacement) });
const put =
  (change: Partial<Wire>): Mutation =>
  (request) => ({ ...request, ...change });

function changed(text: string, find: string | RegExp, replacement: string): string {
  const result = text.replace(find, replacement);
  if (result === text) throw new Error(`${String(find)} changes nothing in ${text}`);
  return result;
}

const flipHex =
  (place: "authorization" | "query", at: number): Mutation =>
  (request) => {
    const whole = place === "query" ? request.query : (request.headers["authorization"] ?? "");
    const start = whole.indexOf("Signature=") + "Signature=".length + at;
    const flipped = whole.slice(0, start) + (whole[start] === "0" ? "1" : "0") + whole.slice(start + 1);
    return place === "query" ? { ...request, query: flipped } : header("authorization", flipped)(request);
  };

const flips: readonly Case[] = (
  [
    ["STS", "authorization", mismatch],
    ["STS presigned", "query", mismatch],
    ["STS session", "authorization", mismatch],
    ["S3", "authorization", mismatch],
    ["S3 presigned", "query", mismatch],
    ["IAM", "authorization", mismatch],
    ["CloudFormation", "authorization", mismatch],
  ] as const
).flatMap(([signing, place, answer]) =>
  Array.from({ length: 16 }, (_, index): Case => ({
    attack: `hex digit ${index * 4} of the signature of ${signing} is another`,
    signing,
    mutate: flipHex(place, index * 4),
    answer,
    generated: true,
  })),
);

const sts = (attack: string, mutate: Mutation, answer = mismatch): Case => ({ attack, signing: "STS", mutate, answer });
const link = (attack: string, mutate: Mutation, answer = mismatch): Case => ({
  attack,
  signing: "STS presigned",
  mutate,
  answer,
});
const session = (attack: string, mutate: Mutation, answer = mismatch): Case => ({
  attack,
  signing: "STS session",
  mutate,
  answer,
});
const s3 = (attack: string, mutate: Mutation, answer = mismatch): Case => ({ attack, signing: "S3", mutate, answer });
const s3Link = (attack: string, mutate: Mutation, answer = mismatch): Case => ({
  attack,
  signing: "S3 presigned",
  mutate,
  answer,
});
const zeros = "0".repeat(64);

const written: readonly Case[] = [
  sts("the body asks for another action", inBody("GetCallerIdentity", "GetAccessKeyInfo")),
  sts("the body is of another version", inBody("2011-06-15", "2011-06-16")),
  sts("the body has a parameter more", (request) => ({ ...request, body: `${String(request.body)}&RoleArn=x` })),
  sts("the body comes twice", (request) => ({ ...request, body: `${String(request.body)}&${String(request.body)}` })),
  sts("the body is gone", put({ body: "" })),
  sts("the body ends in a line", (request) => ({ ...request, body: `${String(request.body)}\r\n` })),
  sts("the body is encoded once more", inBody("GetCallerIdentity", "%47etCallerIdentity")),
  sts("the method is another", put({ method: "PUT" })),
  sts("the path is another", put({ path: "/x" })),
  sts("the path is encoded", put({ path: "/%2e" })),
  // Signed paths are in normal form for every service but S3, so this one is what was signed; it leads nowhere.
  sts("the path is upwards", put({ path: "/.." }), "404 InvalidAction"),
  sts("a query is added", put({ query: "Action=AssumeRole" })),
  sts("a token is added to the query", put({ query: "X-Amz-Security-Token=x" })),
  sts("an expiry is added to the query", put({ query: "X-Amz-Expires=604800" })),
  sts("the region is another", inAuthorization("eu-central-1", "us-east-1")),
  sts("the region is none", inAuthorization("eu-central-1", "mars")),
  sts("the region is empty", inAuthorization("/eu-central-1/", "//")),
  sts("the region is a path", inAuthorization("eu-central-1", "../us-east-1"), incomplete),
  sts("the service is another", inAuthorization("/sts/", "/iam/")),
  sts("the service is S3", inAuthorization("/sts/", "/s3/"), "400 InvalidRequest"),
  sts("the service is not there", inAuthorization("/sts/", "/kms/")),
  sts("the service is a prototype", inAuthorization("/sts/", "/__proto__/")),
  sts("the scope ends in another word", inAuthorization("aws4_request", "aws4"), incomplete),
  sts("the scope has a part more", inAuthorization("aws4_request", "aws4_request/x"), incomplete),
  sts("the scope has no date", inAuthorization(/\/\d{8}\//, "//"), incomplete),
  sts("the scope is of yesterday", inAuthorization(/\/\d{8}\//, "/20200101/")),
  sts("the scope's date has a sign", inAuthorization(/\/\d(\d{7})\//, "/-$1/"), incomplete),
  sts("the key id is empty", inAuthorization(/AKIA\w+/, ""), incomplete),
  sts("the key id is in lower case", inAuthorization(/AKIA(\w+)/, "akia$1"), "403 InvalidClientTokenId"),
  sts("the key id is an object's member", inAuthorization(/AKIA\w+/, "constructor"), "403 InvalidClientTokenId"),
  sts("the key id has a blank behind", inAuthorization(/(AKIA\w+)/, "$1 "), incomplete),
  sts("the key id is encoded", inAuthorization(/AKIA/, "%41KIA"), "403 InvalidClientTokenId"),
  sts("Credential is gone", inAuthorization(/Credential=[^,]+, /, ""), incomplete),
  sts(
    "Credential is there twice",
    inAuthorization("Credential=", "Credential=x/20300101/a/sts/aws4_request, Credential="),
    incomplete,
  ),
  sts("SignedHeaders is gone", inAuthorization(/SignedHeaders=[^,]+, /, ""), incomplete),
  sts("SignedHeaders is empty", inAuthorization(/SignedHeaders=[^,]+/, "SignedHeaders="), incomplete),
  sts("SignedHeaders has a header twice", inAuthorization(";host", ";host;host"), incomplete),
  sts(
    "SignedHeaders is in another order",
    inAuthorization(/SignedHeaders=[^,]+/, "SignedHeaders=x-amz-date;host"),
    incomplete,
  ),
  sts("SignedHeaders is in capitals", inAuthorization(";host", ";HOST"), incomplete),
  sts("SignedHeaders leaves out the host", inAuthorization(";host", "")),
  sts("SignedHeaders leaves out the date", inAuthorization(";x-amz-date", "")),
  sts("SignedHeaders names what is not there", inAuthorization(";host", ";host;x-absent")),
  sts("Signature is gone", inAuthorization(/, Signature=\w+/, ""), incomplete),
  sts("Signature is empty", inAuthorization(/Signature=\w+/, "Signature="), incomplete),
  sts("Signature is of zeros", inAuthorization(/Signature=\w+/, `Signature=${zeros}`)),
  sts("Signature is one digit short", inAuthorization(/\w$/, ""), incomplete),
  sts("Signature is one digit long", inAuthorization(/$/, "0"), incomplete),
  sts("Signature is there twice", inAuthorization("Signature=", `Signature=${zeros}, Signature=`), incomplete),
  sts("Signature is in base64", inAuthorization(/Signature=\w+/, "Signature=c2lnbmF0dXJl"), incomplete),
  sts("the algorithm is weaker", inAuthorization("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), incomplete),
  sts("the algorithm is none", inAuthorization("AWS4-HMAC-SHA256", "none"), incomplete),
  sts("the algorithm is of two regions", inAuthorization("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), incomplete),
  sts("the header is of version 2", header("authorization", "AWS AKIAIOSFODNN7EXAMPLE:c2lnbmF0dXJl"), incomplete),
  sts("the header is Basic", header("authorization", "Basic dGVzdDp0ZXN0"), incomplete),
  sts("the header is Bearer", header("authorization", "Bearer test"), incomplete),
  sts("the header is empty", header("authorization", ""), incomplete),
  sts("the header is gone", header("authorization", undefined), "403 MissingAuthenticationToken"),
  sts(
    "the header is of another emulator",
    header(
      "authorization",
      "AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=test",
    ),
    incomplete,
  ),
  sts("the date is gone", header("x-amz-date", undefined), incomplete),
  sts("the date is in another form", header("x-amz-date", "Mon, 01 Jan 2030 00:00:00 GMT"), incomplete),
  sts("the date does not exist", header("x-amz-date", "20300231T000000Z"), incomplete),
  sts("the date has no zone", inHeader("x-amz-date", "Z", ""), incomplete),
  sts("the content type is another", header("content-type", "application/json")),
  sts("a token is added", header("x-amz-security-token", "x")),
  sts("a header of AWS's is added", header("x-amz-target", "AWSSecurityTokenService.AssumeRole")),
  link("the action is another", inQuery("GetCallerIdentity", "GetAccessKeyInfo")),
  link("the life is longer", inQuery("X-Amz-Expires=60", "X-Amz-Expires=900")),
  link("the life is a week and a second", inQuery("X-Amz-Expires=60", "X-Amz-Expires=604801"), incomplete),
  link("the life is negative", inQuery("X-Amz-Expires=60", "X-Amz-Expires=-60"), incomplete),
  link("the life is an exponent", inQuery("X-Amz-Expires=60", "X-Amz-Expires=6e1"), incomplete),
  link("the life is there twice", inQuery("X-Amz-Expires=60", "X-Amz-Expires=60&X-Amz-Expires=900"), incomplete),
  link("the date is there twice", inQuery("X-Amz-Date=", "X-Amz-Date=20300101T000000Z&X-Amz-Date="), incomplete),
  link(
    "the credential is there twice",
    inQuery("X-Amz-Credential=", "X-Amz-Credential=x&X-Amz-Credential="),
    incomplete,
  ),
  link(
    "the signature is there twice",
    inQuery("X-Amz-Signature=", `X-Amz-Signature=${zeros}&X-Amz-Signature=`),
    incomplete,
  ),
  link(
    "the algorithm is there twice",
    inQuery("X-Amz-Algorithm=", "X-Amz-Algorithm=none&X-Amz-Algorithm="),
    incomplete,
  ),
  link("the algorithm is another", inQuery("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"), incomplete),
  link("the algorithm is gone", inQuery(/X-Amz-Algorithm=[^&]+&?/, ""), incomplete),
  link("the credential is gone", inQuery(/X-Amz-Credential=[^&]+&?/, ""), incomplete),
  link("the signature is gone", inQuery(/&?X-Amz-Signature=[^&]+/, ""), incomplete),
  link("the names are in lower case", inQuery("X-Amz-Signature", "x-amz-signature"), incomplete),
  link("the action is there twice", inQuery("Action=GetCallerIdentity", "Action=GetCallerIdentity&Action=AssumeRole")),
  link("a parameter is added", inQuery(/^/, "RoleArn=x&")),
  link("a parameter is added behind a semicolon", inQuery(/$/, ";RoleArn=x"), incomplete),
  link("a percent sign is broken", inQuery(/^/, "x=%&"), "400 InvalidURI"),
  link("a NUL is added", inQuery(/^/, "x=%00&")),
  link("the action is encoded twice", inQuery("GetCallerIdentity", "%2547etCallerIdentity")),
  link("the method is POST", put({ method: "POST" })),
  link("a body is added", put({ body: "Action=AssumeRole" })),
  link("a header is added besides", header("authorization", "AWS4-HMAC-SHA256 x"), incomplete),
  session("the token is gone", header("x-amz-security-token", undefined), unknown),
  session("the token is empty", header("x-amz-security-token", ""), unknown),
  session("the token is another", inHeader("x-amz-security-token", /^.{8}/, "AAAAAAAA"), "403 InvalidClientTokenId"),
  session("the token is cut", inHeader("x-amz-security-token", /.$/, ""), "403 InvalidClientTokenId"),
  session(
    "the token moves to the query",
    (request) => ({
      ...header("x-amz-security-token", undefined)(request),
      query: "X-Amz-Security-Token=x",
    }),
    unknown,
  ),
  session(
    "the key id is another account's",
    inAuthorization(/ASIA\w+/, "ASIAIOSFODNN7EXAMPLE"),
    "403 InvalidClientTokenId",
  ),
  s3("the body is another", put({ body: "wordz" }), "400 XAmzContentSHA256Mismatch"),
  s3("the body is gone", put({ body: "" }), "400 XAmzContentSHA256Mismatch"),
  s3("the body's hash is another", header("x-amz-content-sha256", zeros)),
  s3("the body is said not to be signed", header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")),
  s3("the body is said to be streamed", header("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")),
  s3("the body's hash is a word", header("x-amz-content-sha256", "hash"), "400 InvalidArgument"),
  s3("the body's hash is gone", header("x-amz-content-sha256", undefined), "400 InvalidRequest"),
  s3("the key is another", put({ path: "/letters/other" })),
  s3("the key is encoded twice", put({ path: "/letters/new%2520one" })),
  s3("the key has a dot segment", put({ path: "/letters/./new%20one" })),
  s3("the key is upwards", put({ path: "/letters/x/../new%20one" })),
  s3("the key has a doubled slash", put({ path: "/letters//new%20one" })),
  s3("the key has a plus for a blank", put({ path: "/letters/new+one" })),
  s3("the key ends in a NUL", put({ path: "/letters/new%20one%00" })),
  s3("the key is no text", put({ path: "/letters/%ff" }), "400 InvalidURI"),
  s3("the bucket is another", put({ path: "/private/new%20one" })),
  s3("a subresource is added", put({ query: "policy" })),
  s3("a version is added", put({ query: "versionId=null" })),
  s3("metadata is another", header("x-amz-meta-from", "eve")),
  s3("metadata is added", header("x-amz-meta-to", "eve"), "403 AccessDenied"),
  s3("an ACL is added", header("x-amz-acl", "public-read"), "403 AccessDenied"),
  s3("a grant is added", header("x-amz-grant-full-control", "id=x"), "403 AccessDenied"),
  s3("a copy source is added", header("x-amz-copy-source", "/private/x"), "403 AccessDenied"),
  s3("the content type is another", header("content-type", "text/html")),
  s3("the scope is of another day", inAuthorization(/\/\d{8}\//, "/20200101/"), "400 AuthorizationHeaderMalformed"),
  s3("the scope has no date", inAuthorization(/\/\d{8}\//, "//"), "400 AuthorizationHeaderMalformed"),
  s3("the region is another", inAuthorization("eu-central-1", "us-east-1")),
  s3("the region is none", inAuthorization("eu-central-1", "mars"), "400 AuthorizationHeaderMalformed"),
  s3("the header is of version 2", header("authorization", "AWS AKIAIOSFODNN7EXAMPLE:c2ln"), "400 InvalidRequest"),
  s3("the header is gone", header("authorization", undefined), "403 AccessDenied"),
  s3Link("the key is another", put({ path: "/letters/other" })),
  s3Link("the bucket is another", put({ path: "/private/b%20c.txt" })),
  s3Link("the method is DELETE", put({ method: "DELETE" })),
  s3Link("the method is PUT", put({ method: "PUT" })),
  s3Link("the life is longer", inQuery("X-Amz-Expires=60", "X-Amz-Expires=604800")),
  s3Link(
    "the life is a week and a second",
    inQuery("X-Amz-Expires=60", "X-Amz-Expires=604801"),
    "400 AuthorizationQueryParametersError",
  ),
  s3Link("the life is gone", inQuery(/&?X-Amz-Expires=60/, ""), "400 AuthorizationQueryParametersError"),
  s3Link(
    "the life is there twice",
    inQuery("X-Amz-Expires=60", "X-Amz-Expires=60&X-Amz-Expires=900"),
    "400 AuthorizationQueryParametersError",
  ),
  s3Link("the signature is gone", inQuery(/&?X-Amz-Signature=\w+/, ""), "400 AuthorizationQueryParametersError"),
  s3Link("the signature is of zeros", inQuery(/X-Amz-Signature=\w+/, `X-Amz-Signature=${zeros}`)),
  s3Link("another content type is asked for", inQuery(/^/, "response-content-type=text%2Fhtml&")),
  s3Link("a subresource is added", inQuery(/^/, "acl&")),
  s3Link("a header of AWS's is added", header("x-amz-acl", "public-read"), "403 AccessDenied"),
  s3Link(
    "it is of version 2",
    put({ query: "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=x&Expires=9999999999" }),
    "400 InvalidRequest",
  ),
  s3Link("it is not signed at all", put({ query: "" }), "403 AccessDenied"),
];

export const signatureMutations = numbered(
  "B5-62",
  [...written, ...flips].map(({ attack, signing, mutate, answer, generated }) => ({
    attack: `${signing}: ${attack}`,
    signing,
    mutate,
    expected: { answer },
    ...(generated && { generated }),
  })),
);

/** Minutes by which a signature is off, for each kind of signing. Limits: five minutes, S3 fifteen. */
export const wrongTimes = numbered(
  "B5-62",
  (
    [
      ["STS", -6, "403 SignatureDoesNotMatch"],
      ["STS", 6, "403 SignatureDoesNotMatch"],
      ["STS", -60, "403 SignatureDoesNotMatch"],
      ["STS", 60 * 24, "403 SignatureDoesNotMatch"],
      ["STS", -60 * 24 * 365, "403 SignatureDoesNotMatch"],
      ["STS presigned", -16, "403 SignatureDoesNotMatch"],
      ["STS presigned", 16, "403 SignatureDoesNotMatch"],
      ["S3", -16, "403 RequestTimeTooSkewed"],
      ["S3", 16, "403 RequestTimeTooSkewed"],
      ["S3", -60 * 24, "403 RequestTimeTooSkewed"],
      ["S3", 60 * 24, "403 RequestTimeTooSkewed"],
      ["S3 presigned", -2, "403 AccessDenied"],
      ["S3 presigned", 16, "403 RequestTimeTooSkewed"],
    ] as const
  ).map(([signing, minutes, answer]) => ({
    attack: `${signing}: the request was signed ${minutes} minutes from now`,
    signing: signing as Signing,
    minutes,
    expected: { answer },
  })),
  401,
);
