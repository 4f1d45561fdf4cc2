// How far the vendor is on the way from access keys to roles, and what is to be done next for each customer.
import { allIntegrations } from "../all-integrations.js";
import type { CheckedOptions } from "../cross-account-options.js";
import type { Integration, IntegrationState } from "../types.js";
import { purgeLegacyKey } from "./purge-legacy-key.js";

export interface Migration {
  readonly integrationId: string;
  readonly customerId: string;
  readonly state: IntegrationState;
  readonly accessKeyId: string;
  readonly ageDays: number;
  /**
   * key_only         the role is not there yet, the key is handed out
   * role_took_over   the role is active, the key is only still kept
   * stopped          the integration is suspended; the key is not handed out
   * cut_off          the cut-off has passed; the key was purged just now
   */
  readonly stage: "key_only" | "role_took_over" | "stopped" | "cut_off";
  readonly cutOff: Date;
  readonly urgency: "none" | "remind" | "urgent";
  /** What to tell the customer, for people. */
  readonly words: string;
  /** What the customer runs once the role has taken over or the key is cut off. */
  readonly customerCommands: readonly string[];
}

const dayMs = 86_400_000;
/** Keys are to be replaced at least so often (AWS Security Hub, control IAM.3: 90 days). */
const oldDays = 90;
const soonMs = 14 * dayMs;

/** Returns every integration that has a key, the oldest key first. Keys whose cut-off has passed are purged. */
export async function reviewMigrations(options: CheckedOptions): Promise<readonly Migration[]> {
  const now = options.now();
  const migrations: Migration[] = [];
  for await (const integration of allIntegrations(options.store)) {
    const migration = describe(integration, now);
    if (migration === undefined) continue;
    if (migration.stage === "cut_off") await purgeLegacyKey(options, integration.integrationId);
    migrations.push(migration);
  }
  return migrations.sort((one, other) => other.ageDays - one.ageDays);
}

function describe({ integrationId, customerId, state, legacyKey }: Integration, now: number): Migration | undefined {
  if (legacyKey === null) return undefined;
  const { accessKeyId, created, cutOff } = legacyKey;
  const ageDays = Math.max(0, Math.floor((now - created.getTime()) / dayMs));
  const stage = stageOf(state, cutOff, now);
  const isSoon = cutOff.getTime() - now <= soonMs;
  const urgency = stage !== "key_only" || isSoon ? "urgent" : ageDays >= oldDays ? "remind" : "none";
  return {
    integrationId,
    customerId,
    state,
    accessKeyId,
    ageDays,
    stage,
    cutOff,
    urgency,
    words: wordsFor(stage, accessKeyId, ageDays, cutOff),
    customerCommands:
      stage === "key_only" || stage === "stopped"
        ? []
        : [
            `aws iam update-access-key --access-key-id ${accessKeyId} --status Inactive --user-name USER`,
            `aws iam delete-access-key --access-key-id ${accessKeyId} --user-name USER`,
          ],
  };
}

function stageOf(state: IntegrationState, cutOff: Date, now: number): Migration["stage"] {
  if (now >= cutOff.getTime()) return "cut_off";
  if (state === "active") return "role_took_over";
  return state === "suspended" ? "stopped" : "key_only";
}

function wordsFor(stage: Migration["stage"], accessKeyId: string, ageDays: number, cutOff: Date): string {
  const day = cutOff.toISOString().slice(0, 10);
  const key = `the access key ${accessKeyId}, ${ageDays} days old,`;
  if (stage === "key_only") return `${key} is used until ${day}; please create the role before`;
  if (stage === "role_took_over")
    return `the role has taken over; please deactivate and then delete ${key} and nothing will be missed`;
  if (stage === "stopped") return `the integration is suspended and ${key} is not used; verify the role first`;
  return `${key} is cut off since ${day} and forgotten here; please delete it`;
}
