// A keychain in memory, as the program in front of a real one answers.
import type { KeychainStep } from "../dist/secrets/keychain-program.js";
import type { RunKeychain } from "../dist/secrets/run-keychain.js";

export interface MemoryKeychain {
  readonly run: RunKeychain;
  readonly entries: Map<string, string>;
  /** How often it was used. */
  readonly runs: number;
  /** What it does before it answers. Throwing stands for a keychain that cannot be used. */
  before: (steps: readonly KeychainStep[]) => Promise<void>;
}

export function memoryKeychain(): MemoryKeychain {
  const entries = new Map<string, string>();
  let runs = 0;
  const keychain = {
    entries,
    get runs() {
      return runs;
    },
    before: (() => Promise.resolve()) as MemoryKeychain["before"],
    run: (async (service, steps, { onAlive }) => {
      runs++;
      await keychain.before(steps);
      onAlive();
      return steps.map((step) => {
        const account = `${service}/${step.account}`;
        if (step.do === "write") entries.set(account, step.value);
        if (step.do === "remove") entries.delete(account);
        if (step.do === "has") return entries.has(account) ? "yes" : null;
        return step.do === "read" ? (entries.get(account) ?? null) : null;
      });
    }) satisfies RunKeychain,
  };
  return keychain;
}
