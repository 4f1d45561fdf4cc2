/** Returns names as people write them: `a, b and 3 more`. */
export function writeNames(names: readonly string[], word: "and" | "or" = "and"): string {
  const all = [...new Set(names)];
  if (all.length <= 1) return all.join("");
  const shown = all.length <= 4 ? all.slice(0, -1) : all.slice(0, 3);
  return `${shown.join(", ")} ${word} ${all.length <= 4 ? all.at(-1) : `${all.length - shown.length} more`}`;
}
