// What the guide to Identity Center shows is run.
import { readFileSync } from "node:fs";
import type { WorldFile } from "@daypass/sandbox/testing";
import { expect, it } from "vitest";
import { signIn } from "./identity-center-example.js";

const text = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const guide = text("../docs/identity-center.md");
const block = (language: string) => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(guide)?.[1];

it("the guide's test is a real one, in the guide's world, and comes out as it says", async () => {
  expect(block("ts")).toBe(text("identity-center-example.ts"));
  const world = JSON.parse(block("json") ?? "") as WorldFile;
  expect(await signIn(world)).toBe("ada may read for 2 hours");
  expect(guide).toContain('resolves to "ada may read for 2 hours"');
});
