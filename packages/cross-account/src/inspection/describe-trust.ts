// Who may enter: the trust policy as it is, against ours, by asking the evaluator who would get in.
import { evaluate, parsePolicy, PolicyError, type Policy } from "@daypass/policy";
import { samePolicy } from "./canonical-policy.js";
import type { DriftFinding } from "./drift-finding.js";
import { foreignWaysIn, vendorWaysIn, type TrustedVendor, type WayIn } from "./find-ways-in.js";
import { meetConditions } from "./meet-conditions.js";

/** What the trust policy should be, and what its answers are measured with. */
export interface TrustQuestion extends TrustedVendor {
  /** Trust policies that are right; two while an external ID is rotated. */
  readonly right: readonly string[];
  readonly roleArn: string;
  readonly accountId: string;
}

/** What a caller cannot arrange, because it follows from who they are. */
const identityKeys: ReadonlySet<string> = new Set(["aws:principalarn", "aws:principalaccount"]);
const vendorKeys: ReadonlySet<string> = new Set([...identityKeys, "sts:externalid"]);

/** Returns what is wrong with a trust policy, worst first; nothing when it is one of the right ones. */
export function describeTrust(document: string, question: TrustQuestion): DriftFinding[] {
  if (question.right.some((right) => samePolicy(right, document))) return [];
  let policy: Policy;
  try {
    policy = parsePolicy(document, "trust");
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return [
      { code: "trust_widened", text: "the trust policy has elements that cannot be read, so anybody may get in" },
    ];
  }
  // Whoever is not the vendor may know any external ID, or need none: only the vendor is held to ours.
  const toOthers = meetConditions(document, identityKeys);
  const toVendor = meetConditions(document, vendorKeys);
  const letIn = [
    ...foreignWaysIn(policy, question).filter((way) => isLetIn(toOthers, question, way)),
    ...vendorWaysIn(policy, question).filter((way) => isLetIn(toVendor, question, way)),
  ];
  const widened = new Set(letIn.map(({ words }) => `the trust policy lets in ${words}`));
  if (widened.size > 0) return Array.from(widened, (text) => ({ code: "trust_widened", text }));
  return [{ code: "trust_changed", text: "the trust policy is not the template's" }];
}

/** Counts as let in what the evaluator cannot rule out: a key that it does not know may hold. */
function isLetIn(
  policy: Policy | undefined,
  { roleArn, accountId, partition }: TrustQuestion,
  { principal, action, externalId }: WayIn,
): boolean {
  if (policy === undefined) return false;
  const mayAsk = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`;
  const decision = evaluate(
    {
      principal,
      action,
      resource: roleArn,
      resourceAccount: accountId,
      context: externalId === undefined ? {} : { "sts:ExternalId": externalId },
    },
    {
      identity: [{ name: "vendor", policy: parsePolicy(mayAsk, "identity") }],
      resource: { name: `trust policy in ${partition}`, policy },
    },
  );
  return decision.allowed || decision.unknownKeys.length > 0;
}
