import { createMemoryCache, CredentialsError, type CachedRole } from "@daypass/credentials";
import { describe, expect, test } from "vitest";
import { answerOf, requestOf, START } from "./fake-sts.js";

const entryOf = (serial: number): CachedRole => ({
  request: requestOf(),
  assumedRole: answerOf(requestOf(), START, serial),
  obtained: new Date(START),
});
const keyOf = async (entry: Promise<CachedRole | undefined>) => (await entry)?.assumedRole.credentials.accessKeyId;

describe("the memory cache", () => {
  test("returns what was kept, and nothing after delete and clear", async () => {
    const cache = createMemoryCache();
    expect(await cache.get("a")).toBeUndefined();
    await cache.set("a", entryOf(1));
    await cache.set("b", entryOf(2));
    expect(await cache.get("a")).toEqual(entryOf(1));
    await cache.delete("a");
    expect(await cache.get("a")).toBeUndefined();
    await cache.clear();
    expect(await cache.get("b")).toBeUndefined();
  });

  test("forgets the least recently used entry when it is full", async () => {
    const cache = createMemoryCache({ maxEntries: 2 });
    await cache.set("a", entryOf(1));
    await cache.set("b", entryOf(2));
    await cache.get("a");
    await cache.set("c", entryOf(3));
    expect(await cache.get("b")).toBeUndefined();
    expect(await cache.get("a")).toBeDefined();
    expect(await cache.get("c")).toBeDefined();
  });

  test("overwriting an entry of a full cache evicts no neighbour", async () => {
    const cache = createMemoryCache({ maxEntries: 2 });
    await cache.set("a", entryOf(1));
    await cache.set("b", entryOf(2));
    await cache.set("b", entryOf(3));
    expect(await keyOf(cache.get("a"))).toBe(entryOf(1).assumedRole.credentials.accessKeyId);
    expect(await keyOf(cache.get("b"))).toBe(entryOf(3).assumedRole.credentials.accessKeyId);
  });

  test("keeps a frozen copy that the giver cannot change any more", async () => {
    const cache = createMemoryCache();
    const entry = entryOf(1);
    await cache.set("a", entry);
    entry.assumedRole.credentials.expiration.setTime(0);
    const kept = await cache.get("a");
    expect(kept?.assumedRole.credentials.expiration.getTime()).toBe(START + 3_600_000);
    expect(Object.isFrozen(kept) && Object.isFrozen(kept?.request) && Object.isFrozen(kept?.assumedRole)).toBe(true);
    expect(Object.isFrozen(kept?.assumedRole.credentials)).toBe(true);
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses room for %s entries", (maxEntries) => {
    expect(() => createMemoryCache({ maxEntries })).toThrow(CredentialsError);
  });
});
