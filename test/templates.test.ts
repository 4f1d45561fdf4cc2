// The documents that a customer's security team reads: what the library makes, and what CloudFormation's linter accepts.
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, test } from "vitest";
import { createRoleTemplate, renderJson, type RoleDescription } from "@daypass/templates";
import { renderAll, ROLE } from "../scripts/render-templates.mjs";

const run = promisify(execFile);
const folder = new URL("../templates/", import.meta.url);
const rendered = renderAll();

const python = process.env["DAYPASS_PYTHON"] ?? "python3";
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
const lint = ["-c", "import sys; from cfnlint.runner import main; sys.exit(main())"];
const available = spawnSync(python, [...lint, "--version"], { encoding: "utf8" }).status === 0;
if (!available && !required)
  process.stderr.write("skipped: cfn-lint over templates/: it is not installed, see CONTRIBUTING.md\n");

const [reading] = ROLE.ongoing;
const SHAPES: Readonly<Record<string, RoleDescription>> = {
  "no-setup": { ...ROLE, setup: [] },
  "no-boundary": { ...ROLE, permissionsBoundary: null },
  "whole-account": { ...ROLE, vendorPrincipals: null },
  "further-conditions": {
    ...ROLE,
    trustConditions: { sourceIps: ["192.0.2.0/24", "2001:db8::/32"], organizationId: "o-a1b2c3d4e5", requireMfa: true },
  },
  "other-alphabets": { ...ROLE, branding: { displayName: `日本 O'Brien "&" ${"x".repeat(100)}` } },
  "longest-name": { ...ROLE, serviceName: `A${"b".repeat(31)}`, maxSessionDuration: 43_200 },
  "many-policies": {
    ...ROLE,
    ongoing: Array.from({ length: 6 }, (_, index) => ({
      ...(reading ?? expect.fail("the example reads nothing")),
      sid: `Read${index}`,
      resources: Array.from({ length: 40 }, (_each, key) => `arn:aws:s3:::reports-${index}/${key}/${"x".repeat(60)}*`),
    })),
  },
};

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
    const files = [...rendered.keys()].filter((name) =>
      /^(?:cross-account-role|iam-user|hub|spoke-role)\.(?:json|yaml)$/.test(name),
    );
    const paths = files.map((name) => new URL(name, folder).pathname);
    const { stdout } = await run(python, [...lint, ...paths]);
    expect(files).toHaveLength(6);
    expect(stdout).toBe("");
  });

  test.skipIf(!available && !required)("and so does every other shape that a description can have", async () => {
    const scratch = mkdtempSync(join(tmpdir(), "daypass-templates-"));
    try {
      const paths = Object.entries(SHAPES).map(([name, description]) => {
        const path = join(scratch, `${name}.json`);
        writeFileSync(path, renderJson(createRoleTemplate(description)));
        return path;
      });
      const { stdout } = await run(python, [...lint, ...paths]);
      expect(stdout).toBe("");
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });
});
