// The whole workspace as data: packages, manifests, references, and the facts of every file. The law judges only this.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { readSource, type Source } from "./read-source.js";

export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly license?: string;
  readonly type?: string;
  readonly engines?: { readonly node?: string };
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Package {
  /** packages/NAME */
  readonly folder: string;
  readonly manifest: Manifest;
  /** The names of the packages that its tsconfig.json refers to. */
  readonly references: readonly string[];
  /** By path below src/. */
  readonly src: ReadonlyMap<string, Source>;
  /** By path below test/. */
  readonly test: ReadonlyMap<string, Source>;
  /** Names of the files beside package.json. */
  readonly beside: ReadonlySet<string>;
}

export interface Workspace {
  readonly root: Manifest;
  readonly packages: readonly Package[];
  /** Tests of the whole, scripts and benches, by path from the root. */
  readonly house: ReadonlyMap<string, Source>;
}

const SOURCE = /\.(?:ts|mts|mjs)$/;
const SKIPPED = new Set(["node_modules", "dist", "coverage"]);

/** Returns every file that the law looks at below `root`, by path with forward slashes. */
export function readTree(root: string): Map<string, string> {
  const tree = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.has(entry.name) && !entry.name.startsWith(".")) walk(path);
      else if (entry.isFile())
        tree.set(path, SOURCE.test(path) || path.endsWith(".json") ? readFileSync(join(root, path), "utf8") : "");
    }
  };
  for (const folder of ["packages", "test", "scripts", "bench"]) if (existsSync(join(root, folder))) walk(folder);
  tree.set("package.json", readFileSync(join(root, "package.json"), "utf8"));
  return tree;
}

/** Returns the workspace that a tree of files describes. Throws when a package.json or tsconfig.json is not readable. */
export function readWorkspace(tree: ReadonlyMap<string, string>): Workspace {
  const folders = [...tree.keys()].flatMap((path) => /^(packages\/[^/]+)\/package\.json$/.exec(path)?.[1] ?? []);
  const manifests = new Map(folders.map((folder) => [folder, json(tree, `${folder}/package.json`) as Manifest]));
  const packages = folders.map((folder) => readPackage(tree, folder, manifests));
  const house = sources(tree, /^((?:test|scripts|bench)\/.+)$/);
  return { root: json(tree, "package.json") as Manifest, packages, house };
}

function readPackage(
  tree: ReadonlyMap<string, string>,
  folder: string,
  manifests: ReadonlyMap<string, Manifest>,
): Package {
  const manifest = manifests.get(folder);
  if (manifest === undefined) throw new Error(`no package.json in ${folder}`);
  const config = tree.has(`${folder}/tsconfig.json`) ? (json(tree, `${folder}/tsconfig.json`) as TsConfig) : {};
  const references = (config.references ?? []).map(({ path }) => {
    const target = `packages/${path.replace(/^\.\.\//, "")}`;
    return manifests.get(target)?.name ?? path;
  });
  const beside = [...tree.keys()].flatMap((path) =>
    path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes("/")
      ? [path.slice(folder.length + 1)]
      : [],
  );
  const below = (name: string) => sources(tree, new RegExp(`^${folder}/${name}/(.+)$`));
  return { folder, manifest, references, src: below("src"), test: below("test"), beside: new Set(beside) };
}

interface TsConfig {
  readonly references?: readonly { readonly path: string }[];
}

function sources(tree: ReadonlyMap<string, string>, pattern: RegExp): Map<string, Source> {
  const found = new Map<string, Source>();
  for (const [path, text] of tree) {
    const below = pattern.exec(path)?.[1];
    if (below !== undefined && SOURCE.test(path)) found.set(below, readSource(path, text));
  }
  return found;
}

function json(tree: ReadonlyMap<string, string>, path: string): unknown {
  const read = ts.parseConfigFileTextToJson(path, tree.get(path) ?? "");
  if (read.error !== undefined) {
    throw new Error(`${path}: ${ts.flattenDiagnosticMessageText(read.error.messageText, " ")}`);
  }
  return read.config as unknown;
}
