// The commands with which a customer ends it on their side.
import { accountOf, isWithoutStack, stackOf } from "./link/describe-update.js";
import { deleteRoleScript } from "./link/role-commands.js";
import { deleteStackScript } from "./link/stack-commands.js";
import type { CheckedOptions } from "./cross-account-options.js";
import type { Integration } from "./types.js";

/**
 * Returns a script of AWS CLI commands that removes what the customer made: the stack, or the role with whatever is attached
 * to it; `null` when nothing is known to have been made for this integration.
 */
export function removalScript(options: CheckedOptions, integration: Integration): string | null {
  const { launch, inspection, role } = integration;
  const hasStack = (launch !== null || inspection !== null) && !isWithoutStack(integration);
  if (hasStack) {
    const { region, stackName } = stackOf(options, integration);
    return deleteStackScript({ region, stackName, accountId: accountOf(integration) });
  }
  return role === null ? null : deleteRoleScript(options, role.roleArn);
}
