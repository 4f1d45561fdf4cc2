// What is loaded before the program knows what it will do. Time is for the bench; this says what costs it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PACKAGE } from "./shell-world.js";

const COLD = join(PACKAGE, "dist", "cold");
const IMPORT = /(?:from|import)"\.\/([\w-]+\.mjs)"/g;

const loadedBy = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, next = ""] of readFileSync(join(COLD, file), "utf8").matchAll(IMPORT)) loadedBy(next, seen);
  return seen;
};

test("the program starts with less than 150 kB of its own, and without the AWS SDK", () => {
  const files = [...loadedBy("main.mjs")];
  const text = files.map((file) => readFileSync(join(COLD, file), "utf8"));
  expect(text.reduce((sum, each) => sum + each.length, 0)).toBeLessThan(150_000);
  expect(text.filter((each) => each.includes("AWS_SDK_UA_APP_ID") || each.includes("AssumeRoleCommand"))).toEqual([]);
});

test("a warm answer is one small file", () => {
  expect(readFileSync(join(PACKAGE, "dist", "hot.cjs")).length).toBeLessThan(6000);
});
