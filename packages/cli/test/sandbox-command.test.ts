// The practice: a company on this machine, in a home of its own that goes away with it.
import { once } from "node:events";
import { existsSync, watch } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PROGRAM, runProgram, TWIN } from "./practice.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dp-sandbox-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ENV = {
  ...TWIN,
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  AWS_PROFILE: "mine",
  DAYPASS_REGION: "x",
  LANG: "C.UTF-8",
};
const practise = (...args: string[]) =>
  runProgram(process.execPath, [PROGRAM, "sandbox", ...args], { env: ENV, cwd: folder });
const script = (text: string) => practise("--", "sh", "-c", text);

describe("sandbox", () => {
  it("runs a program that can be somebody, and nothing of the person's own AWS reaches it", async () => {
    const { code, stdout } = await script("daypass list && env");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +dev\/admin +eu-west-1 +admin in 444444444444 by people$/m);
    expect(stdout).toMatch(/^AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+$/m);
    expect(stdout).not.toMatch(/AWS_PROFILE|DAYPASS_REGION|HOME=\/nonexistent/);
  });

  it("ends with the exit code of the program, and leaves nothing behind", async () => {
    const { code, stdout } = await script('echo "$HOME"; exit 7');
    expect([code, existsSync(stdout.trim())]).toEqual([7, false]);
    expect((await practise("--", "/no/such/program")).code).toBe(1);
  });

  it("tells the MFA code that is good now, inside only", async () => {
    expect((await script("daypass sandbox code")).stdout).toMatch(/^\d{6}\n$/);
    const outside = await practise("code");
    expect([outside.code, outside.stderr]).toEqual([
      1,
      expect.stringContaining("no sandbox runs for this home directory"),
    ]);
  });

  it("does not ask for a code where somebody else says it is", async () => {
    const door =
      'echo \'{"control":"http://192.0.2.1:80/_sandbox/x/"}\' > ~/.daypass/sandbox.json; daypass sandbox code';
    expect((await script(door)).code).toBe(1);
  });

  it("keeps the home in a folder that is empty, and takes no other", async () => {
    const home = join(folder, "new");
    expect((await practise("--home", home, "--", "true")).code).toBe(0);
    expect(existsSync(join(home, ".daypass", "config.json"))).toBe(true);
    await writeFile(join(folder, "mine"), "x");
    const { code, stderr } = await practise("--home", folder, "--", "true");
    expect([code, stderr]).toEqual([2, expect.stringContaining("is not empty")]);
    expect(existsSync(join(folder, ".daypass"))).toBe(false);
  });

  it("with --json says where it is, waits, and ends cleanly on SIGTERM", async () => {
    const child = spawn(process.execPath, [PROGRAM, "sandbox", "--json"], { env: ENV, detached: true });
    const told = await new Promise<string>((resolve) => {
      let text = "";
      child.stdout.on("data", (data) => {
        text += String(data);
        if (text.endsWith("}\n")) resolve(text);
      });
    });
    const { endpoint, home } = JSON.parse(told) as { endpoint: string; home: string };
    expect([endpoint, existsSync(home)]).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:/), true]);
    const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve([code, signal])));
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    expect(existsSync(home)).toBe(false);
  });

  it("told to end while it starts, it leaves nothing behind", async () => {
    const madeSomething = once(watch(folder, { persistent: false }), "change");
    const child = spawn(process.execPath, [PROGRAM, "sandbox", "--json"], {
      env: { ...ENV, TMPDIR: folder },
      detached: true,
    });
    const ended = once(child, "exit");
    await madeSomething;
    child.kill("SIGTERM");
    // Which of them it is depends on how far it came meanwhile: cut short, or running and ended.
    expect([0, 130]).toContain((await ended)[0]);
    expect(await readdir(folder)).toEqual([]);
  });

  it("leaves nothing behind where it cannot start", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { code } = await runProgram(process.execPath, [PROGRAM, "sandbox", "--port", String(port), "--", "true"], {
      env: { ...ENV, TMPDIR: folder },
      cwd: folder,
    });
    other.close();
    expect([code, await readdir(folder)]).toEqual([1, []]);
  });

  it("without a terminal prints what can be tried to stderr, and nothing to stdout", async () => {
    const child = spawn(process.execPath, [PROGRAM, "sandbox"], { env: ENV, detached: true });
    let stdout = "";
    child.stdout.on("data", (data) => (stdout += String(data)));
    const guide = await new Promise<string>((resolve) => {
      let text = "";
      child.stderr.on("data", (data) => {
        text += String(data);
        if (text.includes("daypass audit")) resolve(text);
      });
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGINT");
    await ended;
    expect(stdout).toBe("");
    for (const words of ["aws-as dev/admin", "daypass sandbox code", "Ctrl-C here ends it"])
      expect(guide).toContain(words);
  });
});
