// Codes that a person reads off their device and types.
import type { MfaCodes, Prompt } from "../types.js";

const check = (answer: string): string | undefined =>
  /^\d{6}$/.test(answer.replace(/\s/g, "")) ? undefined : "a code is six digits, zeros at its start included";

/** Returns codes that the person is asked for. They reject with `prompt_unavailable` or `cancelled`. */
export const createTerminalCodes =
  ({ prompt }: { readonly prompt: Prompt }): MfaCodes =>
  async (serial) => {
    const answer = await prompt.ask({ kind: "mfa_code", message: `Enter MFA code for ${serial}:`, check });
    return answer.replace(/\s/g, "");
  };
