// Wildcards and policy variables once more, one character at a time. Source: IAM User Guide, "IAM policy elements:
// Variables and tags" and "Using wildcards".

const VARIABLE = /^\$\{([^}]*)\}/;

/** Returns the characters of a pattern: literal ones, `{ any }`, `{ one }` and variables `{ key, fallback }`. */
export function charactersOf(pattern, { wildcards, variables }) {
  const characters = [];
  let rest = pattern;
  while (rest !== "") {
    const inner = variables ? VARIABLE.exec(rest)?.[1] : undefined;
    if (inner === undefined) {
      const first = rest[0];
      characters.push(wildcards && first === "*" ? { any: true } : wildcards && first === "?" ? { one: true } : first);
      rest = rest.slice(1);
      continue;
    }
    rest = rest.slice(inner.length + 3);
    const [, key, fallback] = /^(.*?)(?:, '(.*)')?$/s.exec(inner);
    characters.push(["*", "?", "$"].includes(inner) ? inner : { key: key.toLowerCase(), fallback });
  }
  return characters;
}

/** Returns the six parts of an ARN's characters, cut at its first five colons; `undefined` when there are fewer. */
export function arnPartsOf(characters) {
  const parts = [[]];
  for (const one of characters) {
    if (one === ":" && parts.length < 6) parts.push([]);
    else parts.at(-1).push(one);
  }
  return parts.length === 6 ? parts : undefined;
}

/** Returns the characters with the request's values in place; `undefined` when a variable has no single value. */
export function withValues(characters, context) {
  const resolved = [];
  for (const one of characters) {
    if (one.key === undefined) {
      resolved.push(one);
      continue;
    }
    const values = context.get(one.key) ?? [];
    const value = values.length === 0 ? one.fallback : values.length === 1 ? values[0] : undefined;
    if (value === undefined) return undefined;
    resolved.push(...value.split(""));
  }
  return resolved;
}

/** Whether the whole value fits: the table of "the first i characters fit the first j of the pattern". */
export function fits(pattern, value) {
  let row = [true, ...Array(value.length).fill(false)];
  for (const one of pattern) {
    const next = [one.any === true && row[0]];
    for (let at = 1; at <= value.length; at += 1) {
      next[at] = one.any ? next[at - 1] || row[at] : row[at - 1] && (one.one === true || one === value[at - 1]);
    }
    row = next;
  }
  return row[value.length];
}
