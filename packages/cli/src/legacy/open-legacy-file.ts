// Finds and opens the file that aacli or aws-auth left. It is read and never written.
import { join } from "node:path";
import { AuthError } from "@daypass/auth/terminal";
import { FileTooLarge, readGivenFile } from "../read-given-file.js";
import { decryptLegacy, readSealed, type LegacySealed } from "./decrypt-legacy.js";
import { readLegacy, type LegacyProfile } from "./read-legacy.js";

/** Where the two tools kept it under the names they were published with. */
const DIRECTORIES = [".aacli", ".aws-auth"];
const MOST_BYTES = 1024 * 1024;
const MOST_TRIES = 3;

export interface LegacyFile {
  readonly path: string;
  readonly isEncrypted: boolean;
  readonly profiles: readonly LegacyProfile[];
}

const read = async (path: string): Promise<string | undefined> => {
  try {
    return await readGivenFile(path, MOST_BYTES);
  } catch (cause) {
    if (cause instanceof FileTooLarge) {
      throw new AuthError("file_unusable", `${JSON.stringify(path)} is larger than 1 MiB`, { hint: "see what it is" });
    }
    const code: unknown = Reflect.get(Object(cause), "code");
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new AuthError("file_unusable", `${JSON.stringify(path)} cannot be read`, {
      hint: "see who may read it",
      cause,
    });
  }
};

const find = async (homeDir: string, path: string | undefined): Promise<readonly [path: string, text: string]> => {
  const places = path === undefined ? DIRECTORIES.map((name) => join(homeDir, name, "config.json")) : [path];
  for (const place of places) {
    const text = await read(place);
    if (text !== undefined) return [place, text];
  }
  throw new AuthError("file_missing", `there is no ${places.map((place) => JSON.stringify(place)).join(" and no ")}`, {
    hint: "name the old file",
  });
};

const decrypt = async (sealed: LegacySealed, ask: (isAgain: boolean) => Promise<string>): Promise<unknown> => {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const value = decryptLegacy(sealed, await ask(tries > 0));
    if (value !== undefined) return value;
  }
  throw new AuthError("wrong_passphrase", "the old file does not open under that passphrase", {
    hint: "it is the one that you gave to aacli or aws-auth",
  });
};

/**
 * Opens the named file, or the one that is found. `ask` is asked for the passphrase of an encrypted one, three times at
 * most. Rejects with `file_missing`, `file_unusable`, `file_malformed` or `wrong_passphrase`.
 */
export const openLegacyFile = async (
  homeDir: string,
  path: string | undefined,
  ask: (isAgain: boolean) => Promise<string>,
): Promise<LegacyFile> => {
  const [place, text] = await find(homeDir, path);
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new AuthError("file_malformed", `${JSON.stringify(place)} is not JSON`, {
      hint: "put back a copy; it was not changed",
    });
  }
  const sealed = readSealed(value);
  return {
    path: place,
    isEncrypted: sealed !== undefined,
    profiles: readLegacy(sealed === undefined ? value : await decrypt(sealed, ask)),
  };
};
