// Puts a device into an account: by CreateVirtualMFADevice, by a world file, or by whoever holds the sandbox.
import type { Account } from "../types.js";
import type { World } from "../world-types.js";
import type { MfaDevice } from "./types.js";

/** Bytes: the seeds that AWS shows have 64 characters of base 32. */
const SEED_BYTES = 40;

export interface NewDevice {
  readonly name: string;
  readonly path: string;
  /** A new one when left out. */
  readonly seed?: Uint8Array;
  readonly owner: MfaDevice["owner"];
}

/** Returns the new device; `undefined` when the account has one of the same path and name. */
export function addDevice(
  world: Pick<World, "randomBytes" | "mfaDevices">,
  account: Pick<Account, "id">,
  { name, path, seed, owner }: NewDevice,
): MfaDevice | undefined {
  const serialNumber = `arn:aws:iam::${account.id}:mfa${path}${name}`;
  const key = serialNumber.toLowerCase();
  if (world.mfaDevices.has(key)) return undefined;
  const device: MfaDevice = {
    accountId: account.id,
    name,
    path,
    serialNumber,
    seed: seed ?? world.randomBytes(SEED_BYTES),
    owner,
    spentStep: -1,
    driftSteps: 0,
  };
  world.mfaDevices.set(key, device);
  return device;
}
