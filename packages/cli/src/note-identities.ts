// Tells the shells which identities there are: for Tab, and for a switch that starts no process.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Home } from "@daypass/auth";
import { display } from "@daypass/auth/terminal";
import { agentProfileName } from "./agent-profile-name.js";
import { renderShellIndex, writeShellIndex } from "./shells/write-shell-index.js";

/** What cannot stand in a list of lines, or what a terminal would obey, is not offered by Tab; its name can be typed. */
const isPlain = (text: string): boolean => text !== "" && display(text) === text;

/**
 * Profiles of ours that ask the agent, and nothing else: one that `auth` or `sync` wrote, and called so, is somebody
 * else. (AWS CLI User Guide, "Configuration settings and precedence": keys of the credentials file come first.)
 */
const agentProfiles = async (home: Home): Promise<ReadonlySet<string>> => {
  const { profiles } = await home.profiles();
  const own = (await home.editor.list()).flatMap(({ target, keys }) =>
    typeof target === "string" && keys.includes("credential_process") ? [target] : [],
  );
  return new Set(own.filter((name) => profiles.get(name)?.credentials.size === 0));
};

/** Writes the list anew where it has changed. What cannot be written is not: it is a convenience. */
export const noteIdentities = async (home: Home, toolName: string): Promise<void> => {
  const directory = join(home.directory, "shells");
  // Where nothing of ours is, as after a reset, nothing is left behind.
  if (!existsSync(home.directory)) return;
  try {
    const asking = await agentProfiles(home);
    const entries = (await home.identities())
      .filter(({ name, region = "-" }) => isPlain(name) && isPlain(region))
      .map(({ name, region }) => {
        const profile = agentProfileName(toolName, name);
        return { name, profile: asking.has(profile) ? profile : undefined, region };
      });
    const before = await readFile(join(directory, "identities"), "utf8").catch(() => "");
    if (before !== renderShellIndex(entries)) await writeShellIndex(directory, entries);
  } catch {
    // A broken file of AWS's is reported by who needs it.
  }
};
