// Descriptions for the tests of lint and diff: a sound role around the statements in question.
import type { PermissionStatement, PolicyConditions, RoleDescription } from "@daypass/templates";

export const OWN_ACCOUNT: PolicyConditions = { StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}" } };

export interface Rest {
  readonly sid?: string;
  readonly effect?: "Allow" | "Deny";
}

/** A statement; one action or resource need not be a list. */
export function allow(
  actions: string | readonly string[],
  resources: string | readonly string[],
  conditions?: PolicyConditions,
  { sid = "Work", effect }: Rest = {},
): PermissionStatement {
  return {
    sid,
    why: "for the test",
    ...(effect === undefined ? {} : { effect }),
    actions: typeof actions === "string" ? [actions] : actions,
    resources: typeof resources === "string" ? [resources] : resources,
    ...(conditions === undefined ? {} : { conditions }),
  };
}

export function deny(...[actions, resources, conditions, rest]: Parameters<typeof allow>): PermissionStatement {
  return allow(actions, resources, conditions, { sid: "Never", ...rest, effect: "Deny" });
}

/** A role with these statements. */
export function role(
  ongoing: PermissionStatement | readonly PermissionStatement[],
  setup: readonly PermissionStatement[] = [],
  more: Partial<RoleDescription> = {},
): RoleDescription {
  return {
    serviceName: "Acme",
    branding: { displayName: "Acme" },
    partition: "aws",
    vendorAccountId: "111122223333",
    vendorPrincipals: ["arn:aws:iam::111122223333:role/acme-service"],
    rolePath: "/acme/",
    maxSessionDuration: 3600,
    externalIdPattern: "[0-9A-Za-z]{32}",
    ongoing: "sid" in ongoing ? [ongoing] : ongoing,
    setup,
    permissionsBoundary: null,
    ...more,
  };
}
