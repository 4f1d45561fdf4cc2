// Codes from a TOTP secret that the person stored: no device in the hand, and therefore only by their own choice.
import { AuthError } from "../errors.js";
import type { MfaCodes, SecretStore } from "../types.js";
import { parseTotpSecret, totpCode } from "./totp.js";
import type { UsedSteps } from "./used-steps.js";

export interface TotpCodesOptions {
  readonly secrets: SecretStore;
  /** The name of the secret in the store. */
  readonly name: string;
  readonly usedSteps: UsedSteps;
}

/**
 * Returns codes made from a stored secret (base 32 or an `otpauth://totp/` address), one for each time step. They reject
 * with `not_found` where nothing is stored, and with what the store rejects with.
 */
export const createTotpCodes = ({ secrets, name, usedSteps }: TotpCodesOptions): MfaCodes => {
  const read = async () => {
    const stored = await secrets.get(name);
    if (stored !== undefined) return parseTotpSecret(stored);
    throw new AuthError("not_found", `there is no TOTP secret ${JSON.stringify(name)}`, {
      hint: "store the device's secret, or have codes asked for on the terminal",
    });
  };
  return async (serial) => {
    const secret = await read();
    return usedSteps.spend(serial, (step) => totpCode(secret, step));
  };
};
