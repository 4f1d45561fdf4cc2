// Whether a code is right, and good for the first time. STS API Reference, "AssumeRole", TokenCode: a time-based one-time
// password; AWS answers the second use of one as it answers a wrong one.
import { computeCode, stepAt } from "./compute-code.js";
import type { MfaDevice } from "./types.js";

/** Steps before and after the present one whose codes are taken. AWS does not document its tolerance. */
const REACH = 1;
/** The same for ResyncMFADevice, which is for clocks that have drifted: five minutes. */
const RESYNC_REACH = 10;

/** Returns whether the code is right at `time` (milliseconds since 1970) and unspent, and spends it and all before it. */
export function acceptCode(device: MfaDevice, code: string, time: number): boolean {
  const present = stepAt(time) + device.driftSteps;
  for (const step of stepsAround(present, REACH)) {
    if (step <= device.spentStep || computeCode(device.seed, step) !== code) continue;
    device.spentStep = step;
    return true;
  }
  return false;
}

/**
 * Returns whether two codes that the device showed one after the other are right, and spends them. EnableMFADevice takes
 * the second from around the present; with `resync` it may be further off, and the device's clock is taken to be so.
 */
export function acceptTwoCodes(
  device: MfaDevice,
  codes: readonly [first: string, second: string],
  time: number,
  { resync }: { readonly resync: boolean },
): boolean {
  const present = stepAt(time);
  for (const second of stepsAround(present, resync ? RESYNC_REACH : REACH)) {
    if (second - 1 <= device.spentStep) continue;
    if (computeCode(device.seed, second - 1) !== codes[0] || computeCode(device.seed, second) !== codes[1]) continue;
    device.spentStep = second;
    const drift = second - present;
    device.driftSteps = Math.abs(drift) > REACH ? drift : 0;
    return true;
  }
  return false;
}

/** The nearest first. None before 1970: time steps are not negative. */
function stepsAround(present: number, reach: number): readonly number[] {
  const steps = [present];
  for (let distance = 1; distance <= reach; distance += 1) steps.push(present - distance, present + distance);
  return steps.filter((step) => step > 0);
}
