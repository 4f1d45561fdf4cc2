// The role reads itself: what IAM says of it, brought home as plain facts. Nothing here judges.
import type { IAMClient } from "@aws-sdk/client-iam";
import { CrossAccountError } from "../errors.js";

/** A policy of the role's. */
export interface PolicyFact {
  /** An ARN for attached policies, a name for inline ones. */
  readonly name: string;
  readonly attached: boolean;
  /** JSON text; `null` for policies outside the vendor's path, which the role may not read. */
  readonly document: string | null;
}

/** The role as IAM shows it. */
export interface RoleFacts {
  readonly roleArn: string;
  readonly roleUniqueId: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly permissionsBoundaryArn: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly trustPolicy: string;
  readonly policies: readonly PolicyFact[];
}

/** More policies than IAM lets a role have, whatever the quotas: a service that goes on for ever is not believed. */
const mostPages = 50;

/**
 * Reads a role with its own credentials. Policies under `policyPath` are read whole, others only named. Throws
 * `CrossAccountError` `role_unreadable` when IAM refuses or does not answer.
 */
export async function readRole(iam: IAMClient, roleName: string, policyPath: string): Promise<RoleFacts> {
  const { GetRoleCommand } = await import("@aws-sdk/client-iam");
  const { Role } = await ask("iam:GetRole", () => iam.send(new GetRoleCommand({ RoleName: roleName })));
  if (Role?.Arn === undefined || Role.RoleId === undefined || Role.AssumeRolePolicyDocument === undefined) {
    throw unreadable("IAM described the role incompletely");
  }
  return {
    roleArn: Role.Arn,
    roleUniqueId: Role.RoleId,
    maxSessionDuration: Role.MaxSessionDuration ?? 3600,
    permissionsBoundaryArn: Role.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
    tags: Object.fromEntries((Role.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
    trustPolicy: decode(Role.AssumeRolePolicyDocument),
    policies: [...(await attachedPolicies(iam, roleName, policyPath)), ...(await inlinePolicies(iam, roleName))],
  };
}

async function attachedPolicies(iam: IAMClient, RoleName: string, policyPath: string): Promise<PolicyFact[]> {
  const { ListAttachedRolePoliciesCommand } = await import("@aws-sdk/client-iam");
  const attached = await pages("iam:ListAttachedRolePolicies", async (Marker) => {
    const page = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName, ...(Marker && { Marker }) }));
    return { items: page.AttachedPolicies ?? [], next: page.IsTruncated === true ? page.Marker : undefined };
  });
  return Promise.all(
    attached.map(async ({ PolicyArn = "" }) => {
      const ours = /^arn:[a-z-]+:iam::[0-9]{12}:policy(\/.*\/)[^/]+$/.exec(PolicyArn)?.[1] === policyPath;
      return { name: PolicyArn, attached: true, document: ours ? await managedDocument(iam, PolicyArn) : null };
    }),
  );
}

async function managedDocument(iam: IAMClient, PolicyArn: string): Promise<string> {
  const { GetPolicyCommand, GetPolicyVersionCommand } = await import("@aws-sdk/client-iam");
  const { Policy } = await ask("iam:GetPolicy", () => iam.send(new GetPolicyCommand({ PolicyArn })));
  const VersionId = Policy?.DefaultVersionId;
  if (VersionId === undefined) throw unreadable("IAM described a policy incompletely");
  const { PolicyVersion } = await ask("iam:GetPolicyVersion", () =>
    iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId })),
  );
  return decode(PolicyVersion?.Document ?? "");
}

async function inlinePolicies(iam: IAMClient, RoleName: string): Promise<PolicyFact[]> {
  const { GetRolePolicyCommand, ListRolePoliciesCommand } = await import("@aws-sdk/client-iam");
  const names = await pages("iam:ListRolePolicies", async (Marker) => {
    const page = await iam.send(new ListRolePoliciesCommand({ RoleName, ...(Marker && { Marker }) }));
    return { items: page.PolicyNames ?? [], next: page.IsTruncated === true ? page.Marker : undefined };
  });
  return Promise.all(
    names.map(async (PolicyName) => {
      const { PolicyDocument = "" } = await ask("iam:GetRolePolicy", () =>
        iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })),
      );
      return { name: PolicyName, attached: false, document: decode(PolicyDocument) };
    }),
  );
}

async function pages<Item>(
  call: string,
  read: (marker: string | undefined) => Promise<{ items: readonly Item[]; next: string | undefined }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let marker: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await ask(call, () => read(marker));
    items.push(...answer.items);
    marker = answer.next;
    if (marker === undefined) return items;
  }
  throw unreadable(`${call} does not come to an end`);
}

/** Documents come URL-encoded (IAM API Reference, GetRole: "compliant with RFC 3986"). */
function decode(document: string): string {
  try {
    return decodeURIComponent(document);
  } catch (cause) {
    throw unreadable("IAM answered with a policy that is not URL-encoded", cause);
  }
}

async function ask<Answer>(call: string, send: () => Promise<Answer>): Promise<Answer> {
  try {
    return await send();
  } catch (cause) {
    if (cause instanceof CrossAccountError) throw cause;
    throw unreadable(`${call} failed with ${cause instanceof Error ? cause.name : "an unknown error"}`, cause);
  }
}

function unreadable(problem: string, cause?: unknown): CrossAccountError {
  return new CrossAccountError("role_unreadable", `the role could not be read: ${problem}`, {
    hint: "the role reads itself: see that it still has the policy of the template that allows it, then try again",
    cause,
  });
}
