// Whether files are as they were, without reading them: what was found in them is good until then.
import { stat } from "node:fs/promises";

const stampOf = async (path: string): Promise<string> => {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(":");
  } catch (error) {
    const code: unknown = Reflect.get(Object(error), "code");
    return typeof code === "string" ? code : "unknown";
  }
};

/**
 * Returns a text that differs after any of the files was written, replaced, made or removed. Its time of change is in it,
 * which a program cannot set as it can that of modification (utimensat(2)).
 */
export const stampFiles = async (paths: readonly string[]): Promise<string> =>
  (await Promise.all(paths.map(stampOf))).join(" ");
