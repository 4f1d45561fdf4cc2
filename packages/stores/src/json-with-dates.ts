// Aggregates and events as text: JSON in which dates stay dates.

/** Writes JSON with every date as `{"$date": milliseconds}`. */
export function writeJson(value: unknown): string {
  return JSON.stringify(mark(value));
}

/** Reads what `writeJson` wrote. Only a number makes a date, so that texts chosen by others never become one. */
export function readJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const [entry, ...others] = Object.entries(value);
    return entry?.[0] === "$date" && typeof entry[1] === "number" && others.length === 0 ? new Date(entry[1]) : value;
  });
}

function mark(value: unknown): unknown {
  if (value instanceof Date) return { $date: value.getTime() };
  if (Array.isArray(value)) return value.map(mark);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mark(inner)]));
}
