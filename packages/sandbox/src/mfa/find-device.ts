// Finds MFA devices by their serial numbers and by their owners.
import type { User } from "../types.js";
import type { World } from "../world-types.js";
import type { MfaDevice } from "./types.js";

type WithDevices = Pick<World, "mfaDevices">;

/** Returns the device with exactly this serial number, whose account it names. */
export function findDevice({ mfaDevices }: WithDevices, serialNumber: string): MfaDevice | undefined {
  const found = mfaDevices.get(serialNumber.toLowerCase());
  return found?.serialNumber === serialNumber ? found : undefined;
}

/** Returns the devices that are enabled for the user. */
export function devicesOf({ mfaDevices }: WithDevices, user: User): readonly MfaDevice[] {
  return [...mfaDevices.values()].filter(({ owner }) => owner?.userUniqueId === user.uniqueId);
}
