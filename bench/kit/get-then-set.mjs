// The cache that programs write for themselves: look, and if there is nothing, ask and keep.
const RENEW_LEFT_MS = 300_000;

/**
 * Returns a function from a request to credentials that asks where nothing is kept, or where less than five minutes are
 * left, as the AWS SDK's memoised provider does (`EXPIRATION_MS` of memoizeIdentityProvider in @smithy/core).
 */
export function createGetThenSet({ assumeRole, now }) {
  const kept = new Map();
  return async (request) => {
    const key = JSON.stringify(request);
    const found = kept.get(key);
    if (found !== undefined && found.expiration.getTime() - now() >= RENEW_LEFT_MS) return found;
    const { credentials } = await assumeRole(request);
    kept.set(key, credentials);
    return credentials;
  };
}
