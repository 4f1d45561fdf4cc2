// One policy against one question: which of its statements apply, and what kept the others from it.
import { compiledStatements } from "./compile-policy.js";
import type { CompiledStatement } from "./compile-policy.js";
import type { Context } from "./match-text.js";
import { matchPrincipal } from "./match-principal.js";
import type { Grant } from "./match-principal.js";
import type {
  Condition,
  FailedCondition,
  Layer,
  NamedPolicy,
  PolicyKind,
  RequestPrincipal,
  StatementReference,
} from "./types.js";

/** The question in the form in which statements are asked. */
export interface Question {
  readonly principal: RequestPrincipal;
  /** Lower-case. */
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
  readonly hasBoundary: boolean;
}

/** What the judged policies came to; grows from policy to policy. */
export interface Findings {
  readonly allows: StatementReference[];
  readonly denies: StatementReference[];
  readonly failedConditions: FailedCondition[];
  readonly unknownKeys: Set<string>;
}

/** Judges every statement and adds to `findings`. Returns how the Allow statements that apply mean the caller; empty: none applies. */
export function judgePolicy(
  { name, policy }: NamedPolicy,
  layer: Layer,
  question: Question,
  findings: Findings,
): ReadonlySet<Grant> {
  const grants = new Set<Grant>();
  for (const compiled of compiledStatements(policy)) {
    const grant = meansCaller(compiled, policy.kind, question);
    if (grant === undefined || !meansResource(compiled, question, findings)) continue;
    const { index, sid, effect } = compiled.statement;
    const reference: StatementReference = { layer, policy: name, index, sid, effect };
    if (!conditionsHold(compiled, reference, question.context, findings)) continue;
    if (effect === "Deny") {
      findings.denies.push(reference);
    } else {
      findings.allows.push(reference);
      grants.add(grant);
    }
  }
  return grants;
}

function meansCaller(
  { matchesAction, statement: { principal, effect } }: CompiledStatement,
  kind: PolicyKind,
  { action, principal: caller, hasBoundary }: Question,
): Grant | undefined {
  if (!matchesAction(action)) return undefined;
  // Policies without principals apply to whom they are attached to.
  if (principal === undefined) return "direct";
  return matchPrincipal(principal, caller, { effect, kind, hasBoundary });
}

function meansResource(compiled: CompiledStatement, question: Question, findings: Findings): boolean {
  for (const key of compiled.unknownKeys) findings.unknownKeys.add(key);
  // What cannot be told counts for a Deny and against an Allow.
  return compiled.matchesResource(question.resource, question.context) ?? compiled.statement.effect === "Deny";
}

function conditionsHold(
  { conditions, statement }: CompiledStatement,
  reference: StatementReference,
  context: Context,
  findings: Findings,
): boolean {
  let hold = true;
  for (const { condition, key, judge, unknownKeys } of conditions) {
    for (const name of unknownKeys) findings.unknownKeys.add(name);
    // Values that cannot be compared end in a denial: "If the AWS enforcement code encounters an error at any point
    // during the evaluation, then it generates an exception and closes" (IAM User Guide, "Policy evaluation logic").
    if (judge(context) ?? statement.effect === "Deny") continue;
    hold = false;
    const actual = context.get(key);
    findings.failedConditions.push({
      statement: reference,
      operator: nameOf(condition),
      key: condition.key,
      expected: condition.values,
      actual: actual?.length === 0 ? undefined : actual,
    });
  }
  return hold;
}

/** The operator with its set prefix and IfExists: `ForAnyValue:StringEquals` asks another question than `StringEquals`. */
function nameOf({ setOperator, operator, ifExists }: Condition): string {
  return `${setOperator === undefined ? "" : `${setOperator}:`}${operator}${ifExists ? "IfExists" : ""}`;
}
