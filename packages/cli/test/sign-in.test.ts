// Signing in and out by the real program, on a real terminal, at the sandbox's portal.
import { execFileSync } from "node:child_process";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasTerminal } from "./has-terminal.js";
import { noPassphrase, startPractice, type Practice, type Step } from "./practice.js";

let practice: Practice;
beforeEach(async () => {
  practice = await startPractice();
});
afterEach(() => practice[Symbol.asyncDispose]());

const VISITOR = fileURLToPath(new URL("visit-portal.mjs", import.meta.url));
const visit = (decision: "allow" | "deny"): Step => ({
  expect: String.raw`(http://127\.0\.0\.1:\d+/\S*user_code=[\w-]+)`,
  run: [process.execPath, VISITOR, "{match}", decision],
});
const asked = (operation: string): number =>
  practice.sandbox.calls().filter(({ action }) => action?.endsWith(operation) === true).length;

describe.skipIf(!hasTerminal)("login", () => {
  it("signs a person in through their browser, and says for how long", async () => {
    const { code, output } = await practice.signIn();
    expect([code, output]).toEqual([0, expect.stringContaining("signed in to company, for 7 h 59 min")]);
    expect(output).toContain("`daypass sync company`");
  });

  it("with --device-code asks first, and then shows a code for any device", async () => {
    const { code, output } = await practice.type(
      ["login", "company", "--device-code"],
      [{ expect: "another device\\?", type: "y\r" }, visit("allow"), noPassphrase],
    );
    expect([code, output]).toEqual([0, expect.stringContaining("signed in to company")]);
    expect(output).toContain("Approve no code that you did not ask for yourself");
  });

  it("begins nothing at AWS where no person is at a terminal, also with --device-code", async () => {
    for (const flags of [[], ["--device-code"]]) {
      const { code, stdout, stderr } = await practice.run(["login", "company", ...flags]);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toContain("signing in needs a person at a terminal");
    }
    expect(practice.sandbox.calls()).toEqual([]);
  });

  it("is over with 1 and the reason where the person says no on the page", async () => {
    const { code, output } = await practice.type(
      ["login", "company", "--device-code"],
      [{ expect: "another device\\?", type: "y\r" }, visit("deny")],
    );
    expect([code, output]).toEqual([1, expect.stringContaining("denied on the other device")]);
  });

  it("writes a new sign-in to ~/.aws/config, marked, for every tool to use", async () => {
    await practice.write(".aws/config", "");
    const steps = [noPassphrase];
    const flags = ["--start-url", practice.sandbox.startUrl, "--region", "us-east-1"];
    const { code } = await practice.type(["login", "work", ...flags], steps);
    expect(code).toBe(0);
    expect(await practice.read(".aws/config")).toContain("[sso-session work]");
    expect((await stat(`${practice.homeDir}/.aws/config`)).mode & 0o077).toBe(0);
  });

  it("leaves nothing behind of an address where AWS lets nobody sign in", async () => {
    const before = await practice.read(".aws/config");
    const flags = ["--start-url", "https://portal.attacker.example/start", "--region", "us-east-1"];
    const { code, output } = await practice.type(["login", "work", ...flags]);
    expect([code, output]).toEqual([1, expect.stringContaining("not an address where AWS lets people sign in")]);
    expect(await practice.read(".aws/config")).toBe(before);
  });

  it("never changes in passing where people type their password", async () => {
    const before = await practice.read(".aws/config");
    const flags = ["--start-url", "https://other.awsapps.com/start", "--region", "us-east-1"];
    const { code, output } = await practice.type(["login", "company", ...flags]);
    expect([code, output]).toEqual([2, expect.stringContaining("is there, for")]);
    expect(await practice.read(".aws/config")).toBe(before);
  });

  it("wants --start-url and --region together", async () => {
    const { code, output } = await practice.type(["login", "--region", "us-east-1"]);
    expect([code, output]).toEqual([2, expect.stringContaining("belong together")]);
  });
});

describe.skipIf(!hasTerminal)("logout", () => {
  it("forgets the sign-in here and ends it at AWS", async () => {
    await practice.signIn();
    const { code, stderr } = await practice.run(["logout", "company"]);
    expect([code, stderr]).toEqual([0, "company: ended at AWS, 0 role sessions forgotten\n"]);
    expect(asked("Logout")).toBe(1);
    const kept = execFileSync("find", [practice.homeDir, "-name", "*.json"], { encoding: "utf8" });
    expect(kept).not.toContain("accessToken");
    expect((await practice.run(["sync", "--dry-run"])).code).toBe(1);
  });

  it("ends what the agent, a process of its own, holds of it: the next asking is refused", async () => {
    const config = await practice.read(".aws/config");
    const role = "sso_session = company\nsso_account_id = 444444444444\nsso_role_name = ReadOnly\n";
    await practice.write(".aws/config", `${config}\n[profile work]\n${role}region = us-east-1\n`);
    await practice.signIn();
    const ask = () => practice.run(["credential-process", "work"], { DAYPASS_AGENT: "on" });
    try {
      const first = await ask();
      expect([first.code, await ask()]).toEqual([0, first]);
      expect(asked("GetRoleCredentials")).toBe(1);
      expect((await practice.run(["agent", "status"], { DAYPASS_AGENT: "on" })).stdout).toContain("work");
      await practice.run(["logout", "company"]);
      const { code, stdout, stderr } = await ask();
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toContain("nobody is signed in");
    } finally {
      await practice.run(["agent", "stop"]);
    }
  });

  it("says where nobody was signed in, and --all is every sign-in of the machine", async () => {
    const { code, stdout, stderr } = await practice.run(["logout", "--all", "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual([{ session: "company", revoked: false, forgottenSessions: 0 }]);
    expect((await practice.run(["logout"])).stderr).toBe("company: nobody was signed in\n");
    expect((await practice.run(["logout", "--all", "company"])).code).toBe(2);
  });
});
