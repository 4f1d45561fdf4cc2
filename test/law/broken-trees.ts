// Small workspaces that break the law, one rule each. A law that cannot say no is no law.

type Tree = Readonly<Record<string, string>>;

const manifest = (name: string, more: object = {}) =>
  JSON.stringify({
    name,
    version: "1.0.0",
    license: "MIT",
    type: "module",
    engines: { node: ">=20" },
    files: ["dist", "README.md", "LICENSE"],
    exports: { ".": { default: "./dist/index.js" }, "./testing": { default: "./dist/testing.js" } },
    ...more,
  });

const references = (...folders: string[]) =>
  JSON.stringify({ references: folders.map((folder) => ({ path: `../${folder}` })) });

/** A workspace of two packages that keeps every rule. */
export const GOOD: Tree = {
  "package.json": JSON.stringify({ name: "root", version: "1.0.0", license: "MIT", engines: { node: ">=20" } }),
  "packages/policy/package.json": manifest("@daypass/policy", { dependencies: { valibot: "1.5.0" } }),
  "packages/policy/tsconfig.json": references(),
  "packages/policy/README.md": "",
  "packages/policy/LICENSE": "",
  "packages/policy/src/index.ts": `export { evaluate } from "./evaluate.js";\nexport type * from "./types.js";\n`,
  "packages/policy/src/types.ts": `export type Clock = () => number;\n`,
  "packages/policy/src/evaluate.ts":
    `import * as v from "valibot";\nimport type { Clock } from "./types.js";\n` +
    `export const evaluate = ({ now = Date.now }: { now?: Clock }) => v.parse(v.number(), now());\n` +
    `export const later = (options: { clock?: () => Date }) => (options.clock ?? (() => new Date()))();\n` +
    `export const fixed = new Date(0);\n`,
  "packages/policy/src/testing.ts": `export { evaluate as anything } from "./evaluate.js";\n`,
  "packages/policy/test/evaluate.test.ts": `import { evaluate } from "@daypass/policy";\nimport "../dist/evaluate.js";\nevaluate({});\n`,
  "packages/sandbox/package.json": manifest("@daypass/sandbox", { dependencies: { "@daypass/policy": "1.0.0" } }),
  "packages/sandbox/tsconfig.json": references("policy"),
  "packages/sandbox/README.md": "",
  "packages/sandbox/LICENSE": "",
  "packages/sandbox/src/index.ts": `export { serve } from "./serve.js";\n`,
  "packages/sandbox/src/serve.ts":
    `import { randomBytes } from "node:crypto";\nimport { evaluate } from "@daypass/policy";\n` +
    `export const serve = (random: (n: number) => Uint8Array = randomBytes) => [evaluate({}), random(1)];\n`,
  "packages/sandbox/src/testing.ts": `export { serve } from "./serve.js";\n`,
  "packages/sandbox/src/bin.ts": `import { serve } from "./serve.js";\nconsole.log(serve(), process.env["PORT"], Date.now());\n`,
};

export interface BrokenTree {
  /** The bug as somebody might really commit it. */
  readonly breaks: string;
  readonly rule: string;
  /** What is laid over the good tree; an empty `undefined` takes a file away. */
  readonly files: Readonly<Record<string, string | undefined>>;
  /** A part of the breach's text. */
  readonly says: string;
}

const evaluate = "packages/policy/src/evaluate.ts";
const serve = "packages/sandbox/src/serve.ts";
const arrows = "arrows only point where the table allows";
const doors = "packages meet at their doors";
const declares = "what a package imports it declares, and what it declares it imports";
const handed = "libraries are handed console, environment and exit";
const clock = "libraries read clock and randomness only as an option's default";
const undone = "nothing is left undone or waved through";
const published = "every package is ready to be published";
const shape = "files are short, shallow and named for what they hold";

/** A line more at the end of a file of the good tree. */
const plus = (path: string, line: string) => ({ [path]: `${GOOD[path] ?? ""}${line}\n` });

export const BROKEN: readonly BrokenTree[] = [
  {
    breaks: "a package depends upwards",
    rule: arrows,
    files: {
      "packages/policy/package.json": manifest("@daypass/policy", { dependencies: { "@daypass/stores": "1.0.0" } }),
    },
    says: "may not depend on @daypass/stores",
  },
  {
    breaks: "a package makes its users install the sandbox",
    rule: arrows,
    files: {
      "packages/policy/package.json": manifest("@daypass/policy", {
        optionalDependencies: { "@daypass/sandbox": "1.0.0" },
      }),
    },
    says: "for tests and examples only",
  },
  {
    breaks: "a package that the table does not know",
    rule: arrows,
    files: { "packages/extras/package.json": manifest("@daypass/extras") },
    says: "is not in the table",
  },
  {
    breaks: "a dependency that the compiler is not told of",
    rule: "tsconfig references are the dependencies of package.json",
    files: { "packages/sandbox/tsconfig.json": references() },
    says: "does not refer to @daypass/policy",
  },
  {
    breaks: "a reference that package.json does not know",
    rule: "tsconfig references are the dependencies of package.json",
    files: { "packages/policy/tsconfig.json": references("sandbox") },
    says: "does not depend on its reference @daypass/sandbox",
  },
  {
    breaks: "an import that only the workspace resolves",
    rule: declares,
    files: plus(evaluate, `import "kysely";`),
    says: "kysely",
  },
  {
    breaks: "a lazy import that only the workspace resolves",
    rule: declares,
    files: plus(evaluate, `export const lazy = () => import("@aws-sdk/client-sts");`),
    says: "@aws-sdk/client-sts",
  },
  {
    breaks: "a dependency that nothing uses",
    rule: declares,
    files: { [evaluate]: "export const evaluate = () => 1;\n" },
    says: "never imports it",
  },
  {
    breaks: "an import of built files behind the door",
    rule: doors,
    files: plus(serve, `import "@daypass/policy/dist/evaluate.js";`),
    says: "is not a door",
  },
  {
    breaks: "an import of another package's source",
    rule: doors,
    files: plus(serve, `import "../../policy/src/evaluate.js";`),
    says: "another package",
  },
  {
    breaks: "source that imports its tests",
    rule: doors,
    files: plus(evaluate, `import "../test/evaluate.test.js";`),
    says: "leaves the package",
  },
  {
    breaks: "a library that uses another's testing door",
    rule: doors,
    files: plus(serve, `import "@daypass/policy/testing";`),
    says: "is for tests",
  },
  {
    breaks: "a test that reads another package's built files",
    rule: doors,
    files: plus("packages/policy/test/evaluate.test.ts", `import "../../sandbox/dist/serve.js";`),
    says: "goes round the door",
  },
  {
    breaks: "a test that goes round the door",
    rule: doors,
    files: plus("packages/policy/test/evaluate.test.ts", `import { evaluate } from "../src/evaluate.js";`),
    says: "goes round the door",
  },
  {
    breaks: "a file that imports its own index",
    rule: "nobody imports their own index",
    files: plus(evaluate, `import type { Clock as C } from "./index.js";`),
    says: "its own door",
  },
  {
    breaks: "a file that imports its own package by name",
    rule: "nobody imports their own index",
    files: plus(evaluate, `import { evaluate as e } from "@daypass/policy";`),
    says: "its own door",
  },
  {
    breaks: "two files that import each other, one of them only for a type",
    rule: "there are no circles between files",
    files: {
      ...plus(evaluate, `import "./other.js";`),
      "packages/policy/src/other.ts": `import type { evaluate } from "./evaluate.js";\n`,
    },
    says: "evaluate.ts → other.ts → evaluate.ts",
  },
  {
    breaks: "types that import behaviour",
    rule: "types.ts and errors.ts lie at the bottom",
    files: plus("packages/policy/src/types.ts", `import { parse } from "valibot";`),
    says: "behaviour",
  },
  {
    breaks: "errors that import a type from above",
    rule: "types.ts and errors.ts lie at the bottom",
    files: { "packages/policy/src/errors.ts": `import type { later } from "./evaluate.js";\n` },
    says: "from a file above",
  },
  {
    breaks: "a door with code in it",
    rule: "a door only re-exports",
    files: plus("packages/policy/src/index.ts", "export const version = 1;"),
    says: "export const version",
  },
  {
    breaks: "a file left behind",
    rule: "every file is reached from a door",
    files: { "packages/policy/src/old-evaluate.ts": "export {};\n" },
    says: "imported by nobody",
  },
  {
    breaks: "two files left behind that only know each other",
    rule: "every file is reached from a door",
    files: { "packages/policy/src/a.ts": `import "./b.js";\n`, "packages/policy/src/b.ts": "export {};\n" },
    says: "imported by nobody",
  },
  { breaks: "a library that logs", rule: handed, files: plus(evaluate, `console.warn("x");`), says: "console" },
  {
    breaks: "a library that reads the environment",
    rule: handed,
    files: plus(serve, `export const r = process.env["AWS_REGION"];`),
    says: "process.env",
  },
  {
    breaks: "a library that reads the environment in a roundabout way",
    rule: handed,
    files: plus(serve, `import { env } from "node:process";`),
    says: "node:process",
  },
  {
    breaks: "a library that ends the process",
    rule: handed,
    files: plus(serve, "export const stop = () => process.exit(1);"),
    says: "process.exit",
  },
  {
    breaks: "a library that reads the clock",
    rule: clock,
    files: plus(serve, "export const at = () => Date.now();"),
    says: "Date.now",
  },
  {
    breaks: "a library that makes today's date",
    rule: clock,
    files: plus(serve, "export const at = () => new Date();"),
    says: "new Date()",
  },
  {
    breaks: "a fallback that reads the clock once and for all",
    rule: clock,
    files: plus(serve, "export const at = (options: { at?: number }) => options.at ?? Date.now();"),
    says: "Date.now",
  },
  {
    breaks: "a library that throws dice",
    rule: clock,
    files: plus(serve, "export const jitter = () => Math.random();"),
    says: "Math.random",
  },
  {
    breaks: "a library that draws its own bytes",
    rule: clock,
    files: plus(serve, "export const id = () => randomBytes(16);"),
    says: "randomBytes",
  },
  {
    breaks: "a library that draws its own bytes under another name",
    rule: clock,
    files: plus(serve, `import { randomUUID as id } from "crypto";\nexport const a = () => id();`),
    says: "id (line",
  },
  {
    breaks: "a file that grew",
    rule: shape,
    files: { "packages/policy/src/types.ts": "export {};\n".repeat(401) },
    says: "401 lines",
  },
  {
    breaks: "a test that grew",
    rule: shape,
    files: { "packages/policy/test/evaluate.test.ts": "export {};\n".repeat(501) },
    says: "501 lines",
  },
  { breaks: "a bag of helpers", rule: shape, files: { "packages/policy/src/utils.ts": "" }, says: "says nothing" },
  {
    breaks: "a folder in a folder",
    rule: shape,
    files: { "packages/policy/src/a/b/c.ts": "" },
    says: "one folder deep",
  },
  { breaks: "a note to self", rule: undone, files: plus(evaluate, "// TODO: check the account"), says: "TODO" },
  {
    breaks: "an error waved through",
    rule: undone,
    files: plus(evaluate, "// @ts-expect-error later"),
    says: "@ts-expect-error",
  },
  { breaks: "a type given up", rule: undone, files: plus(evaluate, "export const x = (y: any) => y;"), says: "any" },
  {
    breaks: "a type given up in a test",
    rule: undone,
    files: plus("packages/policy/test/evaluate.test.ts", "const x = {} as any;"),
    says: "any",
  },
  {
    breaks: "a test that mocks what it tests",
    rule: "tests do not mock our modules",
    files: plus("packages/policy/test/evaluate.test.ts", `vi.mock("@daypass/policy");`),
    says: "vi.mock",
  },
  {
    breaks: "a package without a README",
    rule: published,
    files: { "packages/policy/README.md": undefined },
    says: "README.md",
  },
  {
    breaks: "a package under another license",
    rule: published,
    files: { "packages/policy/package.json": manifest("@daypass/policy", { license: "ISC" }) },
    says: "license",
  },
  {
    breaks: "a dependency that is not pinned",
    rule: published,
    files: { "packages/policy/package.json": manifest("@daypass/policy", { dependencies: { valibot: "^1.5.0" } }) },
    says: "does not pin valibot",
  },
  {
    breaks: "a package without engines",
    rule: published,
    files: { "packages/policy/package.json": manifest("@daypass/policy", { engines: {} }) },
    says: "engines",
  },
  {
    breaks: "a package without a door",
    rule: published,
    files: { "packages/policy/package.json": manifest("@daypass/policy", { exports: {} }) },
    says: "exports map",
  },
];

/** Returns the good tree with the files of a broken one laid over it. */
export function layOver(files: BrokenTree["files"]): Map<string, string> {
  const tree = new Map(Object.entries(GOOD));
  for (const [path, text] of Object.entries(files)) {
    if (text === undefined) tree.delete(path);
    else tree.set(path, text);
  }
  return tree;
}
