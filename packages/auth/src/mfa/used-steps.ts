// A code is good once, and AWS says no to whoever comes second. What makes codes by itself waits for the next instead.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import * as v from "valibot";
import { readTextFile } from "../files/read-text-file.js";
import { writeFileAtomically } from "../files/write-file-atomically.js";
import type { Clock, Locks, Prompt } from "../types.js";
import { STEP_SECONDS, stepOf } from "./totp.js";

export interface UsedStepsOptions {
  /** Ours; made with 0700 where it is missing. */
  readonly directory: string;
  readonly locks: Locks;
  /** Told why it takes a while. */
  readonly prompt: Prompt;
  readonly now?: Clock;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** The time steps whose codes were used, by device. */
export interface UsedSteps {
  /**
   * Runs `makeCode` in a time step whose code of this device was not used on this machine, and notes the step; waits for
   * up to 30 seconds where it must. One caller at a time, in all processes. Rejects with what `makeCode`, the locks and
   * the file reject with.
   */
  spend(serial: string, makeCode: (step: number) => Promise<string> | string): Promise<string>;
}

const FILE = v.strictObject({ version: v.literal(1), steps: v.record(v.string(), v.pipe(v.number(), v.integer())) });
const STEP_MS = STEP_SECONDS * 1000;

/** A step further ahead than this was noted by a clock that has been set back since: waiting for it could take years. */
const MOST_STEPS_AHEAD = 1;

const parse = (text: string | undefined): Map<string, number> => {
  try {
    return new Map(Object.entries(v.parse(FILE, JSON.parse(text ?? "{}")).steps));
  } catch {
    // Nothing is lost with it: AWS itself refuses a code that was used, and the next one is asked for then.
    return new Map();
  }
};

/** Returns the record of used steps, kept in `mfa-steps.json`. It holds serials and times, nothing secret. */
export const createUsedSteps = (options: UsedStepsOptions): UsedSteps => {
  const { directory, locks, prompt, now = Date.now, sleep = setTimeout } = options;
  const path = join(directory, "mfa-steps.json");

  const read = async (): Promise<Map<string, number>> => parse(await readTextFile(path));

  const note = (serial: string, step: number): Promise<void> =>
    locks.withLock("mfa-steps", async () => {
      const steps = (await read()).set(serial, step);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFileAtomically(path, `${JSON.stringify({ version: 1, steps: Object.fromEntries(steps) })}\n`);
    });

  const waitForUnused = async (serial: string): Promise<void> => {
    const last = (await read()).get(serial);
    const current = stepOf(now());
    if (last === undefined || last < current || last > current + MOST_STEPS_AHEAD) return;
    const wait = (last + 1) * STEP_MS - now();
    prompt.tell(`waiting ${Math.ceil(wait / 1000)} s for the next MFA code: each is good once`);
    await sleep(wait);
  };

  return {
    spend: (serial, makeCode) =>
      locks.withLock(`mfa/${serial}`, async () => {
        await waitForUnused(serial);
        const code = await makeCode(stepOf(now()));
        // Where a command took its time, its code may be of the step after.
        await note(serial, stepOf(now()));
        return code;
      }),
  };
};
