// What the README shows must be code that runs, and what it tells to type must exist.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, existsSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const readme = read("README.md");
const examples = readdirSync(new URL("examples/", root)).filter((name) => name.endsWith(".mjs"));

const shown = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code ?? "");
const said: Readonly<Record<string, string>> = {
  "vendor-service.mjs": "hello from acme\n",
  "launch-link.mjs": "active, as its template made it\n",
  "ask-the-evaluator.mjs": "implicit-deny, by the resource policy\nStringEquals sts:ExternalId: absent\n",
};

/** A tool with arguments, which its own test runs: packages/auth/test/simple-cli.test.ts. */
const tool = `simple-cli/${readdirSync(new URL("examples/simple-cli/", root)).find((name) => name.endsWith(".mjs")) ?? ""}`;

describe("the README", () => {
  it.each(shown)("shows code that stands in an example, word for word: %#", (code) => {
    expect([...examples, tool].some((name) => read(`examples/${name}`).includes(code.trim()))).toBe(true);
  });

  it("names only npm scripts that exist", () => {
    const scripts = Object.keys(JSON.parse(read("package.json")).scripts);
    const named = [...readme.matchAll(/npm run ([a-z]+)/g)].map(([, name]) => name);

    expect(named.length).toBeGreaterThan(4);
    expect(scripts).toEqual(expect.arrayContaining(named));
  });

  it("links only to files that exist", () => {
    const links = [...readme.matchAll(/\]\((?!https:)([^)]+)\)/g)].map(([, path]) => path ?? "");

    expect(links.length).toBeGreaterThan(8);
    expect(links.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });
});

describe("every example", () => {
  it("has an expected output here", () => {
    expect(Object.keys(said).toSorted()).toEqual(examples.toSorted());
  });

  it.each(Object.entries(said))("%s runs on the sandbox and says what it should", async (name, output) => {
    const { stdout } = await run(process.execPath, [new URL(`examples/${name}`, root).pathname]);

    expect(stdout).toBe(output);
  });
});
