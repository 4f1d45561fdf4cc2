// A fleet of customers behind one broker, and an STS in this process that answers at once and counts who asks.
import { createCredentialsBroker, createMemoryCache } from "@daypass/credentials";

const HOUR_MS = 3_600_000;
/** More than any herd here: what is measured is how few calls there are, not how patiently they wait for AWS's quota. */
const CALLS_PER_SECOND = 1_000_000;

/** Returns the request of the n-th customer. */
export const requestOf = (n) => ({
  roleArn: `arn:aws:iam::${300_000_000_000 + n}:role/reader`,
  roleSessionName: "acme.report",
  externalId: `vYx3mHc0Qk2sVb7nTf${n}`,
  durationSeconds: 3600,
  region: "eu-west-1",
});

/** Returns a broker, the `assumeRole` that it asks, and `takeCalls`, which says how often that was asked since last time. */
export function createFleet({ now, maxEntries = 100 }) {
  let calls = 0;
  const assumeRole = async ({ roleArn }) => {
    calls++;
    const accountId = roleArn.split(":")[4];
    return {
      credentials: {
        accessKeyId: `ASIA${accountId}0000`,
        secretAccessKey: `secret${accountId}`,
        sessionToken: `token${accountId}`,
        expiration: new Date(now() + HOUR_MS),
      },
      assumedRoleArn: `arn:aws:sts::${accountId}:assumed-role/reader/acme.report`,
      roleUniqueId: "AROA0123456789ABCDEF0",
    };
  };
  const broker = createCredentialsBroker({
    now,
    assumeRole,
    cache: createMemoryCache({ maxEntries }),
    record: async () => undefined,
    callsPerSecond: CALLS_PER_SECOND,
  });
  const takeCalls = () => {
    const taken = calls;
    calls = 0;
    return taken;
  };
  return { broker, assumeRole, takeCalls };
}
