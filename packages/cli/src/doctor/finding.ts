// What the doctor says, and what it looks at with.
import type { Workbench } from "../workbench.js";

export interface Finding {
  readonly check: string;
  /** `broken` makes the doctor exit with 1; `note` is worth knowing. */
  readonly state: "ok" | "note" | "warning" | "broken";
  /** In words. Never a secret. */
  readonly what: string;
  /** What to do, for everything that is not well. */
  readonly fix?: string;
}

/** One thing that is looked at. It may throw: then it is broken, in the words of its error. */
export interface Check {
  readonly name: string;
  run(bench: Workbench): Promise<readonly Omit<Finding, "check">[]>;
}

export const ok = (what: string): Omit<Finding, "check"> => ({ state: "ok", what });
export const note = (what: string, fix?: string): Omit<Finding, "check"> => ({
  state: "note",
  what,
  ...(fix !== undefined && { fix }),
});
export const warning = (what: string, fix: string): Omit<Finding, "check"> => ({ state: "warning", what, fix });
export const broken = (what: string, fix: string): Omit<Finding, "check"> => ({ state: "broken", what, fix });
