// The IAM user that a tool is given where there is nothing better: what the tool needs, only with MFA, and no more.
import type { PermissionStatement, UserDescription } from "@daypass/templates";
import type { ShownText } from "./setup-types.js";

const MFA = { Bool: { "aws:MultiFactorAuthPresent": "true" } };
// IAM User Guide, "AWS global condition context keys", aws:ResourceAccount.
const OWN_ACCOUNT = { StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}" } };

const statement = (
  sid: string,
  actions: readonly string[],
  conditions: PermissionStatement["conditions"] & object,
): PermissionStatement[] =>
  actions.length === 0
    ? []
    : [{ sid, why: "What the tool does in AWS, and only after a code", actions, resources: ["*"], conditions }];

/**
 * Returns the template as YAML and the commands that go with it. Rejects with a `TemplateError` where a required action is
 * none that AWS knows, or one by which the user could give itself more.
 */
export const createUserTemplate = async (
  toolName: string,
  requiredActions: readonly string[],
): Promise<readonly ShownText[]> => {
  const { createIamUserTemplate, lintUserPermissions, renderYaml } = await import("@daypass/templates");
  const describe = (permissions: readonly PermissionStatement[]): UserDescription => ({
    serviceName: toolName,
    branding: { displayName: toolName },
    partition: "aws",
    userPath: `/${toolName}/`,
    permissions,
    permissionsBoundary: null,
  });
  /** A bucket's name says nothing of whose it is: such actions are held to the account's own. */
  const goesByName = (action: string): boolean =>
    lintUserPermissions(describe(statement("One", [action], MFA))).some(
      ({ code }) => code === "s3_without_resource_account",
    );
  const template = createIamUserTemplate(
    describe([
      ...statement(
        "RequiredActions",
        requiredActions.filter((action) => !goesByName(action)),
        MFA,
      ),
      ...statement("RequiredActionsOnOwnBuckets", requiredActions.filter(goesByName), { ...MFA, ...OWN_ACCOUNT }),
      {
        sid: "KnowItself",
        why: "Finds its own MFA device, and can tell what it may do",
        actions: ["iam:ListMFADevices", "iam:SimulatePrincipalPolicy"],
        resources: [`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:user/${toolName}/*`],
      },
    ]),
  );
  const fileName = `${toolName}-iam-user.yaml`;
  return [
    { title: "CloudFormation template", text: renderYaml(template), fileName },
    {
      title: "Or with the AWS CLI, signed in as an administrator",
      text: [
        `aws cloudformation deploy --stack-name ${toolName}-user --template-file ${fileName} --capabilities CAPABILITY_NAMED_IAM`,
        `aws iam create-virtual-mfa-device --virtual-mfa-device-name ${toolName} --outfile ${toolName}-mfa.png --bootstrap-method QRCodePNG`,
        `aws iam enable-mfa-device --user-name ${toolName} --serial-number THE_SERIAL_IT_SAYS --authentication-code1 CODE --authentication-code2 NEXT_CODE`,
        `aws iam create-access-key --user-name ${toolName}`,
      ].join("\n"),
    },
  ];
};
