// Where nobody can be asked: builds, services, `credential_process` of an SDK.
import { AuthError } from "../errors.js";
import type { Prompt, Question } from "../types.js";

/** What is wanted of the person, for the sentence that says that nobody can be asked. */
const WANTED: Readonly<Record<Question["kind"], string>> = {
  mfa_code: "an MFA code",
  passphrase: "a passphrase",
  new_passphrase: "a new passphrase",
  text: "an answer",
  secret: "a secret",
  confirmation: "a yes or no",
  choice: "a choice",
};

/**
 * Returns a prompt that never asks: `ask` rejects with `AuthError` `prompt_unavailable` at once. `why` ends the sentence
 * "an MFA code is needed, and …".
 */
export function neverPrompt(why: string): Prompt {
  return {
    isAvailable: false,
    ask: ({ kind }) => Promise.reject(unavailable(kind, why)),
    tell: () => undefined,
  };
}

/** Returns the error for a question that nobody can be asked. */
export function unavailable(kind: Question["kind"], why: string, cause?: unknown): AuthError {
  return new AuthError("prompt_unavailable", `${WANTED[kind]} is needed, and ${why}`, {
    hint: "run it once in a terminal, so that what is kept afterwards answers here",
    cause,
  });
}
