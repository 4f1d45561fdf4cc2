// The documents that a customer's security team reads: what the library makes, and what CloudFormation's linter accepts.
import { execFile, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it, test } from "vitest";
import { renderAll } from "../scripts/render-templates.mjs";

const run = promisify(execFile);
const folder = new URL("../templates/", import.meta.url);
const rendered = renderAll();

const python = process.env["DAYPASS_PYTHON"] ?? "python3";
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
const lint = ["-c", "import sys; from cfnlint.runner import main; sys.exit(main())"];
const available = spawnSync(python, [...lint, "--version"], { encoding: "utf8" }).status === 0;
if (!available && !required)
  process.stderr.write("skipped: cfn-lint over templates/: it is not installed, see CONTRIBUTING.md\n");

describe("templates/", () => {
  it.each([...rendered])(
    "%s is what the library makes; if not, run node scripts/render-templates.mjs",
    (name, text) => {
      expect(readFileSync(new URL(name, folder), "utf8")).toBe(text);
    },
  );

  it("holds nothing else", () => {
    expect(readdirSync(folder).sort()).toEqual([...rendered.keys(), "README.md"].sort());
  });

  it("has no access key in any output", () => {
    const outputs = [...rendered.values()].join("\n");
    expect(outputs).not.toMatch(/AWS::IAM::AccessKey|SecretAccessKey/);
  });

  it("has a script that a POSIX shell can read", async () => {
    const { stderr } = await run("sh", ["-n", new URL("cross-account-role.sh", folder).pathname]);
    expect(stderr).toBe("");
  });

  test.skipIf(!available && !required)("passes cfn-lint without a remark", async () => {
    const files = [...rendered.keys()].filter((name) => /^(?:cross-account-role|iam-user)\.(?:json|yaml)$/.test(name));
    const paths = files.map((name) => new URL(name, folder).pathname);
    const { stdout } = await run(python, [...lint, ...paths]);
    expect(files).toHaveLength(4);
    expect(stdout).toBe("");
  });
});
