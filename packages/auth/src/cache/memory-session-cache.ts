// Sessions that end with the process.
import type { KeptSession, SessionCache } from "../types.js";

export interface MemorySessionCacheOptions {
  /** Above it, the one that was asked for longest ago goes. Default 1000. */
  readonly maxEntries?: number;
}

/** Returns a cache in the memory of this process. */
export function createMemorySessionCache({ maxEntries = 1000 }: MemorySessionCacheOptions = {}): SessionCache {
  const sessions = new Map<string, KeptSession>();
  const touch = (key: string, session: KeptSession) => {
    // A map gives its keys in the order in which they came: the first is the one longest not asked for.
    sessions.delete(key);
    sessions.set(key, session);
  };
  return {
    async get(key) {
      const session = sessions.get(key);
      if (session !== undefined) touch(key, session);
      return session;
    },
    async set(key, session) {
      touch(key, session);
      const [oldest] = sessions.keys();
      if (sessions.size > maxEntries && oldest !== undefined) sessions.delete(oldest);
    },
    async delete(key) {
      sessions.delete(key);
    },
    list: () => Promise.resolve([...sessions.values()]),
    async clear() {
      sessions.clear();
    },
  };
}
