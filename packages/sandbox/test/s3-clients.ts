// Real S3 clients for the tests of S3: administrators, users with given permissions, and callers without a signature.
import { request as httpRequest } from "node:http";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { startSandbox } from "@daypass/sandbox/testing";

type Sandbox = Awaited<ReturnType<typeof startSandbox>>;
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const VENDOR = "111111111111";
export const CUSTOMER = "222222222222";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A statement list as a policy document. */
export function document(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Clients of one sandbox, path style. */
export function s3ClientsOf(sandbox: Sandbox) {
  const admin = (accountId: string): Keys => {
    const account = sandbox.accounts.find(({ id }) => id === accountId);
    if (account === undefined) throw new Error(`the sandbox has no account ${accountId}`);
    return account.admin;
  };
  const s3 = (credentials: Keys = admin(CUSTOMER), options: S3ClientConfig = {}) =>
    new S3({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      maxAttempts: 1,
      credentials,
      ...options,
    });
  /** Creates a user with one inline policy; returns its keys. */
  const userKeys = async (accountId: string, name: string, policy?: string): Promise<Keys> => {
    const iam = new IAM({ endpoint: sandbox.endpoint, region: "us-east-1", credentials: admin(accountId) });
    await iam.createUser({ UserName: name });
    if (policy !== undefined) {
      await iam.putUserPolicy({ UserName: name, PolicyName: "own", PolicyDocument: policy });
    }
    const { AccessKey } = await iam.createAccessKey({ UserName: name });
    return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  };
  const user = async (accountId: string, name: string, policy?: string) => s3(await userKeys(accountId, name, policy));
  /** A request without a signature, its path sent as written. */
  const unsigned = (method: string, path: string, headers: Record<string, string> = {}, body = "") =>
    rawRequest(sandbox.endpoint, method, path, headers, body);
  return { admin, s3, user, userKeys, unsigned };
}

/** Sends bytes as they are: no client library tidies the path or the headers up. */
export function rawRequest(
  endpoint: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = "",
): Promise<Reply> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: Buffer.concat(chunks).toString() });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

interface Change {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly method?: string;
  readonly body?: string;
  readonly without?: readonly string[];
}

/** Changes every request of the client before it is signed: how real signatures reach odd requests. */
export function changed(client: S3, change: Change): S3 {
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as {
        query: Record<string, string>;
        headers: Record<string, string>;
        path: string;
        method: string;
        body: unknown;
      };
      Object.assign(request.query, change.query);
      Object.assign(request.headers, change.headers);
      for (const name of change.without ?? []) delete request.headers[name];
      if (change.path !== undefined) request.path = change.path;
      if (change.method !== undefined) request.method = change.method;
      if (change.body !== undefined) {
        request.body = change.body;
        request.headers["content-length"] = String(Buffer.byteLength(change.body));
        delete request.headers["x-amz-checksum-crc32"];
        delete request.headers["x-amz-sdk-checksum-algorithm"];
      }
      return next(args);
    },
    { step: "build", priority: "low", name: "changedRequest" },
  );
  return client;
}

/** What S3 answered instead: `404 NoSuchKey`. Fails when the call succeeded. */
export async function refusal(answer: Promise<unknown>): Promise<string> {
  const { status, code } = await refusalOf(answer);
  return `${status} ${code}`;
}

/** `allowed`, or the refusal in one line. */
export async function outcome(answer: Promise<unknown>): Promise<string> {
  return (await answer.then(() => "allowed", refusalIn)).toString();
}

/** The refusal in full. Fails when the call succeeded. */
export async function refusalOf(answer: Promise<unknown>): Promise<Refusal> {
  const refused = await answer.then(() => undefined, refusalIn);
  if (refused === undefined) throw new Error("the call was not refused");
  return refused;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  toString(): string;
}

function refusalIn(error: unknown): Refusal {
  const { $metadata, $response, Code, name, message } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { headers?: Record<string, string> };
    Code?: string;
    name: string;
    message: string;
  };
  const status = $metadata?.httpStatusCode ?? 0;
  const code = Code ?? name;
  return { status, code, message, headers: $response?.headers ?? {}, toString: () => `${status} ${code}` };
}
