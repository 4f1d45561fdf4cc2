// The questions to Identity Center's token service, asked by nobody in particular: they are not signed. The AWS SDK is
// loaded with the first of them. Rejects with what the SDK throws, or `aws_unavailable` for an answer that is not whole.
import type { CreateTokenCommandInput } from "@aws-sdk/client-sso-oidc";
import { AuthError } from "../errors.js";
import type { ClientSettings, Clock, RequestHandler } from "../types.js";
import { checkSignInPage } from "./judge-start-url.js";
import type { ClientRegistration, GrantedToken } from "./sso-types.js";

export interface OidcOptions {
  readonly settings: ClientSettings;
  readonly requestHandler: RequestHandler | undefined;
  readonly now: Clock;
  /** How long one question may take, the SDK's own repetitions included. */
  readonly timeoutMs: number;
}

/** What a person is shown so that another device can say yes. */
export interface DeviceAuthorization {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string;
  readonly expiration: Date;
  readonly intervalSeconds: number;
}

/** One of the three grants, with the parts of it. */
export type Grant =
  | {
      readonly grantType: "authorization_code";
      readonly code: string;
      readonly codeVerifier: string;
      readonly redirectUri: string;
    }
  | { readonly grantType: "urn:ietf:params:oauth:grant-type:device_code"; readonly deviceCode: string }
  | { readonly grantType: "refresh_token"; readonly refreshToken: string };

export interface RegistrationRequest {
  readonly clientName: string;
  readonly scopes: readonly string[];
  readonly grantTypes: readonly string[];
  readonly redirectUris?: readonly string[];
  readonly issuerUrl?: string;
}

export interface Oidc {
  registerClient(request: RegistrationRequest): Promise<ClientRegistration>;
  startDeviceAuthorization(registration: ClientRegistration, startUrl: string): Promise<DeviceAuthorization>;
  createToken(registration: ClientRegistration, grant: Grant): Promise<GrantedToken>;
  /** Where the browser goes for a code: the service's own address, in its partition. */
  authorizationEndpoint(): Promise<URL>;
}

const MOST_CHARACTERS = 16_384;
const DEFAULT_INTERVAL_SECONDS = 5;
const SLOWEST_INTERVAL_SECONDS = 60;
/** Sessions of Identity Center last 90 days at most (User Guide, "Configure the session duration"). */
const LONGEST_TOKEN_SECONDS = 90 * 86_400;

const incomplete = (): AuthError =>
  new AuthError("aws_unavailable", "IAM Identity Center's answer is not whole", {
    hint: "check the network and its proxy, then try again",
  });

const takeText = (value: string | undefined, form = /^[\x21-\x7e]+$/): string => {
  if (value === undefined || value.length > MOST_CHARACTERS || !form.test(value)) throw incomplete();
  return value;
};

const takeSeconds = (value: number | undefined, most: number): number => {
  if (value === undefined || !Number.isFinite(value) || value <= 0) throw incomplete();
  return Math.min(value, most);
};

/** Returns the questions. The client is made once, with the first of them. */
export const createOidc = ({ settings, requestHandler, now, timeoutMs }: OidcOptions): Oidc => {
  // The lock of the session is held meanwhile: what hangs would hang every program of this person.
  const inTime = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });
  const load = async () => {
    const sdk = await import("@aws-sdk/client-sso-oidc");
    const client = new sdk.SSOOIDCClient({ ...settings, ...(requestHandler !== undefined && { requestHandler }) });
    return { sdk, client };
  };
  let loading: ReturnType<typeof load> | undefined;
  const connect = (): ReturnType<typeof load> => (loading ??= load());

  return {
    async registerClient(request) {
      const { sdk, client } = await connect();
      const answer = await client.send(
        new sdk.RegisterClientCommand({
          clientName: request.clientName,
          clientType: "public",
          scopes: [...request.scopes],
          grantTypes: [...request.grantTypes],
          ...(request.redirectUris !== undefined && { redirectUris: [...request.redirectUris] }),
          ...(request.issuerUrl !== undefined && { issuerUrl: request.issuerUrl }),
        }),
        inTime(),
      );
      return {
        clientId: takeText(answer.clientId),
        clientSecret: takeText(answer.clientSecret),
        expiration: new Date(takeSeconds(answer.clientSecretExpiresAt, Number.MAX_SAFE_INTEGER / 1_000) * 1_000),
      };
    },

    async startDeviceAuthorization({ clientId, clientSecret }, startUrl) {
      const { sdk, client } = await connect();
      const asked = now();
      const answer = await client.send(
        new sdk.StartDeviceAuthorizationCommand({ clientId, clientSecret, startUrl }),
        inTime(),
      );
      const interval = answer.interval ?? DEFAULT_INTERVAL_SECONDS;
      return {
        deviceCode: takeText(answer.deviceCode),
        userCode: takeText(answer.userCode, /^[A-Za-z0-9-]{4,32}$/),
        verificationUri: checkSignInPage(answer.verificationUri ?? "", { endpoint: settings.endpoint }).href,
        verificationUriComplete: checkSignInPage(answer.verificationUriComplete ?? "", { endpoint: settings.endpoint })
          .href,
        expiration: new Date(asked + takeSeconds(answer.expiresIn, 3_600) * 1_000),
        intervalSeconds: Math.min(Math.max(interval, 1), SLOWEST_INTERVAL_SECONDS),
      };
    },

    async createToken({ clientId, clientSecret }, grant) {
      const { sdk, client } = await connect();
      const asked = now();
      const input: CreateTokenCommandInput = { clientId, clientSecret, ...grant };
      const answer = await client.send(new sdk.CreateTokenCommand(input), inTime());
      return {
        accessToken: takeText(answer.accessToken),
        // From when it was asked: never later than AWS's own end, whatever this machine's clock says.
        expiration: new Date(asked + takeSeconds(answer.expiresIn, LONGEST_TOKEN_SECONDS) * 1_000),
        ...(answer.refreshToken !== undefined && { refreshToken: takeText(answer.refreshToken) }),
      };
    },

    async authorizationEndpoint() {
      if (settings.endpoint !== undefined) return new URL("/authorize", settings.endpoint);
      const { client } = await connect();
      const { url } = client.config.endpointProvider({
        Region: settings.region,
        UseFIPS: settings.useFipsEndpoint ?? false,
        UseDualStack: settings.useDualstackEndpoint ?? false,
      });
      return new URL("/authorize", url.href);
    },
  };
};
