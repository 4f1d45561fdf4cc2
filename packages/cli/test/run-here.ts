// Runs the program in this process, where its modules can be exchanged for broken ones.
import { main, type Machine } from "daypass";
import type { Person, Run } from "./start-person.js";

/** Returns what the program printed. Nobody can be asked: it takes this for a build. */
export const runHere = async (
  person: Person,
  args: readonly string[],
  options: {
    readonly input?: string;
    readonly env?: Record<string, string>;
    readonly platform?: NodeJS.Platform;
  } = {},
): Promise<Run> => {
  let [stdout, stderr] = ["", ""];
  const machine: Machine = {
    env: { ...person.env, CI: "true", ...options.env },
    homeDir: person.home,
    platform: options.platform ?? process.platform,
    stdout: { write: (text) => void (stdout += text) },
    stderr: { write: (text) => void (stderr += text) },
    readStdin: async () => options.input ?? "",
    now: Date.now,
    packageDirectory: new URL("..", import.meta.url).pathname,
    packageName: "daypass",
    version: "0.0.0",
  };
  const code = await main("daypass", args, machine);
  return { code, stdout, stderr };
};
