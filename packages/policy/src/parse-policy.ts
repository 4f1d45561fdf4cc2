// From a policy document to a Policy. Nothing that AWS does not document gets through: an element that we would not
// understand might be the one that keeps somebody out. Source: IAM User Guide, "Grammar of the IAM JSON policy language".
import { compilePolicy } from "./compile-policy.js";
import { PolicyError } from "./errors.js";
import { parseConditions } from "./parse-conditions.js";
import { parseActions, parseResources } from "./parse-patterns.js";
import { parsePrincipal } from "./parse-principal.js";
import { childPath, itemsOf, membersOf, readDocument, refuseUnknown, stringOf } from "./read-document.js";
import type { Members, Node } from "./read-document.js";
import type { Effect, PatternElement, Policy, PolicyKind, PrincipalElement, Statement } from "./types.js";

const POLICY_ELEMENTS: ReadonlySet<string> = new Set(["Version", "Id", "Statement"]);
const STATEMENT_ELEMENTS: ReadonlySet<string> = new Set(
  "Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition".split(" "),
);
const KINDS: ReadonlySet<string> = new Set<PolicyKind>([
  "identity",
  "permissions-boundary",
  "session",
  "service-control",
  "resource",
  "trust",
]);

/**
 * Reads a policy document, as text or already parsed. Element names and values are compared with regard to case.
 * Returns the frozen policy. Throws `PolicyError` with the path of the first thing that is wrong.
 */
export function parsePolicy(source: string | object, kind: PolicyKind): Policy {
  if (!KINDS.has(kind)) {
    throw new PolicyError("invalid_policy", "unknown kind of policy", {
      path: "",
      hint: `use one of ${[...KINDS].join(", ")}`,
    });
  }
  const members = membersOf(readDocument(source), `write {"Version":"2012-10-17","Statement":[…]}`);
  refuseUnknown(members, POLICY_ELEMENTS, "a policy has Version, Id and Statement; names are case-sensitive");
  const version = parseVersion(members.get("Version"));
  return compilePolicy(
    { kind, version, id: parseId(members.get("Id"), kind), statements: parseStatements(members, kind, version) },
    typeof source === "string" ? source : JSON.stringify(source),
  );
}

/** Without a Version a document is of version 2008-10-17 (IAM User Guide, "IAM JSON policy elements: Version"). */
function parseVersion(node: Node | undefined): Policy["version"] {
  const hint = `write "Version": "2012-10-17"`;
  const version = node === undefined ? "2008-10-17" : stringOf(node, hint);
  if (version === "2012-10-17" || version === "2008-10-17") return version;
  throw new PolicyError("invalid_policy", "unknown version of the policy language", { path: "Version", hint });
}

function parseId(node: Node | undefined, kind: PolicyKind): string | undefined {
  if (node === undefined) return undefined;
  if (hasPrincipal(kind)) return stringOf(node, `write "Id" as a string or leave it out`);
  // "Grammar of the IAM JSON policy language": the id_block must not be included in identity-based policies.
  throw new PolicyError("invalid_policy", "this kind of policy must not have an Id", {
    path: node.path,
    hint: "leave Id out; only resource-based policies may have one",
  });
}

function parseStatements(members: Members, kind: PolicyKind, version: Policy["version"]): readonly Statement[] {
  const hint = "a policy needs at least one statement";
  const node = members.get("Statement");
  if (node === undefined) throw new PolicyError("invalid_policy", "missing element", { path: "Statement", hint });
  const sids = new Set<string>();
  return itemsOf(node, hint).map(({ value }, index) => {
    const statement = parseStatement({ path: childPath("Statement", index), value }, index, kind, version);
    if (statement.sid !== undefined && sids.has(statement.sid)) {
      // IAM User Guide, "IAM JSON policy elements: Sid": unique within a JSON policy.
      throw new PolicyError("invalid_policy", "another statement has this Sid", {
        path: `Statement[${index}].Sid`,
        hint: "give each statement its own Sid, or none",
      });
    }
    if (statement.sid !== undefined) sids.add(statement.sid);
    return statement;
  });
}

function parseStatement(node: Node, index: number, kind: PolicyKind, version: Policy["version"]): Statement {
  const hint = "a statement is an object with Effect, Action and what else its kind of policy needs";
  const members = membersOf(node, hint);
  refuseUnknown(members, STATEMENT_ELEMENTS, "element names are case-sensitive; see the IAM policy grammar");
  const variables = version === "2012-10-17";
  return {
    index,
    sid: parseSid(members.get("Sid"), kind),
    effect: parseEffect(members.get("Effect"), node.path),
    principal: parsePrincipalElement(members, node.path, kind),
    action: parseActionElement(members, node.path),
    resource: parseResourceElement(members, node.path, kind, variables),
    conditions: parseConditions(members.get("Condition"), variables),
  };
}

function parseSid(node: Node | undefined, kind: PolicyKind): string | undefined {
  if (node === undefined) return undefined;
  const hint = "use the letters A-Z and a-z and digits only";
  const sid = stringOf(node, hint);
  // Services with resource-based policies of their own allow more characters; IAM does not.
  if (kind !== "resource" && !/^[A-Za-z0-9]*$/.test(sid)) {
    throw new PolicyError("invalid_policy", "malformed Sid", { path: node.path, hint });
  }
  // Tools write an empty Sid for "none", in several statements at once, and IAM takes it.
  return sid === "" ? undefined : sid;
}

function parseEffect(node: Node | undefined, path: string): Effect {
  if (node?.value === "Allow" || node?.value === "Deny") return node.value;
  throw new PolicyError("invalid_policy", node === undefined ? "missing element" : "unknown effect", {
    path: `${path}.Effect`,
    hint: "write Allow or Deny, with exactly this case",
  });
}

function parsePrincipalElement(members: Members, path: string, kind: PolicyKind): PrincipalElement | undefined {
  const found = eitherOf(members, path, "Principal");
  if (!hasPrincipal(kind)) {
    if (found === undefined) return undefined;
    throw new PolicyError("invalid_policy", "this kind of policy must not name a principal", {
      path: found.node.path,
      hint: "leave it out: the policy applies to whom it is attached to",
    });
  }
  if (found === undefined) {
    throw new PolicyError("invalid_policy", "missing element", {
      path: `${path}.Principal`,
      hint: `say to whom the statement applies, for example {"AWS": "arn:aws:iam::111122223333:root"}`,
    });
  }
  // IAM User Guide, "AWS JSON policy elements: NotPrincipal": not in role trust policies, and with Allow it grants
  // access to everybody else, the anonymous included; most resource-based policy types refuse it, and so do we.
  if (found.negated && (kind === "trust" || members.get("Effect")?.value === "Allow")) {
    throw new PolicyError("invalid_policy", "NotPrincipal is not supported here", {
      path: found.node.path,
      hint: "name those who are meant in Principal",
    });
  }
  return { negated: found.negated, principals: parsePrincipal(found.node, kind) };
}

function parseActionElement(members: Members, path: string): PatternElement {
  const found = eitherOf(members, path, "Action");
  if (found !== undefined) return { negated: found.negated, patterns: parseActions(found.node) };
  throw new PolicyError("invalid_policy", "missing element", {
    path: `${path}.Action`,
    hint: `name the actions, for example "s3:GetObject"`,
  });
}

function parseResourceElement(
  members: Members,
  path: string,
  kind: PolicyKind,
  variables: boolean,
): PatternElement | undefined {
  const found = eitherOf(members, path, "Resource");
  if (kind === "trust") {
    if (found === undefined) return undefined;
    // IAM Access Analyzer policy checks, "Role trust policy syntax error resource".
    throw new PolicyError("invalid_policy", "a trust policy must not name a resource", {
      path: found.node.path,
      hint: "leave it out: the resource is the role that carries the policy",
    });
  }
  if (found !== undefined) return { negated: found.negated, patterns: parseResources(found.node, variables) };
  throw new PolicyError("invalid_policy", "missing element", {
    path: `${path}.Resource`,
    hint: `name the resources by ARN, or write "*"`,
  });
}

/** Returns an element in its plain or its Not form. Throws `PolicyError` when both are there. */
function eitherOf(
  members: Members,
  path: string,
  name: string,
): { readonly node: Node; readonly negated: boolean } | undefined {
  const plain = members.get(name);
  const negated = members.get(`Not${name}`);
  if (plain !== undefined && negated !== undefined) {
    throw new PolicyError("invalid_policy", `${name} and Not${name} exclude each other`, {
      path: `${path}.Not${name}`,
      hint: "keep one of them, or write two statements",
    });
  }
  if (plain !== undefined) return { node: plain, negated: false };
  return negated === undefined ? undefined : { node: negated, negated: true };
}

function hasPrincipal(kind: PolicyKind): boolean {
  return kind === "resource" || kind === "trust";
}
