// The forms of IAM's parameters, as its service model (API version 2010-05-08) constrains them.
import { integer, list, string, structure } from "../wire/shapes.js";

const NAME = "[\\w+=,.@-]+";
const TAG_KEY = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+";
const TAG_VALUE = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*";

const existingUser = { min: 1, max: 128, pattern: NAME } as const;
const path = { min: 1, max: 512, pattern: "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)" } as const;
const policyPath = { min: 1, max: 512, pattern: "((/[A-Za-z0-9\\.,\\+@=_-]+)*)/" } as const;

/** `userNameType`: a user that is created, and the few operations whose model uses it for existing ones. */
export const newUserName = string(true, { min: 1, max: 64, pattern: NAME });
export const optionalNewUserName = string(false, { min: 1, max: 64, pattern: NAME });
/** `existingUserNameType`. */
export const userName = string(true, existingUser);
/** `existingUserNameType`; without it the operation is about the caller. */
export const optionalUserName = string(false, existingUser);
export const groupName = string(true, existingUser);
export const roleName = string(true, { min: 1, max: 64, pattern: NAME });
export const policyName = string(true, { min: 1, max: 128, pattern: NAME });
export const entityPath = string(false, path);
export const entityPathPrefix = string(false, { min: 1, max: 512, pattern: "\\u002F[\\u0021-\\u007F]*" });
/** `pathType` once more: what ListEntitiesForPolicy calls PathPrefix. */
export const attachedEntityPath = string(false, path);
export const managedPolicyPath = string(false, policyPath);
export const accessKeyId = string(true, { min: 16, max: 128, pattern: "[\\w]+" });
export const serialNumber = string(true, { min: 9, max: 256, pattern: "[\\w+=/:,.@-]+" });
export const virtualMfaDeviceName = string(true, { min: 1, pattern: NAME });
export const policyArn = string(true, { min: 20, max: 2048 });
export const permissionsBoundary = string(true, { min: 20, max: 2048 });
export const optionalPermissionsBoundary = string(false, { min: 20, max: 2048 });
export const policyDocument = string(true, {
  min: 1,
  max: 131_072,
  pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
});
export const policyVersionId = string(true, { pattern: "v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?" });
export const policyDescription = string(false, { max: 1000 });
export const roleDescription = string(false, {
  max: 1000,
  pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*",
});
/** Seconds. */
export const maxSessionDuration = integer(false, { min: 3600, max: 43_200 });
export const policyUsageFilter = string(false, { enum: ["PermissionsPolicy", "PermissionsBoundary"] });

const tag = structure(true, {
  Key: string(true, { min: 1, max: 128, pattern: TAG_KEY }),
  Value: string(true, { min: 0, max: 256, pattern: TAG_VALUE }),
});
export const tags = list(true, tag, { max: 50 });
export const optionalTags = list(false, tag, { max: 50 });
export const tagKeys = list(true, string(true, { min: 1, max: 128, pattern: TAG_KEY }), { max: 50 });

/** What every list operation takes to be read in pages. */
export const paging = {
  Marker: string(false, { min: 1, max: 320, pattern: "[\\u0020-\\u00FF]+" }),
  MaxItems: integer(false, { min: 1, max: 1000 }),
};
