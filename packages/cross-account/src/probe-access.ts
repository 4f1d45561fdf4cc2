// Says truthfully whether AWS would still let us in, also after the integration is over.
import { askForRole } from "./ask-for-role.js";
import { eventOf, readIntegration } from "./change-integration.js";
import type { CheckedOptions } from "./cross-account-options.js";
import { isCanaryDenied, probeRequest, type ProbeTools } from "./probe-trust.js";
import type { Integration } from "./types.js";

export interface AccessProbe {
  readonly integrationId: string;
  /**
   * possible  AWS lets us in with an external ID of this integration
   * gone      denied, twice, while our own side works
   * unknown   `reason` says why it cannot be told
   */
  readonly access: "possible" | "gone" | "unknown";
  readonly reason: string;
  readonly roleArn: string | null;
  readonly checked: Date;
}

/**
 * Asks AWS for the role with each external ID that the integration holds, and hands nothing out. That it is gone is said only
 * after two rounds of refusals, the second after the propagation time, with the canary let in. Throws `CrossAccountError`
 * `integration_not_found` and what the audit throws.
 */
export async function probeAccess(
  options: CheckedOptions,
  tools: ProbeTools,
  integrationId: string,
): Promise<AccessProbe> {
  const integration = await readIntegration(options.store, integrationId);
  const roleArn = integration.role?.roleArn ?? integration.verification?.roleArn ?? null;
  const { access, reason } = await judge(options, tools, integration, roleArn);
  const checked = new Date(options.now());
  await options.store.record({
    ...eventOf("integration.access_probed", integration, checked),
    roleArn,
    reason: `${access}: ${reason}`,
  });
  return { integrationId, access, reason, roleArn, checked };
}

type Judged = Pick<AccessProbe, "access" | "reason">;

async function judge(
  options: CheckedOptions,
  tools: ProbeTools,
  integration: Integration,
  roleArn: string | null,
): Promise<Judged> {
  if (roleArn === null) return { access: "unknown", reason: "no role was ever named for this integration" };
  if (options.canaryRoleArn === null) {
    // A yes needs no canary.
    const only = await askAll(tools, integration, roleArn);
    return only ?? { access: "unknown", reason: "denied, but without a canary it may be our own side that is denied" };
  }
  const first = await askAll(tools, integration, roleArn);
  if (first !== undefined) return first;
  await options.wait(options.propagationMs);
  const second = await askAll(tools, integration, roleArn);
  if (second !== undefined) return second;
  if (await isCanaryDenied(tools))
    return { access: "unknown", reason: "denied, but so is the canary: it is our own side" };
  return { access: "gone", reason: "AWS denies the role to us, and does so after the propagation time too" };
}

/** Returns `undefined` when each external ID was clearly denied. */
async function askAll(
  tools: ProbeTools,
  { integrationId, customerId, externalId, rotation }: Integration,
  roleArn: string,
): Promise<Judged | undefined> {
  const externalIds = rotation === null ? [externalId] : [externalId, rotation.externalId];
  for (const id of externalIds) {
    const subject = { purpose: "access_probe", integrationId, customerId };
    const { fact } = await askForRole(tools, probeRequest(tools, roleArn, id), subject, undefined);
    if (fact.answer === "allowed")
      return { access: "possible", reason: "AWS lets us in with this integration's external ID" };
    if (fact.answer === "unknown")
      return { access: "unknown", reason: `AWS did not answer: ${fact.code ?? "no code"}` };
  }
  return undefined;
}
