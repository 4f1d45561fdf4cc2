// Where a hub's codes come from, as its configuration says.
import { createCommandCodes } from "../mfa/command-codes.js";
import { createTerminalCodes } from "../mfa/terminal-codes.js";
import { createTotpCodes } from "../mfa/totp-codes.js";
import type { UsedSteps } from "../mfa/used-steps.js";
import type { MfaCodes, Prompt, SecretStore } from "../types.js";
import type { Hub } from "./config-schema.js";
import { secretNameOf } from "./hub-keys.js";

export interface CodesOptions {
  readonly prompt: Prompt;
  readonly secrets: SecretStore;
  readonly usedSteps: UsedSteps;
}

/** Returns the name of a hub's TOTP secret in the secret store. */
export const totpNameOf = (hubName: string): string => `${secretNameOf(hubName)}/totp`;

/** Returns a function that gives the codes of a hub; it throws what `createCommandCodes` throws. */
export const createCodesFor =
  ({ prompt, secrets, usedSteps }: CodesOptions) =>
  ({ name, codes }: Hub): MfaCodes => {
    if (codes.from === "command") return createCommandCodes({ command: codes.command, usedSteps });
    if (codes.from === "totp") return createTotpCodes({ secrets, name: totpNameOf(name), usedSteps });
    return createTerminalCodes({ prompt });
  };
