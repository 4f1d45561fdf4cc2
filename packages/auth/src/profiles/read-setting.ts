// Settings that must have a form are held to it here, so that a comment, a second line or half an ARN behind an equals
// sign is named with its place before anybody is asked.
import { AuthError } from "../errors.js";
import { showPlace, type Section, type Setting } from "./profile-types.js";

interface Form {
  readonly pattern: RegExp;
  readonly wanted: string;
}

const URL_FORM: Form = {
  pattern: /^(?:https:\/\/[^\s@]+|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/[^\s@]*)?)$/,
  wanted: "an https address, or an http one of this machine",
};
const REGION_FORM: Form = { pattern: /^[a-z]{2,}(?:-[a-z]+)+-\d+$/, wanted: "a region, such as eu-west-1" };
const FLAG_FORM: Form = { pattern: /^(?:true|false)$/i, wanted: "true or false" };
const LINE_FORM: Form = { pattern: /^[^\p{Cc}]+$/u, wanted: "one line, and not empty" };

/** Limits: STS API reference, AssumeRole; IAM Identity Center's portal API reference, GetRoleCredentials. */
const FORMS: Readonly<Record<string, Form>> = {
  role_arn: {
    pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\x21-\x7e]{1,512}$/,
    wanted: "a role's ARN, such as arn:aws:iam::123456789012:role/NAME",
  },
  duration_seconds: {
    pattern: /^(?:9\d\d|[1-9]\d{3}|[1-3]\d{4}|4[0-2]\d{3}|43[01]\d\d|43200)$/,
    wanted: "a number of seconds from 900 to 43200",
  },
  role_session_name: { pattern: /^[\w+=,.@-]{2,64}$/, wanted: "2 to 64 of letters, digits and _+=,.@-" },
  external_id: { pattern: /^[\w+=,.@:/-]{2,1224}$/, wanted: "2 to 1224 of letters, digits and _+=,.@:/-" },
  mfa_serial: { pattern: /^[\w+=/:,.@-]{9,256}$/, wanted: "an MFA device's ARN or serial number" },
  sso_account_id: { pattern: /^\d{12}$/, wanted: "an account's twelve digits" },
  sso_role_name: { pattern: /^[\w+=,.@-]{1,64}$/, wanted: "a permission set's name" },
  sso_start_url: URL_FORM,
  sso_region: REGION_FORM,
  region: REGION_FORM,
  endpoint_url: URL_FORM,
  use_fips_endpoint: FLAG_FORM,
  use_dualstack_endpoint: FLAG_FORM,
  ignore_configured_endpoint_urls: FLAG_FORM,
  aws_access_key_id: { pattern: /^\w{16,128}$/, wanted: "an access key id, 16 characters at least" },
  aws_secret_access_key: { pattern: /^[\x21-\x7e]+$/, wanted: "a secret key without blanks" },
  aws_session_token: { pattern: /^[\x21-\x7e]+$/, wanted: "a token without blanks" },
};

/** Returns what is wrong with the value of a setting of that name, in words without the value; else `undefined`. */
export const faultOf = (key: string, value: string): string | undefined => {
  const form = FORMS[key] ?? LINE_FORM;
  return form.pattern.test(value) ? undefined : form.wanted;
};

const hintFor = ({ value }: Setting, wanted: string): string => {
  if (value === "") return `give it a value, ${wanted}, or take the line away`;
  if (/\s[#;]/.test(value)) return "a comment needs a line of its own: behind a value it is part of the value";
  if (value.includes("\n")) return "an indented line below goes on with the value: take its indentation away";
  return `it wants ${wanted}`;
};

/** Returns the value of a setting, or `undefined` where it is not there. Throws `invalid_profile` for a wrong form. */
export const readSetting = (section: Pick<Section, "settings">, key: string): string | undefined => {
  const setting = section.settings.get(key);
  if (setting === undefined) return undefined;
  const wanted = faultOf(key, setting.value);
  if (wanted === undefined) return setting.value;
  throw new AuthError("invalid_profile", `${showPlace(setting)}: ${key} is not of its form`, {
    hint: hintFor(setting, wanted),
  });
};
