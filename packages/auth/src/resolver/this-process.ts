// The process that we are in, as the defaults of options: the one file of the library that looks at it.
import { homedir, userInfo } from "node:os";
import type { Environment } from "../profiles/profile-types.js";

/** Returns the environment as it is now: a copy, which later changes do not reach. */
// oxlint-disable-next-line node/no-process-env -- a default of options; whoever wants another environment hands it in
export const currentEnvironment = (): Environment => ({ ...process.env });

/** Returns the user's home directory. */
export const currentHome = (): string => homedir();

/** Returns the user's name; `user` where the system has none for them, as in some containers. */
export const currentUser = (): string => {
  try {
    return userInfo().username;
  } catch {
    return "user";
  }
};
