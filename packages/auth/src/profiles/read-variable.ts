// A variable that is set and empty is as good as not set, as for botocore and the AWS SDK.
import type { Environment } from "./profile-types.js";

/** Returns the value of a variable, or `undefined` where it is not set or empty. */
export const readVariable = (env: Environment, name: string): string | undefined => {
  const value = env[name];
  return value === "" ? undefined : value;
};
