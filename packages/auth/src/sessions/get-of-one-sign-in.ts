// Credentials together with the sign-in that they came of: whoever keeps what is made of them must know when it is over.
import { AuthError } from "../errors.js";
import type { AwsCredentials, CredentialsSource } from "../types.js";

/** Credentials, and the sign-in that they came of where one was needed. */
export interface OfOneSignIn {
  readonly credentials: AwsCredentials;
  readonly signInId?: string;
}

/** A person signs in once; this many times is somebody else's loop. */
const MOST_TRIES = 3;

/** Returns the error for sign-ins that begin and end faster than credentials can be had. */
export const createRestlessError = (): AuthError =>
  new AuthError("sign_in_required", "somebody signed in or out again and again while this was asked for", {
    hint: "try again when the sign-in stands",
  });

/** Returns what the source gives, with the sign-in that stood before and after. Rejects as its `get` does, or with `sign_in_required`. */
export const getOfOneSignIn = async (source: CredentialsSource): Promise<OfOneSignIn> => {
  if (source.signInId === undefined) return { credentials: await source.get() };
  for (let tried = 0; tried < MOST_TRIES; tried++) {
    const signInId = await source.signInId();
    const credentials = await source.get();
    // The first asking may have been answered by a person, who signed in.
    if (signInId !== undefined && signInId === (await source.signInId())) return { credentials, signInId };
  }
  throw createRestlessError();
};
