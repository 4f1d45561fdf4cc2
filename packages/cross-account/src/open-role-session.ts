// A short session of a customer's role for the library's own questions: audited like every other, and good for reading only.
import { askForRole, type AskTools } from "./ask-for-role.js";
import type { Credentials } from "@daypass/credentials";
import type { CheckedOptions } from "./cross-account-options.js";
import { CrossAccountError } from "./errors.js";
import { probeSessionName } from "./probe-trust.js";
import type { Integration } from "./types.js";

/** Whatever the role may do, these sessions read it and nothing else. */
const readItself = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["iam:Get*", "iam:List*"], Resource: "*" }],
});

export interface RoleSession {
  readonly credentials: Credentials;
  readonly roleArn: string;
  readonly roleUniqueId: string;
}

/**
 * Opens a session of 15 minutes with which a role can read itself. Throws `CrossAccountError` `integration_not_active` for
 * an integration without a proven role and for a revoked one, and `role_unreadable` when AWS does not let us in.
 */
export async function openReadingSession(
  options: CheckedOptions,
  tools: AskTools,
  integration: Integration,
  purpose: string,
): Promise<RoleSession> {
  const { integrationId, customerId, externalId, role, state } = integration;
  if (role === null || state === "revoked") {
    throw new CrossAccountError(
      "integration_not_active",
      "this integration has no proven role that could read itself",
      {
        hint: state === "revoked" ? "create a new integration" : `verify integration ${integrationId} first`,
      },
    );
  }
  const { roleArn } = role;
  const request = {
    roleArn,
    roleSessionName: probeSessionName,
    externalId,
    durationSeconds: 900,
    region: options.region,
    policy: readItself,
  };
  const { fact, granted } = await askForRole(tools, request, { purpose, integrationId, customerId }, undefined);
  if (granted !== undefined) return { credentials: granted.credentials, roleArn, roleUniqueId: granted.roleUniqueId };
  throw new CrossAccountError("role_unreadable", `AWS does not let us in to read the role: ${fact.code ?? "no code"}`, {
    hint: `verify integration ${integrationId}: it says what may be wrong`,
  });
}
