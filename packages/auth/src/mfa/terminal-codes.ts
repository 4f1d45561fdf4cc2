// Codes that a person reads off their device and types.
import type { MfaCodes, Prompt } from "../types.js";

/** The last part of a device's ARN is its name; a hardware device has a plain serial number. */
const nameOf = (serial: string): string => serial.slice(serial.lastIndexOf(":") + 1).replace(/^mfa\//, "");

const check = (answer: string): string | undefined =>
  /^\d{6}$/.test(answer.replace(/\s/g, "")) ? undefined : "a code is six digits, zeros at its start included";

/** Returns codes that the person is asked for. They reject with `prompt_unavailable` or `cancelled`. */
export const createTerminalCodes =
  ({ prompt }: { readonly prompt: Prompt }): MfaCodes =>
  async (serial) => {
    const answer = await prompt.ask({ kind: "mfa_code", message: `MFA code of ${nameOf(serial)} (${serial})`, check });
    return answer.replace(/\s/g, "");
  };
