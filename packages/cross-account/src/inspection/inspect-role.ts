// Drift: the role reads itself and is compared with the template that it says it runs.
import { renderPolicyDocuments, type RenderedRole, type RoleDescription } from "@daypass/templates";
import type { AskTools } from "../ask-for-role.js";
import { createRoleIamClient } from "../aws-clients.js";
import { changeIntegration, readIntegration } from "../change-integration.js";
import type { CheckedOptions } from "../cross-account-options.js";
import { CrossAccountError } from "../errors.js";
import { externalIdVariants } from "../external-id-variants.js";
import { readDescription } from "../link/describe-update.js";
import { isoSeconds } from "../link/stack-parameters.js";
import { openReadingSession } from "../open-role-session.js";
import { parseRoleArn } from "../role-arn.js";
import { integrationSuffix } from "../role-documents.js";
import type { Integration } from "../types.js";
import { compareRole, type RoleComparison } from "./compare-role.js";
import type { DriftFinding } from "./drift-finding.js";
import { readRole, type RoleFacts } from "./read-role.js";

/** What was read, and what it is measured by. */
export interface RoleReading {
  readonly facts: RoleFacts;
  readonly expected: RenderedRole;
  readonly description: RoleDescription;
  readonly templateVersion: string;
  readonly comparison: RoleComparison;
}

export interface RoleInspection {
  readonly integration: Integration;
  /** The version in the role's tags. */
  readonly templateVersion: string;
  /** Whether nothing differs. */
  readonly inSync: boolean;
  readonly findings: readonly DriftFinding[];
  readonly setup: RoleComparison["setup"];
  readonly inspected: Date;
}

/**
 * Reads the role with its own rights, compares it and keeps how many differences there are. Throws `CrossAccountError`:
 * `integration_not_found`, `integration_not_active`, `role_unreadable`, `template_not_found`, `store_corrupt`.
 */
export async function inspectRole(
  options: CheckedOptions,
  tools: AskTools,
  integrationId: string,
): Promise<RoleInspection> {
  const before = await readIntegration(options.store, integrationId);
  const { facts, templateVersion, comparison } = await readAndCompare(options, tools, before, "inspection");
  const inspected = new Date(options.now());
  const { findings, setup } = comparison;
  const inspection = { templateVersion, stackId: stackIdOf(facts), findings: findings.length, inspected };
  const integration = await changeIntegration(options.store, integrationId, inspected, (kept) =>
    // Another role meanwhile: what was read is not of this one.
    kept.state === "revoked" || kept.role?.roleUniqueId !== before.role?.roleUniqueId
      ? undefined
      : { next: { ...kept, inspection }, events: ["integration.inspected"] },
  );
  return { integration, templateVersion, inSync: findings.length === 0, findings, setup, inspected };
}

/** Reads the role and compares it with its template; nothing is kept. Throws like `inspectRole`. */
export async function readAndCompare(
  options: CheckedOptions,
  tools: AskTools,
  integration: Integration,
  purpose: string,
): Promise<RoleReading> {
  const session = await openReadingSession(options, tools, integration, purpose);
  const { roleName } = parseRoleArn(session.roleArn);
  const iam = await createRoleIamClient(options, session.credentials);
  let facts: RoleFacts;
  try {
    facts = await readRole(iam, roleName, options.rolePath);
  } finally {
    iam.destroy();
  }
  const templateVersion = versionOf(facts, integration);
  const description = await readDescription(options, templateVersion);
  const expected = renderPolicyDocuments(
    description,
    parametersOf(options, integration, facts, integration.externalId),
  );
  const comparison = compareRole(facts, expected, trustQuestion(options, integration, facts, description));
  return { facts, expected, description, templateVersion, comparison: withRecreation(comparison, facts, integration) };
}

function withRecreation(comparison: RoleComparison, facts: RoleFacts, { role }: Integration): RoleComparison {
  if (role === null || role.roleUniqueId === facts.roleUniqueId) return comparison;
  const text = "it is another role of the same name than the one that was proven";
  return { ...comparison, findings: [{ code: "role_recreated", text }, ...comparison.findings] };
}

/** The tag is the customer's to write: it chooses what to compare with, and every difference from that shows. */
function versionOf({ tags }: RoleFacts, { launch }: Integration): string {
  const tag = tags["daypass:template-version"];
  if (tag !== undefined && /^[0-9a-f]{16}$/.test(tag)) return tag;
  if (launch !== null) return launch.templateVersion;
  throw new CrossAccountError("template_not_found", "the role does not say which template it was made from", {
    hint: "it was made by hand, so there is nothing to compare it with; offer a template with generateIntegrationUrl",
  });
}

function stackIdOf({ tags }: RoleFacts): string | null {
  const tag = tags["daypass:stack-id"];
  return tag !== undefined && /^arn:[a-z-]+:cloudformation:[a-z0-9-]+:[0-9]{12}:stack\/[A-Za-z0-9-]+\/[\w-]+$/.test(tag)
    ? tag
    : null;
}

function parametersOf(options: CheckedOptions, integration: Integration, facts: RoleFacts, externalId: string) {
  const { integrationId, setup } = integration;
  const { accountId } = parseRoleArn(facts.roleArn);
  return {
    accountId,
    // Where the stack really is: the customer may have chosen another region than was offered.
    region: stackIdOf(facts)?.split(":")[3] ?? integration.launch?.region ?? options.region,
    integrationSuffix: integrationSuffix(integrationId),
    externalId,
    // With them: whether they are attached is told apart by the comparison.
    setupPhase: setup !== null,
    ...(setup === null ? {} : { setupUntil: setupEnd(facts, isoSeconds(setup.until)) }),
  };
}

/**
 * When the setup rights of this role end. A link that was shown earlier carries an earlier end, and the customer may choose
 * one; a later one than was last offered is a difference.
 */
function setupEnd({ policies }: RoleFacts, offered: string): string {
  const ends = policies.flatMap(({ document }) => document?.match(/"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"/g) ?? []);
  const earliest = ends.map((end) => end.slice(1, -1)).sort()[0];
  return earliest !== undefined && earliest < offered ? earliest : offered;
}

function trustQuestion(
  options: CheckedOptions,
  integration: Integration,
  facts: RoleFacts,
  description: RoleDescription,
) {
  const { rotation, externalId } = integration;
  const { vendorAccountId, vendorPrincipals, partition } = options;
  const documentFor = (...ids: readonly string[]) => {
    const [first = "", next] = ids;
    const parameters = parametersOf(options, integration, facts, first);
    const both = next === undefined ? parameters : { ...parameters, nextExternalId: next };
    return JSON.stringify(renderPolicyDocuments(description, both).trustPolicy);
  };
  return {
    right: [documentFor(externalId), ...(rotation === null ? [] : [documentFor(externalId, rotation.externalId)])],
    roleArn: facts.roleArn,
    accountId: parseRoleArn(facts.roleArn).accountId,
    partition,
    vendorAccountId,
    vendorPrincipals,
    externalId,
    wrongExternalIds: externalIdVariants(externalId, options.randomBytes).flatMap(
      (variant) => variant.externalId ?? [],
    ),
  };
}
