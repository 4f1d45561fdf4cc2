// The questions to the access portal, asked with an access token. The AWS SDK is loaded with the first of them.
// Rejects with what the SDK throws: the caller sees a dead token before it is put in words.
import type * as Sdk from "@aws-sdk/client-sso";
import type { RequestHandler, SettingsFor } from "../types.js";
import { checkEndpoint } from "./judge-start-url.js";

/** How long one question to Identity Center may take where nothing else is said, in milliseconds. */
export const TIMEOUT_MS = 15_000;

export interface PortalOptions {
  readonly settingsFor: SettingsFor;
  readonly region: string;
  readonly requestHandler: RequestHandler | undefined;
  /** How long one question may take, the SDK's own repetitions included. Default 15,000. */
  readonly timeoutMs?: number | undefined;
  /** How often the SDK asks by itself. */
  readonly maxAttempts?: number;
}

export interface Portal {
  readonly sdk: typeof Sdk;
  readonly client: Sdk.SSOClient;
  /** For each `send`: gives up in time. */
  readonly inTime: () => { readonly abortSignal: AbortSignal };
}

/** Returns the client, made once, when it is first asked for. */
export const createPortal = ({
  settingsFor,
  region,
  requestHandler,
  maxAttempts,
  timeoutMs = TIMEOUT_MS,
}: PortalOptions): (() => Promise<Portal>) => {
  const load = async (): Promise<Portal> => {
    const settings = settingsFor("sso", region);
    checkEndpoint({ endpoint: settings.endpoint });
    const sdk = await import("@aws-sdk/client-sso");
    const client = new sdk.SSOClient({
      ...settings,
      ...(requestHandler !== undefined && { requestHandler }),
      ...(maxAttempts !== undefined && { maxAttempts }),
    });
    return { sdk, client, inTime: () => ({ abortSignal: AbortSignal.timeout(timeoutMs) }) };
  };
  let loading: Promise<Portal> | undefined;
  return () => (loading ??= load());
};
