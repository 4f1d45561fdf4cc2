// One-time codes: asked for as late as can be, and asked for again where AWS did not take one.
import { AuthError } from "../errors.js";
import type { MfaDevice, Prompt } from "../types.js";
import { isWrongCode } from "./explain-failure.js";

/** How often a code is asked for before it is given up: a typing error and a code too late, not a guess. */
const MOST_CODES = 3;

const takeCode = async ({ code }: MfaDevice): Promise<string> => {
  const given: unknown = await code();
  // STS API reference, AssumeRole, TokenCode: six digits. They stay text: 000005 is a code.
  if (typeof given === "string" && /^\d{6}$/.test(given)) return given;
  throw new AuthError("mfa_refused", "the MFA code is not six digits", {
    hint: "give the code as the device shows it",
  });
};

/**
 * Runs `ask` with a fresh code of the device, three times at most while AWS refuses the code; without a device, once and
 * without a code. Rejects with what `ask` or the device's `code` rejects with; `mfa_refused` after the third code.
 */
export const askWithCode = async <Answer>(
  prompt: Prompt,
  device: MfaDevice | undefined,
  ask: (code: string | undefined) => Promise<Answer>,
): Promise<Answer> => {
  if (device === undefined) return ask(undefined);
  for (let tried = 1; ; tried++) {
    const code = await takeCode(device);
    try {
      return await ask(code);
    } catch (error) {
      if (!isWrongCode(error) || tried === MOST_CODES) throw error;
      prompt.tell("AWS did not take that code: a code is good once, and for 30 seconds");
    }
  }
};
