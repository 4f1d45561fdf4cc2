// A sandbox in which templates are deployed for real, over CloudFormation's own protocol.
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { IAM } from "@aws-sdk/client-iam";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";

export const VENDOR = "111111111111";
export const CUSTOMER = "222222222222";
export const region = "eu-west-1";
export const serviceRole = `arn:aws:iam::${VENDOR}:role/acme-service`;
export const externalId = "PlantedExternalIdOfThirtyTwo0123";
export const suffix = "abcdef012345";

export const parameters = {
  ExternalId: externalId,
  IntegrationSuffix: suffix,
  SetupPhase: "true",
  SetupUntil: "2031-01-31T12:00:00Z",
  ExpectedAccount: "",
} as const;

export interface DeployWorld {
  readonly sandbox: Sandbox;
  readonly iam: IAM;
  readonly cloudFormation: CloudFormation;
  /** Creates the stack and returns its last status; parameters that the template does not have are left out. */
  deploy(name: string, body: string, given: Readonly<Record<string, string>>): Promise<string>;
  update(name: string, body: string, given: Readonly<Record<string, string>>): Promise<string>;
  remove(name: string): Promise<void>;
  outputs(name: string): Promise<Readonly<Record<string, string>>>;
  /** The documents of a role: its trust policy and all its policies, as IAM shows them. */
  readRole(roleName: string): Promise<{ readonly trust: string; readonly policies: readonly string[] }>;
}

/** Starts the world; the caller stops `sandbox`. */
export async function openDeployWorld(now: () => number = Date.now): Promise<DeployWorld> {
  const sandbox = await startSandbox({ now });
  const config = {
    endpoint: sandbox.endpoint,
    region,
    credentials: sandbox.account(CUSTOMER).admin,
    maxAttempts: 1,
  };
  const iam = new IAM(config);
  const cloudFormation = new CloudFormation(config);

  async function settle(StackName: string): Promise<string> {
    for (;;) {
      const { Stacks: [stack] = [] } = await cloudFormation.describeStacks({ StackName });
      if (stack?.StackStatus?.endsWith("_IN_PROGRESS") !== true) return stack?.StackStatus ?? "";
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  const request = (StackName: string, TemplateBody: string, given: Readonly<Record<string, string>>) => ({
    StackName,
    TemplateBody,
    Capabilities: ["CAPABILITY_NAMED_IAM" as const],
    Parameters: Object.entries(given)
      .filter(([name]) => TemplateBody.includes(`"${name}"`) || TemplateBody.includes(`${name}:`))
      .map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
  });

  return {
    sandbox,
    iam,
    cloudFormation,
    async deploy(name, body, given) {
      await cloudFormation.createStack(request(name, body, given));
      return settle(name);
    },
    async update(name, body, given) {
      await cloudFormation.updateStack(request(name, body, given));
      return settle(name);
    },
    async remove(name) {
      await cloudFormation.deleteStack({ StackName: name });
      for (;;) {
        const { StackSummaries = [] } = await cloudFormation.listStacks({ StackStatusFilter: ["DELETE_IN_PROGRESS"] });
        if (StackSummaries.length === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    async outputs(name) {
      const { Stacks: [stack] = [] } = await cloudFormation.describeStacks({ StackName: name });
      return Object.fromEntries(
        (stack?.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]),
      );
    },
    async readRole(RoleName) {
      const { Role } = await iam.getRole({ RoleName });
      const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName });
      const policies = await Promise.all(
        AttachedPolicies.map(async ({ PolicyArn = "" }) => {
          const { Policy } = await iam.getPolicy({ PolicyArn });
          const VersionId = Policy?.DefaultVersionId ?? "";
          const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId });
          return decodeURIComponent(PolicyVersion?.Document ?? "");
        }),
      );
      return { trust: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""), policies };
    },
  };
}
