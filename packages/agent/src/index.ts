// The door. The process that holds sessions, and how it is asked.

// For a program that is asked.
export { startAgent } from "./start-agent.js";
export type { Agent, AgentEnd, AgentOptions } from "./start-agent.js";
export { hardenProcess } from "./harden-process.js";
export type { HardenedProcess } from "./harden-process.js";
export { emptyCores } from "./empty-cores.js";
export type { Unlock } from "./limit-unlocks.js";

// For a program that asks.
export { createAgentClient } from "./create-agent-client.js";
export type { AgentClient, AgentClientOptions } from "./create-agent-client.js";
export { ensureAgent } from "./ensure-agent.js";
export type { EnsureOptions } from "./ensure-agent.js";
export { spawnAgent } from "./spawn-agent.js";
export type { SpawnOptions } from "./spawn-agent.js";

// For SDKs.
export { renderAskScript } from "./render-ask-script.js";
export type { AskScriptOptions } from "./render-ask-script.js";
export { placeSocket } from "./place-socket.js";
export type { SocketPaths, SocketPlace } from "./place-socket.js";

// Whether two environments mean the same identities.
export { settingsLine } from "./settings-line.js";

export { AgentError } from "./errors.js";
export type { AgentErrorCode } from "./errors.js";
export type * from "./types.js";
