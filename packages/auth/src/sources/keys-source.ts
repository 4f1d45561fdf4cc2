// Keys that somebody already holds: of a profile, of a hub's user.
import type { Clock, CredentialsSource } from "../types.js";
import { toCredentials, type KeyParts } from "./check-credentials.js";

export interface KeysSourceOptions {
  readonly keys: KeyParts;
  readonly description: string;
}

/** Returns a source that gives the keys as they are. A token without an expiration is taken to live 15 minutes from each asking. */
export const createKeysSource = (
  { now }: { readonly now: Clock },
  { keys, description }: KeysSourceOptions,
): CredentialsSource => ({
  question: { kind: "keys", accessKeyId: keys.accessKeyId },
  description,
  get: async () => toCredentials(keys, now),
});
