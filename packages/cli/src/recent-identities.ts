// Which identities were used last, so that the next choice is a short one. No secret: names and times.
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";

export interface RecentIdentity {
  readonly name: string;
  readonly used: Date;
  /** When the credentials that were handed out last end. */
  readonly expiration?: Date;
}

const FILE = "recent.json";
const MOST = 50;

const date = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => new Date(text)),
);
const SCHEMA = v.object({
  version: v.literal(1),
  recent: v.array(v.object({ name: v.string(), used: date, expiration: v.optional(date) })),
});

/** Returns them, last used first. A file that is not there or not understood is none: it is a convenience. */
export const readRecent = async (directory: string): Promise<readonly RecentIdentity[]> => {
  try {
    const { recent } = v.parse(SCHEMA, JSON.parse(await readFile(join(directory, FILE), "utf8")));
    return recent.map(({ name, used, expiration }) => ({
      name,
      used,
      ...(expiration !== undefined && { expiration }),
    }));
  } catch {
    return [];
  }
};

/** Returns the identities, those used last first, the rest as they came. */
export const sortByRecent = <T extends { readonly name: string }>(
  identities: readonly T[],
  recent: readonly RecentIdentity[],
): readonly T[] => {
  const byName = new Map(identities.map((identity) => [identity.name, identity]));
  const first = recent.flatMap(({ name }) => byName.get(name) ?? []);
  const used = new Set(first);
  return [...first, ...identities.filter((identity) => !used.has(identity))];
};

/** Puts one first. What cannot be noted is not: it must not keep anybody from their credentials. */
export const noteRecent = async (directory: string, used: RecentIdentity): Promise<void> => {
  const others = (await readRecent(directory)).filter(({ name }) => name !== used.name);
  const text = JSON.stringify({ version: 1, recent: [used, ...others].slice(0, MOST) }, undefined, 2);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, FILE);
    const beside = `${path}.${process.pid}`;
    const file = await open(beside, "w", 0o600);
    try {
      await file.writeFile(`${text}\n`);
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch {
    // A full disk, a home that cannot be written: the next choice is a longer one, that is all.
  }
};
