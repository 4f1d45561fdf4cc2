// How this program reaches the agent: whether it is wanted, how it is started, and what is asked of it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type * as AgentPackage from "@daypass/agent";
import type { AgentClient } from "@daypass/agent";
import type { Home } from "@daypass/auth";
import { applyChanges } from "./apply-changes.js";
import { leaveIdentity } from "./shells/change-environment.js";
import type { Workbench } from "./workbench.js";

/** A file of this name in the person's directory: no agent is started by itself. */
export const AGENT_OFF_FILE = "agent.off";
/** Set by us for commands of profiles: whoever runs below one must not wait for the agent, which may wait for it. */
const CHAIN_VARIABLE = "_DAYPASS_PROCESS_CHAIN";

/** What this program needs to talk to the agent. */
export interface AgentDoor {
  readonly agentPackage: typeof AgentPackage;
  readonly client: AgentClient;
  /** Resolves when an agent answers. Rejects with `AgentError`. */
  readonly ensure: () => Promise<void>;
}

/** Whether the agent is to be asked: it is off by the environment, by the person's choice, or where it could wait for us. */
export const isAgentOn = ({ env, names, platform }: Workbench, directory: string): boolean =>
  platform !== "win32" &&
  env[`${names.envPrefix}AGENT`] !== "off" &&
  (env[CHAIN_VARIABLE] ?? "") === "" &&
  !existsSync(join(directory, AGENT_OFF_FILE));

/** Returns the door to the agent of this person. Starts nothing. */
export const openAgentDoor = async (workbench: Workbench, home: Home): Promise<AgentDoor> => {
  const agentPackage = await import("@daypass/agent");
  const { env, prompt, packageDirectory, names } = workbench;
  const place = { directory: home.directory, runtimeDirectory: env["XDG_RUNTIME_DIR"] };
  const program = join(packageDirectory, "dist", "cold", "agent.mjs");
  return {
    agentPackage,
    client: agentPackage.createAgentClient({ ...place, prompt }),
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
