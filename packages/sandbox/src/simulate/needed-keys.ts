// The context keys that policies ask for, in conditions and in policy variables.
import type { Policy, Statement } from "@daypass/policy";

/** Returns the keys as they are written, each once without regard to case, in the order in which they appear. */
export function neededKeys(policies: readonly Policy[]): readonly string[] {
  const keys = new Map<string, string>();
  for (const policy of policies) {
    for (const statement of policy.statements) {
      for (const key of keysOf(statement, policy.version))
        if (!keys.has(key.toLowerCase())) keys.set(key.toLowerCase(), key);
    }
  }
  return [...keys.values()];
}

function keysOf({ conditions, resource }: Statement, version: Policy["version"]): readonly string[] {
  const inConditions = conditions.map(({ key }) => key);
  // IAM User Guide, "IAM policy elements: Variables and tags": in the older version they are plain text.
  if (version !== "2012-10-17") return inConditions;
  const texts = [...(resource?.patterns ?? []), ...conditions.flatMap(({ values }) => values)];
  return [...inConditions, ...texts.flatMap(variablesIn)];
}

/** `${key}` and `${key, 'default'}`; `${*}`, `${?}` and `${$}` stand for the characters themselves. */
function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{\s*([^},]+?)\s*(?:,[^}]*)?\}/g)]
    .map(([, key = ""]) => key)
    .filter((key) => !/^[*?$]$/.test(key));
}
