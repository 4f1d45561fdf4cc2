// How this program reaches the agent: how it is started, and what is asked of it.
import { join } from "node:path";
import type * as AgentPackage from "@daypass/agent";
import type { AgentClient } from "@daypass/agent";
import type { Home } from "@daypass/auth";
import { applyChanges } from "./apply-changes.js";
import { leaveIdentity } from "./shells/change-environment.js";
import type { Workbench } from "./workbench.js";

/** What this program needs to talk to the agent. */
export interface AgentDoor {
  readonly agentPackage: typeof AgentPackage;
  readonly client: AgentClient;
  /** Resolves when an agent answers. Rejects with `AgentError`. */
  readonly ensure: () => Promise<void>;
}

/** Returns the door to the agent of this person. Starts nothing. */
export const openAgentDoor = async (workbench: Workbench, home: Home): Promise<AgentDoor> => {
  const agentPackage = await import("@daypass/agent");
  const { env, prompt, packageDirectory, names } = workbench;
  const place = { directory: home.directory, runtimeDirectory: env["XDG_RUNTIME_DIR"] };
  const program = join(packageDirectory, "dist", "cold", "agent.mjs");
  return {
    agentPackage,
    client: agentPackage.createAgentClient({ ...place, prompt, env }),
    async ensure() {
      await agentPackage.ensureAgent({
        ...place,
        locks: home.context.locks,
        isOn: true,
        async spawn() {
          // Its identity is its own: who this shell is must not decide who others are.
          await agentPackage.spawnAgent({
            command: [process.execPath, program, names.name],
            env: applyChanges(env, leaveIdentity(names)),
          });
        },
      });
    },
  };
};
