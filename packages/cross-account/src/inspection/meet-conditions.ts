// A trust policy as it is for somebody who meets every condition that can be met: the right time, place, name, tag. What
// nobody can rule out counts as open.
import type { Policy } from "@daypass/policy";
import { parsePolicy } from "@daypass/policy";

type Statement = Readonly<Record<string, unknown>>;

/**
 * Returns the policy with conditions on `keys` (lower case) only: an Allow loses its other conditions, and a Deny that has
 * others is left out, because whoever wants in avoids it. A condition with a variable counts as met too, since its value
 * may be the caller's to choose. Returns `undefined` when nothing is allowed any more. The document is one that
 * `parsePolicy` reads as a trust policy.
 */
export function meetConditions(document: string, keys: ReadonlySet<string>): Policy | undefined {
  const parsed = JSON.parse(document) as { readonly Version?: string; readonly Statement: Statement | Statement[] };
  const statements = Array.isArray(parsed.Statement) ? parsed.Statement : [parsed.Statement];
  const met = statements.flatMap((statement) => meetStatement(statement, keys));
  if (!met.some(({ Effect }) => Effect === "Allow")) return undefined;
  return parsePolicy(JSON.stringify({ ...parsed, Statement: met }), "trust");
}

function meetStatement({ Condition, ...statement }: Statement, keys: ReadonlySet<string>): readonly Statement[] {
  const blocks = Object.entries(Object(Condition) as Readonly<Record<string, Readonly<Record<string, unknown>>>>);
  const kept = blocks.map(([operator, block]) => {
    const lasting = Object.entries(block).filter(([key, value]) => keys.has(key.toLowerCase()) && !isVariable(value));
    return { operator, lasting, isWhole: lasting.length === Object.keys(block).length };
  });
  if (statement["Effect"] === "Deny") {
    return kept.every(({ isWhole }) => isWhole)
      ? [{ ...statement, ...(Condition !== undefined && { Condition }) }]
      : [];
  }
  const left = kept.filter(({ lasting }) => lasting.length > 0);
  const conditions = Object.fromEntries(left.map(({ operator, lasting }) => [operator, Object.fromEntries(lasting)]));
  return [{ ...statement, ...(left.length > 0 && { Condition: conditions }) }];
}

function isVariable(value: unknown): boolean {
  return JSON.stringify(value).includes("${");
}
