// Makes the launch link, at the moment when it is shown. It leads to nothing but the template that was read back unsigned.
import { createCliCommands, renderJson } from "@daypass/templates";
import * as v from "valibot";
import { changeIntegration } from "../change-integration.js";
import { checkInput, integrationIdSchema, regionSchema } from "../check-input.js";
import type { CheckedOptions } from "../cross-account-options.js";
import { CrossAccountError } from "../errors.js";
import { integrationSuffix, roleDocuments } from "../role-documents.js";
import type { Integration, Launch } from "../types.js";
import { quickCreateLink } from "./console-links.js";
import { sha256 } from "./publish-template.js";
import { readUnsigned } from "./read-unsigned.js";
import { createStackScript } from "./stack-commands.js";
import { isoSeconds, stackOffer, type StackOffer } from "./stack-parameters.js";
import { offeredTemplate, templatePlace } from "./template-place.js";

export interface LaunchInput {
  readonly integrationId: string;
  /** Where the customer's stack is made. The role is the same in every region. */
  readonly region: string;
}

export interface IntegrationLaunch {
  /** Opens CloudFormation's quick-create page, filled in. It carries the external ID: show it to this customer only. */
  readonly url: string;
  /** A script of AWS CLI commands that does the same. */
  readonly script: string;
  readonly templateUrl: string;
  readonly templateVersion: string;
  /** Of the template's bytes, in hexadecimal. */
  readonly sha256: string;
  readonly stackName: string;
  readonly region: string;
  /** What the page is filled with. */
  readonly parameters: Readonly<Record<string, string>>;
  /** When the setup rights end by themselves; `null` when there are none. */
  readonly setupUntil: Date | null;
}

export interface RoleCommands {
  /** Makes role and policies without CloudFormation; stops before the first change in a wrong account. */
  readonly script: string;
  readonly templateVersion: string;
  readonly setupUntil: Date | null;
}

const inputSchema = v.strictObject({ integrationId: integrationIdSchema, region: regionSchema });

/**
 * Returns the link and everything that it says, and notes in the integration what was offered. Setup rights are counted from
 * now. Throws `CrossAccountError`: `integration_not_found`, `integration_not_active` when it is revoked, `invalid_option`
 * when it is active (then an update is what is wanted) or for a region of another partition, `template_not_described`,
 * `publishing_failed` when the published template is not exactly the one described.
 */
export async function generateIntegrationUrl(options: CheckedOptions, input: LaunchInput): Promise<IntegrationLaunch> {
  const { integrationId, region } = checkInput(inputSchema, input, "generateIntegrationUrl");
  const { partition, endpoint } = options;
  const { offered, templateUrl } = templatePlace(options);
  const place = { partition, region, endpoint };
  // Made once before anything is written: a region of another partition is refused here.
  quickCreateLink(place, { templateUrl, stackName: "", parameters: {} });
  const body = renderJson(offered.template);
  await readUnsigned(options, templatePlace(options), body);
  const { integration, offer } = await offerLaunch(options, integrationId, region, "stack");
  const { stackName, parameters, setupUntil } = offer;
  return {
    url: quickCreateLink(place, { templateUrl, stackName, parameters }),
    script: createStackScript({ region, stackName, accountId: integration.declaredAccountId }, templateUrl, offer),
    templateUrl,
    templateVersion: offered.version,
    sha256: sha256(body),
    stackName,
    region,
    parameters,
    setupUntil,
  };
}

/**
 * Returns commands that make the role without CloudFormation and without a bucket. The account has to be declared, since the
 * commands carry it. Throws like `generateIntegrationUrl`, and `invalid_option` without a declared account.
 */
export async function generateRoleCommands(options: CheckedOptions, input: LaunchInput): Promise<RoleCommands> {
  const { integrationId, region } = checkInput(inputSchema, input, "generateRoleCommands");
  const { description, version } = offeredTemplate(options);
  const { integration, offer } = await offerLaunch(options, integrationId, region, "commands");
  const { declaredAccountId, externalId } = integration;
  if (declaredAccountId === null) {
    throw new CrossAccountError(
      "invalid_option",
      "no account was declared, so there is none to write into the commands",
      {
        hint: "create the integration with the customer's declaredAccountId, or use the link",
      },
    );
  }
  const { setupUntil } = offer;
  const { script } = createCliCommands(description, {
    accountId: declaredAccountId,
    region,
    integrationSuffix: integrationSuffix(integrationId),
    externalId,
    setupPhase: setupUntil !== null,
    ...(setupUntil === null ? {} : { setupUntil: isoSeconds(setupUntil) }),
  });
  return { script, templateVersion: version, setupUntil };
}

async function offerLaunch(options: CheckedOptions, integrationId: string, region: string, by: Launch["by"]) {
  const offered = offeredTemplate(options);
  const now = options.now();
  // To the second: this is how it is written everywhere else.
  const until = new Date(Math.floor(now / 1000) * 1000 + options.setupDurationSeconds * 1000);
  const created = new Date(now);
  await options.store.saveTemplate({
    version: offered.version,
    description: JSON.stringify(offered.description),
    created,
  });
  let offer: StackOffer | undefined;
  const integration = await changeIntegration(options.store, integrationId, created, (kept) => {
    refuseEstablished(options, kept);
    offer = stackOffer(offered, kept, until);
    const { stackName, setupUntil } = offer;
    const launch = { by, templateVersion: offered.version, region, stackName, offered: created };
    const setup = setupUntil === null ? null : { until: setupUntil, removed: null };
    return { next: { ...kept, launch, setup }, events: ["integration.launch_offered"] };
  });
  if (offer === undefined) throw new TypeError("a change was written that nobody decided");
  return { integration, offer };
}

function refuseEstablished(options: CheckedOptions, integration: Integration): void {
  // Says that it is revoked, if it is.
  roleDocuments(options, integration);
  if (integration.state !== "active") return;
  throw new CrossAccountError("invalid_option", "this integration is active: its role is there already", {
    hint: "to change what the role may do, use describeUpdate",
  });
}
