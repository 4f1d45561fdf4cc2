// A program of the trials in one file: loading a hundred modules takes longer than what it is killed at, or than what it does.
import { basename, join } from "node:path";
import { build } from "esbuild";

const SQLITE = "@photostructure/sqlite";
const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/**
 * Returns the path of the program bundled into `folder`, which starts fast; what it imports only when it must is in files
 * beside it. On a broken twin it is the program itself, whose modules can be swapped.
 */
export async function bundleProgram(program, folder) {
  if ((process.env.DAYPASS_CHILD_TWIN ?? "") !== "") return program;
  const byAddress = {
    name: "sqlite-by-address",
    setup: ({ onResolve }) => {
      onResolve({ filter: /^@photostructure\/sqlite$/ }, () => ({ path: import.meta.resolve(SQLITE), external: true }));
    },
  };
  const form = {
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: banner },
  };
  const outExtension = { ".js": ".mjs" };
  const keychain = ["@napi-rs/keyring"];
  await build({
    ...form,
    entryPoints: [program],
    outdir: folder,
    outExtension,
    external: keychain,
    plugins: [byAddress],
    logLevel: "error",
  });
  return join(folder, basename(program));
}
