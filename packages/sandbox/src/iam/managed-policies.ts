// Managed policies: create, read, list, delete, and who uses them. Their versions live in policy-versions.ts.
import { administratorAccess } from "../aws-managed-policies.js";
import { newUniqueId } from "../identifiers.js";
import { storePolicy } from "../stored-policy.js";
import type { ManagedPolicy } from "../types.js";
import { defineOperation } from "../wire/operation.js";
import { boolean, string } from "../wire/shapes.js";
import * as shapes from "./input-shapes.js";
import { requireManagedPolicySize } from "./limits.js";
import { openPolicy, openPolicyForChange } from "./open-entity.js";
import { pageOf } from "./pagination.js";
import { usageOf } from "./policy-entities.js";
import { deleteConflict, entityAlreadyExists } from "./refusals.js";
import { renderManagedPolicy } from "./render.js";
import { requireAccount } from "./require-account.js";
import { requestTagContext, requirePermission } from "./require-permission.js";
import { readTags } from "./tags.js";

export const managedPolicyOperations = {
  CreatePolicy: defineOperation(
    {
      PolicyName: shapes.policyName,
      Path: shapes.managedPolicyPath,
      PolicyDocument: shapes.policyDocument,
      Description: shapes.policyDescription,
      Tags: shapes.optionalTags,
    },
    (call, input) => {
      const { world, now } = call;
      const account = requireAccount(call);
      const tags = readTags(input.Tags, "policy");
      const path = input.Path ?? "/";
      const name = input.PolicyName;
      const arn = `arn:aws:iam::${account.id}:policy${path}${name}`;
      const target = { arn, accountId: account.id, shown: `policy ${name}` };
      const context = requestTagContext(tags);
      requirePermission(call, "iam:CreatePolicy", target, context);
      // IAM User Guide, "Tags for customer managed policies": tags at creation take iam:TagPolicy too.
      if (tags.size > 0) requirePermission(call, "iam:TagPolicy", target, context);
      const document = storePolicy(world, input.PolicyDocument, "identity");
      requireManagedPolicySize(input.PolicyDocument);
      if (account.policies.has(name.toLowerCase())) {
        throw entityAlreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
      }
      const policy: ManagedPolicy = {
        accountId: account.id,
        name,
        path,
        arn,
        uniqueId: newUniqueId(world, "ANPA"),
        description: input.Description ?? "",
        created: now,
        updated: now,
        tags,
        defaultVersionId: "v1",
        nextVersion: 2,
        versions: new Map([["v1", { id: "v1", document, created: now }]]),
      };
      account.policies.set(name.toLowerCase(), policy);
      return { Policy: renderManagedPolicy(policy, usageOf(account, arn), "created") };
    },
  ),
  GetPolicy: defineOperation({ PolicyArn: shapes.policyArn }, (call, input) => {
    const policy = openPolicy(call, "iam:GetPolicy", input.PolicyArn);
    return { Policy: renderManagedPolicy(policy, usageOf(requireAccount(call), policy.arn), "read") };
  }),
  ListPolicies: defineOperation(
    {
      Scope: string(false, { enum: ["All", "AWS", "Local"] }),
      OnlyAttached: boolean(false),
      PathPrefix: shapes.managedPolicyPath,
      PolicyUsageFilter: shapes.policyUsageFilter,
      ...shapes.paging,
    },
    (call, input) => {
      const account = requireAccount(call);
      const prefix = input.PathPrefix ?? "/";
      // ListPolicies has no resource types: only policies for "*" allow it.
      requirePermission(call, "iam:ListPolicies", { arn: "*", accountId: account.id, shown: `policy path ${prefix}` });
      const policies = [
        ...(input.Scope === "Local" ? [] : [administratorAccess]),
        ...(input.Scope === "AWS" ? [] : account.policies.values()),
      ]
        .map((policy) => ({ policy, usage: usageOf(account, policy.arn) }))
        .filter(
          ({ policy, usage }) =>
            policy.path.startsWith(prefix) &&
            (input.OnlyAttached !== true || usage.attachments + usage.boundaries > 0) &&
            (input.PolicyUsageFilter !== "PermissionsPolicy" || usage.attachments > 0) &&
            (input.PolicyUsageFilter !== "PermissionsBoundary" || usage.boundaries > 0),
        );
      const scope = ["policies", account.id, prefix, input.Scope, input.OnlyAttached, input.PolicyUsageFilter];
      const page = pageOf(policies, input, scope, ({ policy }) => `${policy.name} ${policy.accountId}`);
      return {
        Policies: page.items.map(({ policy, usage }) => renderManagedPolicy(policy, usage, "listed")),
        ...page.rest,
      };
    },
  ),
  DeletePolicy: defineOperation({ PolicyArn: shapes.policyArn }, (call, input) => {
    const policy = openPolicyForChange(call, "iam:DeletePolicy", input.PolicyArn);
    const account = requireAccount(call);
    const usage = usageOf(account, policy.arn);
    // A boundary counts: without it the entity would be free of its limit.
    if (usage.attachments + usage.boundaries > 0) {
      throw deleteConflict("Cannot delete a policy attached to entities.");
    }
    if (policy.versions.size > 1) {
      throw deleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    }
    account.policies.delete(policy.name.toLowerCase());
    return undefined;
  }),
};
