// The demo is a promise to newcomers: its story must hold, and it must be able to fail.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { runDemo } from "../scripts/demo/run-demo.mjs";

const run = promisify(execFile);
const program = new URL("../scripts/demo/main.mjs", import.meta.url).pathname;

describe("the demo", () => {
  it("tells a story in which every expectation holds", async () => {
    const story: string[] = [];
    const { held, broken } = await runDemo({ write: (text) => story.push(text), colour: false, verbose: false });

    expect(broken).toEqual([]);
    expect(held).toBeGreaterThan(70);
    expect(story.join("")).toContain(`${held} expectations, ${held} held, 0 did not.`);
  });

  it("shows the real calls behind each line with --verbose, and no secret of any kind", async () => {
    const { stdout, stderr } = await run(process.execPath, [program, "--verbose"]);

    expect(stderr).toBe("");
    expect(stdout).toContain("sts:AssumeRole on arn:aws:iam::222222222222:role/Orbit/");
    expect(stdout).toContain("→ 403 AccessDenied");
    expect(stdout).not.toMatch(/\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/);
    expect(stdout).not.toMatch(/SecretAccessKey|(?<!Get)SessionToken/);
  });

  it("answers --help on stdout and refuses an unknown flag with a hint", async () => {
    const help = await run(process.execPath, [program, "--help"]);
    const wrong = run(process.execPath, [program, "--verbos"]);

    expect(help.stdout).toContain("usage: npm run demo");
    await expect(wrong).rejects.toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("hint:") });
  });
});
