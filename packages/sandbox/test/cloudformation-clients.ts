// Real CloudFormation clients for the tests of stacks, and what they read most often.
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import type { CreateStackCommandInput, Parameter } from "@aws-sdk/client-cloudformation";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import { STS } from "@aws-sdk/client-sts";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { CUSTOMER, VENDOR } from "./iam-clients.js";

export { CUSTOMER, VENDOR };
export const ACKNOWLEDGED = { Capabilities: ["CAPABILITY_NAMED_IAM" as const] };

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export function stacksOf(sandbox: Sandbox) {
  const admin = (account = CUSTOMER): Keys => sandbox.account(account).admin;
  const options = (credentials: Keys, region = "us-east-1") => ({
    endpoint: sandbox.endpoint,
    region,
    credentials,
    maxAttempts: 1,
  });
  const cfn = (credentials = admin(), region?: string) => new CloudFormation(options(credentials, region));
  const iam = (credentials = admin()) => new IAM(options(credentials));
  const s3 = (credentials = admin()) => new S3({ ...options(credentials), forcePathStyle: true });
  const sts = (credentials = admin(VENDOR)) => new STS(options(credentials));

  const create = async (
    name: string,
    template: unknown,
    parameters: Readonly<Record<string, string>> = {},
    more: Partial<CreateStackCommandInput> = {},
  ): Promise<string> => {
    const { StackId } = await cfn().createStack({
      StackName: name,
      TemplateBody: bodyOf(template),
      Parameters: parametersOf(parameters),
      ...ACKNOWLEDGED,
      ...more,
    });
    return StackId ?? "";
  };
  const update = (
    name: string,
    template: unknown,
    parameters: Readonly<Record<string, string>> = {},
    more: { DisableRollback?: boolean } = {},
  ) =>
    cfn().updateStack({
      StackName: name,
      TemplateBody: bodyOf(template),
      Parameters: parametersOf(parameters),
      ...ACKNOWLEDGED,
      ...more,
    });
  const stack = async (name: string) => {
    const { Stacks } = await cfn().describeStacks({ StackName: name });
    const [found] = Stacks ?? [];
    if (found === undefined) throw new Error(`no stack ${name}`);
    return found;
  };
  const status = async (name: string) => (await stack(name)).StackStatus;
  const outputs = async (name: string): Promise<Readonly<Record<string, string>>> =>
    Object.fromEntries(((await stack(name)).Outputs ?? []).map((output) => [output.OutputKey, output.OutputValue]));
  /** `LogicalId STATUS reason`, oldest first. */
  const events = async (name: string): Promise<readonly string[]> => {
    const { StackEvents } = await cfn().describeStackEvents({ StackName: name });
    return (StackEvents ?? [])
      .map((event) =>
        [event.LogicalResourceId, event.ResourceStatus, event.ResourceStatusReason].filter(Boolean).join(" "),
      )
      .toReversed();
  };
  /** The physical id of a resource. */
  const physical = async (name: string, logicalId: string): Promise<string> => {
    const { StackResourceDetail } = await cfn().describeStackResource({
      StackName: name,
      LogicalResourceId: logicalId,
    });
    return StackResourceDetail?.PhysicalResourceId ?? "";
  };
  /** Creates a user of the customer's with one policy; returns its keys. */
  const userWith = async (name: string, document: object): Promise<Keys> => {
    await iam().createUser({ UserName: name });
    await iam().putUserPolicy({ UserName: name, PolicyName: "own", PolicyDocument: JSON.stringify(document) });
    const { AccessKey } = await iam().createAccessKey({ UserName: name });
    return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  };
  return { admin, cfn, iam, s3, sts, create, update, stack, status, outputs, events, physical, userWith };
}

/** Starts a sandbox with its clients; the sandbox is stopped at the end of the block. */
export async function startStacks(options: Parameters<typeof startSandbox>[0] = {}) {
  const sandbox = await startSandbox(options);
  return { ...stacksOf(sandbox), sandbox, [Symbol.asyncDispose]: sandbox.stop };
}

export function bodyOf(template: unknown): string {
  return typeof template === "string" ? template : JSON.stringify(template);
}

export function parametersOf(values: Readonly<Record<string, string>>): Parameter[] {
  return Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
}

/** A template with these resources. */
export function templateOf(resources: Readonly<Record<string, unknown>>, more: object = {}): object {
  return { AWSTemplateFormatVersion: "2010-09-09", ...more, Resources: resources };
}

/** The least of a resource. */
export const HANDLE = { Type: "AWS::CloudFormation::WaitConditionHandle" };

/** A role that the vendor may assume. */
export function role(properties: object = {}): { Type: string; Properties: object } {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${VENDOR}:root` }, Action: "sts:AssumeRole" }],
      },
      ...properties,
    },
  };
}

/** A policy document of one statement. */
export function allow(action: string | readonly string[], resource: unknown = "*"): object {
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: resource }] };
}
