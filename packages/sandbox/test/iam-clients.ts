// Real IAM and STS clients for the tests of IAM, and the refusals that they meet.
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import type { Sandbox } from "@daypass/sandbox/testing";

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const VENDOR = "111111111111";
export const CUSTOMER = "222222222222";

/** A document that allows (or denies) the actions on the resource under the conditions. */
export function policy(
  action: string | readonly string[],
  resource = "*",
  condition?: object,
  effect = "Allow",
): string {
  return statements({ Effect: effect, Action: action, Resource: resource, ...(condition && { Condition: condition }) });
}

export function statements(...list: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: list });
}

/** A trust policy for one AWS principal. */
export function trust(principal: string | readonly string[] = `arn:aws:iam::${CUSTOMER}:root`): string {
  return statements({ Effect: "Allow", Principal: { AWS: principal }, Action: "sts:AssumeRole" });
}

/** Clients of one sandbox: the customer's administrator unless other keys are given. */
export function clientsOf(sandbox: Sandbox) {
  const admin = (accountId: string): Keys => sandbox.account(accountId).admin;
  const options = (credentials: Keys) => ({
    endpoint: sandbox.endpoint,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
  });
  const iam = (credentials: Keys = admin(CUSTOMER)) => new IAM(options(credentials));
  const sts = (credentials: Keys = admin(CUSTOMER)) => new STS(options(credentials));

  /** Creates a user with one inline policy and an access key; returns its keys. */
  const userWith = async (
    name: string,
    document?: string,
    extra: { PermissionsBoundary?: string } = {},
  ): Promise<Keys> => {
    const administrator = iam();
    await administrator.createUser({ UserName: name, ...extra });
    if (document !== undefined) {
      await administrator.putUserPolicy({ UserName: name, PolicyName: "own", PolicyDocument: document });
    }
    const { AccessKey } = await administrator.createAccessKey({ UserName: name });
    return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  };

  /** Assumes a role of the customer's as its administrator; returns the session's keys. */
  const sessionOf = async (roleName: string, sessionName = "tester"): Promise<Keys> => {
    const { Credentials } = await sts().assumeRole({
      RoleArn: `arn:aws:iam::${CUSTOMER}:role/${roleName}`,
      RoleSessionName: sessionName,
    });
    return {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
  };
  return { admin, iam, sts, userWith, sessionOf };
}

/** What AWS answered instead: status, code and text. Fails when the call succeeded. */
export async function refusal(answer: Promise<unknown>): Promise<{ status: number; code: string; message: string }> {
  try {
    await answer;
  } catch (error) {
    const { $metadata, Code, name, message } = error as {
      $metadata?: { httpStatusCode?: number };
      Code?: string;
      name: string;
      message: string;
    };
    return { status: $metadata?.httpStatusCode ?? 0, code: Code ?? name, message };
  }
  throw new Error("the call was not refused");
}

/** The same, in one line: `404 NoSuchEntity text`. */
export async function refusalLine(answer: Promise<unknown>): Promise<string> {
  const { status, code, message } = await refusal(answer);
  return `${status} ${code} ${message}`;
}
