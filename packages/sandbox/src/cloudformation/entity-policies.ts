// What roles and users have in common in a template: inline policies, managed policies, boundary and tags.
import type { Call } from "../world-types.js";
import { invokeIam, invokeIamIfThere } from "./invoke-service.js";
import { policiesOf, tagsOf, textOf, textsOf } from "./read-properties.js";
import type { ValueMap } from "./template-types.js";

/** The words of IAM's operations for the one and the other. */
export type EntityKind = "Role" | "User";

/** Puts inline policies and attaches managed ones to what was just made. */
export function addPolicies(call: Call, kind: EntityKind, name: string, properties: ValueMap): void {
  changePolicies(call, kind, name, {}, properties);
}

/** Makes policies, boundary and tags what `after` says, given that they were what `before` says. */
export function changeEntity(call: Call, kind: EntityKind, name: string, before: ValueMap, after: ValueMap): void {
  const entity = { [`${kind}Name`]: name };
  const boundary = textOf(after, "PermissionsBoundary");
  // The limit comes before what it limits, and goes after it.
  if (boundary !== undefined && boundary !== textOf(before, "PermissionsBoundary")) {
    invokeIam(call, `Put${kind}PermissionsBoundary`, { ...entity, PermissionsBoundary: boundary });
  }
  changePolicies(call, kind, name, before, after);
  if (boundary === undefined && textOf(before, "PermissionsBoundary") !== undefined) {
    invokeIam(call, `Delete${kind}PermissionsBoundary`, entity);
  }
  changeTags(call, kind, name, before, after);
}

/** Takes off what the template put on. What somebody else added stays, and makes IAM refuse the deletion, as on AWS. */
export function removePolicies(call: Call, kind: EntityKind, name: string, properties: ValueMap): void {
  const entity = { [`${kind}Name`]: name };
  for (const PolicyArn of textsOf(properties, "ManagedPolicyArns")) {
    invokeIamIfThere(call, `Detach${kind}Policy`, { ...entity, PolicyArn });
  }
  for (const PolicyName of policiesOf(properties).keys()) {
    invokeIamIfThere(call, `Delete${kind}Policy`, { ...entity, PolicyName });
  }
}

function changePolicies(call: Call, kind: EntityKind, name: string, before: ValueMap, after: ValueMap): void {
  const entity = { [`${kind}Name`]: name };
  const attachedBefore = textsOf(before, "ManagedPolicyArns");
  const attachedAfter = textsOf(after, "ManagedPolicyArns");
  // Detached first: the quota is on both together.
  for (const PolicyArn of attachedBefore.filter((arn) => !attachedAfter.includes(arn))) {
    invokeIamIfThere(call, `Detach${kind}Policy`, { ...entity, PolicyArn });
  }
  for (const PolicyArn of attachedAfter.filter((arn) => !attachedBefore.includes(arn))) {
    invokeIam(call, `Attach${kind}Policy`, { ...entity, PolicyArn });
  }
  const inlineBefore = policiesOf(before);
  const inlineAfter = policiesOf(after);
  for (const PolicyName of inlineBefore.keys()) {
    if (!inlineAfter.has(PolicyName)) invokeIamIfThere(call, `Delete${kind}Policy`, { ...entity, PolicyName });
  }
  for (const [PolicyName, PolicyDocument] of inlineAfter) {
    if (inlineBefore.get(PolicyName) !== PolicyDocument) {
      invokeIam(call, `Put${kind}Policy`, { ...entity, PolicyName, PolicyDocument });
    }
  }
}

function changeTags(call: Call, kind: EntityKind, name: string, before: ValueMap, after: ValueMap): void {
  const entity = { [`${kind}Name`]: name };
  const wanted = tagsOf(after);
  const had = tagsOf(before);
  const gone = [...had.keys()].filter((key) => !wanted.has(key));
  if (gone.length > 0) invokeIam(call, `Untag${kind}`, { ...entity, TagKeys: gone });
  const changed = [...wanted].filter(([key, value]) => had.get(key) !== value);
  if (changed.length > 0) {
    invokeIam(call, `Tag${kind}`, { ...entity, Tags: changed.map(([Key, Value]) => ({ Key, Value })) });
  }
}
