// The organisation of a world file: which accounts are in it, and what its service control policies leave them.
import { parsePolicy } from "@daypass/policy";
import type { NamedPolicy } from "@daypass/policy";
import type { World } from "./world-types.js";
import { atPlace, within, worldError } from "./world-error.js";
import type { Place } from "./world-error.js";
import type { CompleteWorldFile } from "./world-file.js";

type Organization = NonNullable<CompleteWorldFile["organization"]>;
type Documents = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What AWS attaches to every level by itself (AWS Organizations User Guide, "SCP evaluation"). */
const FULL_AWS_ACCESS: NamedPolicy = {
  name: "FullAWSAccess",
  policy: parsePolicy(
    `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
    "service-control",
  ),
};

/** Binds the member accounts. Throws `SandboxError` `invalid_world` for accounts that do not exist or are no members. */
export function loadOrganization(world: World, organization: Organization, place: Place): void {
  const { root, accounts } = organization.serviceControlPolicies;
  const policies = within(place, "serviceControlPolicies");
  const atRoot = levelOf(root, within(policies, "root"));
  for (const [index, accountId] of organization.accounts.entries()) {
    if (!world.accounts.has(accountId)) {
      throw worldError(
        within(within(place, "accounts"), index),
        `the account ${accountId} does not exist`,
        "list it under accounts",
      );
    }
    const atAccount = levelOf(accounts[accountId], within(within(policies, "accounts"), accountId));
    world.serviceControl.set(accountId, [atRoot, atAccount]);
  }
  for (const accountId of Object.keys(accounts)) {
    if (!organization.accounts.includes(accountId)) {
      throw worldError(
        within(within(policies, "accounts"), accountId),
        `the account ${accountId} is not in the organisation`,
        "list it in organization.accounts",
      );
    }
  }
  world.organizationId = organization.id;
}

function levelOf(documents: Documents | undefined, place: Place): readonly NamedPolicy[] {
  if (documents === undefined) return [FULL_AWS_ACCESS];
  return Object.entries(documents).map(([name, document]) => ({
    name,
    policy: atPlace(within(place, name), () => parsePolicy(JSON.stringify(document), "service-control")),
  }));
}
