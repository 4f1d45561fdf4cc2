// Who may enter, at the door. The choice that opens a role to a whole account has no default.
import { isIP } from "node:net";
import { checkChoice, checkList, checkObject, checkShape, refused } from "./check-values.js";
import type { TrustConditions, TrustDescription } from "./types.js";

const PARTITIONS = ["aws", "aws-cn", "aws-us-gov"] as const;
const PRINCIPAL = /^arn:[a-z-]+:iam::([0-9]{12}):(?:role|user)\/[\w+=,.@/-]{1,576}$/;
const ORGANIZATION = /^o-[a-z0-9]{10,32}$/;
const RANGE = /^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F:]{2,39})\/[0-9]{1,3}$/;

/** Returns who may enter, checked and copied. Throws `TemplateError` `invalid_description`. */
export function checkTrust(given: Readonly<Record<string, unknown>>): TrustDescription {
  const partition = checkChoice(given["partition"], "partition", PARTITIONS);
  const vendorAccountId = checkShape(
    given["vendorAccountId"],
    "vendorAccountId",
    /^[0-9]{12}$/,
    "twelve digits, as text",
  );
  return {
    partition,
    vendorAccountId,
    vendorPrincipals: checkPrincipals(given["vendorPrincipals"], `arn:${partition}:iam::${vendorAccountId}:`),
    ...(given["trustConditions"] === undefined ? {} : { trustConditions: checkConditions(given["trustConditions"]) }),
  };
}

function checkPrincipals(value: unknown, prefix: string): readonly string[] | null {
  const path = "vendorPrincipals";
  if (value === null) return null;
  if (value === undefined) {
    throw refused(path, "missing", "name the roles and users that may enter, or write null for the whole account");
  }
  const list = checkList(value, path, 10);
  if (list.length === 0) throw refused(path, "empty", "name at least one, or write null for the whole account");
  return list.map((each, index) => {
    const place = `${path}[${index}]`;
    const arn = checkShape(each, place, PRINCIPAL, "the ARN of an IAM role or user, without wildcards");
    if (arn.startsWith(prefix)) return arn;
    throw refused(place, "not in the vendor's account and partition", `write an ARN that begins with ${prefix}`);
  });
}

function checkConditions(value: unknown): TrustConditions {
  const path = "trustConditions";
  const known = ["sourceIps", "organizationId", "requireMfa"];
  const { sourceIps, organizationId, requireMfa } = checkObject(value, path, known);
  const wanted = "the id of an organisation, o-…";
  return {
    ...(sourceIps === undefined ? {} : { sourceIps: checkRanges(sourceIps, `${path}.sourceIps`) }),
    ...(organizationId === undefined
      ? {}
      : { organizationId: checkShape(organizationId, `${path}.organizationId`, ORGANIZATION, wanted) }),
    // `false` would be the condition that keeps out whoever has MFA and whoever has long-term keys.
    ...(requireMfa === undefined ? {} : { requireMfa: checkChoice(requireMfa, `${path}.requireMfa`, [true] as const) }),
  };
}

function checkRanges(value: unknown, path: string): readonly string[] {
  const list = checkList(value, path, 20);
  if (list.length === 0) throw refused(path, "empty", "name at least one range, or leave it out");
  return list.map((each, index) => {
    const range = checkShape(each, `${path}[${index}]`, RANGE, "a range such as 192.0.2.0/24");
    if (!isRange(range)) throw refused(`${path}[${index}]`, "no range of addresses", "write one such as 192.0.2.0/24");
    // A range of everything looks like a limit and is none.
    if (!range.endsWith("/0")) return range;
    throw refused(`${path}[${index}]`, "a range of every address", "leave it out, or name the vendor's own");
  });
}

function isRange(range: string): boolean {
  const [address = "", bits = ""] = range.split("/");
  const version = isIP(address);
  return version !== 0 && Number(bits) <= (version === 4 ? 32 : 128);
}
