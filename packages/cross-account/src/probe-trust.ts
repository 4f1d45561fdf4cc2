// Asks AWS about a role's trust and brings home facts, nothing else. What AWS hands out on the way is dropped here.
import type { RoleRequest } from "@daypass/credentials";
import { askForRole, type AskTools } from "./ask-for-role.js";
import { externalIdVariants } from "./external-id-variants.js";
import { isCleanRound, type TrustFacts } from "./judge-trust.js";
import type { Probe } from "./types.js";

/** Under this name the probes appear in the customer's CloudTrail. */
export const probeSessionName = "daypass-probe";

export interface ProbeTools extends AskTools {
  /** Resolves after so many milliseconds, or rejects when the signal fires. */
  readonly wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** How long AWS may take to spread a change, in milliseconds. */
  readonly propagationMs: number;
  readonly region: string;
  /** As long as real sessions: what is proven is what is used. */
  readonly durationSeconds: number;
  readonly canaryRoleArn: string | null;
}

export interface ProbeQuestion {
  readonly roleArn: string;
  readonly externalId: string;
  /** Who it is about, in the audit's words. */
  readonly subject: Readonly<Record<string, string>>;
  /** Ask again after the propagation time when the right external ID is denied; for integrations that were proven. */
  readonly confirmDenial: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Probes the trust of one role: the right external ID first, then the wrong ones, then the canary; and all of it again
 * after the propagation time, when the first round was clean. Every probe is audited like any other AssumeRole. Throws
 * `CredentialsError` `aborted` and whatever the audit throws; AWS's refusals are facts, not errors.
 */
export async function probeTrust(tools: ProbeTools, question: ProbeQuestion): Promise<TrustFacts> {
  const probes: Probe[] = [];
  const assumed: TrustFacts["assumed"][number][] = [];

  async function probe(round: Probe["round"], kind: Probe["kind"], roleArn: string, externalId: string | null) {
    const request = probeRequest(tools, roleArn, externalId);
    const subject = { ...question.subject, probe: kind, round };
    const { fact, granted } = await askForRole(tools, request, subject, question.signal);
    const taken: Probe = { ...fact, kind, round };
    probes.push(taken);
    if (kind === "right_external_id" && granted !== undefined) {
      const { accountId, roleUniqueId } = granted;
      assumed.push({ accountId, roleUniqueId });
    }
    return taken;
  }

  async function probeRound(round: Probe["round"]): Promise<void> {
    const right = await probe(round, "right_external_id", question.roleArn, question.externalId);
    // A denied wrong ID says something only where the right one is allowed.
    if (right.answer === "allowed") {
      for (const { kind, externalId } of externalIdVariants(question.externalId, tools.randomBytes)) {
        await probe(round, kind, question.roleArn, externalId);
      }
    }
    if (tools.canaryRoleArn !== null) await probe(round, "canary_without_external_id", tools.canaryRoleArn, null);
  }

  await probeRound("first");
  const denied = probes.some(({ kind, answer }) => kind === "right_external_id" && answer === "denied");
  if (isCleanRound(probes, "first") || (question.confirmDenial && denied)) {
    await tools.wait(tools.propagationMs, question.signal);
    await probeRound("after_propagation");
  }
  return { probes, assumed };
}

/**
 * Says whether the vendor's own side is denied: the canary, which needs no external ID, does not let us in either. Without
 * a canary it cannot tell, and says no. Throws what the audit throws.
 */
export async function isCanaryDenied(tools: ProbeTools): Promise<boolean> {
  if (tools.canaryRoleArn === null) return false;
  const request = probeRequest(tools, tools.canaryRoleArn, null);
  const { fact } = await askForRole(tools, request, { purpose: "canary" }, undefined);
  return fact.answer !== "allowed";
}

export function probeRequest(tools: ProbeTools, roleArn: string, externalId: string | null): RoleRequest {
  const { durationSeconds, region } = tools;
  return { roleArn, roleSessionName: probeSessionName, externalId, durationSeconds, region };
}
