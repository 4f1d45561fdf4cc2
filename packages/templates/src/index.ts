// The door. Describe permissions once; render, lint and compare them.
export { createRoleTemplate } from "./create-role-template.js";
export { createIamUserTemplate } from "./create-user-template.js";
export { createHubTemplate } from "./create-hub-template.js";
export { createSpokeTemplate } from "./create-spoke-template.js";
export { renderJson, renderYaml } from "./render-template.js";
export { renderPolicyDocuments } from "./render-role.js";
export { createTrustPolicy } from "./create-trust-policy.js";
export { createVendorPolicy } from "./create-vendor-policy.js";
export { createCliCommands } from "./create-cli-commands.js";
export { templateVersion } from "./template-version.js";
export { lintPermissions, lintUserPermissions } from "./lint-permissions.js";
export { diffPermissions } from "./diff-permissions.js";
export { FINDING_CODES } from "./finding-codes.js";
export { limits } from "./limits.js";
export { TemplateError } from "./errors.js";
export type { TemplateErrorCode } from "./errors.js";
export type * from "./types.js";
export type * from "./hub-types.js";
