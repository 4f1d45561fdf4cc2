// The AWS SDK for JavaScript v3 as one of the clients. It finds its target by AWS_ENDPOINT_URL alone; without it, AWS.
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import * as sts from "@aws-sdk/client-sts";
import { SignatureV4 } from "@smithy/signature-v4";
import { createHash, createHmac } from "node:crypto";

export const REGION = "us-east-1";
// The path style works on AWS as well as on one address for all services.
const AWS_S3 = `https://s3.${REGION}.amazonaws.com`;

const SERVICES = {
  sts: { module: sts, create: (settings) => new sts.STSClient(settings) },
  iam: { module: iam, create: (settings) => new iam.IAMClient(settings) },
  s3: { module: s3, create: (settings) => new s3.S3Client(settings) },
};

/** Calls one operation; returns what AWS said, with a body read to its end. Signs `clockSeconds` off the real time. */
export async function callSdk(call, input, keys, clockSeconds = 0) {
  const [service, operation] = call.split(":");
  const found = SERVICES[service];
  const Command = found?.module[`${operation}Command`];
  if (Command === undefined) throw new Error(`the SDK has no ${call}`);
  const client = found.create({
    region: REGION,
    maxAttempts: 1,
    credentials: signable(keys),
    systemClockOffset: clockSeconds * 1000,
  });
  try {
    const output = await client.send(new Command(input));
    const body = output.Body === undefined ? {} : { Body: await output.Body.transformToString() };
    return { allowed: true, answer: decoded({ ...output, ...body }) };
  } catch (error) {
    return refusal(error);
  } finally {
    client.destroy();
  }
}

/** Makes a link, changes it as the case says, opens it without credentials, and returns what S3 said. */
export async function openLink({ presigned, tamper }, keys, endpoint = AWS_S3) {
  const { protocol, host, hostname, port } = new URL(endpoint);
  const signer = new SignatureV4({
    service: "s3",
    region: REGION,
    credentials: signable(keys),
    sha256: Sha256,
    uriEscapePath: false,
  });
  const path = `/${presigned.Bucket}/${presigned.Key}`;
  const headers = { host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  const request = { method: "GET", protocol, hostname, port: port === "" ? undefined : Number(port), path, headers };
  const signed = await signer.presign({ ...request, query: {} }, { expiresIn: 300 });
  const query = new URLSearchParams(signed.query);
  const [from, to] = tamper ?? ["", ""];
  return readLink(await fetch(`${protocol}//${host}${path}?${query.toString()}`.replace(from, to)));
}

/** Returns the credentials that a profile of the AWS configuration has now. Throws when it has none. */
export async function loadProfile(profile) {
  const client = new sts.STSClient({ region: REGION, profile });
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials();
    return { accessKeyId, secretAccessKey, sessionToken };
  } finally {
    client.destroy();
  }
}

async function readLink(response) {
  const text = await response.text();
  if (response.ok) return { allowed: true, answer: { Body: text } };
  const part = (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? "";
  return { allowed: false, code: part("Code"), status: response.status, message: part("Message") };
}

function signable({ accessKeyId, secretAccessKey, sessionToken }) {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function refusal(error) {
  const { name, message, $metadata, $response } = error;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (status === undefined) throw error;
  // The SDK names modelled errors for their classes: NoSuchEntity is a NoSuchEntityException.
  return { allowed: false, code: name.replace(/Exception$/, ""), status, message };
}

/** Policy documents travel URL-encoded in IAM's answers; botocore decodes them, and so does this. */
function decoded(value) {
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).map(([key, inner]) =>
    key.endsWith("PolicyDocument") && typeof inner === "string" ? [key, readDocument(inner)] : [key, decoded(inner)],
  );
  return Object.fromEntries(entries);
}

function readDocument(text) {
  try {
    return JSON.parse(decodeURIComponent(text));
  } catch {
    // As botocore: what is no JSON stays text.
    return text;
  }
}

class Sha256 {
  #hash;
  constructor(secret) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  update(data) {
    this.#hash.update(data);
  }
  async digest() {
    return this.#hash.digest();
  }
}
