// Where nothing is kept yet, nothing is said to be kept anywhere.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "@daypass/auth";

/** What is said then. */
export const NO_SECRETS_YET =
  "there are none yet; the keychain is not used here, so they will be in a file under a passphrase";

/** Returns whether nothing is kept yet on a machine whose keychain cannot be used or is switched off. */
export const hasNoSecretsYet = async ({ secrets, directory }: Home): Promise<boolean> =>
  // A keychain that holds something asks nobody here.
  (await secrets.needsPerson()) && (secrets.kind === "keychain" || !existsSync(join(directory, "secrets.age")));
