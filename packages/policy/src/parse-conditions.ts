// The Condition block. Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
import { CONDITION_OPERATORS } from "./condition-operators.js";
import { PolicyError } from "./errors.js";
import { itemsOf, membersOf } from "./read-document.js";
import type { Node } from "./read-document.js";
import type { Condition } from "./types.js";

const HINT = `write {"Operator": {"service:key": "value"}}`;

/** Returns the conditions in the order of the document; all of them must hold. Throws `PolicyError`. */
export function parseConditions(node: Node | undefined, variables: boolean): readonly Condition[] {
  if (node === undefined) return [];
  // An empty block is what AWS's own console writes for "no condition".
  return [...membersOf(node, HINT)].flatMap(([name, block]) => parseBlock(name, block, variables));
}

function parseBlock(name: string, node: Node, variables: boolean): readonly Condition[] {
  const { operator, setOperator, ifExists } = parseOperator(name, node.path);
  const members = membersOf(node, HINT);
  if (members.size === 0) {
    throw new PolicyError("invalid_policy", "this operator has no condition key", { path: node.path, hint: HINT });
  }
  const seen = new Set<string>();
  return [...members].map(([key, member]) => {
    refuseKey(key, seen, member.path);
    seen.add(key.toLowerCase());
    return { operator, setOperator, ifExists, key, values: parseValues(member, operator, variables) };
  });
}

const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

function parseOperator(name: string, path: string): Pick<Condition, "operator" | "setOperator" | "ifExists"> {
  const [, prefix, operator = "", suffix] = OPERATOR.exec(name) ?? [];
  // "You can add IfExists to the end of any condition operator name except the Null condition."
  const known = operator === "Null" ? prefix === undefined && suffix === undefined : CONDITION_OPERATORS.has(operator);
  if (!known) {
    throw new PolicyError("invalid_policy", "unknown condition operator", {
      path,
      hint: "use an operator that the IAM User Guide lists, with its exact case",
    });
  }
  const setOperator = prefix === "ForAllValues" || prefix === "ForAnyValue" ? prefix : undefined;
  return { operator, setOperator, ifExists: suffix !== undefined };
}

/**
 * A service or an identity provider, a colon, and a name; tag keys may hold nearly anything. A provider may have a path:
 * `oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub` (Amazon EKS User Guide, "Assign IAM roles to service accounts").
 */
const KEY = /^[A-Za-z0-9.-]+(?:\/[^\s:]*)?:\S(?:.*\S)?$/su;

function refuseKey(key: string, seen: ReadonlySet<string>, path: string): void {
  if (!KEY.test(key)) {
    throw new PolicyError("invalid_policy", "malformed condition key", { path, hint: `write "service:key"` });
  }
  // IAM Access Analyzer policy checks, "Duplicate keys with different case".
  if (seen.has(key.toLowerCase())) {
    throw new PolicyError("invalid_policy", "this condition key stands here twice, in different case", {
      path,
      hint: "keep one of them, with the values of both",
    });
  }
}

function parseValues(node: Node, operator: string, variables: boolean): readonly string[] {
  return itemsOf(node, "name at least one value").map((item) => {
    const { value } = item;
    // Quotation marks are optional for numbers and booleans.
    if (typeof value !== "string" && !Number.isFinite(value) && typeof value !== "boolean") {
      throw new PolicyError("invalid_policy", "a condition value must be a string, a number or a boolean", {
        path: item.path,
        hint: HINT,
      });
    }
    // JSON.parse has rounded it already: another number would be compared than the one that was written.
    if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      throw new PolicyError("invalid_policy", "this number is too large to be read exactly", {
        path: item.path,
        hint: "write it in quotation marks",
      });
    }
    const text = String(value);
    CONDITION_OPERATORS.get(operator)?.compile(text, { variables, path: item.path });
    return text;
  });
}
