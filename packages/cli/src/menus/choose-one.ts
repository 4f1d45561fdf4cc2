// Asks which of several is meant, where one was left out.
import { AuthError } from "@daypass/auth/terminal";
import type { Prompt } from "@daypass/auth";

/**
 * Returns the only one, or the one that the person chooses. Throws `not_found` where there are none, and
 * `prompt_unavailable` with all of them where nobody can be asked.
 */
export const chooseOne = async (
  prompt: Prompt,
  { what, names, none }: { readonly what: string; readonly names: readonly string[]; readonly none: string },
): Promise<string> => {
  const [only, ...others] = names;
  if (only === undefined) throw new AuthError("not_found", `there is no ${what} yet`, { hint: none });
  if (others.length === 0) return only;
  if (!prompt.isAvailable) {
    throw new AuthError("prompt_unavailable", `there are several: ${names.join(", ")}`, { hint: `name the ${what}` });
  }
  const choices = names.map((name) => ({ value: name, label: name }));
  return prompt.ask({ kind: "choice", message: `Which ${what}?`, choices });
};
