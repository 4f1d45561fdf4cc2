// What a customer's stack is given. The names are the template's own.
import { integrationSuffix } from "../role-documents.js";
import type { Integration } from "../types.js";
import type { OfferedTemplate } from "../offered-template.js";

/** Everything that a link or command says of one integration. */
export interface StackOffer {
  readonly stackName: string;
  /** Name → value, only names that the template has. */
  readonly parameters: Readonly<Record<string, string>>;
  /** When the setup rights end by themselves; `null` when the template has none. */
  readonly setupUntil: Date | null;
}

/**
 * Returns the values of a new stack. What follows from the customer's own input, the declared account, is there only to be
 * compared by the template's rules with the account in which the stack is made.
 */
export function stackOffer(
  { description, template }: OfferedTemplate,
  integration: Integration,
  setupUntil: Date,
): StackOffer {
  const hasSetup = description.setup.length > 0;
  const values: Readonly<Record<string, string>> = {
    ExternalId: integration.externalId,
    IntegrationSuffix: integrationSuffix(integration.integrationId),
    SetupPhase: String(hasSetup),
    SetupUntil: isoSeconds(setupUntil),
    ExpectedAccount: integration.declaredAccountId ?? "",
  };
  return {
    stackName: stackNameOf(description.serviceName, integration),
    parameters: Object.fromEntries(Object.entries(values).filter(([name]) => name in template.Parameters)),
    setupUntil: hasSetup ? setupUntil : null,
  };
}

/** A letter, letters, digits and `-`, at most 45 characters (CloudFormation API Reference, CreateStack, StackName: 128). */
export function stackNameOf(serviceName: string, { integrationId }: Pick<Integration, "integrationId">): string {
  return `${serviceName}-${integrationSuffix(integrationId)}`;
}

/** `2026-01-31T12:00:00Z`: IAM's dates carry no fraction here, so that template, policy and comparison have one form. */
export function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}
