// Keeps a saved policy bound to the users and roles that it named. Source: IAM User Guide, "AWS JSON policy elements:
// Principal": on saving, the ARN of a user or role becomes its unique ID, and turns back into an ARN only for display.
import { compilePolicy, sourceOf } from "./compile-policy.js";
import { PolicyError } from "./errors.js";
import { scanJson } from "./scan-json.js";
import type { Policy, PrincipalPattern, Statement } from "./types.js";

/**
 * Binds every user and role that the policy names to its unique ID; what is bound already stays so.
 * Returns a new policy. Throws `PolicyError` `invalid_principal` for an ARN to which `uniqueIdOf` knows no ID.
 */
export function pinPrincipals(policy: Policy, uniqueIdOf: (arn: string) => string | undefined): Policy {
  const pin = (pattern: PrincipalPattern, path: string): PrincipalPattern => {
    if ((pattern.type !== "user" && pattern.type !== "role") || pattern.uniqueId !== undefined) return pattern;
    const uniqueId = uniqueIdOf(pattern.arn);
    if (uniqueId !== undefined) return { ...pattern, uniqueId };
    throw new PolicyError("invalid_principal", `no such ${pattern.type}: ${pattern.arn}`, {
      path,
      hint: "create it first, or name its account instead",
    });
  };
  const statements = policy.statements.map((statement): Statement => {
    const { principal } = statement;
    if (principal === undefined) return statement;
    const path = `Statement[${statement.index}].${elementName(principal.negated)}.AWS`;
    return { ...statement, principal: { ...principal, principals: principal.principals.map((one) => pin(one, path)) } };
  });
  return compilePolicy({ ...policy, statements }, sourceOf(policy));
}

/**
 * Shows a saved policy as AWS does: users and roles that exist by the ARN they have now, those that are gone by the
 * bare unique ID, everything else exactly as it was written.
 * Returns the document's text. Throws `PolicyError` `invalid_request` for what `parsePolicy` did not make.
 */
export function renderPolicy(policy: Policy, arnOf: (uniqueId: string) => string | undefined): string {
  const source = sourceOf(policy);
  const counts = new Map<number, number>();
  let rendered = "";
  let done = 0;
  for (const { steps, start, end } of scanJson(source).strings) {
    const index = statementOf(steps);
    if (index === undefined) continue;
    // Principals were parsed in the order of the document, one for each string.
    const position = counts.get(index) ?? 0;
    counts.set(index, position + 1);
    const uniqueId = uniqueIdIn(policy.statements[index]?.principal?.principals[position]);
    if (uniqueId === undefined) continue;
    rendered += source.slice(done, start) + JSON.stringify(arnOf(uniqueId) ?? uniqueId);
    done = end;
  }
  return rendered + source.slice(done);
}

/** Returns the statement whose Principal or NotPrincipal holds the string at this place. */
function statementOf(steps: readonly (string | number)[]): number | undefined {
  if (steps[0] !== "Statement") return undefined;
  const index = typeof steps[1] === "number" ? steps[1] : 0;
  const element = steps[typeof steps[1] === "number" ? 2 : 1];
  return element === elementName(false) || element === elementName(true) ? index : undefined;
}

function uniqueIdIn(pattern: PrincipalPattern | undefined): string | undefined {
  const bound = pattern?.type === "user" || pattern?.type === "role" || pattern?.type === "unique-id";
  return bound ? pattern.uniqueId : undefined;
}

function elementName(negated: boolean): string {
  return negated ? "NotPrincipal" : "Principal";
}
