// Menus need no memory. Where nobody can be asked, the same thing is said by words on the command line.
import type { Choice } from "@daypass/auth";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

/** Returns the value that the person picks. Throws `UsageError` with `instead` where nobody can be asked. */
export const askChoice = async (
  { prompt }: Pick<Workbench, "prompt">,
  {
    message,
    choices,
    instead,
  }: { readonly message: string; readonly choices: readonly Choice[]; readonly instead: string },
): Promise<string> => {
  if (!prompt.isAvailable) throw new UsageError("something is left to choose, and nobody can be asked", instead);
  return prompt.ask({ kind: "choice", message, choices });
};

/** Returns whether the person says yes. `isYes`: they have said so already. Throws `UsageError` where nobody can be asked. */
export const askYes = async (
  { prompt }: Pick<Workbench, "prompt">,
  message: string,
  isYes: boolean,
): Promise<boolean> => {
  if (isYes) return true;
  if (!prompt.isAvailable) throw new UsageError("this asks first, and nobody can be asked", "say --yes");
  return (await prompt.ask({ kind: "confirmation", message })) === "yes";
};

/** Returns what the person types. Throws `UsageError` with `instead` where nobody can be asked. */
export const askText = async (
  { prompt }: Pick<Workbench, "prompt">,
  message: string,
  {
    instead,
    check,
    kind = "text",
  }: {
    readonly instead: string;
    readonly check?: (answer: string) => string | undefined;
    readonly kind?: "text" | "secret";
  },
): Promise<string> => {
  if (!prompt.isAvailable) throw new UsageError("something is left to say, and nobody can be asked", instead);
  return prompt.ask({ kind, message, ...(check !== undefined && { check }) });
};
