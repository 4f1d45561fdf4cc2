// What a person is told when only they can help, and nobody can ask them here.
import { AuthError } from "../errors.js";
import type { SsoSession } from "../types.js";
import type { ReadToken } from "./token-file.js";

/** Why a sign-in is needed. `ended`: AWS ended it before its time. `asked`: somebody asked for a new one. */
export type SignInNeed = { readonly state: ReadToken["state"] | "ended" | "asked" };

const WORDS: Readonly<Record<SignInNeed["state"], string>> = {
  present: "the sign-in has expired",
  missing: "nobody is signed in",
  damaged: "the kept sign-in cannot be read",
  other_portal: "the kept sign-in is of another portal or region",
  asked: "signing in needs a person",
  ended: "AWS has ended the sign-in before its time",
};

const quote = (name: string): string => (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name));

/** Returns the `sign_in_required` of a session, with the command to type. */
export const requireSignIn = (
  { name, startUrl }: SsoSession,
  need: SignInNeed,
  command: string | undefined,
): AuthError => {
  const standard = name === undefined ? "aws sso login --profile NAME" : `aws sso login --sso-session ${quote(name)}`;
  return new AuthError(
    "sign_in_required",
    `${WORDS[need.state]}: ${name === undefined ? startUrl : `sso-session ${name}`}`,
    {
      hint: `sign in with: ${command ?? standard}`,
    },
  );
};
