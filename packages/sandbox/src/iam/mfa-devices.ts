// Virtual MFA devices: made in the account, enabled for one of its users with two codes in a row, taken away again.
// Sources: IAM API Reference, the operations' pages and their service model for codes and limits; IAM User Guide, "AWS
// Multi-factor authentication in IAM".
import { AwsError } from "../errors.js";
import { acceptTwoCodes } from "../mfa/accept-code.js";
import { addDevice } from "../mfa/add-device.js";
import { encodeBase32 } from "../mfa/base-32.js";
import { devicesOf, findDevice } from "../mfa/find-device.js";
import { renderQrCode } from "../mfa/render-qr-code.js";
import type { MfaDevice } from "../mfa/types.js";
import type { User } from "../types.js";
import { defineOperation } from "../wire/operation.js";
import { string } from "../wire/shapes.js";
import type { XmlObject } from "../wire/xml.js";
import type { Call } from "../world-types.js";
import * as shapes from "./input-shapes.js";
import { MFA_DEVICES_PER_USER } from "./limits.js";
import { openUser, openUserOrCaller } from "./open-entity.js";
import { pageOf } from "./pagination.js";
import { deleteConflict, entityAlreadyExists, limitExceeded, noSuchEntity, validationError } from "./refusals.js";
import { renderUser } from "./render.js";
import { requireAccount } from "./require-account.js";
import { requirePermission } from "./require-permission.js";

const twoCodes = {
  AuthenticationCode1: string(true, { min: 6, max: 6, pattern: "[\\d]+" }),
  AuthenticationCode2: string(true, { min: 6, max: 6, pattern: "[\\d]+" }),
};
const ofUser = { UserName: shapes.userName, SerialNumber: shapes.serialNumber };

export const mfaDeviceOperations = {
  CreateVirtualMFADevice: defineOperation(
    { Path: shapes.entityPath, VirtualMFADeviceName: shapes.virtualMfaDeviceName },
    (call, input) => {
      const account = requireAccount(call);
      const path = input.Path ?? "/";
      const name = input.VirtualMFADeviceName;
      const serialNumber = `arn:aws:iam::${account.id}:mfa${path}${name}`;
      requireDevicePermission(call, "iam:CreateVirtualMFADevice", serialNumber);
      const device = addDevice(call.world, account, { name, path, owner: undefined });
      if (device === undefined) {
        throw entityAlreadyExists("MFADevice entity at the same path and name already exists.");
      }
      // The service model has both as blobs: base 64 on the wire, the seed's text inside being base 32.
      const secret = encodeBase32(device.seed);
      const address = `otpauth://totp/${name}@${account.id}?secret=${secret}`;
      return {
        VirtualMFADevice: {
          SerialNumber: serialNumber,
          Base32StringSeed: Buffer.from(secret).toString("base64"),
          QRCodePNG: renderQrCode(address).toString("base64"),
        },
      };
    },
  ),
  EnableMFADevice: defineOperation({ ...ofUser, ...twoCodes }, (call, input) => {
    const user = openUser(call, "iam:EnableMFADevice", input.UserName);
    const device = requireDevice(call, input.SerialNumber);
    if (device.owner !== undefined) throw entityAlreadyExists("MFA Device is already in use.");
    if (devicesOf(call.world, user).length >= MFA_DEVICES_PER_USER) {
      throw limitExceeded(`Cannot exceed quota for MFADevicesPerUser: ${MFA_DEVICES_PER_USER}`);
    }
    requireTwoCodes(call, device, input, { resync: false });
    device.owner = { userUniqueId: user.uniqueId, enabled: call.now };
    return undefined;
  }),
  ResyncMFADevice: defineOperation({ ...ofUser, ...twoCodes }, (call, input) => {
    const user = openUser(call, "iam:ResyncMFADevice", input.UserName);
    requireTwoCodes(call, requireDeviceOf(call, user, input.SerialNumber), input, { resync: true });
    return undefined;
  }),
  DeactivateMFADevice: defineOperation(
    { UserName: shapes.optionalUserName, SerialNumber: shapes.serialNumber },
    (call, input) => {
      const user = openUserOrCaller(call, "iam:DeactivateMFADevice", input.UserName);
      requireDeviceOf(call, user, input.SerialNumber).owner = undefined;
      return undefined;
    },
  ),
  DeleteVirtualMFADevice: defineOperation({ SerialNumber: shapes.serialNumber }, (call, input) => {
    requireDevicePermission(call, "iam:DeleteVirtualMFADevice", input.SerialNumber);
    const device = requireDevice(call, input.SerialNumber);
    if (device.owner !== undefined) throw deleteConflict("Cannot delete a virtual MFA device that is in use.");
    call.world.mfaDevices.delete(device.serialNumber.toLowerCase());
    return undefined;
  }),
  ListMFADevices: defineOperation({ UserName: shapes.optionalUserName, ...shapes.paging }, (call, input) => {
    const user = openUserOrCaller(call, "iam:ListMFADevices", input.UserName);
    const page = pageOf(devicesOf(call.world, user), input, ["mfa", user.arn], ({ serialNumber }) => serialNumber);
    return { MFADevices: page.items.map((device) => renderDevice(device, user)), ...page.rest };
  }),
  GetMFADevice: defineOperation(
    { SerialNumber: shapes.serialNumber, UserName: shapes.optionalUserName },
    (call, input) => {
      const user = openUserOrCaller(call, "iam:GetMFADevice", input.UserName);
      return renderDevice(requireDeviceOf(call, user, input.SerialNumber), user);
    },
  ),
  ListVirtualMFADevices: defineOperation(
    { AssignmentStatus: string(false, { enum: ["Assigned", "Unassigned", "Any"] }), ...shapes.paging },
    (call, input) => {
      const account = requireAccount(call);
      const arn = `arn:aws:iam::${account.id}:mfa/`;
      requirePermission(call, "iam:ListVirtualMFADevices", { arn: "*", accountId: account.id, shown: arn });
      // IAM API Reference: "If you do not specify an AssignmentStatus, the operation defaults to Any".
      const status = input.AssignmentStatus ?? "Any";
      const wanted = [...call.world.mfaDevices.values()].filter(
        ({ accountId, owner }) =>
          accountId === account.id && (status === "Any" || (owner !== undefined) === (status === "Assigned")),
      );
      const page = pageOf(wanted, input, ["virtual", account.id, status], ({ serialNumber }) => serialNumber);
      return { VirtualMFADevices: page.items.map((device) => renderVirtualDevice(call, device)), ...page.rest };
    },
  ),
};

function requireDevicePermission(call: Call, action: string, serialNumber: string): void {
  const accountId = requireAccount(call).id;
  // Another account's device would be another account's to give: it is asked for as one of the caller's, and is not there.
  const own = serialNumber.startsWith(`arn:aws:iam::${accountId}:mfa/`);
  const arn = own ? serialNumber : `arn:aws:iam::${accountId}:mfa/`;
  requirePermission(call, action, { arn, accountId, shown: serialNumber });
}

/** Returns the device of the caller's account, in use or not. Throws `NoSuchEntity`. */
function requireDevice(call: Call, serialNumber: string): MfaDevice {
  const device = findDevice(call.world, serialNumber);
  if (device?.accountId !== requireAccount(call).id) {
    throw noSuchEntity(`VirtualMFADevice with serial number ${serialNumber} doesn't exist.`);
  }
  return device;
}

/** Returns the device if it is enabled for this user: permission for one user is none for another's device. */
function requireDeviceOf(call: Call, user: User, serialNumber: string): MfaDevice {
  const device = devicesOf(call.world, user).find((candidate) => candidate.serialNumber === serialNumber);
  if (device === undefined) throw noSuchEntity(`MFA Device ${serialNumber} is not enabled for user ${user.name}.`);
  return device;
}

function requireTwoCodes(
  call: Call,
  device: MfaDevice,
  input: { readonly AuthenticationCode1: string; readonly AuthenticationCode2: string },
  options: { readonly resync: boolean },
): void {
  const codes = [input.AuthenticationCode1, input.AuthenticationCode2] as const;
  if (codes[0] === codes[1]) throw validationError("AuthenticationCode1 and AuthenticationCode2 must be different.");
  if (acceptTwoCodes(device, codes, call.now.getTime(), options)) return;
  throw new AwsError(403, "InvalidAuthenticationCode", "Authentication code for device is not valid.");
}

function renderDevice(device: MfaDevice, user: User): XmlObject {
  return { UserName: user.name, SerialNumber: device.serialNumber, EnableDate: device.owner?.enabled };
}

function renderVirtualDevice(call: Call, { serialNumber, owner }: MfaDevice): XmlObject {
  const user = [...requireAccount(call).users.values()].find(({ uniqueId }) => uniqueId === owner?.userUniqueId);
  return {
    SerialNumber: serialNumber,
    EnableDate: owner?.enabled,
    User: user === undefined ? undefined : renderUser(user, "listed"),
  };
}
