// The role as it is against the role as its template makes it. Pure.
import type { RenderedRole } from "@daypass/templates";
import { differingStatements, isRelated, samePolicy } from "./canonical-policy.js";
import type { DriftFinding } from "./drift-finding.js";
import { describeTrust, type TrustQuestion } from "./describe-trust.js";
import type { PolicyFact, RoleFacts } from "./read-role.js";

export interface RoleComparison {
  readonly findings: readonly DriftFinding[];
  /** Whether every setup policy of the template is attached, none is, or the template has none. */
  readonly setup: "attached" | "removed" | "none" | "partly";
}

/**
 * Compares. `expected` is the role with its setup policies; whether they are attached is told apart from drift, as both are
 * right at their time.
 */
export function compareRole(facts: RoleFacts, expected: RenderedRole, trust: TrustQuestion): RoleComparison {
  const documents = expected.policies.map(({ name, phase, document }) => ({
    name,
    phase,
    text: JSON.stringify(document),
  }));
  const unmatched = new Set(documents);
  const strange: PolicyFact[] = [];
  for (const fact of facts.policies) {
    const same = [...unmatched].find(
      ({ text }) => fact.attached && fact.document !== null && samePolicy(text, fact.document),
    );
    if (same === undefined) strange.push(fact);
    else unmatched.delete(same);
  }
  const setups = documents.filter(({ phase }) => phase === "setup");
  const missingSetups = setups.filter((each) => unmatched.has(each));
  const missing = [...unmatched].filter(({ phase }) => phase === "ongoing");
  const findings: DriftFinding[] = [];
  const lost = [...missing];
  for (const fact of strange) findings.push(describeStrange(fact, lost, missingSetups));
  // What was found changed is not named as missing too.
  for (const { name } of lost) {
    findings.push({ code: "policy_missing", text: `the policy ${name} of the template is not attached` });
  }
  findings.push(...describeTrust(facts.trustPolicy, trust), ...describeFrame(facts, expected));
  return { findings, setup: setupOf(setups.length, missingSetups.length) };
}

interface Expected {
  readonly name: string;
  readonly text: string;
}

/** Takes what it pairs with a changed policy out of `lost`. */
function describeStrange(fact: PolicyFact, lost: Expected[], setups: readonly Expected[]): DriftFinding {
  const { name, attached, document } = fact;
  if (!attached) return { code: "inline_policy_added", text: `the policy ${name} was written into the role` };
  if (document === null) return { code: "foreign_policy_attached", text: `the policy ${name} is attached` };
  const nearest = [...lost, ...setups]
    .filter(({ text }) => isRelated(document, text))
    .map((expected) => ({ expected, differing: differingStatements(document, expected.text) }))
    .sort((one, other) => one.differing.length - other.differing.length)[0];
  // Nothing in common: it is another policy, not a changed one.
  if (nearest === undefined) {
    return { code: "policy_added", text: `the policy ${name} is attached besides those of the template` };
  }
  const index = lost.indexOf(nearest.expected);
  if (index >= 0) lost.splice(index, 1);
  return { code: "policy_changed", text: `the policy ${name} ${describeChange(document, nearest)}` };
}

function describeChange(
  document: string,
  { expected, differing }: { expected: Expected; differing: readonly string[] },
) {
  if (differing.length > 0) return `differs in ${differing.join(", ")}`;
  const lacking = differingStatements(expected.text, document);
  return lacking.length > 0 ? `lacks ${lacking.join(", ")}` : "is written in another version of the policy language";
}

function describeFrame(facts: RoleFacts, expected: RenderedRole): DriftFinding[] {
  if (facts.maxSessionDuration === expected.maxSessionDuration) return [];
  const text = `sessions may last ${facts.maxSessionDuration} seconds, not ${expected.maxSessionDuration}`;
  return [{ code: "session_duration_changed", text }];
}

function setupOf(all: number, missing: number): RoleComparison["setup"] {
  if (all === 0) return "none";
  if (missing === 0) return "attached";
  return missing === all ? "removed" : "partly";
}
