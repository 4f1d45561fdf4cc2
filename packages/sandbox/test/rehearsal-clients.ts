// What the tests of rehearsals share: the control door by HTTP, clients of a region, and outcomes without a status.
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Sandbox } from "@daypass/sandbox/testing";
import { document, roleArn, trusting, VENDOR, world } from "./sts-clients.js";
import type { Keys } from "./sts-clients.js";

/** The customer's role that the vendor may assume. */
export const ROLE = roleArn("role");
export const theWorld = world({ roles: [{ name: "role", trustPolicy: document(trusting({ AWS: VENDOR })) }] });

/** Asks the control door as any HTTP client does; returns status and body. */
export async function ask(sandbox: Sandbox, method: string, path: string, body?: unknown) {
  const response = await fetch(`${sandbox.control}${path}`, {
    method,
    ...(body !== undefined && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

export interface ClientOptions {
  readonly region?: string;
  readonly maxAttempts?: number;
  readonly keys?: Keys;
  /** Real milliseconds. */
  readonly timeoutMs?: number;
  /** The clock that requests are signed by; the machine's when left out. */
  readonly now?: () => number;
}

/** An STS client of the vendor's administrator, or of whose keys are given. */
export function stsIn(sandbox: Sandbox, options: ClientOptions = {}): STSClient {
  const { timeoutMs, now } = options;
  return new STSClient({
    endpoint: sandbox.endpoint,
    region: options.region ?? "eu-central-1",
    credentials: options.keys ?? sandbox.account("vendor").admin,
    maxAttempts: options.maxAttempts ?? 1,
    ...(now !== undefined && { systemClockOffset: now() - Date.now() }),
    ...(timeoutMs !== undefined && { requestHandler: { requestTimeout: timeoutMs, throwOnRequestTimeout: true } }),
  });
}

export const identity = (client: STSClient) => client.send(new GetCallerIdentityCommand({}));
export const assumeRole = (client: STSClient, RoleArn = ROLE) =>
  client.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "rehearsal" }));

/** The code or, below HTTP, the system's name of what went wrong; `ok` when nothing did. */
export async function failure(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
    return "ok";
  } catch (error) {
    const { code, name, message } = error as { code?: string; name: string; message: string };
    return code ?? (name === "Error" ? message : name);
  }
}
