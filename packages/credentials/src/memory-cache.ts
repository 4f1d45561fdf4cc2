// The cache of one process. It forgets the least recently used answer when full, and everything on exit.
import { refuseOption, takeOptions } from "./check-options.js";
import { copyAssumedRole, copyCachedRole } from "./copy-frozen.js";
import type { CachedRole, CredentialsCache } from "./types.js";

export interface MemoryCacheOptions {
  /** Default 10,000. A session weighs about 2 KiB. */
  readonly maxEntries?: number;
}

const copyEntry = (entry: CachedRole): CachedRole => {
  try {
    return copyCachedRole(entry);
  } catch {
    throw refuseOption("a cache entry is not whole", "keep what the broker gave");
  }
};

/**
 * Returns an empty cache. It keeps frozen copies and gives frozen copies. Throws `invalid_request` where `maxEntries` is
 * not a positive whole number; so does `set` for what is no entry.
 */
export const createMemoryCache = (options?: MemoryCacheOptions): CredentialsCache => {
  const { maxEntries = 10_000 } = takeOptions<MemoryCacheOptions>("createMemoryCache", options, {
    maxEntries: {
      wanted: "a positive whole number",
      take: (value) => (Number.isInteger(value) && Number(value) >= 1 ? value : undefined),
    },
  });
  // A Map keeps the order of insertion: the first key is the one that was used longest ago.
  const entries = new Map<string, CachedRole>();
  return {
    async get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      // Dates do not freeze: whoever got the kept ones could move them.
      const { request, assumedRole, obtained } = entry;
      return Object.freeze({ request, assumedRole: copyAssumedRole(assumedRole), obtained: new Date(obtained) });
    },
    async set(key, entry) {
      const copy = copyEntry(entry);
      entries.delete(key);
      entries.set(key, copy);
      if (entries.size <= maxEntries) return;
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    },
    async delete(key) {
      entries.delete(key);
    },
    async clear() {
      entries.clear();
    },
  };
};
