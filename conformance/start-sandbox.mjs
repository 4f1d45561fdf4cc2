// The sandbox as its users start it: a program that prints one line of JSON and runs until SIGTERM.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../packages/sandbox/dist/bin.js", import.meta.url));

/**
 * Starts the program. Returns where it listens, its accounts, the administrators' keys by name, `advance` for its clock
 * in seconds, and `stop`, which resolves with the exit code. Rejects when it ends before it is ready.
 */
export async function startSandbox() {
  const child = spawn(process.execPath, [PROGRAM, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const [line] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    ended.then(([code]) => Promise.reject(new Error(`the sandbox ended with ${code ?? "a signal"}`))),
  ]);
  const { endpoint, control, accounts } = JSON.parse(line);
  return {
    endpoint,
    control,
    accounts,
    admins: Object.fromEntries(accounts.map(({ name, admin }) => [name, admin])),
    advance: (seconds) => advance(control, seconds),
    async stop() {
      child.kill("SIGTERM");
      return (await ended)[0];
    },
  };
}

async function advance(control, advanceSeconds) {
  // Not fetch: Node's sends a header of browsers, which the control door refuses.
  const asked = request(`${control.replace(/\/$/, "")}/clock`, {
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  asked.end(JSON.stringify({ advanceSeconds }));
  const [response] = await once(asked, "response");
  const answer = await text(response);
  if (response.statusCode !== 200) throw new Error(`the clock did not move: ${answer}`);
}
