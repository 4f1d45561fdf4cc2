// Runs the keychain's program and reads its answer.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { KeychainStep } from "./keychain-program.js";

/**
 * Does the steps in their order and returns what each read: a text, or null where there is none. Calls `onAlive` once the
 * keychain has answered at all. Rejects where it cannot be used; where the signal fires, nothing is left running.
 */
export type RunKeychain = (
  service: string,
  steps: readonly KeychainStep[],
  options: { readonly onAlive: () => void; readonly signal: AbortSignal },
) => Promise<readonly (string | null)[]>;

export interface KeychainProcessOptions {
  /** Environment of the program; by default that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The program's file, for who bundles it elsewhere. */
  readonly program?: string;
}

/** Returns a function that starts a process of its own for each call. */
export function createKeychainProcess(options: KeychainProcessOptions = {}): RunKeychain {
  const { env, program = fileURLToPath(new URL("keychain-program.js", import.meta.url)) } = options;
  return (service, steps, { onAlive, signal }) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program], {
        stdio: ["pipe", "pipe", "ignore"],
        windowsHide: true,
        signal,
        killSignal: "SIGKILL",
        // NODE_OPTIONS may open a debugger's port in it. Under Electron the program itself has to be Node.
        ...(env !== undefined && { env: { ...env, NODE_OPTIONS: undefined, ELECTRON_RUN_AS_NODE: "1" } }),
      });
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        const wasAlive = output.startsWith("alive\n");
        output += text;
        if (!wasAlive && output.startsWith("alive\n")) onAlive();
      });
      child.on("error", reject);
      // It may end without reading its input; that it ended is what is reported.
      child.stdin.on("error", () => undefined);
      child.on("close", (code) => {
        const answers = code === 0 ? readAnswers(output, steps.length) : undefined;
        if (answers === undefined) reject(new Error(`the keychain's program ended with ${code ?? "a signal"}`));
        else resolve(answers);
      });
      child.stdin.end(JSON.stringify({ service, steps }));
    });
}

/** Returns one answer for each step, or `undefined` for any other output. */
function readAnswers(output: string, steps: number): readonly (string | null)[] | undefined {
  try {
    const answers: unknown = JSON.parse(output.slice(output.indexOf("\n") + 1));
    const isText = (answer: unknown): answer is string | null => answer === null || typeof answer === "string";
    return Array.isArray(answers) && answers.length === steps && answers.every(isText) ? answers : undefined;
  } catch {
    return undefined;
  }
}
