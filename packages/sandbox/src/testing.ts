// The door for tests and demonstrations.
export { startSandbox } from "./start-sandbox.js";
export type { Sandbox, StartOptions } from "./start-sandbox.js";
export type { IssuedKey, PlacedFault, SandboxAccount, ServedMetadata } from "./create-sandbox.js";
export type { IssuedMfaDevice } from "./issue-mfa-device.js";
export type {
  CallScope,
  CutOrder,
  ErrorOrder,
  FaultDuration,
  FaultKind,
  FaultOrder,
  MalformedOrder,
  Milliseconds,
  OutageOrder,
  PropagationOrder,
  SlowOrder,
  ThrottleOrder,
} from "./rehearsal/types.js";
export type { IdentityCenterDoor } from "./identity-center/open-identity-center.js";
export type { RefreshAnswers } from "./identity-center/types.js";
export type { MetadataOrder } from "./metadata/metadata-door.js";
export type { WebIdentityTokenOrder } from "./web-identity/issue-token.js";
export type { WorldFile } from "./world-file.js";
export type { Clock, RandomBytes } from "./types.js";
export type { CallRecord } from "./world-types.js";
