// For questions in which no resource's own policy has a say, although the evaluator waits for one: the account says yes
// as a whole, which leaves the decision to the caller's own policies.
import { parsePolicy } from "@daypass/policy";
import type { NamedPolicy } from "@daypass/policy";

/** Returns a resource policy that lets the account decide by its own policies. It grants nothing by itself. */
export function accountDecides(accountId: string): NamedPolicy {
  const statement = { Effect: "Allow", Principal: { AWS: accountId }, Action: "*", Resource: "*" };
  const policy = parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: [statement] }), "resource");
  return { name: "the account decides", policy };
}
