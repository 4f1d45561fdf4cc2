// Answers of this machine (a metadata service, a command) are kept in this process alone: on disk, one machine or one
// edit of a profile would serve another's.
import { copyCredentials } from "../sessions/copy-credentials.js";
import type { AwsCredentials, Clock } from "../types.js";

/** From here on a new answer is asked for: the AWS SDKs' own window. */
const RENEW_LEFT_MS = 300_000;

/**
 * Returns a function that gives the kept answer while it has five minutes left, and asks anew after that; those who come
 * meanwhile wait for the same asking. Where asking fails, the kept one is given for as long as it lives. Keys without an
 * expiration are kept for the life of the function.
 */
export const keepInMemory = (now: Clock, obtain: () => Promise<AwsCredentials>): (() => Promise<AwsCredentials>) => {
  let kept: AwsCredentials | undefined;
  let asking: Promise<AwsCredentials> | undefined;
  const leftOf = ({ expiration }: AwsCredentials): number =>
    expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - now();
  const ask = async (): Promise<AwsCredentials> => {
    try {
      kept = await obtain();
      return kept;
    } catch (error) {
      if (kept === undefined || leftOf(kept) <= 0) throw error;
      return kept;
    } finally {
      asking = undefined;
    }
  };
  const read = async (): Promise<AwsCredentials> => {
    if (kept !== undefined && leftOf(kept) > RENEW_LEFT_MS) return kept;
    asking ??= ask();
    return asking;
  };
  return async () => {
    const found = await read();
    return found.sessionToken === undefined ? { ...found } : copyCredentials(found);
  };
};
