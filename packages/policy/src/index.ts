// The door. Read a policy, ask a question, keep a policy bound to the principals it named.
export { evaluate } from "./evaluate.js";
export { parsePolicy } from "./parse-policy.js";
export { pinPrincipals, renderPolicy } from "./pin-principals.js";
export { PolicyError } from "./errors.js";
export type { PolicyErrorCode } from "./errors.js";
export type * from "./types.js";
