// A directory with three people, and the SDK's own clients for it.
import { createHash } from "node:crypto";
import {
  CreateTokenCommand,
  RegisterClientCommand,
  SSOOIDCClient,
  StartDeviceAuthorizationCommand,
} from "@aws-sdk/client-sso-oidc";
import type { CreateTokenCommandOutput } from "@aws-sdk/client-sso-oidc";
import { SSOClient } from "@aws-sdk/client-sso";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox, StartOptions, WorldFile } from "@daypass/sandbox/testing";

export const DEV = "444444444444";
export const PROD = "666666666666";
export const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
export const ACCOUNT_ACCESS = "sso:account:access";
export const START_URL = "https://d-1234567890.awsapps.com/start";
/** Registered without a port, as apps do that learn it when they listen. */
export const REDIRECT_URI = "http://127.0.0.1/oauth/callback";
export const LISTENING_URI = "http://127.0.0.1:54321/oauth/callback";
export const VERIFIER = "the-verifier-of-this-very-client-is-long-enough";
export const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

const document = (Action: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource: "*" }],
});

export const directory = {
  startUrl: `${START_URL}/`,
  users: [{ name: "ada", groups: ["operators"] }, { name: "bob", password: "correct horse" }, { name: "eve" }],
  permissionSets: [
    { name: "Reader", inlinePolicy: document("iam:Get*"), sessionDuration: 7200 },
    { name: "Admin", managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
  ],
  assignments: [
    { user: "ada", account: DEV, permissionSet: "Admin" },
    { group: "operators", account: PROD, permissionSet: "Reader" },
    { user: "bob", account: PROD, permissionSet: "Reader" },
  ],
} satisfies WorldFile["identityCenter"];

/** When the sandboxes of this file stand still: now, for clients sign with the machine's time. */
export const START = Math.floor(Date.now() / 1000) * 1000;

/** A sandbox with the directory; its time stands still until it is moved. */
export function startDirectory(options: StartOptions = {}): Promise<Sandbox> {
  return startSandbox({ now: () => START, world: { identityCenter: directory }, ...options });
}

const settings = ({ endpoint }: Sandbox) => ({ endpoint, region: "us-east-1", maxAttempts: 1 });
export const oidc = (sandbox: Sandbox) => new SSOOIDCClient(settings(sandbox));
export const portal = (sandbox: Sandbox) => new SSOClient(settings(sandbox));

export interface RegisteredClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

type Registration = Partial<ConstructorParameters<typeof RegisterClientCommand>[0]>;

/** Registers a client; by default as the AWS CLI does for the device flow. */
export async function register(sandbox: Sandbox, registration: Registration = {}): Promise<RegisteredClient> {
  const { clientId, clientSecret } = await oidc(sandbox).send(
    new RegisterClientCommand({
      clientName: "a tool",
      clientType: "public",
      scopes: [ACCOUNT_ACCESS],
      ...registration,
    }),
  );
  if (clientId === undefined || clientSecret === undefined) throw new Error("RegisterClient told no id or secret");
  return { clientId, clientSecret };
}

/** Registers a client for the authorization code. */
export const registerForCode = (sandbox: Sandbox, registration: Registration = {}) =>
  register(sandbox, {
    grantTypes: ["authorization_code", "refresh_token"],
    redirectUris: [REDIRECT_URI],
    issuerUrl: START_URL,
    ...registration,
  });

/** Begins a device authorization; `ask` is one question for its token. */
export async function startDevice(sandbox: Sandbox, client: RegisteredClient) {
  const started = await oidc(sandbox).send(new StartDeviceAuthorizationCommand({ ...client, startUrl: START_URL }));
  const { deviceCode = "", userCode = "" } = started;
  const ask = (as = client) => createToken(sandbox, as, { grantType: DEVICE_CODE, deviceCode });
  return { ...started, deviceCode, userCode, ask };
}

export type TokenInput = Omit<ConstructorParameters<typeof CreateTokenCommand>[0], keyof RegisteredClient>;

export function createToken(
  sandbox: Sandbox,
  client: RegisteredClient,
  input: TokenInput,
): Promise<CreateTokenCommandOutput> {
  return oidc(sandbox).send(new CreateTokenCommand({ ...client, ...input }));
}

/** Signs a person in by the device flow, without a browser. */
export async function signIn(sandbox: Sandbox, user = "ada", client?: RegisteredClient) {
  const as = client ?? (await register(sandbox));
  const device = await startDevice(sandbox, as);
  sandbox.identityCenter.approveDevice(device.userCode, user);
  const { accessToken = "", refreshToken, expiresIn } = await device.ask();
  return { client: as, accessToken, refreshToken, expiresIn };
}

/** The address that the client opens in a browser. */
export function authorizeAddress(
  sandbox: Sandbox,
  client: RegisteredClient,
  changed: Readonly<Record<string, string | undefined>> = {},
): string {
  const parameters: Readonly<Record<string, string | undefined>> = {
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: LISTENING_URI,
    state: "the state",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
    scopes: ACCOUNT_ACCESS,
    ...changed,
  };
  const address = new URL("/authorize", sandbox.endpoint);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) address.searchParams.set(name, value);
  }
  return address.href;
}

/** Returns the name and status of what is refused, or `allowed`. */
export async function outcomeOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return "allowed";
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { $metadata: metadata } = error as { $metadata?: { httpStatusCode?: number } };
    return `${error.name} ${metadata?.httpStatusCode ?? ""}`.trim();
  }
}
