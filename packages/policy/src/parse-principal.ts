// Principal and NotPrincipal. Source: IAM User Guide, "AWS JSON policy elements: Principal". A wildcard stands for
// everyone or for nothing: never for a part of a name.
import { PolicyError } from "./errors.js";
import { itemsOf, membersOf, stringOf } from "./read-document.js";
import type { Node } from "./read-document.js";
import type { PolicyKind, PrincipalPattern } from "./types.js";

const HINT = `write "*", or an object with AWS, Service, Federated or CanonicalUser`;

type Parse = (written: string) => PrincipalPattern | undefined;

/** Returns the principals in the order of the document. Throws `PolicyError` `invalid_principal` or `invalid_policy`. */
export function parsePrincipal(node: Node, kind: PolicyKind): readonly PrincipalPattern[] {
  if (typeof node.value === "string") return [parseStar(node, node.value, kind)];
  const members = membersOf(node, HINT);
  if (members.size === 0)
    throw new PolicyError("invalid_policy", "no principal is named", { path: node.path, hint: HINT });
  return [...members].flatMap(([type, member]) => {
    const parse = PARSERS.get(type);
    if (parse === undefined) {
      throw new PolicyError("invalid_policy", `unknown type of principal ${type}`, { path: member.path, hint: HINT });
    }
    refuseType(type, kind, member.path);
    return itemsOf(member, HINT).map((item) => {
      const pattern = parse(stringOf(item, HINT));
      if (pattern !== undefined) return pattern;
      throw new PolicyError("invalid_principal", `malformed ${type} principal`, {
        path: item.path,
        hint: "see the IAM User Guide, Principal; a wildcard cannot stand for a part of a name",
      });
    });
  });
}

function parseStar(node: Node, written: string, kind: PolicyKind): PrincipalPattern {
  if (written !== "*") {
    throw new PolicyError("invalid_principal", "malformed principal", { path: node.path, hint: HINT });
  }
  // IAM Access Analyzer policy checks, "Role trust policy unsupported wildcard in principal".
  if (kind === "trust") {
    throw new PolicyError("invalid_principal", `"*" is not supported in a trust policy`, {
      path: node.path,
      hint: `name those who are trusted; {"AWS": "*"} trusts everyone`,
    });
  }
  return { type: "everyone" };
}

/** Sources: IAM Access Analyzer policy checks, "Federated principal not supported"; the policy grammar's notes on CanonicalUser. */
function refuseType(type: string, kind: PolicyKind, path: string): void {
  const misplaced = kind === "trust" ? type === "CanonicalUser" : type === "Federated";
  if (!misplaced) return;
  throw new PolicyError("invalid_principal", `${type} principals are not supported in this kind of policy`, {
    path,
    hint: kind === "trust" ? "name the account by its ID" : "trust the provider in a role, and name the role here",
  });
}

const ACCOUNT = /^\d{12}$/;
const ROOT = /^arn:aws[a-z-]*:iam::(\d{12}):root$/;
// Paths and names: IAM API Reference, User and Role.
const USER_OR_ROLE = /^arn:aws[a-z-]*:iam::\d{12}:(user|role)\/(?:[!-)+->@-~]+\/)?[\w+=,.@-]{1,64}$/;
const ROLE_SESSION = /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[\w+=,.@-]{1,64}\/[\w+=,.@-]{2,64}$/;
const FEDERATED_USER = /^arn:aws[a-z-]*:sts::\d{12}:federated-user\/[\w+=,.@-]{2,32}$/;
// AIDA: users, AROA: roles (IAM User Guide, "IAM identifiers", unique identifiers).
const UNIQUE_ID = /^(?:AIDA|AROA)[A-Z0-9]{12,124}$/;
const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;
const PROVIDER_ARN = /^arn:aws[a-z-]*:iam::\d{12}:(?:saml-provider\/[\w.-]{1,128}|oidc-provider\/[\w.:/-]{1,255})$/;
const CANONICAL_ID = /^[0-9a-f]{64}$/;

const parseAws: Parse = (written) => {
  if (written === "*") return { type: "everyone" };
  const accountId = ACCOUNT.test(written) ? written : ROOT.exec(written)?.[1];
  if (accountId !== undefined) return { type: "account", accountId, written };
  const entity = USER_OR_ROLE.exec(written)?.[1];
  if (entity !== undefined) return { type: entity === "user" ? "user" : "role", arn: written, uniqueId: undefined };
  if (ROLE_SESSION.test(written)) return { type: "role-session", arn: written };
  if (FEDERATED_USER.test(written)) return { type: "federated-user", arn: written };
  return UNIQUE_ID.test(written) ? { type: "unique-id", uniqueId: written } : undefined;
};

const PARSERS: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  ["AWS", parseAws],
  ["Service", (written) => (HOST.test(written) ? { type: "service", service: written } : undefined)],
  [
    "Federated",
    (written) =>
      HOST.test(written) || PROVIDER_ARN.test(written) ? { type: "federated", provider: written } : undefined,
  ],
  [
    "CanonicalUser",
    (written) => (CANONICAL_ID.test(written) ? { type: "canonical-user", canonicalId: written } : undefined),
  ],
]);
