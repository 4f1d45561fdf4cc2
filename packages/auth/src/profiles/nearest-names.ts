// Which names somebody may have meant. Pure.

/** Returns how many letters must be added, dropped, changed or swapped with their neighbour (Damerau, restricted). */
export const distanceBetween = (one: string, other: string): number => {
  const a = [...one.toLowerCase()];
  const b = [...other.toLowerCase()];
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.entries()) {
    const row = [i + 1];
    for (const [j, wanted] of b.entries()) {
      const swapped = i > 0 && j > 0 && letter === b[j - 1] && a[i - 1] === wanted;
      row.push(
        Math.min(
          (last[j + 1] ?? 0) + 1,
          (row[j] ?? 0) + 1,
          (last[j] ?? 0) + (letter === wanted ? 0 : 1),
          swapped ? (before[j - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
};

/** Returns at most `most` of the names, nearest first: those within a third of the letters, and two at least. */
export const nearestNames = (name: string, names: Iterable<string>, most = 3): readonly string[] => {
  const limit = Math.max(2, Math.floor(name.length / 3));
  return [...names]
    .map((candidate) => ({ candidate, distance: distanceBetween(name.slice(0, 200), candidate.slice(0, 200)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ candidate }) => candidate);
};
