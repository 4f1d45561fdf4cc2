// Ends an integration, and says truthfully what that does not end.
import * as v from "valibot";
import { rereadAfterMs } from "./active-integrations.js";
import { changeIntegration } from "./change-integration.js";
import { checkInput, integrationIdSchema, printableText } from "./check-input.js";
import type { CheckedOptions } from "./cross-account-options.js";
import type { CustomerSessions } from "./customer-sessions.js";
import { CrossAccountError } from "./errors.js";
import { removalScript } from "./removal-script.js";
import { parseRoleArn } from "./role-arn.js";
import type { Integration } from "./types.js";

export interface RevokeInput {
  readonly integrationId: string;
  /** For the audit: 1 to 256 printable characters. */
  readonly reason: string;
}

export interface Revoked {
  readonly integration: Integration;
  /**
   * Until when sessions that were handed out earlier may still work in AWS, counting other processes too; `null` when none
   * can. An upper bound: AWS ends a session only at its expiration, or when the customer ends it.
   */
  readonly sessionsMayLiveUntil: Date | null;
  /** What the customer does to end it at once and on their side. */
  readonly customerSteps: readonly string[];
  /** The same as commands of the AWS CLI; `null` when the customer never made anything. */
  readonly customerScript: string | null;
}

const inputSchema = v.strictObject({ integrationId: integrationIdSchema, reason: printableText(256) });

/**
 * Revokes an integration for good. From the call on this process hands out nothing of it, even if the store then fails;
 * other processes follow within `rereadAfterMs`. Doing it twice is doing it once. Throws `CrossAccountError`:
 * `integration_not_found`, `conflict`, and what the store throws.
 */
export async function revokeIntegration(
  options: CheckedOptions,
  sessions: CustomerSessions,
  input: RevokeInput,
): Promise<Revoked> {
  const { integrationId, reason } = checkInput(inputSchema, input, "revoke");
  // Before the store is asked: a store that does not answer must not keep the door open.
  const purged = sessions.bar(integrationId);
  let before: Integration | undefined;
  let integration: Integration;
  try {
    integration = await changeIntegration(options.store, integrationId, new Date(options.now()), (kept) => {
      before = kept;
      if (kept.state === "revoked") return undefined;
      return { next: { ...kept, state: "revoked", reason, legacyKey: null }, events: ["integration.revoked"] };
    });
  } catch (error) {
    if (error instanceof CrossAccountError && error.code === "integration_not_found") sessions.unbar(integrationId);
    throw error;
  } finally {
    await purged;
  }
  await sessions.changed(before ?? integration, integration);
  return {
    integration,
    sessionsMayLiveUntil: sessionsMayLiveUntil(options, integration),
    customerSteps: customerSteps(integration),
    customerScript: removalScript(options, integration),
  };
}

/** The last session was handed out at the latest when the slowest other process read the store again. */
function sessionsMayLiveUntil(options: CheckedOptions, { role, updated }: Integration): Date | null {
  if (role === null) return null;
  const until = updated.getTime() + rereadAfterMs + options.sessionDurationSeconds * 1000;
  return until > options.now() ? new Date(until) : null;
}

function customerSteps({ role }: Integration): readonly string[] {
  if (role === null) return ["delete the role, if it was created already"];
  const { roleName, accountId } = parseRoleArn(role.roleArn);
  return [
    `in account ${accountId} open the role ${roleName} in the IAM console and choose "Revoke active sessions", which ends what is still alive`,
    `delete the role ${roleName}: until then AWS would still let us in, we only do not ask any more`,
  ];
}
