// Which identity, where none was named: from one list, those used last first; or by menus from the hub down to the role, as
// aacli had them, which ask for no name to be remembered.
import type { Choice, Home, Identity } from "@daypass/auth";
import { readRecent, sortByRecent, type RecentIdentity } from "../recent-identities.js";
import { renderTimeLeft } from "../render/render-table.js";
import { tellFirstSteps } from "../render/tell-first-steps.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";
import { askChoice } from "./ask-choice.js";

const nameIt = ({ names }: Workbench): string =>
  `name the identity, such as \`prod/admin\`; \`${names.name} list\` shows all`;
const noneYet = ({ names }: Workbench): UsageError => new UsageError("there is no identity yet", tellFirstSteps(names));
const PROFILES = "profiles of ~/.aws";

const choiceOf = (identity: Identity, recent: readonly RecentIdentity[], now: number): Choice => {
  const { expiration } = recent.find(({ name }) => name === identity.name) ?? {};
  const left = expiration === undefined ? 0 : expiration.getTime() - now;
  const hint = left > 0 ? `${identity.description}, ${renderTimeLeft(left)} left` : identity.description;
  return { value: identity.name, label: identity.name, hint };
};

/**
 * Returns the name that was given, or lets the person choose one. Throws `UsageError` where none was given and nobody can
 * be asked, or there is nothing to choose from.
 */
export const chooseIdentity = async (workbench: Workbench, given: string | undefined): Promise<string> => {
  if (given !== undefined) return given;
  const { prompt, now } = workbench;
  const home = await workbench.home();
  const recent = await readRecent(home.directory);
  const identities = sortByRecent(await home.identities(), recent);
  if (identities.length === 0) throw noneYet(workbench);
  if (!prompt.isAvailable) throw new UsageError("no identity is named", nameIt(workbench));
  const { go } = await import("fuzzysort");
  return prompt.ask({
    kind: "choice",
    message: "Who do you want to be?",
    choices: identities.map((identity) => choiceOf(identity, recent, now())),
    match: (typed, choices) => go(typed, choices, { key: "label", limit: 0, threshold: 0.2 }).map(({ obj }) => obj),
  });
};

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
export const chooseByMenus = async (workbench: Workbench, home: Home, name: string | undefined): Promise<Identity> => {
  if (name !== undefined) return home.find(name);
  const own = await writtenByUs(home);
  const all = (await home.identities()).filter((identity) => !own.has(identity.name));
  if (all.length === 0) throw noneYet(workbench);
  const pick = async (message: string, among: readonly Identity[], labelOf: (identity: Identity) => string) => {
    const labels = [...new Set(among.map(labelOf))];
    const [only] = labels;
    const label =
      labels.length === 1 && only !== undefined
        ? only
        : await askChoice(workbench, {
            message,
            instead: nameIt(workbench),
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
  if (chosen === undefined || more !== undefined) throw new UsageError("no identity was chosen", nameIt(workbench));
  return chosen;
};
