// What callers in process say to the sandbox, checked.
import * as v from "valibot";
import { checkForm } from "./check-form.js";

const anything = v.optional(v.any());
const startSchema = v.strictObject({
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))),
  world: anything,
  worldSource: v.optional(v.string()),
  now: v.optional(v.function()),
  randomBytes: v.optional(v.function()),
  stackDurationMs: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))),
  // Each is checked when it is ordered.
  faults: v.optional(v.array(v.any())),
  // Checked where it is set.
  sourceIp: v.optional(v.string()),
  reportBug: v.optional(v.function()),
});

/** Ten years either way, in milliseconds: enough for every expiry, and no date overflows. */
export const farthestMs = 315_360_000_000;
const clockSchema = v.pipe(v.number(), v.finite(), v.minValue(-farthestMs), v.maxValue(farthestMs));

/** Throws `SandboxError` `invalid_option` for an option that `startSandbox` does not know or cannot use. */
export function checkStartOptions(options: unknown): void {
  checkForm(startSchema, options, "startSandbox");
}

/** Throws `SandboxError` `invalid_option` for what is no number of milliseconds. */
export function checkAdvance(milliseconds: unknown): void {
  checkForm(clockSchema, milliseconds, "advanceClock");
}
