// The writer of the stores' trials in one file: loading a hundred modules takes longer than what it is killed at.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const WRITER = fileURLToPath(new URL("store-writer.mjs", import.meta.url));
const SQLITE = "@photostructure/sqlite";
const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Returns the path of a writer that starts fast. On a broken twin it is the writer itself, whose modules can be swapped. */
export async function bundleWriter(folder) {
  if ((process.env.DAYPASS_CHILD_TWIN ?? "") !== "") return WRITER;
  const outfile = join(folder, "writer.mjs");
  const byAddress = {
    name: "sqlite-by-address",
    setup: ({ onResolve }) => {
      onResolve({ filter: /^@photostructure\/sqlite$/ }, () => ({ path: import.meta.resolve(SQLITE), external: true }));
    },
  };
  const form = { bundle: true, platform: "node", format: "esm", target: "node20", banner: { js: banner } };
  await build({ ...form, entryPoints: [WRITER], outfile, plugins: [byAddress], logLevel: "error" });
  return outfile;
}
