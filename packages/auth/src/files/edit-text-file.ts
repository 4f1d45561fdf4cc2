// Reads, changes and replaces a file that others write too, some of them without a lock and in place, as the AWS CLI
// does (`aws configure set` empties the file and fills it again). Half of what they write must never become ours.
import { stat } from "node:fs/promises";
import type { Stats } from "node:fs";
import type { Clock } from "../types.js";
import { systemCode, unusableBySystem, unusableFile } from "./file-errors.js";
import { findFile } from "./find-file.js";
import { readTextFile } from "./read-text-file.js";
import { writeFileAtomically, type WrittenFile } from "./write-file-atomically.js";

/** A file that somebody has just written in place is left alone for so long before it is taken for whole. */
const SETTLE_MS = 150;
const MOST_TRIES = 40;

/** The clock and the waits, injected. */
export interface EditTools {
  readonly now: Clock;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

class ChangedMeanwhile extends Error {
  override readonly name = "ChangedMeanwhile";
}

/**
 * Replaces the text of `path` by what `edit` makes of it (`""` where there is no file). Writes nothing where that is the
 * same, and returns `undefined` then. `edit` is called again where somebody else wrote the file meanwhile. Rejects with
 * what `edit` rejects with, `file_malformed` and `file_unusable`.
 */
export async function editTextFile(
  path: string,
  edit: (text: string) => Promise<string>,
  tools: EditTools,
): Promise<WrittenFile | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const { path: target } = await findFile(path);
    const before = await look(target);
    const text = (await readTextFile(target)) ?? "";
    if (!(await isWhole(target, before, tools))) continue;
    const edited = await edit(text);
    if (edited === text) return undefined;
    try {
      return await writeFileAtomically(path, edited, {
        wholeSecond: true,
        beforeReplacing: async () => {
          if (!isSame(before, await look(target))) throw new ChangedMeanwhile();
        },
      });
    } catch (error) {
      if (!(error instanceof Error && error.cause instanceof ChangedMeanwhile)) throw error;
    }
  }
  throw unusableFile(path, "another program keeps writing it", "close the other program, then try again");
}

/** Our own writes are renames, whole at once; their times are whole seconds, so that nobody has to wait after them. */
async function isWhole(target: string, before: Stats | undefined, { now, sleep }: EditTools): Promise<boolean> {
  const mayBeHalf = before !== undefined && before.mtimeMs % 1000 !== 0 && Math.abs(now() - before.mtimeMs) < SETTLE_MS;
  if (mayBeHalf) await sleep(SETTLE_MS);
  return isSame(before, await look(target));
}

function isSame(before: Stats | undefined, after: Stats | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return (["ino", "size", "mtimeMs", "ctimeMs"] as const).every((what) => before[what] === after[what]);
}

async function look(target: string): Promise<Stats | undefined> {
  try {
    return await stat(target);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw unusableBySystem(target, error);
  }
}
