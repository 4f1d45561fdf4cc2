// The programs of the installed package, as its package.json links them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";

const MANIFEST = v.object({ bin: v.record(v.string(), v.string()) });

/** Returns names and absolute paths. Throws where the package is damaged. */
export const programFiles = async (packageDirectory: string): Promise<readonly (readonly [string, string])[]> => {
  const text = await readFile(join(packageDirectory, "package.json"), "utf8");
  const { bin } = v.parse(MANIFEST, JSON.parse(text));
  return Object.entries(bin).map(([name, file]) => [name, join(packageDirectory, file)]);
};
