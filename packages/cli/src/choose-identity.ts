// Which identity is meant, where none was named: the person chooses, those used last first.
import type { Choice, Identity } from "@daypass/auth";
import { readRecent, type RecentIdentity } from "./recent-identities.js";
import { renderTimeLeft } from "./render/render-table.js";
import { UsageError } from "./usage-error.js";
import type { Workbench } from "./workbench.js";

/** Returns the identities, those used last first, the rest as they came. */
export const sortByRecent = <T extends { readonly name: string }>(
  identities: readonly T[],
  recent: readonly RecentIdentity[],
): readonly T[] => {
  const byName = new Map(identities.map((identity) => [identity.name, identity]));
  const first = recent.flatMap(({ name }) => byName.get(name) ?? []);
  const used = new Set(first);
  return [...first, ...identities.filter((identity) => !used.has(identity))];
};

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
  const { prompt, names, now } = workbench;
  if (!prompt.isAvailable) throw new UsageError("no identity is named", `name one; \`${names.name} list\` shows them`);
  const home = await workbench.home();
  const recent = await readRecent(home.directory);
  const identities = sortByRecent(await home.identities(), recent);
  if (identities.length === 0) throw new UsageError("there is no identity yet", `set one up: \`${names.name} config\``);
  const { go } = await import("fuzzysort");
  return prompt.ask({
    kind: "choice",
    message: "Who do you want to be?",
    choices: identities.map((identity) => choiceOf(identity, recent, now())),
    match: (typed, choices) => go(typed, choices, { key: "label", limit: 0, threshold: 0.2 }).map(({ obj }) => obj),
  });
};
