// A server in a process of its own, which says on a line when it is ready.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Starts a program and waits for a line of its that matches. Returns the line, how many milliseconds it took, and `stop`.
 * Rejects when the program does not start, or ends before.
 */
export async function startServer(program, flags, ready, { listenTo = "stdout", env = process.env } = {}) {
  const start = performance.now();
  const stdio = ["ignore", listenTo === "stdout" ? "pipe" : "ignore", listenTo === "stderr" ? "pipe" : "inherit"];
  const child = spawn(program, flags, { stdio, env });
  // A bench that fails leaves no server behind.
  const kill = () => child.kill("SIGTERM");
  process.once("exit", kill);
  const ended = new Promise((resolve) => child.once("close", resolve));
  const failed = once(child, "exit").then(([code, signal]) => {
    throw new Error(`it ended with ${signal ?? `exit ${code}`}`);
  });
  // Once it is ready, its end is no failure.
  failed.catch(() => undefined);
  const lines = createInterface(child[listenTo]);
  const found = new Promise((resolve) => lines.on("line", (line) => ready.test(line) && resolve(line)));
  const line = await Promise.race([found, failed]);
  const startedMs = performance.now() - start;
  // What nobody reads would fill the pipe and stop it.
  lines.close();
  child[listenTo].resume();
  return {
    line,
    startedMs,
    async stop() {
      process.off("exit", kill);
      kill();
      await ended;
    },
  };
}
