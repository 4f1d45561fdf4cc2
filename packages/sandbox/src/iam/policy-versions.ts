// Versions of managed policies: at most five, one of them in force, numbers never given twice.
import { storePolicy } from "../stored-policy.js";
import type { ManagedPolicy, PolicyVersion } from "../types.js";
import { defineOperation } from "../wire/operation.js";
import { boolean } from "../wire/shapes.js";
import * as shapes from "./input-shapes.js";
import { requireManagedPolicySize, VERSIONS_PER_POLICY } from "./limits.js";
import { openPolicy, openPolicyForChange } from "./open-entity.js";
import { pageOf } from "./pagination.js";
import { deleteConflict, limitExceeded, noSuchEntity } from "./refusals.js";
import { renderVersion } from "./render.js";

const oneVersion = { PolicyArn: shapes.policyArn, VersionId: shapes.policyVersionId };

export const policyVersionOperations = {
  CreatePolicyVersion: defineOperation(
    { PolicyArn: shapes.policyArn, PolicyDocument: shapes.policyDocument, SetAsDefault: boolean(false) },
    (call, input) => {
      const policy = openPolicyForChange(call, "iam:CreatePolicyVersion", input.PolicyArn);
      const document = storePolicy(call.world, input.PolicyDocument, "identity");
      requireManagedPolicySize(input.PolicyDocument);
      if (policy.versions.size >= VERSIONS_PER_POLICY) {
        throw limitExceeded(
          `A managed policy can have up to ${VERSIONS_PER_POLICY} versions. Before you create a new version, you must delete an existing version.`,
        );
      }
      const version = { id: `v${policy.nextVersion}`, document, created: call.now };
      policy.nextVersion += 1;
      policy.versions.set(version.id, version);
      policy.updated = call.now;
      if (input.SetAsDefault === true) policy.defaultVersionId = version.id;
      return { PolicyVersion: renderVersion(policy, version) };
    },
  ),
  GetPolicyVersion: defineOperation(oneVersion, (call, input) => {
    const missing = missingVersion(input.PolicyArn, input.VersionId);
    const policy = openPolicy(call, "iam:GetPolicyVersion", input.PolicyArn, { missing });
    return { PolicyVersion: renderVersion(policy, requireVersion(policy, input.VersionId), call.world) };
  }),
  ListPolicyVersions: defineOperation({ PolicyArn: shapes.policyArn, ...shapes.paging }, (call, input) => {
    const policy = openPolicy(call, "iam:ListPolicyVersions", input.PolicyArn);
    const page = pageOf(policy.versions.values(), input, ["versions", policy.arn], newestFirst);
    return { Versions: page.items.map((version) => renderVersion(policy, version)), ...page.rest };
  }),
  SetDefaultPolicyVersion: defineOperation(oneVersion, (call, input) => {
    const missing = missingVersion(input.PolicyArn, input.VersionId);
    const policy = openPolicyForChange(call, "iam:SetDefaultPolicyVersion", input.PolicyArn, { missing });
    policy.defaultVersionId = requireVersion(policy, input.VersionId).id;
    policy.updated = call.now;
    return undefined;
  }),
  DeletePolicyVersion: defineOperation(oneVersion, (call, input) => {
    const missing = missingVersion(input.PolicyArn, input.VersionId);
    const policy = openPolicyForChange(call, "iam:DeletePolicyVersion", input.PolicyArn, { missing });
    const version = requireVersion(policy, input.VersionId);
    if (version.id === policy.defaultVersionId) {
      throw deleteConflict("Cannot delete the default version of a policy.");
    }
    policy.versions.delete(version.id);
    return undefined;
  }),
};

function missingVersion(arn: string, versionId: string): string {
  return `Policy ${arn} version ${versionId} does not exist or is not attachable.`;
}

function requireVersion(policy: ManagedPolicy, versionId: string): PolicyVersion {
  const version = policy.versions.get(versionId);
  if (version === undefined) throw noSuchEntity(missingVersion(policy.arn, versionId));
  return version;
}

/** AWS lists versions from the newest down. Sorted as text, so every number has the same width. */
function newestFirst({ id }: PolicyVersion): string {
  return String(1e9 - Number(id.slice(1))).padStart(10, "0");
}
