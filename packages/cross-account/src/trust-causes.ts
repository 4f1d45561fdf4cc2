// What to tell the customer: every cause in their nouns, and the one step that separates it from the others.
import type { Cause, CauseCode } from "./types.js";

/** The names that the texts mention. Neither is a secret. */
export interface CauseContext {
  readonly roleArn: string;
  readonly roleName: string;
  readonly accountId: string;
  readonly declaredAccountId: string | null;
  readonly vendorAccountId: string;
  readonly canaryRoleArn: string | null;
}

type Wording = (context: CauseContext) => { readonly text: string; readonly nextStep: string };

const compareTrust = ({ roleName, accountId }: CauseContext) =>
  `in account ${accountId} run \`aws iam get-role --role-name ${roleName}\`: if there is no such role, create it; if there is, make its trust policy the one that we show; then verify again`;

const wordings: Record<CauseCode, Wording> = {
  not_propagated: (context) => ({
    text: "AWS is still spreading the new role or trust policy, which usually takes less than a minute",
    nextStep: `wait a minute and verify again; if it is still denied, ${compareTrust(context)}`,
  }),
  role_missing: (context) => ({
    text: `there is no role ${context.roleName} with this path in account ${context.accountId}`,
    nextStep: compareTrust(context),
  }),
  wrong_external_id_in_trust: (context) => ({
    text: "the role's trust policy asks for another external ID than this integration's",
    nextStep: compareTrust(context),
  }),
  vendor_principal_not_trusted: (context) => ({
    text: `the role's trust policy does not name account ${context.vendorAccountId} or narrows it to other principals`,
    nextStep: compareTrust(context),
  }),
  vendor_side_denied: ({ vendorAccountId, canaryRoleArn }) => ({
    text: `account ${vendorAccountId} may not assume this role: its own policies deny it`,
    nextStep: `this is ours, not yours: allow sts:AssumeRole to the principal that asks${canaryRoleArn === null ? "" : `, see that it can assume ${canaryRoleArn}`}, then verify again`,
  }),
  organization_policy_denied: ({ accountId, vendorAccountId }) => ({
    text: `an organization policy denies account ${vendorAccountId} the way into account ${accountId}`,
    nextStep: `ask who administers the organization of account ${accountId} to exempt this role, then verify again`,
  }),
  external_id_not_required: (context) => ({
    text: "the role can be assumed without any external ID, so that anyone who makes us ask could use it",
    nextStep: compareTrust(context),
  }),
  external_id_pattern_too_wide: (context) => ({
    text: "the role accepts other external IDs than this integration's: its trust policy uses a pattern or a list",
    nextStep: compareTrust(context),
  }),
  external_id_case_ignored: (context) => ({
    text: "the role accepts the external ID in other letter case: its trust policy ignores case",
    nextStep: compareTrust(context),
  }),
  role_in_other_account: ({ accountId, declaredAccountId }) => ({
    text: `the role is in account ${accountId}${declaredAccountId === null ? "" : `, and you declared ${declaredAccountId}`}`,
    nextStep: "paste the ARN of the role in the declared account, or start again with the right account",
  }),
  role_in_vendor_account: ({ vendorAccountId }) => ({
    text: `the role is in account ${vendorAccountId}, which is the vendor's own`,
    nextStep: "create the role in your own account and paste its ARN",
  }),
  role_held_by_other_integration: () => ({
    text: "this role is connected to another integration already",
    nextStep: "create a role of its own for this integration, or revoke the other integration first",
  }),
  role_recreated: ({ roleName }) => ({
    text: `the role ${roleName} was deleted and created again since it was proven`,
    nextStep: "if that was you, verify again; if not, delete the role and find out who made it",
  }),
  denial_unproven: ({ canaryRoleArn }) => ({
    text: "that wrong external IDs are denied is not proven: nothing shows that we could ask without an ID at all",
    nextStep:
      canaryRoleArn === null
        ? "this is ours, not yours: set up a canary role that trusts our account without an external ID and name it as canaryRoleArn"
        : `this is ours, not yours: make the canary role ${canaryRoleArn} trust our account, and our principal able to assume it, without an external ID, then verify again`,
  }),
  sts_unavailable: () => ({
    text: "AWS did not answer clearly enough to prove anything",
    nextStep: "verify again in a few minutes",
  }),
  session_too_long: ({ roleName }) => ({
    text: `the role ${roleName} does not allow sessions as long as we ask for`,
    nextStep: "raise the role's maximum session duration to the one that we show, then verify again",
  }),
  region_disabled: ({ accountId }) => ({
    text: `the AWS region that we ask in is not enabled for account ${accountId}`,
    nextStep: "enable the region or its STS endpoint in the account settings of IAM, then verify again",
  }),
  vendor_credentials: () => ({
    text: "our own credentials for AWS do not work",
    nextStep: "this is ours, not yours: mend our credentials or clock, then verify again",
  }),
};

/** Returns the cause in words. */
export function describeCause(code: CauseCode, context: CauseContext): Cause {
  return { code, text: wordings[code](context).text };
}

/** Returns the one step that mends the likeliest cause or separates it from the next; `null` when there is no cause. */
export function nextStepFor(likeliest: CauseCode | undefined, context: CauseContext): string | null {
  return likeliest === undefined ? null : wordings[likeliest](context).nextStep;
}
