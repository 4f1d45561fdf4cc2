// Joins the program to this process: its streams, its environment, its clock. The only file that does.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { main } from "./main.js";
import { UsageError } from "./usage-error.js";

const MANIFEST = v.object({ name: v.string(), version: v.string() });

/** Keys, a passphrase or a list of environments: nothing that is piped to us is larger. */
const MOST_STDIN_BYTES = 65_536;

const readStdin = async (): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    const part = Buffer.from(chunk as Uint8Array);
    bytes += part.length;
    if (bytes > MOST_STDIN_BYTES) throw new UsageError("standard input is larger than 64 KiB", "see what is piped");
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString("utf8");
};

/** Who read us has gone, as in `… | head`: what was begun, such as exchanging keys, is brought to its end all the same. */
const ignoreClosed = (error: NodeJS.ErrnoException): void => {
  if (error.code !== "EPIPE") throw error;
};

/** Runs what was typed and leaves its exit code on the process. */
export const runProgram = async (program: string, args: readonly string[], packageDirectory: string): Promise<void> => {
  // The AWS SDK says on every start which Node it will want next year; that is for us to know, not for who asks for keys.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosed);
  const manifest = v.parse(MANIFEST, JSON.parse(readFileSync(join(packageDirectory, "package.json"), "utf8")));
  process.exitCode = await main(program, args, {
    env: process.env,
    homeDir: homedir(),
    platform: process.platform,
    stdout: process.stdout,
    stderr: process.stderr,
    readStdin,
    now: Date.now,
    packageDirectory,
    packageName: manifest.name,
    version: manifest.version,
  });
};
