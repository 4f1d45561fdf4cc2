// How a customer takes the setup rights back: in the console, or with a script that keeps everything else.
import { createRoleTemplate } from "@daypass/templates";
import { readIntegration } from "../change-integration.js";
import type { CheckedOptions } from "../cross-account-options.js";
import { CrossAccountError } from "../errors.js";
import { stackLink } from "../link/console-links.js";
import { parseRoleArn } from "../role-arn.js";
import { detachSetupScript } from "../link/role-commands.js";
import { accountOf, isWithoutStack, readDescription, runningVersion, stackOf } from "../link/describe-update.js";
import { updateStackScript } from "../link/stack-commands.js";
import type { Integration, SetupRights } from "../types.js";

export interface SetupRemoval {
  readonly integrationId: string;
  /** In this order, for people. */
  readonly steps: readonly string[];
  /** Opens the stack in the console; `null` until the role was inspected and named its stack. */
  readonly url: string | null;
  /** Does it with the AWS CLI. Every other parameter keeps its value. */
  readonly script: string;
  /** When AWS ends the rights by itself, if nobody does anything. */
  readonly until: Date;
}

/**
 * Returns what the customer does to end the setup rights. Nothing is changed: that they are gone is for `verifySetupRemoved`
 * to prove. Throws `CrossAccountError`: `integration_not_found`, `integration_not_active` when it is revoked, `invalid_option`
 * when no setup rights were asked for, `template_not_found`.
 */
export async function removeSetupPermissions(options: CheckedOptions, integrationId: string): Promise<SetupRemoval> {
  const integration = await readIntegration(options.store, integrationId);
  const { until } = askedSetup(integration);
  if (isWithoutStack(integration) && integration.role !== null) {
    return { integrationId, ...withoutStack(options, integration.role.roleArn), until };
  }
  const { region, stackId, stackName } = stackOf(options, integration);
  const version = runningVersion(integration) ?? "";
  const kept = Object.keys(createRoleTemplate(await readDescription(options, version)).Parameters);
  const { partition, endpoint } = options;
  return {
    integrationId,
    steps: [
      `open the stack ${stackName} in the CloudFormation console, region ${region}`,
      "choose Update, then Use existing template",
      "set SetupPhase to false and leave every other parameter as it is",
      "acknowledge that IAM resources change, and submit",
    ],
    url: stackId === null ? null : stackLink({ partition, region, endpoint }, stackId),
    script: updateStackScript(
      { region, stackName, accountId: accountOf(integration) },
      { templateUrl: null, changed: { SetupPhase: "false" }, kept },
    ),
    until,
  };
}

function withoutStack(options: CheckedOptions, roleArn: string) {
  const { roleName } = parseRoleArn(roleArn);
  const steps = [
    `open the role ${roleName} in the IAM console`,
    `detach every policy whose name begins with ${roleName}-SetupPolicy, and delete it`,
  ];
  return { steps, url: null, script: detachSetupScript(options, roleArn) };
}

/** Returns the setup rights of an integration that has some. Throws `integration_not_active` or `invalid_option`. */
export function askedSetup({ setup, state }: Integration): SetupRights {
  if (state === "revoked") {
    throw new CrossAccountError("integration_not_active", "this integration is revoked", {
      hint: "the customer deletes the stack, and everything with it",
    });
  }
  if (setup !== null) return setup;
  throw new CrossAccountError("invalid_option", "no setup rights were asked for in this integration", {
    hint: "its template has none, or no link and no commands were made for it",
  });
}
