// What a process must be before it may hold anything.
import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import { hardenProcess } from "@daypass/agent";

/** A process that can be looked at, and is not the one that runs the tests. */
function createProcess(over: { execArgv?: readonly string[]; env?: Readonly<Record<string, string>> } = {}) {
  return Object.assign(new EventEmitter(), {
    execArgv: over.execArgv ?? [],
    env: over.env ?? {},
    title: "node /home/me/agent",
    mask: 0o022,
    report: { reportOnSignal: true, reportOnFatalError: true, reportOnUncaughtException: true },
    umask(mask: number) {
      this.mask = mask;
    },
  });
}

describe("a process that nobody can look into", () => {
  test("it listens to the signals that would open it, and does nothing", () => {
    const process = createProcess();
    hardenProcess({ title: "agent", process });
    for (const signal of ["SIGUSR1", "SIGUSR2", "SIGHUP"]) expect(process.emit(signal)).toBe(true);
  });

  test("it writes no reports, and its files are its own", () => {
    const process = createProcess();
    hardenProcess({ title: "agent", process });
    expect(process).toMatchObject({
      title: "agent",
      mask: 0o077,
      report: { reportOnSignal: false, reportOnFatalError: false, reportOnUncaughtException: false },
    });
  });

  test("its cores are emptied before it holds anything, and not where it is refused", () => {
    let emptied = 0;
    const closeCores = () => (emptied += 1);
    hardenProcess({ title: "agent", process: createProcess(), closeCores });
    expect(() => hardenProcess({ title: "agent", process: createProcess({ execArgv: ["-r"] }), closeCores })).toThrow(
      "others see",
    );
    expect(emptied).toBe(1);
  });

  test("it hears once that it should end", () => {
    const process = createProcess();
    let ends = 0;
    hardenProcess({ title: "agent", process }).onEnd(() => (ends += 1));
    process.emit("SIGTERM");
    process.emit("SIGTERM");
    expect(ends).toBe(1);
  });

  test.each([
    "--inspect",
    "--inspect-brk=0",
    "--inspect-port=1",
    "--heapsnapshot-signal=SIGUSR2",
    "--heapsnapshot-near-heap-limit=1",
    "--report-on-signal",
    "--report-uncaught-exception",
    "--abort-on-uncaught-exception",
    "--heap-prof",
    "--cpu-prof",
    "--require=./x.js",
    "-r",
    "--import=./x.js",
    "--loader=./x.js",
    "--trace-events-enabled",
  ])("with %s it is refused", (option) => {
    const process = createProcess({ execArgv: ["--no-warnings", option] });
    expect(() => hardenProcess({ title: "agent", process })).toThrow(
      expect.objectContaining({
        code: "unsafe_process",
        message: expect.stringContaining(option.split("=", 1)[0] ?? ""),
      }),
    );
  });

  test.each([
    "NODE_OPTIONS",
    "NODE_V8_COVERAGE",
    "LD_PRELOAD",
    "DYLD_INSERT_LIBRARIES",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AACLI_PASSPHRASE",
    "GITHUB_TOKEN",
    "CLIENT_SECRET",
  ])("with the variable %s it is refused, without its value", (name) => {
    const process = createProcess({ env: { HOME: "/home/me", [name]: "env-canary" } });
    expect(() => hardenProcess({ title: "agent", process })).toThrow(
      expect.objectContaining({ code: "unsafe_process", message: expect.not.stringContaining("canary") }),
    );
  });

  test("ordinary variables are no obstacle", () => {
    const env = { HOME: "/", AWS_PROFILE: "dp", AWS_REGION: "eu-west-1", AWS_CONFIG_FILE: "/c", NODE_OPTIONS: "" };
    expect(hardenProcess({ title: "agent", process: createProcess({ env }) })).toHaveProperty("onEnd");
  });
});
