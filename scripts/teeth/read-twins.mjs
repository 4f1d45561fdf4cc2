// Finds the broken twins and checks their form, their text and their syntax before any test runs.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { brokenSource, builtPath } from "./plugin.mjs";

const FIELDS = ["breaks", "file", "find", "replace", "test", "title"];

/**
 * Returns `{ twins, problems }`: the twins of every packages/NAME/test/twins and of test/twins under `root` whose path
 * or `breaks` contains `filter`, each with its `path`, and one line per twin that is malformed, stale or a duplicate.
 */
export async function readTwins(root, filter = "") {
  const twins = [];
  const problems = [];
  const seen = new Map();
  for (const path of twinPaths(root)) {
    try {
      const twin = { path, ...parseTwin(readFileSync(join(root, path), "utf8")) };
      if (!`${path} ${twin.breaks}`.includes(filter)) continue;
      await checkTwin(root, twin);
      const key = JSON.stringify([twin.file, twin.find, twin.replace, twin.title]);
      if (seen.has(key)) throw new Error(`the same twin as ${seen.get(key)}`);
      seen.set(key, path);
      twins.push(twin);
    } catch (error) {
      if (path.includes(filter)) problems.push(`${path}: ${error.errors?.[0]?.text ?? error.message.split("\n")[0]}`);
    }
  }
  return { twins, problems };
}

/** Returns the twin written in `text`. Throws when it is not JSON of exactly the six fields, none of them empty. */
export function parseTwin(text) {
  const twin = JSON.parse(text);
  if (typeof twin !== "object" || twin === null || Array.isArray(twin)) throw new Error("a twin is a JSON object");
  for (const key of Object.keys(twin)) if (!FIELDS.includes(key)) throw new Error(`unknown field "${key}"`);
  for (const key of FIELDS) {
    if (typeof twin[key] !== "string") throw new Error(`field "${key}" is missing`);
    if (twin[key] === "" && key !== "replace") throw new Error(`field "${key}" is empty`);
  }
  if (twin.find === twin.replace) throw new Error("`replace` says the same as `find`: nothing is broken");
  return twin;
}

async function checkTwin(root, twin) {
  const built = builtPath(twin.file);
  for (const file of [twin.file, twin.test]) if (!existsSync(join(root, file))) throw new Error(`no file ${file}`);
  if (!existsSync(join(root, built))) throw new Error(`${built} is not built`);
  const good = readFileSync(join(root, twin.file), "utf8");
  const broken = brokenSource(good, twin.find, twin.replace, twin.file);
  if ((await exportsOf(good)) !== (await exportsOf(broken)))
    throw new Error("the twin must export what the file exports");
}

async function exportsOf(contents) {
  const options = {
    stdin: { contents, loader: "ts" },
    format: "esm",
    metafile: true,
    write: false,
    logLevel: "silent",
  };
  const { metafile } = await build(options);
  return Object.values(metafile.outputs)[0].exports.sort().join(" ");
}

function twinPaths(root) {
  const packages = list(join(root, "packages")).map((name) => `packages/${name}/test/twins`);
  return [...packages, "test/twins"].flatMap((folder) =>
    list(join(root, folder))
      .filter((name) => name.endsWith(".json"))
      .map((name) => `${folder}/${name}`),
  );
}

function list(folder) {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
