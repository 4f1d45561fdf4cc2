// The AWS SDK for JavaScript v3 as one of the clients. It finds the sandbox by AWS_ENDPOINT_URL alone.
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import * as sts from "@aws-sdk/client-sts";
import { SignatureV4 } from "@smithy/signature-v4";
import { createHash, createHmac } from "node:crypto";
import type { Answer } from "./judge-answer.js";
import type { Case, Keys } from "./read-table.js";

interface Client {
  send(command: unknown): Promise<object>;
  destroy(): void;
}
interface Settings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly credentials: ReturnType<typeof signable>;
  readonly systemClockOffset: number;
}
type Module = Readonly<Record<string, new (input: object) => unknown>>;

const SERVICES: Readonly<
  Record<string, { readonly module: unknown; readonly create: (settings: Settings) => unknown }>
> = {
  sts: { module: sts, create: (settings) => new sts.STSClient(settings) },
  iam: { module: iam, create: (settings) => new iam.IAMClient(settings) },
  s3: { module: s3, create: (settings) => new s3.S3Client(settings) },
};

/** Calls one operation; returns what AWS said, with a body read to its end. Signs `clockSeconds` off the real time. */
export async function callSdk(call: string, input: object, keys: Keys, clockSeconds = 0): Promise<Answer> {
  const [service = "", operation = ""] = call.split(":");
  const found = SERVICES[service];
  const Command = (found?.module as Module | undefined)?.[`${operation}Command`];
  if (found === undefined || Command === undefined) throw new Error(`the SDK has no ${call}`);
  const client = found.create({
    region: "us-east-1",
    maxAttempts: 1,
    credentials: signable(keys),
    systemClockOffset: clockSeconds * 1000,
  }) as Client;
  try {
    const output = (await client.send(new Command(input))) as { Body?: { transformToString(): Promise<string> } };
    const body = output.Body === undefined ? {} : { Body: await output.Body.transformToString() };
    return { allowed: true, answer: decoded({ ...output, ...body }) };
  } catch (error) {
    return refusal(error);
  } finally {
    client.destroy();
  }
}

/** Makes a link, changes it as the case says, opens it without credentials, and returns what S3 said. */
export async function openLink({ presigned, tamper }: Case, keys: Keys, endpoint: string): Promise<Answer> {
  const { hostname, port } = new URL(endpoint);
  const signer = new SignatureV4({
    service: "s3",
    region: "us-east-1",
    credentials: signable(keys),
    sha256: Sha256,
    uriEscapePath: false,
  });
  const path = `/${presigned?.Bucket ?? ""}/${presigned?.Key ?? ""}`;
  const headers = { host: `${hostname}:${port}`, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  const request = { method: "GET", protocol: "http:", hostname, port: Number(port), path, headers, query: {} };
  const signed = await signer.presign(request, { expiresIn: 300 });
  const query = new URLSearchParams(signed.query as Record<string, string>);
  const [from, to] = tamper ?? ["", ""];
  return readLink(await fetch(`${endpoint}${path}?${query.toString()}`.replace(from, to)));
}

async function readLink(response: Response): Promise<Answer> {
  const text = await response.text();
  if (response.ok) return { allowed: true, answer: { Body: text } };
  const part = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? "";
  return { allowed: false, code: part("Code"), status: response.status, message: part("Message") };
}

function signable({ accessKeyId, secretAccessKey, sessionToken }: Keys) {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function refusal(error: unknown): Answer {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  if ($metadata?.httpStatusCode === undefined) throw error;
  // The SDK names modelled errors for their classes: NoSuchEntity is a NoSuchEntityException.
  return { allowed: false, code: name.replace(/Exception$/, ""), status: $metadata.httpStatusCode, message };
}

/** Policy documents travel URL-encoded in IAM's answers; botocore decodes them, and so does this. */
function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]) =>
    key.endsWith("PolicyDocument") && typeof inner === "string"
      ? [key, JSON.parse(decodeURIComponent(inner)) as unknown]
      : [key, decoded(inner)],
  );
  return Object.fromEntries(entries) as unknown;
}

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string);
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}
