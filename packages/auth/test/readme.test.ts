// What the README shows is code of a program that another test runs, and what it names is there.
import { existsSync, readFileSync } from "node:fs";
import * as door from "@daypass/auth";
import { expect, test } from "vitest";

const here = new URL("../", import.meta.url);
const readme = readFileSync(new URL("README.md", here), "utf8");
const example = readFileSync(new URL("../../examples/simple-cli/simple-cli.mjs", here), "utf8");
const blocks = [...readme.matchAll(/```\w*\n(.*?)```/gs)].map(([, code = ""]) => code.trim());

test.each(blocks)("the README's code stands in the example that runs, word for word: %#", (code) => {
  expect(example).toContain(code);
});

test("the README links only to what is there", () => {
  const links = [...readme.matchAll(/\]\((?!https:)([^)]+)\)/g)].map(([, path = ""]) => path);
  expect(links.length).toBeGreaterThan(2);
  expect(links.filter((path) => !existsSync(new URL(path, here)))).toEqual([]);
});

test("the README's table of ways is the chain", () => {
  const table = /\| step +\|.*?\n\n/s.exec(readme)?.[0] ?? "";
  const steps = [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = ""]) =>
    cell.replaceAll("`", "").trim().split(", "),
  );
  expect(steps).toEqual(door.CHAIN_STEPS);
});

test("every function that the README calls is at the door, or a method of what it returns", () => {
  const auth = door.createAuth({ toolName: "readme" });
  const methods = new Set([...Object.keys(auth), ...Object.keys(door)]);
  const ofHome = new Set(["identities", "source", "directoryOf"]);
  const called = [...readme.matchAll(/`(?:auth\.)?(\w+)\(/g)].map(([, name = ""]) => name);
  expect(called.filter((name) => !methods.has(name) && !ofHome.has(name))).toEqual([]);
});
