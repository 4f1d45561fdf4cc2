// Gives a user a device that is enabled at once, for whoever holds the sandbox.
import { SandboxError } from "./errors.js";
import { findUser } from "./find.js";
import { MFA_DEVICES_PER_USER } from "./iam/limits.js";
import { addDevice } from "./mfa/add-device.js";
import { encodeBase32 } from "./mfa/base-32.js";
import { devicesOf } from "./mfa/find-device.js";
import type { World } from "./world-types.js";

/** A virtual MFA device of a user. */
export interface IssuedMfaDevice {
  /** `arn:aws:iam::ID:mfa/NAME`. */
  readonly serialNumber: string;
  /** Its seed in base 32, as an authenticator app takes it. */
  readonly secret: string;
}

/** Returns a new device, named as the user, with a number behind the name when that is taken. */
export function issueMfaDevice(world: World, accountId: string, userName: string): IssuedMfaDevice {
  const account = world.accounts.get(accountId);
  const user = findUser(world, accountId, userName);
  if (account === undefined || user === undefined) {
    throw new SandboxError("invalid_option", `there is no user ${userName} in account ${accountId}`, {
      hint: "create the user through IAM or in the world file first",
    });
  }
  if (devicesOf(world, user).length >= MFA_DEVICES_PER_USER) {
    throw new SandboxError("invalid_option", `the user ${userName} has ${MFA_DEVICES_PER_USER} MFA devices already`, {
      hint: "deactivate one through IAM first; AWS allows no more",
    });
  }
  const owner = { userUniqueId: user.uniqueId, enabled: new Date(world.clock()) };
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? user.name : `${user.name}-${number}`;
    const device = addDevice(world, account, { name, path: "/", owner });
    if (device !== undefined) return { serialNumber: device.serialNumber, secret: encodeBase32(device.seed) };
  }
}
