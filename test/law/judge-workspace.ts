// The law itself: each rule takes the workspace and returns its breaches. Pure; the tests hold the broken trees.
import { posix } from "node:path";
import {
  ARROWS,
  CLOCK_ALLOWED,
  ENVIRONMENT_ALLOWED,
  EMPTY_NAMES,
  LIBRARIES,
  MAX_LINES,
  MAX_TEST_LINES,
  NEVER_A_DEPENDENCY,
  PROGRAM,
  PROGRAM_ENTRIES,
} from "./allowed.js";
import { findCircles } from "./find-circles.js";
import type { Manifest, Package, Workspace } from "./read-workspace.js";
import type { Import, Source } from "./read-source.js";

export interface Breach {
  readonly rule: string;
  /** The file or package. */
  readonly where: string;
  readonly what: string;
}

type Rule = (workspace: Workspace) => Iterable<readonly [where: string, what: string]>;

/** Every rule by its name, in the words of the test titles. */
export const RULES: Readonly<Record<string, Rule>> = {
  "arrows only point where the table allows": function* ({ packages }) {
    for (const { manifest } of packages) {
      const allowed = ARROWS[manifest.name];
      if (allowed === undefined) yield [manifest.name, "is not in the table of arrows"];
      for (const name of ours(dependenciesOf(manifest))) {
        if (name === NEVER_A_DEPENDENCY) yield [manifest.name, `carries ${name}, which is for tests and examples only`];
        else if (allowed?.includes(name) !== true) yield [manifest.name, `may not depend on ${name}`];
      }
    }
  },

  "tsconfig references are the dependencies of package.json": function* ({ packages }) {
    for (const { manifest, references } of packages) {
      const wanted = ours(dependenciesOf(manifest));
      for (const name of wanted)
        if (!references.includes(name)) yield [manifest.name, `tsconfig does not refer to ${name}`];
      for (const name of references)
        if (!wanted.includes(name)) yield [manifest.name, `does not depend on its reference ${name}`];
    }
  },

  "what a package imports it declares, and what it declares it imports": function* ({ packages }) {
    for (const { folder, manifest, src } of packages) {
      const declared = Object.keys(dependenciesOf(manifest));
      const used = new Set<string>();
      for (const [path, { specifier }] of importsOf(src)) {
        const name = packageName(specifier);
        if (name === undefined) continue;
        used.add(name);
        if (!declared.includes(name)) yield [`${folder}/src/${path}`, `imports ${name} without declaring it`];
      }
      for (const name of declared) if (!used.has(name)) yield [manifest.name, `declares ${name} and never imports it`];
    }
  },

  "packages meet at their doors": function* ({ packages, house }) {
    const doors = new Set(packages.flatMap(({ manifest }) => doorsOf(manifest)));
    const judge = function* (
      where: string,
      { specifier }: Import,
      fromTest: boolean,
    ): Generator<readonly [string, string]> {
      if (specifier.startsWith("@daypass/") && !doors.has(specifier)) yield [where, `${specifier} is not a door`];
      if (!fromTest && /^@daypass\/[^/]+\/testing$/.test(specifier)) yield [where, `${specifier} is for tests`];
      if (!specifier.startsWith(".")) return;
      const target = posix.normalize(posix.join(posix.dirname(where), specifier));
      const own = target.split("/")[1] === where.split("/")[1];
      if (!/^packages\/[^/]+\/(?:src|dist)\//.test(target)) {
        if (!fromTest) yield [where, `${specifier} leaves the package's src`];
        // A pure judge gets a table test even where the door keeps it in: on what was built, so that twins reach it.
      } else if (fromTest) {
        if (!own || !target.includes("/dist/")) yield [where, `${specifier} goes round the door`];
      } else if (!own) yield [where, `${specifier} reaches into another package`];
    };
    for (const { folder, src, test } of packages) {
      for (const [path, entry] of importsOf(src)) yield* judge(`${folder}/src/${path}`, entry, false);
      for (const [path, entry] of importsOf(test)) yield* judge(`${folder}/test/${path}`, entry, true);
    }
    for (const [path, entry] of importsOf(house)) yield* judge(path, entry, true);
  },

  "nobody imports their own index": function* ({ packages }) {
    for (const { folder, manifest, src } of packages) {
      for (const [path, { specifier }] of importsOf(src)) {
        const own = specifier === manifest.name || specifier.startsWith(`${manifest.name}/`);
        if (own || resolved(path, specifier) === "index.ts")
          yield [`${folder}/src/${path}`, `imports its own door (${specifier})`];
      }
    }
  },

  "there are no circles between files": function* ({ packages }) {
    for (const { folder, src } of packages) {
      const graph = new Map([...src].map(([path, { imports }]) => [path, neighbours(path, imports, src)]));
      for (const circle of findCircles(graph)) yield [`${folder}/src/${circle[0]}`, `circle: ${circle.join(" → ")}`];
    }
  },

  "types.ts and errors.ts lie at the bottom": function* ({ packages }) {
    for (const { folder, src } of packages) {
      for (const [path, { specifier, typeOnly }] of importsOf(src)) {
        if (path !== "types.ts" && path !== "errors.ts") continue;
        const target = resolved(path, specifier);
        const ground = target === undefined || target === "types.ts" || target === "errors.ts";
        if (!typeOnly || !ground)
          yield [`${folder}/src/${path}`, `imports ${typeOnly ? "from a file above" : "behaviour"} (${specifier})`];
      }
    }
  },

  "a door only re-exports": function* ({ packages }) {
    for (const { folder, src } of packages) {
      for (const line of src.get("index.ts")?.ownStatements ?? [])
        yield [`${folder}/src/index.ts`, `has its own code: ${line}`];
    }
  },

  "every file is reached from a door": function* ({ packages }) {
    for (const { folder, manifest, src } of packages) {
      const programs = [...src.keys()].filter((path) => PROGRAM_ENTRIES.has(`${folder}/src/${path}`));
      const doors = [...entryFiles(manifest), ...programs];
      const live = new Set<string>(doors);
      const queue = [...doors];
      for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
        for (const next of neighbours(path, src.get(path)?.imports ?? [], src)) {
          if (!live.has(next)) queue.push(next);
          live.add(next);
        }
      }
      for (const path of src.keys()) if (!live.has(path)) yield [`${folder}/src/${path}`, "is imported by nobody"];
    }
  },

  "libraries are handed console, environment and exit": function* ({ packages }) {
    for (const [where, { ambient }] of librarySources(packages)) {
      const mayRead = Object.hasOwn(ENVIRONMENT_ALLOWED, where);
      for (const what of ambient) if (!(mayRead && what.startsWith("process.env "))) yield [where, what];
    }
  },

  "libraries read clock and randomness only as an option's default": function* ({ packages }) {
    for (const [where, { clock }] of librarySources(packages)) {
      if (!Object.hasOwn(CLOCK_ALLOWED, where)) for (const what of clock) yield [where, what];
    }
  },

  "files are short, shallow and named for what they hold": function* (workspace) {
    for (const [where, { lines }] of allSources(workspace)) {
      const most = where.endsWith(".test.ts") ? MAX_TEST_LINES : MAX_LINES;
      if (lines > most) yield [where, `has ${lines} lines, at most ${most} are allowed`];
      if (where.split("/").some((part) => EMPTY_NAMES.test(part))) yield [where, "has a name that says nothing"];
    }
    for (const { folder, src } of workspace.packages) {
      for (const path of src.keys())
        if (path.split("/").length > 2) yield [`${folder}/src/${path}`, "is more than one folder deep"];
    }
  },

  "nothing is left undone or waved through": function* (workspace) {
    for (const { folder, src, test } of workspace.packages) {
      for (const [path, { shortcuts }] of src) for (const what of shortcuts) yield [`${folder}/src/${path}`, what];
      // A test may say @ts-expect-error: that is how it proves that something does not compile.
      for (const [path, { shortcuts }] of test) {
        for (const what of shortcuts) if (!what.startsWith("@ts-expect-error")) yield [`${folder}/test/${path}`, what];
      }
    }
  },

  "tests do not mock our modules": function* (workspace) {
    for (const [where, { mocks }] of allSources(workspace)) for (const what of mocks) yield [where, what];
  },

  "every package is ready to be published": function* ({ root, packages }) {
    for (const { manifest, beside } of packages) {
      const { name } = manifest;
      for (const file of ["README.md", "LICENSE", "tsconfig.json"])
        if (!beside.has(file)) yield [name, `has no ${file}`];
      if (manifest.license !== root.license) yield [name, `its license is not ${root.license}`];
      if (manifest.version !== root.version) yield [name, `its version is not the workspace's ${root.version}`];
      if (manifest.engines?.node !== root.engines?.node) yield [name, `its engines are not the workspace's`];
      if (manifest.type !== "module") yield [name, `is not of type "module"`];
      if (manifest.exports === undefined || !Object.hasOwn(manifest.exports, "."))
        yield [name, "has no exports map with a door"];
      for (const file of ["dist", "README.md", "LICENSE"])
        if (manifest.files?.includes(file) !== true) yield [name, `does not publish ${file}`];
      for (const [other, range] of Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
        if (!/^\d+\.\d+\.\d+$/.test(range)) yield [name, `does not pin ${other} (${range})`];
      }
    }
  },
};

/** Returns every breach of every rule. */
export function judgeWorkspace(workspace: Workspace): Breach[] {
  return Object.entries(RULES).flatMap(([rule, judge]) =>
    [...judge(workspace)].map(([where, what]) => ({ rule, where, what })),
  );
}

function dependenciesOf({
  dependencies,
  optionalDependencies,
  peerDependencies,
}: Manifest): Readonly<Record<string, string>> {
  return { ...peerDependencies, ...optionalDependencies, ...dependencies };
}

function ours(dependencies: Readonly<Record<string, string>>): string[] {
  return Object.keys(dependencies).filter((name) => name === "daypass" || name.startsWith("@daypass/"));
}

/** The specifiers under which a package may be imported: its name, and its name with each subpath of its exports. */
function doorsOf({ name, exports }: Manifest): string[] {
  return Object.keys(exports ?? {}).map((door) => name + door.slice(1));
}

/** The source files that others start from: those behind `exports`, and the program. */
function entryFiles({ exports }: Manifest): string[] {
  const built = [...JSON.stringify(exports ?? {}).matchAll(/"\.\/dist\/([^"]+)\.js"/g)];
  return [...built.map(([, file]) => `${file}.ts`), PROGRAM];
}

function* importsOf(files: ReadonlyMap<string, Source>): Generator<readonly [path: string, entry: Import]> {
  for (const [path, { imports }] of files) for (const entry of imports) yield [path, entry];
}

function* librarySources(packages: readonly Package[]): Generator<readonly [where: string, source: Source]> {
  for (const { folder, manifest, src } of packages) {
    if (!LIBRARIES.has(manifest.name)) continue;
    for (const [path, source] of src) if (path !== PROGRAM) yield [`${folder}/src/${path}`, source];
  }
}

function* allSources({ packages, house }: Workspace): Generator<readonly [where: string, source: Source]> {
  for (const { folder, src, test } of packages) {
    for (const [path, source] of src) yield [`${folder}/src/${path}`, source];
    for (const [path, source] of test) yield [`${folder}/test/${path}`, source];
  }
  yield* house;
}

/** The npm package that a specifier loads, or `undefined` for a relative path or a module of Node. */
function packageName(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** The path below src/ that a relative import of `path` means, or `undefined` when it is not relative. */
function resolved(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return posix.normalize(posix.join(posix.dirname(path), specifier)).replace(/\.js$/, ".ts");
}

function neighbours(path: string, imports: readonly Import[], src: ReadonlyMap<string, Source>): string[] {
  return imports.flatMap(({ specifier }) => resolved(path, specifier) ?? []).filter((target) => src.has(target));
}
