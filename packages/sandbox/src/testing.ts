// The door for tests and demonstrations.
export { startSandbox } from "./start-sandbox.js";
export type { Sandbox, StartOptions } from "./start-sandbox.js";
export type { IssuedKey, PlacedFault, SandboxAccount } from "./create-sandbox.js";
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
export type { WorldFile } from "./world-file.js";
export type { Clock, RandomBytes } from "./types.js";
export type { CallRecord } from "./world-types.js";
