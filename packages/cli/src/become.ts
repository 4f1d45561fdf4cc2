// From what was typed to the changes that make a shell, or a command, be that identity.
import { handOut } from "./hand-out.js";
import type { NarrowingFlags } from "./narrowing-flags.js";
import { becomeIdentity } from "./shells/change-environment.js";
import type { EnvironmentChange } from "./shells/render-statements.js";
import type { Workbench } from "./workbench.js";

/** Who is become, and until when. */
export interface Becoming {
  readonly identity: string;
  readonly changes: readonly EnvironmentChange[];
  /** Absent: the keys do not expire, or a profile of the agent is used. */
  readonly expiration: Date | undefined;
  readonly isByAgent: boolean;
}

/** Returns the changes. Rejects as `handOut` and `prepareAgentProfile` do; nothing has changed then. */
export const become = async (
  workbench: Workbench,
  name: string,
  flags: NarrowingFlags & { readonly agent: boolean },
): Promise<Becoming> => {
  const { names } = workbench;
  if (flags.agent) {
    const { prepareAgentProfile } = await import("./agent-profile.js");
    const { identity, profile, region } = await prepareAgentProfile(workbench, name, flags);
    const changes = becomeIdentity({ names, identity: identity.name, access: { profile }, region });
    return { identity: identity.name, changes, expiration: undefined, isByAgent: true };
  }
  const { identity, credentials, region } = await handOut(workbench, name, flags);
  const changes = becomeIdentity({ names, identity: identity.name, access: credentials, region });
  return { identity: identity.name, changes, expiration: credentials.expiration, isByAgent: false };
};
