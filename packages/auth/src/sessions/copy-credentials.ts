// What is kept is not what is handed out: the AWS SDK writes into credentials that it is given, and a caller may as well.
import type { TemporaryCredentials } from "../types.js";

/**
 * Returns the credentials as an object of the caller's own, its date too. SDK v3 notes `$source` on what a provider gives
 * it (@aws-sdk/core, setCredentialFeature), which throws on a frozen object and would mark a shared one.
 */
export const copyCredentials = (credentials: TemporaryCredentials): TemporaryCredentials => ({
  ...credentials,
  expiration: new Date(credentials.expiration),
});
