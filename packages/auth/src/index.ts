// The door. Who a person can be in AWS, and the credentials of it.

// For a tool: three lines.
export { createAuth } from "./resolver/create-auth.js";
export type { Auth, AuthOptions, AwsConfig } from "./resolver/auth-types.js";
export type { ActionAnswer, ActionCheck } from "./resolver/check-actions.js";
export type { ChainTrial, Explanation } from "./resolver/explain-chain.js";
export { CHAIN_STEPS } from "./resolver/plan-chain.js";
export type { ChainStep } from "./resolver/plan-chain.js";

// For a program that lets a person choose who they are.
export { openHome } from "./resolver/open-home.js";
export type { Home, HomeOptions, Identity, SourceOptions } from "./resolver/home-types.js";
export { getOfOneSignIn } from "./sessions/get-of-one-sign-in.js";
export type { OfOneSignIn } from "./sessions/get-of-one-sign-in.js";
export { createMemorySecrets } from "./secrets/memory-secrets.js";
export { createMemorySessionCache } from "./cache/memory-session-cache.js";
export { detectCi } from "./resolver/detect-ci.js";
export type { BuildToken, DetectedCi } from "./resolver/detect-ci.js";

// Letting a person set a tool up.
export { runSetupInTerminal } from "./setup/run-setup-in-terminal.js";
export type { TerminalSetupOptions } from "./setup/run-setup-in-terminal.js";
export { serveSetupPage } from "./setup/serve-setup-page.js";
export type { SetupPage, SetupPageOptions } from "./setup/serve-setup-page.js";
export type { SetupMethod, SetupOptions, SetupProblem, SetupResult } from "./setup/setup-types.js";

// What such a program does to a person's machine.
export { addHub, removeHub } from "./hubs/add-hub.js";
export type { NewHub } from "./hubs/add-hub.js";
export type { SecretsKind } from "./secrets/open-secret-store.js";
export { importTeam, planTeamImport } from "./hubs/import-team.js";
export type { EnvironmentChange } from "./hubs/import-team.js";
export { rotateHubKeys } from "./hubs/rotate-hub-keys.js";
export type { Rotation } from "./hubs/rotate-hub-keys.js";
export { readAuditLog, verifyAuditLog } from "./audit/read-audit-log.js";
export { showOnce } from "./browser/show-once.js";
export { askThrough } from "./profiles/ask-through.js";
export { createRequestHandler } from "./profiles/request-handler.js";
export type { ClientAgents } from "./profiles/request-handler.js";
export type { Environment, Profile, Profiles } from "./profiles/profile-types.js";
export { partitionOfArn, partitionOfRegion } from "./profiles/partitions.js";

// Asking, and showing what others wrote.
export { createTerminalPrompt } from "./prompts/terminal-prompt.js";
export { neverPrompt } from "./prompts/never-prompt.js";
export { display } from "./prompts/display.js";

export { AuthError } from "./errors.js";
export type { AuthErrorCode } from "./errors.js";
export type * from "./types.js";
