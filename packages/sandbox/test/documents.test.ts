// What README and the guide to world files show is run.
import { readFileSync } from "node:fs";
import { startSandbox } from "@daypass/sandbox/testing";
import type { WorldFile } from "@daypass/sandbox/testing";
import { expect, it } from "vitest";
import { example } from "./readme-example.js";
import { assume, outcome, roleArn, sts } from "./sts-clients.js";

const text = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const block = (markdown: string, language: string) =>
  new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(markdown)?.[1];

it("the README's test is a real one, and the sandbox refuses as it says", async () => {
  expect(block(text("../README.md"), "ts")).toBe(text("readme-example.ts"));
  expect(await example()).toBe("AccessDenied");
});

it("the guide's world file loads and is as it says", async () => {
  const file = JSON.parse(block(text("../docs/world-file.md"), "json") ?? "") as WorldFile;
  await using sandbox = await startSandbox({ world: file });
  const vendor = sts(sandbox, sandbox.account("vendor").admin);
  const role = roleArn("acme/VendorAccess");
  expect(await outcome(assume(vendor, role, { ExternalId: "acme-7f3a9c" }))).toBe("ok");
  expect(await outcome(assume(vendor, role))).toMatch(/^403 AccessDenied/);
  expect(sandbox.account("lab").id).toBe("777777777777");
});
