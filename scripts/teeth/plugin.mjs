// A vite plugin that swaps one built module for its broken twin: packages/X/dist/foo.js is served as the transpiled
// text of packages/X/src/foo.ts with one piece of source replaced. The tree itself is never touched.
import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));

/**
 * Returns the plugin that serves the twin described by the JSON file at `path`, or one that does nothing when `path`
 * is undefined or empty. Throws when `find` does not occur exactly once in the source.
 */
export function twin(path) {
  const { plugin, use } = switchableTwin();
  if (path !== undefined && path !== "") use(JSON.parse(readFileSync(resolve(root, path), "utf8")));
  return plugin;
}

/**
 * Returns a plugin with `use(twin)`, which takes a twin's content, or `undefined` for the good code, from the next load
 * on and returns the path of the built file that it breaks; and `wasLoaded()`: whether that file was loaded since.
 */
export function switchableTwin() {
  let broken;
  let loaded = false;
  const plugin = {
    name: "daypass:twin",
    enforce: "pre",
    async load(id) {
      if (broken === undefined || relative(root, id.replace(/\?.*$/, "")).split(sep).join("/") !== broken.built)
        return null;
      loaded = true;
      const options = { loader: "ts", format: "esm", target: "es2022", sourcefile: broken.file };
      return { code: (await transform(broken.source, options)).code, map: null };
    },
  };
  const use = (next) => {
    loaded = false;
    broken = next === undefined ? undefined : breakFile(next);
    return broken === undefined ? undefined : resolve(root, broken.built);
  };
  return { plugin, use, wasLoaded: () => loaded };
}

/** Returns `source` with its only occurrence of `find` replaced. Throws when there is none, or more than one. */
export function brokenSource(source, find, replace, file) {
  const parts = source.split(find);
  if (find === "" || parts.length !== 2) {
    throw new Error(`stale twin: \`find\` must occur exactly once in ${file}, it occurs ${parts.length - 1} times`);
  }
  return parts.join(replace);
}

/** Returns the path of the built module for a source file: packages/X/src/foo.ts is packages/X/dist/foo.js. */
export function builtPath(file) {
  const match = /^packages\/([^/]+)\/src\/(.+)\.ts$/.exec(file);
  if (match === null) throw new Error(`a twin breaks a file packages/NAME/src/FILE.ts, not ${file}`);
  return `packages/${match[1]}/dist/${match[2]}.js`;
}

function breakFile({ file, find, replace }) {
  const source = brokenSource(readFileSync(resolve(root, file), "utf8"), find, replace, file);
  return { file, source, built: builtPath(file) };
}
