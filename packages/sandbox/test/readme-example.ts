import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { startSandbox } from "@daypass/sandbox/testing";

export async function example(): Promise<string> {
  await using sandbox = await startSandbox({
    world: {
      accounts: [
        {
          id: "222222222222",
          roles: [
            {
              name: "VendorAccess",
              trustPolicy: {
                Version: "2012-10-17",
                Statement: [
                  {
                    Effect: "Allow",
                    Principal: { AWS: "arn:aws:iam::111111111111:root" },
                    Action: "sts:AssumeRole",
                    Condition: { StringEquals: { "sts:ExternalId": "acme-7f3a9c" } },
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  });
  const sts = new STSClient({
    endpoint: sandbox.endpoint,
    region: "eu-central-1",
    credentials: sandbox.account("vendor").admin,
  });
  const role = { RoleArn: "arn:aws:iam::222222222222:role/VendorAccess", RoleSessionName: "readme" };
  await sts.send(new AssumeRoleCommand({ ...role, ExternalId: "acme-7f3a9c" }));
  try {
    await sts.send(new AssumeRoleCommand({ ...role, ExternalId: "guessed" }));
    return "the sandbox let me in";
  } catch (refusal) {
    return refusal instanceof Error ? refusal.name : "";
  }
}
