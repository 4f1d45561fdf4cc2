// The law of the house on the real tree, and on broken ones that it has to refuse.
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { BROKEN, GOOD, layOver } from "./broken-trees.js";
import { judgeWorkspace, RULES } from "./judge-workspace.js";
import { readTree, readWorkspace } from "./read-workspace.js";

const workspace = readWorkspace(readTree(fileURLToPath(new URL("../..", import.meta.url))));

describe("in this workspace", () => {
  test("there are packages to judge", () => {
    expect(workspace.packages.map(({ manifest }) => manifest.name)).toContain("@daypass/policy");
    for (const { folder, src } of workspace.packages) expect([folder, src.size > 0]).toEqual([folder, true]);
  });

  test.each(Object.entries(RULES))("%s", (_, judge) => {
    expect([...judge(workspace)].map(([where, what]) => `${where}: ${what}`)).toEqual([]);
  });
});

describe("the law says no to", () => {
  test("nothing in a good tree", () =>
    expect(judgeWorkspace(readWorkspace(new Map(Object.entries(GOOD))))).toEqual([]));

  test.each(BROKEN.map((tree) => [tree.breaks, tree] as const))("%s", (_, { rule, files, says }) => {
    const breaches = judgeWorkspace(readWorkspace(layOver(files)));
    expect(breaches.filter((breach) => breach.rule === rule).map(({ what }) => what)).toContainEqual(
      expect.stringContaining(says),
    );
  });

  test("something by every rule", () => {
    expect(Object.keys(RULES).filter((name) => !BROKEN.some(({ rule }) => rule === name))).toEqual([]);
  });
});
