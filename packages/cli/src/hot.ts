// What must start at once: a warm answer of the agent. Everything else is loaded only when this cannot serve. This file is
// bundled into one CommonJS file; it may import Node's own modules and nothing that loads the AWS SDK.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { answerHelp } from "./answer-help.js";
import { answerWarm } from "./answer-warm.js";
import type * as Cold from "./run-program.js";

/** Starts the program that was typed. `packageDirectory` is where its package.json is. */
export const start = async (program: string, packageDirectory: string): Promise<void> => {
  // A debugger's port would let any user of this machine read what this process knows.
  process.on("SIGUSR1", () => undefined);
  const args = process.argv.slice(2);
  const isAnswered = answerHelp(program, args, packageDirectory) || (await answerWarm(program, args, packageDirectory));
  // At once: nothing is left to be done, and whoever asked waits for the end of this process.
  if (isAnswered) process.exit(0);
  const cold = pathToFileURL(join(packageDirectory, "dist", "cold", "main.mjs")).href;
  // Its type is that of the source; what is loaded is the bundle of it.
  const { runProgram } = (await import(cold)) as typeof Cold;
  await runProgram(program, args, packageDirectory);
};
