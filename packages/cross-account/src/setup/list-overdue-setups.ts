// Setup rights whose time is over and whose removal nobody has proven: AWS denies them, and still they should go.
import type { CheckedOptions } from "../cross-account-options.js";
import { allIntegrations } from "../all-integrations.js";
import type { IntegrationState } from "../types.js";

export interface OverdueSetup {
  readonly integrationId: string;
  readonly customerId: string;
  readonly state: IntegrationState;
  /** Since then AWS denies them. */
  readonly until: Date;
  readonly overdueSeconds: number;
}

/** Returns the overdue ones, the longest first. */
export async function listOverdueSetups(options: CheckedOptions): Promise<readonly OverdueSetup[]> {
  const now = options.now();
  const overdue: OverdueSetup[] = [];
  for await (const { integrationId, customerId, state, setup, role } of allIntegrations(options.store)) {
    // Without a role nothing was ever granted to us.
    if (state === "revoked" || role === null || setup === null || setup.removed !== null) continue;
    const overdueSeconds = Math.floor((now - setup.until.getTime()) / 1000);
    if (overdueSeconds >= 0) overdue.push({ integrationId, customerId, state, until: setup.until, overdueSeconds });
  }
  return overdue.sort((one, other) => other.overdueSeconds - one.overdueSeconds);
}
