// Takes temporary credentials off the disk again; what was set aside for them comes back.
import type { Home } from "@daypass/auth";
import { display } from "@daypass/auth/terminal";
import { buildCommand } from "@stricli/core";
import { tellEdits } from "../render/tell-edits.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly profile?: string;
  readonly all: boolean;
}

/** Profiles in which `auth` left credentials, or the region of such a one after a crash between the two files. */
const authenticatedProfiles = async (home: Home): Promise<readonly string[]> => {
  const own = await home.editor.list();
  const names = own.flatMap(({ target, file, keys }) => {
    const isRegion = file === "config" && keys.length === 1 && keys[0] === "region";
    return typeof target === "string" && (file === "credentials" || isRegion) ? [target] : [];
  });
  return [...new Set(names)];
};

async function forgetCredentials(this: Workbench, { profile, all }: Flags): Promise<void> {
  if (all && profile !== undefined)
    throw new UsageError("--all and --profile contradict each other", "say one of them");
  const home = await this.home();
  const there = await authenticatedProfiles(home);
  const wanted = all ? there : [profile ?? "default"];
  const found = wanted.filter((name) => there.includes(name));
  if (found.length === 0) {
    const others = there.length === 0 || all ? "" : `\n  hint: there are some in ${there.map(display).join(", ")}`;
    const where = all ? "" : ` in profile ${display(profile ?? "default")}`;
    this.say(`no credentials of ours are on disk${where}${others}\n`);
    return;
  }
  for (const name of found) {
    this.say(tellEdits(await home.editor.remove(name)));
    this.say(`profile ${display(name)} has no credentials of ours any more\n`);
  }
}

export const unauthCommand = buildCommand<Flags, [], Workbench>({
  func: forgetCredentials,
  parameters: {
    flags: {
      profile: { kind: "parsed", parse: String, brief: "the profile to clear; default is `default`", optional: true },
      all: { kind: "boolean", brief: "clear every profile that `auth` wrote", default: false },
    },
  },
  docs: { brief: "take temporary credentials out of ~/.aws/credentials" },
});
