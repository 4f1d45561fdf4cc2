// Keeps what strangers can make the sandbox remember within bounds.

/** Makes room for one more: beyond `most`, what is over goes first, and then the oldest. */
export function keepWithin<T>(kept: Map<string, T>, most: number, isOver: (item: T) => boolean): void {
  if (kept.size < most) return;
  for (const [key, item] of kept) if (isOver(item)) kept.delete(key);
  for (const key of kept.keys()) {
    if (kept.size < most) return;
    kept.delete(key);
  }
}
