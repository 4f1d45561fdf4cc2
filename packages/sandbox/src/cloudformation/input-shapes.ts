// The forms of CloudFormation's parameters, as its service model (API version 2010-05-15) constrains them. Parameters of
// the model that are not here (RoleARN, StackPolicyBody, NotificationARNs, …) are refused by name.
import { boolean, list, string, structure } from "../wire/shapes.js";
import { MAX_BODY_BYTES, MAX_URL_CHARACTERS } from "./template-limits.js";

const NAME = "[a-zA-Z][-a-zA-Z0-9]*";
const NAME_OR_ID = `(${NAME})|(arn:\\b(aws|aws-us-gov|aws-cn)\\b:[-a-zA-Z0-9:/._+]*)`;

export const newStackName = string(true, { min: 1, max: 128, pattern: NAME });
export const stackNameOrId = string(true, { min: 1, max: 1600, pattern: NAME_OR_ID });
export const optionalStackNameOrId = string(false, { min: 1, max: 1600, pattern: NAME_OR_ID });
export const logicalId = string(true, { min: 1, max: 255 });
export const optionalLogicalId = string(false, { min: 1, max: 255 });
export const clientToken = string(false, { min: 1, max: 128, pattern: "[a-zA-Z0-9][-a-zA-Z0-9]*" });
export const nextToken = string(false, { min: 1, max: 1024 });

export const template = {
  TemplateBody: string(false, { min: 1, max: MAX_BODY_BYTES }),
  TemplateURL: string(false, { min: 1, max: MAX_URL_CHARACTERS }),
};
export const parameters = list(
  false,
  structure(true, {
    ParameterKey: string(false),
    ParameterValue: string(false),
    UsePreviousValue: boolean(false),
  }),
);
export const capabilities = list(
  false,
  string(true, { enum: ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"] }),
);
export const tags = list(
  false,
  structure(true, { Key: string(true, { min: 1, max: 128 }), Value: string(true, { min: 1, max: 256 }) }),
  { max: 50 },
);
/** STANDARD "is the default. You do not need to specify this value explicitly"; EXPRESS and a rollback said here are not known. */
export const deploymentConfig = structure(false, { Mode: string(false, { enum: ["STANDARD"] }) });
export const onFailure = string(false, { enum: ["DO_NOTHING", "ROLLBACK", "DELETE"] });

export const changeSetName = string(true, { min: 1, max: 128, pattern: NAME });
export const changeSetNameOrId = string(true, {
  min: 1,
  max: 1600,
  pattern: `${NAME}|arn:[-a-zA-Z0-9:/]*`,
});
