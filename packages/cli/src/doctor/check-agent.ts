// Whether the agent answers, where one is meant to.
import { openAgentDoor } from "../agent-door.js";
import { AGENT_OFF_FILE, isAgentOn } from "../is-agent-on.js";
import { broken, note, ok, type Check } from "./finding.js";

export const agentCheck: Check = {
  name: "agent",
  async run(bench) {
    const home = await bench.home();
    if (!isAgentOn(bench, home.directory)) {
      return [
        note(
          `is switched off, by ${bench.names.envPrefix}AGENT or ${AGENT_OFF_FILE}`,
          `${bench.names.name} agent start`,
        ),
      ];
    }
    const { client } = await openAgentDoor(bench, home);
    if (!(await client.isRunning())) return [ok("does not run; it starts by itself when it is needed")];
    const status = await client.status().catch(() => undefined);
    if (status === undefined) {
      return [broken("runs and does not answer", `\`${bench.names.name} agent stop\`; the next use starts a new one`)];
    }
    const { pid, isLocked, held } = status;
    return [ok(`process ${pid}, ${isLocked ? "locked" : `${held.length} sessions held`}`)];
  },
};
