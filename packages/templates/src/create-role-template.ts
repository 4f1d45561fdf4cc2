// The cross-account role as a CloudFormation template. Who may enter and what may be done are literals: a forged link can
// only choose among the parameters, and none of them names a vendor or a permission.
import { checkRoleDescription } from "./check-description.js";
import { trustPolicy, checkTrustSize } from "./create-trust-policy.js";
import { draftPolicies, type Fill, type PolicyDraft } from "./draft-policies.js";
import { TemplateError } from "./errors.js";
import { freezeDeep } from "./freeze-deep.js";
import { limits } from "./limits.js";
import { lintPermissions } from "./lint-permissions.js";
import { roleParameters } from "./role-parameters.js";
import { substitutePlaceholders } from "./substitute-placeholders.js";
import { tagsOfRole } from "./tag-role.js";
import { templateVersion } from "./template-version.js";
import { writeAscii } from "./write-ascii.js";
import type { CloudFormationTemplate, Finding, RoleDescription, TemplateObject, TemplateValue } from "./types.js";

const ref = (name: string): TemplateObject => ({ Ref: name });
const sub = (text: string): TemplateObject => ({ "Fn::Sub": text });
const when = (condition: string, yes: TemplateValue, no: TemplateValue): TemplateObject => ({
  "Fn::If": [condition, yes, no],
});
const nothing = ref("AWS::NoValue");

const fill: Fill = { text: substitutePlaceholders, own: sub, setupUntil: ref("SetupUntil") };

/**
 * Returns the template of a description. The same description gives the same template. Throws `TemplateError`: what
 * `lintPermissions` calls an error is `lint_failed` unless the description accepts it; `too_large` for a limit of AWS's;
 * `invalid_description`, `invalid_statement`, `invalid_placeholder` with the place.
 */
export function createRoleTemplate(given: RoleDescription): CloudFormationTemplate {
  const description = checkRoleDescription(given);
  refuseFindings(lintPermissions(given));
  const policies = draftPolicies(description);
  const version = templateVersion(given);
  const template: CloudFormationTemplate = {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: describe(description),
    Metadata: { ...consolePage(description), Daypass: explain(description, version) },
    Parameters: roleParameters(description),
    Rules: rules(),
    Conditions: conditions(description),
    Resources: { Role: role(description, policies, version), ...policyResources(description, policies) },
    Outputs: outputs(description, version),
  };
  checkSize(template);
  return freezeDeep(template);
}

/** Throws `lint_failed` when there is an error that nobody stands by. */
export function refuseFindings(findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity, accepted }) => severity === "error" && accepted === null);
  const [first] = errors;
  if (first === undefined) return;
  const all = errors.map(({ sid, message }) => (sid === "" ? message : `${sid}: ${message}`)).join("; ");
  throw new TemplateError("lint_failed", all, {
    path: first.sid,
    hint: `${first.fix}; or name the finding ${first.code} in \`accept\` with a reason`,
  });
}

/** Throws `too_large` when S3 would not serve it to CloudFormation. */
export function checkSize(template: CloudFormationTemplate): void {
  const bytes = Buffer.byteLength(JSON.stringify(template));
  if (bytes <= limits.templateBytes) return;
  throw new TemplateError(
    "too_large",
    `the template has ${bytes} bytes, CloudFormation takes ${limits.templateBytes}`,
    {
      hint: "shorten the reasons of the statements, or grant less",
    },
  );
}

/** The console shows other characters than ASCII as question marks, so we decide which. */
function describe({ branding, vendorAccountId }: RoleDescription): string {
  const { displayName, supportUrl } = branding;
  const help = supportUrl === undefined ? "" : ` Help: ${supportUrl}`;
  const text = `Lets ${displayName} (AWS account ${vendorAccountId}) into this account with temporary credentials.${help}`;
  return writeAscii(text, limits.descriptionBytes);
}

function consolePage({ setup, permissionsBoundary }: RoleDescription): TemplateObject {
  const group = (label: string, parameters: readonly string[]) => ({
    Label: { default: label },
    Parameters: parameters,
  });
  const setupGroup = setup.length === 0 ? [] : [group("Setup", ["SetupPhase", "SetupUntil"])];
  const others = ["NextExternalId", ...(permissionsBoundary === null ? [] : ["PermissionsBoundaryArn"])];
  const label = (text: string) => ({ default: text });
  return {
    "AWS::CloudFormation::Interface": {
      ParameterGroups: [
        group("Filled in by the link; please do not change", ["ExternalId", "IntegrationSuffix", "ExpectedAccount"]),
        ...setupGroup,
        group("Optional", others),
      ],
      ParameterLabels: {
        ExternalId: label("External ID"),
        IntegrationSuffix: label("End of the role's name"),
        ExpectedAccount: label("Expected AWS account"),
        NextExternalId: label("Next external ID"),
        ...(setup.length === 0
          ? {}
          : { SetupPhase: label("Grant the setup rights?"), SetupUntil: label("Setup rights end at") }),
        ...(permissionsBoundary === null ? {} : { PermissionsBoundaryArn: label("Permissions boundary") }),
      },
    },
  };
}

/** IAM policies have no comments, so what each statement is for stands here, in the vendor's own words. */
function explain({ branding, ongoing, setup }: RoleDescription, version: string): TemplateObject {
  const reasons = (statements: RoleDescription["ongoing"]) =>
    Object.fromEntries(statements.map(({ sid, why }) => [sid, why]));
  return {
    TemplateVersion: version,
    Vendor: branding.displayName,
    ...(branding.supportUrl === undefined ? {} : { SupportUrl: branding.supportUrl }),
    WhyOngoing: reasons(ongoing),
    WhySetup: reasons(setup),
  };
}

/** A stack in another account than the customer declared is refused before anything is made. */
function rules(): TemplateObject {
  return {
    AccountIsExpected: {
      RuleCondition: { "Fn::Not": [{ "Fn::Equals": [ref("ExpectedAccount"), ""] }] },
      Assertions: [
        {
          Assert: { "Fn::Equals": [ref("AWS::AccountId"), ref("ExpectedAccount")] },
          AssertDescription:
            "You are signed in to another AWS account than the one you named. Switch accounts and open the link again.",
        },
      ],
    },
  };
}

function conditions({ setup, permissionsBoundary }: RoleDescription): TemplateObject {
  const given = (name: string) => ({ "Fn::Not": [{ "Fn::Equals": [ref(name), ""] }] });
  return {
    AcceptsNextExternalId: given("NextExternalId"),
    ...(setup.length === 0 ? {} : { IncludeSetup: { "Fn::Equals": [ref("SetupPhase"), "true"] } }),
    ...(permissionsBoundary === null ? {} : { HasPermissionsBoundary: given("PermissionsBoundaryArn") }),
  };
}

function role(description: RoleDescription, policies: readonly PolicyDraft[], version: string): TemplateObject {
  const { serviceName, rolePath, maxSessionDuration, permissionsBoundary } = description;
  checkTrustSize(trustPolicy(description, ["x".repeat(64), "x".repeat(64)]));
  const externalId = when("AcceptsNextExternalId", [ref("ExternalId"), ref("NextExternalId")], ref("ExternalId"));
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: sub(`${serviceName}-\${IntegrationSuffix}`),
      Path: rolePath,
      Description: describeRole(description),
      MaxSessionDuration: String(maxSessionDuration),
      AssumeRolePolicyDocument: trustPolicy(description, externalId) as unknown as TemplateObject,
      ManagedPolicyArns: policies.map(({ name, phase }) =>
        phase === "setup" ? when("IncludeSetup", ref(name), nothing) : ref(name),
      ),
      ...(permissionsBoundary === null
        ? {}
        : { PermissionsBoundary: when("HasPermissionsBoundary", ref("PermissionsBoundaryArn"), nothing) }),
      Tags: Object.entries(tagsOfRole(version, ref("IntegrationSuffix"), ref("AWS::StackId"))).map(([Key, Value]) => ({
        Key,
        Value,
      })),
    },
  };
}

/** IAM API Reference, CreateRole, Description: tab, line breaks, U+0020 to U+007E and U+00A1 to U+00FF. */
export function describeRole({ branding }: Pick<RoleDescription, "branding">): string {
  return writeAscii(`Entered by ${branding.displayName} with temporary credentials`, 400);
}

/** Unnamed: a name would collide with another stack's, and could not be replaced. Tags are on the role only. */
function policyResources(description: RoleDescription, policies: readonly PolicyDraft[]): TemplateObject {
  return Object.fromEntries(
    policies.map(({ name, phase, document }) => [
      name,
      {
        Type: "AWS::IAM::ManagedPolicy",
        ...(phase === "setup" ? { Condition: "IncludeSetup" } : {}),
        Properties: {
          Description: `${description.serviceName}: ${phase === "setup" ? "for the setup only" : "for as long as the role exists"}`,
          Path: description.rolePath,
          PolicyDocument: document(fill) as unknown as TemplateObject,
        },
      },
    ]),
  );
}

function outputs({ branding, setup }: RoleDescription, version: string): TemplateObject {
  const output = (Description: string, Value: TemplateValue) => ({ Description, Value });
  const vendor = writeAscii(branding.displayName, 200);
  const done = `Nothing. ${vendor} checks the role by itself; if you are asked for it, copy RoleArn.`;
  const later = `When the setup is over, update this stack with SetupPhase=false. The setup rights end by themselves at SetupUntil.`;
  return {
    RoleArn: output("The role", { "Fn::GetAtt": ["Role", "Arn"] }),
    ExternalId: output("Not a secret, and of use to this integration only", ref("ExternalId")),
    TemplateVersion: output("Names what this template says", version),
    ...(setup.length === 0 ? {} : { SetupPhase: output("Whether the setup rights are granted", ref("SetupPhase")) }),
    NextSteps: output("What to do next", setup.length === 0 ? done : when("IncludeSetup", `${done} ${later}`, done)),
  };
}
