// Whether the agent is to be asked. For the warm way too: nothing is loaded here that takes time.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Workbench } from "./workbench.js";

/** A file of this name in the person's directory: no agent is started by itself. */
export const AGENT_OFF_FILE = "agent.off";
/** Set by us for commands of profiles: whoever runs below one must not wait for the agent, which may wait for it. */
const CHAIN_VARIABLE = "_DAYPASS_PROCESS_CHAIN";

/** Returns false where it is off by the environment, by the person's choice, or where it could wait for us. */
export const isAgentOn = (
  { env, names, platform }: Pick<Workbench, "env" | "names" | "platform">,
  directory: string,
): boolean =>
  platform !== "win32" &&
  env[`${names.envPrefix}AGENT`] !== "off" &&
  (env[CHAIN_VARIABLE] ?? "") === "" &&
  !existsSync(join(directory, AGENT_OFF_FILE));
