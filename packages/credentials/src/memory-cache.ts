// The cache of one process. It forgets the least recently used answer when full, and everything on exit.
import { copyCachedRole } from "./copy-frozen.js";
import { CredentialsError } from "./errors.js";
import type { CachedRole, CredentialsCache } from "./types.js";

export interface MemoryCacheOptions {
  /** Default 10,000. A session weighs about 2 KiB. */
  readonly maxEntries?: number;
}

/** Returns an empty cache. Entries are frozen copies. Throws `invalid_request` where `maxEntries` is not a positive integer. */
export const createMemoryCache = (options: MemoryCacheOptions = {}): CredentialsCache => {
  const maxEntries = options.maxEntries ?? 10_000;
  if (!Number.isInteger(maxEntries) || maxEntries < 1) {
    throw new CredentialsError("invalid_request", "maxEntries is not a positive integer", {
      hint: "leave it out for 10,000 entries",
    });
  }
  // A Map keeps the order of insertion: the first key is the one that was used longest ago.
  const entries = new Map<string, CachedRole>();
  return {
    async get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry;
    },
    async set(key, entry) {
      entries.delete(key);
      entries.set(key, copyCachedRole(entry));
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
