// Profiles from texts, as the tests of reading, planning and asking want them.
import { interpretProfiles } from "../dist/profiles/interpret-profiles.js";
import type { Profiles } from "../dist/profiles/profile-types.js";

export const profilesOf = (config: string, credentials = ""): Profiles =>
  interpretProfiles({
    config: { path: "/home/jo/.aws/config", text: config },
    credentials: { path: "/home/jo/.aws/credentials", text: credentials },
  });

/** What a call threw, as `code: message; hint`. */
export const failureOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return wordsOf(error);
  }
  return "no failure";
};

const wordsOf = (error: unknown): string => {
  const { code, message, hint } = error as { code?: string; message?: string; hint?: string };
  return `${code}: ${message}; ${hint}`;
};

/** What a promise was rejected with, as `code: message; hint`. */
export const rejectionOf = async (work: Promise<unknown>): Promise<string> => work.then(() => "no failure", wordsOf);
