import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decision } from "./readme-example.js";

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

describe("the README's example", () => {
  it("is the program that runs here", () => {
    const [, example] = /```ts\n(.*?)```/s.exec(read("../README.md")) ?? [];
    expect(example).toBe(read("./readme-example.ts"));
  });

  it("gives the answer that it says", () => {
    expect(decision).toMatchObject({
      allowed: false,
      deniedBy: "resource",
      failedConditions: [{ key: "sts:ExternalId", expected: ["acme-7f3a"], actual: ["somebody-else"] }],
    });
  });
});
