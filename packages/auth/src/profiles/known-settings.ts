// The settings that decide who somebody is and where they call, and the neighbours that are easily typed for them.
// Source: AWS SDKs and Tools Reference Guide, "Settings reference"; AWS CLI User Guide, "Configuration and credential
// file settings".
import { AuthError } from "../errors.js";
import { distanceBetween } from "./nearest-names.js";
import { showPlace, type Section } from "./profile-types.js";

/** Mistyped, these would change the identity, its protection or the place that is called. */
const DECISIVE = {
  profile: [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "role_arn",
    "source_profile",
    "credential_source",
    "external_id",
    "mfa_serial",
    "duration_seconds",
    "role_session_name",
    "web_identity_token_file",
    "credential_process",
    "login_session",
    "sso_session",
    "sso_account_id",
    "sso_role_name",
    "sso_start_url",
    "sso_region",
    "region",
    "services",
    "endpoint_url",
    "ignore_configured_endpoint_urls",
    "use_fips_endpoint",
    "use_dualstack_endpoint",
    "ca_bundle",
  ],
  "sso-session": ["sso_start_url", "sso_region", "sso_registration_scopes"],
} as const;

/** Other settings of AWS's tools, which are no mistypes of the above. */
const OTHERS: ReadonlySet<string> = new Set([
  "aws_account_id",
  "aws_security_token",
  "aws_credential_scope",
  "sts_regional_endpoints",
  "sso_registration_scopes",
  "sso_account_name",
  "signing_region",
]);

/** How far a mistype may be: short names are soon like another. */
const reachOf = (name: string): number => (name.length < 8 ? 1 : 2);

/**
 * Refuses a section with a setting that nobody reads and that is a letter or two from one that decides: `soruce_profile`,
 * `endpont_url`. Read on, the identity would be another, or its calls would go elsewhere, without a word.
 * Throws `invalid_profile` with file and line.
 */
export const refuseMistypes = (kind: keyof typeof DECISIVE, section: Section): void => {
  const names: readonly string[] = DECISIVE[kind];
  for (const [key, setting] of section.settings) {
    if (names.includes(key) || OTHERS.has(key)) continue;
    const meant = names.find((name) => !section.settings.has(name) && distanceBetween(key, name) <= reachOf(name));
    if (meant === undefined) continue;
    throw new AuthError("invalid_profile", `${showPlace(setting)}: ${key} is no setting of a ${kind}`, {
      hint: `write ${meant}, or give it a name that is less like it`,
    });
  }
};
