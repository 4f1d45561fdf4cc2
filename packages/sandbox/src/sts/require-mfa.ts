// The code in a call to STS. STS API Reference, "AssumeRole" and "GetSessionToken", SerialNumber and TokenCode: the device
// is the one "associated with the user who is making the AssumeRole call". Texts as users of the AWS CLI and of aws-vault
// report them.
import { AwsError } from "../errors.js";
import { acceptCode } from "../mfa/accept-code.js";
import { devicesOf } from "../mfa/find-device.js";
import type { User } from "../types.js";
import type { Call } from "../world-types.js";

/**
 * Returns whether the call carries a code. One that is right is spent, whatever becomes of the call.
 * Throws `AccessDenied` 403 for half of the pair, for a device that is not the calling user's, and for a wrong or used code.
 */
export function requireMfa(call: Call, serialNumber: string | undefined, tokenCode: string | undefined): boolean {
  if (serialNumber === undefined && tokenCode === undefined) return false;
  if (serialNumber === undefined || tokenCode === undefined) {
    throw refusal("failed, must provide both MFA serial number and one time pass code.");
  }
  const user = callingUser(call);
  const devices = user === undefined ? [] : devicesOf(call.world, user);
  const device = devices.find((candidate) => candidate.serialNumber === serialNumber);
  if (device === undefined) {
    throw refusal(
      "failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
    );
  }
  if (!acceptCode(device, tokenCode, call.now.getTime())) {
    throw refusal("failed with invalid MFA one time pass code.");
  }
  return true;
}

/** A role and a federated user have no devices, whoever is behind them. */
function callingUser({ caller }: Call): User | undefined {
  if (caller.kind === "user") return caller.user;
  const isOwn = caller.kind === "session" && caller.session.kind === "user";
  return isOwn && caller.entity.kind === "user" ? caller.entity : undefined;
}

function refusal(text: string): AwsError {
  return new AwsError(403, "AccessDenied", `MultiFactorAuthentication ${text}`);
}
