// Changes of an environment, made in a copy for a process that is started with it. Pure.
import type { EnvironmentChange } from "./shells/render-statements.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the environment with the changes made. */
export const applyChanges = (env: Environment, changes: readonly EnvironmentChange[]): Environment => {
  const changed = new Map(Object.entries(env));
  for (const change of changes) {
    if ("set" in change) changed.set(change.set, change.value);
    // Windows compares names without regard to case: `Aws_Profile` is one of them there.
    else for (const name of changed.keys()) if (name.toUpperCase() === change.unset) changed.delete(name);
  }
  return Object.fromEntries(changed);
};
