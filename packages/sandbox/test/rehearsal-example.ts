import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { startSandbox } from "@daypass/sandbox/testing";

/** A role is made and used at once, as an onboarding does that verifies right after the customer's stack is complete. */
export async function rehearsal(): Promise<readonly string[]> {
  await using sandbox = await startSandbox({ faults: [{ kind: "propagation", delayMs: 8000 }] });
  const { endpoint } = sandbox;
  const region = "eu-central-1";
  const iam = new IAMClient({ endpoint, region, credentials: sandbox.account("customer").admin });
  const sts = new STSClient({ endpoint, region, credentials: sandbox.account("vendor").admin });
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: "111111111111" }, Action: "sts:AssumeRole" }],
  };
  const verify = async () => {
    try {
      const RoleArn = "arn:aws:iam::222222222222:role/VendorAccess";
      await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "verify" }));
      return "allowed";
    } catch (refusal) {
      return refusal instanceof Error ? refusal.name : "";
    }
  };
  await iam.send(new CreateRoleCommand({ RoleName: "VendorAccess", AssumeRolePolicyDocument: JSON.stringify(trust) }));
  const atOnce = await verify();
  sandbox.advanceClock(8000);
  return [atOnce, await verify()];
}
