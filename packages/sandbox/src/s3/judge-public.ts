// Whether a bucket policy is public: S3 User Guide, "Blocking public access to your Amazon S3 storage", section
// 'The meaning of "public"'. A policy is public until every grant in it is shown to be narrowed by a fixed value.
import type { Condition, Policy, PrincipalPattern, Statement } from "@daypass/policy";

/** Returns true when some statement allows more than fixed principals, networks or sources. */
export function isPublicPolicy(policy: Policy): boolean {
  return policy.statements.some(isPublicGrant);
}

function isPublicGrant(statement: Statement): boolean {
  if (statement.effect !== "Allow") return false;
  return !hasFixedPrincipals(statement) && !statement.conditions.some(narrows);
}

function hasFixedPrincipals({ principal }: Statement): boolean {
  return principal !== undefined && !principal.negated && principal.principals.every(isFixedPrincipal);
}

function isFixedPrincipal({ type }: PrincipalPattern): boolean {
  // The page's own example of a public policy is a grant to `"Federated": "graph.facebook.com"`.
  return type !== "everyone" && type !== "federated";
}

/** The keys of that page. Principal keys stand for its "AWS principal, user, role, or service principal". */
const NARROWING_KEYS = new Set([
  "aws:principalorgid",
  "aws:principalaccount",
  "aws:principalarn",
  "aws:sourcearn",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:sourceowner",
  "aws:sourceaccount",
  "aws:userid",
  "s3:x-amz-server-side-encryption-aws-kms-key-id",
  "s3:dataaccesspointarn",
  "s3:dataaccesspointaccount",
]);

/** Operators that hold only when the key is there and equals one of the values. */
const EQUALITY = new Set(["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"]);

function narrows(condition: Condition): boolean {
  // Both forms are satisfied by a request that does not have the key at all.
  if (condition.ifExists || condition.setOperator === "ForAllValues") return false;
  const key = condition.key.toLowerCase();
  if (key === "aws:sourceip") return condition.operator === "IpAddress" && condition.values.every(isNarrowNetwork);
  if (!NARROWING_KEYS.has(key) || !EQUALITY.has(condition.operator)) return false;
  return condition.values.every(key === "s3:dataaccesspointarn" ? isFixedAccessPoint : isFixed);
}

/** No wildcard and no policy variable. */
function isFixed(value: string): boolean {
  return value !== "" && !/[*?]|\$\{/.test(value);
}

/** "this value can contain a wildcard for the access point name …, as long as the account id is fixed". */
function isFixedAccessPoint(value: string): boolean {
  return /^arn:[\w-]+:s3:[\w-]*:\d{12}:accesspoint\/[\w*-]+$/.test(value);
}

/** "values broader than /8 for IPv4 and /32 for IPv6" are public; the private ranges of RFC 1918 are /8 or narrower. */
function isNarrowNetwork(value: string): boolean {
  if (!isFixed(value)) return false;
  const [address = "", length] = value.split("/");
  const isV6 = address.includes(":");
  const bits = length === undefined ? (isV6 ? 128 : 32) : Number(length);
  return Number.isInteger(bits) && bits >= (isV6 ? 32 : 8);
}
