// The agent by hand: it starts by itself, and can be told not to.
import { buildCommand, buildRouteMap } from "@stricli/core";
import { join } from "node:path";
import type { AgentDoor } from "../agent-door.js";
import { renderJson, renderTable, renderTimeLeft } from "../render/render-table.js";
import type { Workbench } from "../workbench.js";

interface StatusFlags {
  readonly json: boolean;
}

interface StopFlags {
  readonly off: boolean;
}

const openDoor = async (workbench: Workbench): Promise<AgentDoor> => {
  const { openAgentDoor } = await import("../agent-door.js");
  return openAgentDoor(workbench, await workbench.home());
};

async function startAgent(this: Workbench): Promise<void> {
  const { AGENT_OFF_FILE } = await import("../is-agent-on.js");
  const { rm } = await import("node:fs/promises");
  const home = await this.home();
  await rm(join(home.directory, AGENT_OFF_FILE), { force: true });
  const { ensure, client } = await openDoor(this);
  await ensure();
  this.say(`the agent runs, as process ${(await client.status()).pid}\n`);
}

async function stopAgent(this: Workbench, { off }: StopFlags): Promise<void> {
  const home = await this.home();
  if (off) {
    const { AGENT_OFF_FILE } = await import("../is-agent-on.js");
    const { mkdir, writeFile } = await import("node:fs/promises");
    await mkdir(home.directory, { recursive: true, mode: 0o700 });
    await writeFile(join(home.directory, AGENT_OFF_FILE), "", { mode: 0o600 });
  }
  const { client } = await openDoor(this);
  const isRunning = await client.isRunning();
  if (isRunning) await client.stop();
  this.say(isRunning ? "the agent has ended and forgotten everything\n" : "no agent was running\n");
  if (off) this.say(`it does not start by itself any more; \`${this.names.name} agent start\` allows it again\n`);
}

async function showStatus(this: Workbench, { json }: StatusFlags): Promise<void> {
  const { client } = await openDoor(this);
  const status = (await client.isRunning()) ? await client.status() : undefined;
  if (json) {
    this.print(renderJson(status === undefined ? { isRunning: false } : { isRunning: true, ...status }));
    return;
  }
  if (status === undefined) {
    this.print("no agent runs\n");
    return;
  }
  const { pid, isLocked, endsAt, held, waiting } = status;
  const now = this.now();
  this.print(
    `process ${pid}, ${isLocked ? "locked" : "unlocked"}, ends in ${renderTimeLeft(endsAt.getTime() - now)} at the latest${waiting > 0 ? `, ${waiting} waiting` : ""}\n`,
  );
  this.print(
    renderTable(
      held.map(({ identity, isNarrowed, expiration }) => [
        "  ",
        identity,
        isNarrowed ? "narrowed" : "",
        `${renderTimeLeft(expiration.getTime() - now)} left`,
      ]),
    ),
  );
}

async function lockAgent(this: Workbench): Promise<void> {
  await (await openDoor(this)).client.lock();
  this.say(`the agent has forgotten everything; \`${this.names.name} agent unlock\` lets it answer again\n`);
}

async function unlockAgent(this: Workbench): Promise<void> {
  const home = await this.home();
  const { client } = await openDoor(this);
  const isSealed = home.secrets.kind === "passphrase_file";
  const passphrase = isSealed
    ? await this.prompt.ask({ kind: "passphrase", message: "Passphrase of your secrets:" })
    : undefined;
  await client.unlock(passphrase);
  this.say("the agent answers again\n");
}

const plain = (func: (this: Workbench) => Promise<void>, brief: string) =>
  buildCommand<object, [], Workbench>({ func, parameters: {}, docs: { brief } });

export const agentRoutes = buildRouteMap<string, Workbench>({
  routes: {
    start: plain(startAgent, "start it, and let it start by itself from now on"),
    stop: buildCommand<StopFlags, [], Workbench>({
      func: stopAgent,
      parameters: {
        flags: {
          off: {
            kind: "boolean",
            brief: "and let it start by itself no more",
            default: false,
            withNegated: false,
          },
        },
      },
      docs: { brief: "end it: it forgets everything" },
    }),
    status: buildCommand<StatusFlags, [], Workbench>({
      func: showStatus,
      parameters: {
        flags: { json: { kind: "boolean", brief: "as JSON, for programs", default: false, withNegated: false } },
      },
      docs: { brief: "show what it holds and how long" },
    }),
    lock: plain(lockAgent, "let it forget everything until it is unlocked"),
    unlock: plain(unlockAgent, "let it answer again"),
  },
  docs: { brief: "the process that holds your sessions" },
});
