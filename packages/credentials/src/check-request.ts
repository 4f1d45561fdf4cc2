// A question that STS would refuse for its form is refused here, before it leaves: clearer words, no traffic.
// Limits: STS API reference, AssumeRole; IAM User Guide, "Pass session tags in AWS STS" and "IAM and AWS STS quotas".
import { isRegion } from "./check-regions.js";
import { isPlainObject, NUMBER, refuseOption, required, takeOptions, TEXT, type OptionRule } from "./check-options.js";
import { sealRequest } from "./copy-frozen.js";
import type { RoleRequest } from "./types.js";

const ROLE_ARN = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[\x21-\x2e\x30-\x7e]+\/)*([\w+=,.@-]{1,64})$/;
const POLICY_ARN = /^arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy\/[\x21-\x7e]+$/;
const NAME = /^[\w+=,.@-]{2,64}$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;
const MFA_SERIAL = /^[\w+=/:,.@-]{9,256}$/;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const POLICY_TEXT = /^[\t\n\r\x20-\xff]{1,2048}$/;

const MAX_ARN = 2048;
const MAX_POLICY_ARNS = 10;
const MAX_TAGS = 50;

/** The parts of a role's ARN that the answer must repeat. */
export interface RoleArnParts {
  readonly partition: string;
  readonly accountId: string;
  readonly roleName: string;
}

/** Returns the parts of a role ARN, or `undefined` where it is none. */
export const parseRoleArn = (roleArn: string): RoleArnParts | undefined => {
  if (roleArn.length > MAX_ARN) return undefined;
  const [, partition, accountId, roleName] = ROLE_ARN.exec(roleArn) ?? [];
  if (partition === undefined || accountId === undefined || roleName === undefined) return undefined;
  return { partition, accountId, roleName };
};

const isJsonObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/** One more than STS takes of anything: enough to see that there are too many. */
const MOST_COPIED = MAX_TAGS + 1;
const isText = (value: unknown): value is string => typeof value === "string";

const TEXT_LIST: OptionRule = {
  wanted: "a list of texts",
  take(value) {
    if (!Array.isArray(value)) return undefined;
    const copy = Array.from({ length: Math.min(value.length, MOST_COPIED) }, (_, index): unknown => value[index]);
    return copy.every(isText) ? Object.freeze(copy) : undefined;
  },
};

const TEXT_RECORD: OptionRule = {
  wanted: "a plain object of texts",
  take(value) {
    if (!isPlainObject(value)) return undefined;
    const copy = { ...value };
    return Object.values(copy).every(isText) ? Object.freeze(copy) : undefined;
  },
};

const FIELDS: Readonly<Record<keyof RoleRequest, OptionRule>> = {
  roleArn: required(TEXT, "give it as arn:aws:iam::123456789012:role/NAME"),
  roleSessionName: required(TEXT, "make it with createRoleSessionName"),
  externalId: required(
    { wanted: "text or null", take: (value) => (value === null || isText(value) ? value : undefined) },
    "give the ID as it was minted, or null on purpose: this role has none",
  ),
  durationSeconds: required(NUMBER, "3600 is what every role allows"),
  region: required(TEXT, "give it as eu-west-1"),
  policy: TEXT,
  policyArns: TEXT_LIST,
  tags: TEXT_RECORD,
  transitiveTagKeys: TEXT_LIST,
  sourceIdentity: TEXT,
  mfaSerial: TEXT,
};

const isTagKey = (key: string): boolean =>
  key.length >= 1 && key.length <= 128 && TAG_TEXT.test(key) && !/^aws:/i.test(key);

const describeTagFault = (tags: Readonly<Record<string, string>>): string | undefined => {
  const entries = Object.entries(tags);
  if (entries.length > MAX_TAGS) return `there are ${entries.length} session tags, and STS takes 50`;
  const seen = new Set<string>();
  for (const [key, value] of entries) {
    if (!isTagKey(key)) return "a session tag's key is not 1 to 128 legal characters outside aws:";
    if (value.length > 256 || !TAG_TEXT.test(value)) return "a session tag's value is not at most 256 legal characters";
    // Session tag keys differ by more than case: IAM User Guide, "Pass session tags in AWS STS".
    if (seen.has(key.toLowerCase())) return "two session tags differ in case only";
    seen.add(key.toLowerCase());
  }
  return undefined;
};

const describeFault = (request: RoleRequest): [fault: string, hint: string] | undefined => {
  const { externalId, durationSeconds, policy, policyArns, tags, transitiveTagKeys, sourceIdentity, mfaSerial } =
    request;
  if (parseRoleArn(request.roleArn) === undefined) {
    return ["the role ARN is malformed", "give it as arn:aws:iam::123456789012:role/NAME"];
  }
  if (!NAME.test(request.roleSessionName)) {
    return ["the session name is not 2 to 64 of letters, digits and _+=,.@-", "make it with createRoleSessionName"];
  }
  if (externalId !== null && !EXTERNAL_ID.test(externalId)) {
    return ["the external ID is not 2 to 1224 of letters, digits and _+=,.@:/-", "use the ID as it was minted"];
  }
  if (!Number.isInteger(durationSeconds) || durationSeconds < 900 || durationSeconds > 43_200) {
    return ["durationSeconds is not a whole number from 900 to 43200", "3600 is what every role allows"];
  }
  if (!isRegion(request.region)) return ["the region is malformed", "give it as eu-west-1"];
  if (policy !== undefined && !(POLICY_TEXT.test(policy) && isJsonObject(policy))) {
    return ["the session policy is not JSON text of at most 2048 characters", "shorten it, or use policyArns"];
  }
  // STS takes no policy ARNs for no limit: what was meant to narrow a session would leave it whole.
  if (policyArns?.length === 0) return ["policyArns is empty", "name at least one, or leave it out: nothing narrows"];
  if (policyArns && (policyArns.length > MAX_POLICY_ARNS || !policyArns.every((arn) => POLICY_ARN.test(arn)))) {
    return [
      "policyArns are not at most 10 ARNs of managed policies",
      "give them as arn:aws:iam::123456789012:policy/NAME",
    ];
  }
  const tagFault = tags && describeTagFault(tags);
  if (tagFault !== undefined) return [tagFault, "change the session tags"];
  if (transitiveTagKeys && (transitiveTagKeys.length > MAX_TAGS || !transitiveTagKeys.every(isTagKey))) {
    return ["transitiveTagKeys are not at most 50 legal tag keys", "name keys of the session tags"];
  }
  if (sourceIdentity !== undefined && !NAME.test(sourceIdentity)) {
    return ["the source identity is not 2 to 64 of letters, digits and _+=,.@-", "use the person's user name"];
  }
  if (mfaSerial !== undefined && !MFA_SERIAL.test(mfaSerial)) {
    return ["the MFA serial is malformed", "give it as arn:aws:iam::123456789012:mfa/NAME"];
  }
  return undefined;
};

/**
 * Returns a frozen copy of the question. Throws `invalid_request` where a field is unknown, missing or of the wrong
 * kind, or where STS would refuse the question for its form. The message never repeats a value.
 */
export const takeRequest = (given: unknown): RoleRequest => {
  // A copy with a prototype again, so that those who are handed it find an ordinary object.
  const request: RoleRequest = { ...takeOptions<RoleRequest>("the request", given, FIELDS) };
  const fault = describeFault(request);
  if (fault !== undefined) throw refuseOption(...fault);
  return sealRequest(request);
};
