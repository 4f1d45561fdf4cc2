import { GetRoleCredentialsCommand, SSOClient } from "@aws-sdk/client-sso";
import {
  CreateTokenCommand,
  RegisterClientCommand,
  SSOOIDCClient,
  StartDeviceAuthorizationCommand,
} from "@aws-sdk/client-sso-oidc";
import { startSandbox } from "@daypass/sandbox/testing";
import type { WorldFile } from "@daypass/sandbox/testing";

const grantType = "urn:ietf:params:oauth:grant-type:device_code";

export async function signIn(world: WorldFile): Promise<string> {
  await using sandbox = await startSandbox({ world });
  const settings = { endpoint: sandbox.endpoint, region: "us-east-1" };
  const oidc = new SSOOIDCClient(settings);
  const { clientId, clientSecret } = await oidc.send(
    new RegisterClientCommand({ clientName: "a tool", clientType: "public", scopes: ["sso:account:access"] }),
  );
  const client = { clientId, clientSecret };
  const { deviceCode, userCode = "" } = await oidc.send(
    new StartDeviceAuthorizationCommand({ ...client, startUrl: sandbox.startUrl }),
  );
  const ask = () => oidc.send(new CreateTokenCommand({ ...client, grantType, deviceCode }));
  try {
    await ask();
    return "the sandbox let me in";
  } catch (refusal) {
    if (!(refusal instanceof Error) || refusal.name !== "AuthorizationPendingException") throw refusal;
  }
  sandbox.identityCenter.approveDevice(userCode, "ada");
  const { accessToken } = await ask();
  const { roleCredentials } = await new SSOClient(settings).send(
    new GetRoleCredentialsCommand({ accessToken, accountId: "666666666666", roleName: "Reader" }),
  );
  const seconds = ((roleCredentials?.expiration ?? 0) - Date.now()) / 1000;
  return `ada may read for ${Math.round(seconds / 3600)} hours`;
}
