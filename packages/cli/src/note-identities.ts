// Tells the shells which identities there are: for Tab, and for a switch that starts no process.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Home } from "@daypass/auth";
import { agentProfileName } from "./agent-profile-name.js";
import { renderShellIndex, writeShellIndex } from "./shells/write-shell-index.js";

/** What cannot stand in a list of lines is not offered by Tab; its name can be typed. */
const IN_A_LINE = /^[^\p{Cc}\u2028\u2029]+$/u;

/** Writes the list anew where it has changed. What cannot be written is not: it is a convenience. */
export const noteIdentities = async (home: Home, toolName: string): Promise<void> => {
  const directory = join(home.directory, "shells");
  // Where nothing of ours is, as after a reset, nothing is left behind.
  if (!existsSync(home.directory)) return;
  try {
    const own = new Set((await home.editor.list()).map(({ target }) => target));
    const entries = (await home.identities())
      .filter(({ name, region = "-" }) => IN_A_LINE.test(name) && IN_A_LINE.test(region))
      .map(({ name, region }) => {
        const profile = agentProfileName(toolName, name);
        return { name, profile: own.has(profile) ? profile : undefined, region };
      });
    const before = await readFile(join(directory, "identities"), "utf8").catch(() => "");
    if (before !== renderShellIndex(entries)) await writeShellIndex(directory, entries);
  } catch {
    // A broken file of AWS's is reported by who needs it.
  }
};
