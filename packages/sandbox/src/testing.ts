// The door for tests and demonstrations.
export { startSandbox } from "./start-sandbox.js";
export type { Sandbox, StartOptions } from "./start-sandbox.js";
export type { IssuedKey, SandboxAccount } from "./create-sandbox.js";
export type { FaultOrder } from "./faults.js";
export type { WorldFile } from "./world-file.js";
export type { CallRecord, Clock, RandomBytes } from "./types.js";
