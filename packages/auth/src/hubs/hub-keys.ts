// A hub user's keys: in the secret store, read when AWS is really asked, and handed to nobody but AWS.
import * as v from "valibot";
import { AuthError } from "../errors.js";
import type { CredentialsSource, LongLivedKeys, SecretStore, SourceContext } from "../types.js";
import type { Hub } from "./config-schema.js";

const KEYS = v.strictObject({
  accessKeyId: v.string(),
  secretAccessKey: v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/)),
});

/** Returns the name of the hub's keys in the secret store. */
export const secretNameOf = (hubName: string): string => `hub/${hubName}`;

/** Returns what the secret store holds for the hub, or `undefined`. Rejects with `secrets_damaged` where it is no keys. */
export const readHubKeys = async (secrets: SecretStore, hubName: string): Promise<LongLivedKeys | undefined> => {
  const stored = await secrets.get(secretNameOf(hubName));
  if (stored === undefined) return undefined;
  try {
    return v.parse(KEYS, JSON.parse(stored));
  } catch {
    throw new AuthError("secrets_damaged", `what is stored for the hub ${hubName} is not keys`, {
      hint: "add the hub's keys again",
    });
  }
};

/** Stores a hub's keys. */
export const storeHubKeys = (secrets: SecretStore, hubName: string, keys: LongLivedKeys): Promise<void> => {
  const { accessKeyId, secretAccessKey } = keys;
  return secrets.set(secretNameOf(hubName), JSON.stringify({ accessKeyId, secretAccessKey }));
};

/**
 * Returns the source of a hub user's keys, for calls of STS and IAM. Its question needs no secret, so a session that is
 * kept is handed out without the store being opened. `get` rejects with `not_found` where no keys are stored, and with
 * `caller_credentials` where they are others than the configuration names.
 */
export const createHubKeysSource = ({ secrets }: Pick<SourceContext, "secrets">, hub: Hub): CredentialsSource => ({
  question: { kind: "keys", accessKeyId: hub.accessKeyId },
  description: `user ${hub.userName} of hub ${hub.name}`,
  async get() {
    const keys = await readHubKeys(secrets, hub.name);
    if (keys === undefined) {
      throw new AuthError("not_found", `no keys are stored for the hub ${hub.name}`, {
        hint: "add the hub's keys again",
      });
    }
    // A session is kept by the key that the configuration names: made with another, it would be kept under a false name.
    if (keys.accessKeyId !== hub.accessKeyId) {
      throw new AuthError(
        "caller_credentials",
        `the keys stored for the hub ${hub.name} are not those it is set up with`,
        {
          hint: "try again; if it stays so, finish the rotation of its keys, or add them again",
        },
      );
    }
    return { ...keys, accountId: hub.accountId };
  },
});
