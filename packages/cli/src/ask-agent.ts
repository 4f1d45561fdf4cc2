// Credentials by the agent, where there is one. Where it cannot be had, that is said, and this process asks by itself.
import type { AwsCredentials, Home, Narrowing } from "@daypass/auth";
import { openAgentDoor } from "./agent-door.js";
import { isAgentOn } from "./is-agent-on.js";
import type { Workbench } from "./workbench.js";

/** Failures of the way to the agent, not of what was asked. A socket that others could have made was sent nothing. */
const NO_AGENT: ReadonlySet<string> = new Set([
  "agent_unavailable",
  "socket_untrusted",
  "unsupported_platform",
  "unsafe_process",
  "already_running",
  "protocol",
  "other_settings",
]);

/** Returns the agent's answer, or `undefined` where there is no agent to ask. Rejects as the agent's answer does. */
export const askAgent = async (
  workbench: Workbench,
  home: Home,
  request: { readonly identity: string; readonly narrowing: Narrowing },
): Promise<AwsCredentials | undefined> => {
  if (!isAgentOn(workbench, home.directory)) return undefined;
  const { agentPackage, client, ensure } = await openAgentDoor(workbench, home);
  try {
    await ensure();
    const { isAvailable } = workbench.prompt;
    return (await client.credentials({ ...request, ...(isAvailable && { retry: true }) })).credentials;
  } catch (error) {
    if (!(error instanceof agentPackage.AgentError) || !NO_AGENT.has(error.code)) throw error;
    workbench.say(`going on without the agent: ${error.message}\n`);
    return undefined;
  }
};
