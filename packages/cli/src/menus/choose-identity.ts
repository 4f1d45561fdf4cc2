// Which identity: by its name, or by menus from the hub down to the role, as aacli had them.
import type { Home, Identity } from "@daypass/auth";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";
import { askChoice } from "./ask-choice.js";

const INSTEAD = "name the identity, such as `prod/admin`; `list` shows all";
const PROFILES = "profiles of ~/.aws";

/** Profiles that hold what we wrote: to sign in from one of them would only be to copy it. */
const writtenByUs = async (home: Home): Promise<ReadonlySet<string>> =>
  new Set(
    (await home.editor.list()).flatMap(({ target, file }) =>
      typeof target === "string" && file === "credentials" ? [target, `profile:${target}`] : [],
    ),
  );

/**
 * Returns the identity of that name, or the one that the person picks: hub, then environment, then role. A step with one
 * answer is not asked. Rejects as `home.find` does, and with `UsageError` where nobody can be asked.
 */
export const chooseIdentity = async (workbench: Workbench, home: Home, name: string | undefined): Promise<Identity> => {
  if (name !== undefined) return home.find(name);
  const own = await writtenByUs(home);
  const all = (await home.identities()).filter((identity) => !own.has(identity.name));
  if (all.length === 0) {
    throw new UsageError("there are no identities yet", `set one up with \`${workbench.names.program} config\``);
  }
  const pick = async (message: string, among: readonly Identity[], labelOf: (identity: Identity) => string) => {
    const labels = [...new Set(among.map(labelOf))];
    const [only] = labels;
    const label =
      labels.length === 1 && only !== undefined
        ? only
        : await askChoice(workbench, {
            message,
            instead: INSTEAD,
            // No hints: what is typed to filter is looked for in them too, and `RO` would find every `role`.
            choices: labels.map((value) => ({ value, label: value })),
          });
    return among.filter((identity) => labelOf(identity) === label);
  };
  const ofHub = await pick("which hub?", all, ({ hub }) => hub ?? PROFILES);
  const ofEnvironment = await pick("which environment?", ofHub, ({ kind, name: full }) =>
    kind === "hub_role" ? (full.split("/")[0] ?? full) : full,
  );
  const [chosen, more] = await pick("which role?", ofEnvironment, ({ roleName, name: full }) => roleName ?? full);
  if (chosen === undefined || more !== undefined) throw new UsageError("no identity was chosen", INSTEAD);
  return chosen;
};
