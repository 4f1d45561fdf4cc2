// Secrets that end with the process: for tests, and for tools that are handed them anew each time.
import type { SecretStore } from "../types.js";
import { checkSecretName } from "./secrets-document.js";

/** Returns a store that keeps nothing beyond the process. */
export function createMemorySecrets(): SecretStore {
  const secrets = new Map<string, string>();
  return {
    kind: "memory",
    get: (name) => Promise.resolve(secrets.get(name)),
    async set(name, secret) {
      checkSecretName(name);
      secrets.set(name, secret);
    },
    async delete(name) {
      secrets.delete(name);
    },
    names: () => Promise.resolve([...secrets.keys()].toSorted()),
  };
}
