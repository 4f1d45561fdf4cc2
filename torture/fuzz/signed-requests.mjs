// Requests to a sandbox in this process, signed by AWS's own signer, and what of a request its signature vouches for.
import { createHash, createHmac } from "node:crypto";
import { createSandbox } from "@daypass/sandbox";
import { SignatureV4 } from "@smithy/signature-v4";

const NOW = Date.parse("2026-01-31T12:00:00Z");
const HOST = "127.0.0.1:4566";
const FORM = { "content-type": "application/x-www-form-urlencoded" };

class Sha256 {
  constructor(secret) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  update(data) {
    this.hash.update(data);
  }
  digest() {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
}

/** Returns `send`, which answers a request at once, `sign`, and `bugs`: errors that are the sandbox's own fault. */
export function createSignedWorld() {
  const bugs = [];
  const trustPolicy = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::222222222222:root" }, Action: "sts:AssumeRole" }],
  };
  const core = createSandbox({
    now: () => NOW,
    reportBug: (error) => bugs.push(error),
    world: {
      accounts: [
        {
          id: "222222222222",
          roles: [{ name: "Reader", trustPolicy, attachedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }],
        },
      ],
      buckets: [{ name: "letters", account: "222222222222", region: "eu-central-1" }],
    },
  });
  const send = ({ method, path, query, headers, body }) =>
    core.handle({
      method,
      rawPath: path,
      rawQuery: query,
      query: new URLSearchParams(query),
      headers,
      body,
      remoteAddress: "127.0.0.1",
    });
  return { bugs, send, sign, admin: core.account("customer").admin };
}

/** Returns the request as it goes over the wire. `expiresIn` in seconds: signed in the query. */
async function sign({ keys, service, method, path = "/", query = {}, headers = {}, body = "", expiresIn }) {
  const signer = new SignatureV4({
    credentials: keys,
    region: "eu-central-1",
    service,
    sha256: Sha256,
    uriEscapePath: service !== "s3",
    applyChecksum: service === "s3" && expiresIn === undefined,
  });
  const unsignedBody =
    service === "s3" && expiresIn !== undefined ? { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } : {};
  const request = {
    method,
    protocol: "http:",
    hostname: HOST,
    path,
    query,
    headers: { host: HOST, ...unsignedBody, ...headers },
    body,
  };
  const signingDate = new Date(NOW);
  const signed =
    expiresIn === undefined
      ? await signer.sign(request, { signingDate })
      : await signer.presign(request, { signingDate, expiresIn });
  const pairs = Object.entries(signed.query ?? {}).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return {
    service,
    presigned: expiresIn !== undefined,
    method,
    path,
    query: pairs.map((pair) => pair.map(escape).join("=")).join("&"),
    headers: new Map(Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body),
  };
}

/** Signs one request of each kind, with names and values from `random`. */
export async function makeRequests({ admin, send }, random, count) {
  const assume =
    "Action=AssumeRole&Version=2011-06-15&RoleSessionName=fuzz&RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2FReader";
  const answer = send(await sign({ keys: admin, service: "sts", method: "POST", headers: FORM, body: assume }));
  const found = (name) => new RegExp(`<${name}>([^<]+)`).exec(answer.body.toString())[1];
  const session = {
    accessKeyId: found("AccessKeyId"),
    secretAccessKey: found("SecretAccessKey"),
    sessionToken: found("SessionToken"),
  };
  const text = () =>
    Array.from({ length: 1 + random.below(6) }, () =>
      random.pick(["a", "Z", "0", "~", "-", ".", "é", " ", "+", "%", "&", "=", "*", "'", "(", "$"]),
    ).join("");
  const key = () => Array.from({ length: 1 + random.below(3) }, () => escape(text())).join("/");
  const identity = { Action: "GetCallerIdentity", Version: "2011-06-15" };
  const kinds = [
    () => ({ service: "sts", method: "POST", headers: FORM, body: String(new URLSearchParams(identity)) }),
    () => ({ service: "sts", method: "GET", query: identity, expiresIn: 60 }),
    () => ({ service: "iam", method: "POST", headers: FORM, body: "Action=ListRoles&Version=2010-05-08&MaxItems=1" }),
    () => ({
      service: "s3",
      method: "PUT",
      path: `/letters/a${key()}`,
      headers: { "x-amz-meta-from": `a  ${random.below(9)}`, "content-type": "text/plain" },
      body: text(),
    }),
    () => ({
      service: "s3",
      method: "GET",
      path: "/letters",
      query: { "list-type": "2", prefix: text(), delimiter: "/" },
    }),
    () => ({
      service: "s3",
      method: "GET",
      path: `/letters/a${key()}`,
      query: { "response-content-type": text() },
      expiresIn: 300,
    }),
  ];
  const requests = [];
  for (let index = 0; index < count; index += 1) {
    requests.push(await sign({ keys: random.oneIn(2) ? admin : session, ...kinds[index % kinds.length]() }));
  }
  return requests;
}

/**
 * What the signature of `original` vouches for, in a form in which two requests that mean the same are equal: written
 * from the IAM User Guide, "Create a signed AWS API request".
 */
export function meaningOf(request, original) {
  const decode = (text) => decodeURIComponent(text);
  const segments = request.path.split("/");
  const path = original.service === "s3" ? segments.map(decode) : withoutDots(segments);
  const query = (request.query === "" ? [] : request.query.split("&"))
    .map((part) => part.replaceAll("+", " ").split(/=(.*)/s))
    .map(([name, value = ""]) => `${encodeURIComponent(decode(name))}=${encodeURIComponent(decode(value))}`);
  const authorization = original.headers.get("authorization") ?? "";
  const names = /SignedHeaders=([^,\s]+)/.exec(authorization)?.[1].split(";") ?? ["host"];
  const signed = names.map((name) => (request.headers.get(name) ?? "").trim().replace(/ +/g, " "));
  const amz = [...request.headers.keys()].filter((name) => name.startsWith("x-amz-") || name === "authorization");
  const claim = (request.headers.get("authorization") ?? "").trim().split(/[\s,]+/);
  const withBody = !(original.service === "s3" && original.presigned);
  return JSON.stringify([
    request.method,
    path,
    query.toSorted(),
    signed,
    amz.toSorted(),
    claim.toSorted(),
    withBody && request.body.toString("latin1"),
  ]);
}

function withoutDots(segments) {
  const kept = [];
  for (const one of segments) {
    if (one === "..") kept.pop();
    else if (one !== "" && one !== ".") kept.push(one);
  }
  return kept;
}

function escape(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
