// Starts anew: what is ours on this machine goes, what was set aside for it comes back, and nobody else's is touched.
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Home } from "@daypass/auth";
import { AuthError, display } from "@daypass/auth/terminal";
import { buildCommand } from "@stricli/core";
import { askText } from "../menus/ask-choice.js";
import { tellEdits } from "../render/tell-edits.js";
import type { Workbench } from "../workbench.js";

const ownTargets = async (home: Home) => {
  const byName = new Map((await home.editor.list()).map(({ target }) => [JSON.stringify(target), target]));
  return [...byName.values()];
};

const nameOf = (target: Awaited<ReturnType<typeof ownTargets>>[number]): string =>
  typeof target === "string" ? `profile ${target}` : `sso-session ${target.ssoSession}`;

/** A link would lead to somebody's other files. */
const checkDirectory = async (directory: string): Promise<readonly string[]> => {
  const stats = await lstat(directory).catch(() => undefined);
  if (stats === undefined) return [];
  if (stats.isDirectory()) return (await readdir(directory)).toSorted();
  throw new AuthError("file_unusable", `${JSON.stringify(directory)} is a link or a file`, {
    hint: "remove it by hand",
  });
};

/** Entries of the keychain outlive the directory that names them, so they go first. */
const forgetKeychain = async ({ secrets }: Home): Promise<void> => {
  if (secrets.kind !== "keychain") return;
  for (const name of await secrets.names()) await secrets.delete(name);
};

/** It holds sessions, and without its socket nobody could tell it to forget them. */
const stopAgent = async (workbench: Workbench, home: Home): Promise<void> => {
  if (workbench.platform === "win32") return;
  const { openAgentDoor } = await import("../agent-door.js");
  const { client, agentPackage } = await openAgentDoor(workbench, home);
  await client.stop().catch((error: unknown) => {
    // None runs, or what is there is none of ours; it goes with the directory.
    if (!(error instanceof agentPackage.AgentError)) throw error;
  });
};

async function startAnew(this: Workbench, { yes }: { readonly yes: boolean }): Promise<void> {
  const { name, program } = this.names;
  const home = await this.home();
  const entries = await checkDirectory(home.directory);
  const targets = await ownTargets(home);
  if (entries.length === 0 && targets.length === 0) {
    this.say("nothing of ours is on this machine\n");
    return;
  }
  this.say(`this goes: ${display(home.directory)} (${entries.length} entries) with hubs, environments and secrets\n`);
  if (targets.length > 0)
    this.say(`this goes from ~/.aws: ${targets.map((each) => display(nameOf(each))).join(", ")}\n`);
  if (!yes) {
    const typed = await askText(this, `type ${name} to go on, anything else to stop:`, {
      instead: `say \`${program} reset --yes\``,
    });
    if (typed !== name) {
      this.say("nothing was removed\n");
      return;
    }
  }
  await stopAgent(this, home);
  for (const target of targets) this.say(tellEdits(await home.editor.remove(target)));
  await forgetKeychain(home);
  for (const entry of entries) await rm(join(home.directory, entry), { recursive: true, force: true });
  await rm(home.directory, { recursive: true, force: true });
  this.say("all of it is gone; sessions that were handed out stay good until they expire\n");
}

export const resetCommand = buildCommand<{ readonly yes: boolean }, [], Workbench>({
  func: startAnew,
  parameters: { flags: { yes: { kind: "boolean", brief: "do not ask", default: false, withNegated: false } } },
  docs: { brief: "remove everything of ours from this machine" },
});
