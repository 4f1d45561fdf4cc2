// Real STS clients for the tests of STS and of the wire, and refusals in one line.
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from "@aws-sdk/client-sts";
import type { Sandbox, WorldFile } from "@daypass/sandbox/testing";

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
type AccountEntry = NonNullable<WorldFile["accounts"]>[number];
export type RoleEntry = NonNullable<AccountEntry["roles"]>[number];
export type UserEntry = NonNullable<AccountEntry["users"]>[number];
export type Document = Record<string, unknown>;

export const VENDOR = "111111111111";
export const CUSTOMER = "222222222222";
export const roleArn = (name: string, account = CUSTOMER) => `arn:aws:iam::${account}:role/${name}`;

export function document(...statements: readonly object[]): Document {
  return { Version: "2012-10-17", Statement: statements };
}

/** One Allow statement of a trust policy. */
export function trusting(principal: unknown, condition?: object, action: unknown = "sts:AssumeRole"): object {
  return { Effect: "Allow", Principal: principal, Action: action, ...(condition && { Condition: condition }) };
}

export function allowing(action: unknown, resource: unknown = "*", condition?: object): Document {
  return document({ Effect: "Allow", Action: action, Resource: resource, ...(condition && { Condition: condition }) });
}

/** A world with these users and roles in the customer's account, and these users in the vendor's. */
export function world(parts: {
  readonly roles?: RoleEntry[];
  readonly users?: UserEntry[];
  readonly vendorUsers?: UserEntry[];
  readonly vendorRoles?: RoleEntry[];
}): WorldFile {
  const { roles = [], users = [], vendorUsers = [], vendorRoles = [] } = parts;
  return {
    accounts: [
      { id: CUSTOMER, roles, users },
      { id: VENDOR, users: vendorUsers, roles: vendorRoles },
    ],
  };
}

export function sts(sandbox: Sandbox, credentials: Keys, options: { maxAttempts?: number } = {}): STSClient {
  return new STSClient({
    endpoint: sandbox.endpoint,
    region: "eu-central-1",
    credentials,
    maxAttempts: options.maxAttempts ?? 1,
  });
}

export function assume(
  client: STSClient,
  RoleArn: string,
  more: Partial<AssumeRoleCommandInput> = {},
): Promise<AssumeRoleCommandOutput> {
  return client.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "probe", ...more }));
}

/** The credentials of an answer, as clients take them. */
export function keysOf({ Credentials }: AssumeRoleCommandOutput): Required<Keys> {
  return {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
}

/** `ok`, or the refusal in one line: `403 AccessDenied text`. */
export async function outcome(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
    return "ok";
  } catch (error) {
    const {
      $metadata,
      Error: body,
      Code,
      name,
      message,
    } = error as {
      $metadata?: { httpStatusCode?: number };
      Error?: { Code?: string };
      Code?: string;
      name: string;
      message: string;
    };
    return `${$metadata?.httpStatusCode ?? 0} ${body?.Code ?? Code ?? name} ${message}`;
  }
}
