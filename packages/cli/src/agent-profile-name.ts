/** Returns the name of the profile through which the agent serves an identity. */
export const agentProfileName = (toolName: string, identity: string): string => `${toolName}-${identity}`;
