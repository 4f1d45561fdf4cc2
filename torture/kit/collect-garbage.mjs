// The prebuilt SQLite lets go of a file only when its statements are garbage: a trial of thousands of files has to collect.
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

/** Collects garbage, and lets what was waiting for that end. */
export async function collectGarbage() {
  collect();
  await setImmediate();
}
