// Tells what a device shows, for whoever holds the sandbox: the phone of a person who is not there.
import { SandboxError } from "../errors.js";
import type { World } from "../world-types.js";
import { computeCode, stepAt } from "./compute-code.js";
import { findDevice } from "./find-device.js";

/**
 * Returns the six digits that the device shows now; asking spends nothing.
 * Throws `SandboxError` `invalid_option` when there is no such device, and when the code was used: a new one comes every
 * 30 seconds of the sandbox's time.
 */
export function tellCode(world: Pick<World, "mfaDevices" | "clock">, serialNumber: string): string {
  const device = findDevice(world, serialNumber);
  if (device === undefined) {
    throw new SandboxError("invalid_option", "there is no MFA device of this serial number", {
      hint: "use the ARN that CreateVirtualMFADevice or ListMFADevices gave: arn:aws:iam::ACCOUNT:mfa/NAME",
    });
  }
  const step = stepAt(world.clock()) + device.driftSteps;
  if (step <= device.spentStep) {
    throw new SandboxError("invalid_option", "the code that the MFA device shows was used already", {
      hint: "move the sandbox's time on by 30 seconds for each code that was used, or wait for the next one",
    });
  }
  return computeCode(device.seed, step);
}
