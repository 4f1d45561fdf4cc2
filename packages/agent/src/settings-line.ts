// What an identity's name means is decided by files and by where AWS is. A shell that has others than the agent was
// started with would get somebody else by the same name.
import { join } from "node:path";

/** AWS SDKs and Tools Reference Guide, "Settings reference": which files are read, and whom requests are sent to. */
export const SETTING_VARIABLES = [
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_STS",
  "AWS_ENDPOINT_URL_SSO",
  "AWS_ENDPOINT_URL_SSO_OIDC",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  "AWS_USE_FIPS_ENDPOINT",
] as const;

/** Returns them as one text: two environments of one text mean the same identities. Empty is as good as not set. */
export const settingsLine = (env: Readonly<Record<string, string | undefined>>): string =>
  SETTING_VARIABLES.map((name) => env[name] ?? "").join("\t");

/** Returns where the agent of this socket folder says what it was started with. */
export const settingsFile = (folder: string): string => join(folder, "agent.settings");
