// What a fleet's sessions ask of STS when all are of one age, as after a deployment, and all keep being asked for.
import { createFleet, requestOf } from "./kit/fleet.mjs";
import { createGetThenSet } from "./kit/get-then-set.mjs";

const START = Date.UTC(2030, 0, 1);
const KEYS = 10_000;
const STEP_MS = 5000;
const MINUTE_MS = 60_000;

export async function bench(report) {
  let time = START;
  const now = () => time;
  const fleet = createFleet({ now, maxEntries: KEYS });
  const requests = Array.from({ length: KEYS }, (_, n) => requestOf(n));
  const providers = requests.map((request) => fleet.broker.provider(request));
  const naive = createGetThenSet({ assumeRole: fleet.assumeRole, now });
  const naiveProviders = requests.map((request) => () => naive(request));

  const renew = async (asked, { from, until }) => {
    time = START;
    for (const provide of asked) await provide();
    fleet.takeCalls();
    let [total, busiest] = [0, 0];
    for (time = START + from; time < START + until; time += STEP_MS) {
      for (const provide of asked) await provide();
      // Renewals happen behind the callers' backs.
      await new Promise((resolve) => setImmediate(resolve));
      const calls = fleet.takeCalls();
      total += calls;
      busiest = Math.max(busiest, calls);
    }
    return { total, busiest };
  };
  // An hour's session is renewed at an age of 25.2 to 29.4 minutes.
  const ours = await renew(providers, { from: 25 * MINUTE_MS, until: 30 * MINUTE_MS });
  const theirs = await renew(naiveProviders, { from: 54.5 * MINUTE_MS, until: 55.5 * MINUTE_MS });
  const name = `renewal of ${KEYS.toLocaleString("en-US")} sessions of one age`;
  const peer = "renewal when five minutes are left, as the SDK's";
  report({
    name: `${name}: busiest five seconds`,
    figure: ours.busiest,
    unit: "calls",
    better: "less",
    baseline: { name: peer, figure: theirs.busiest },
    promise: { most: 400 },
  });
  report({
    name: `${name}: in all`,
    figure: ours.total,
    unit: "calls",
    better: "less",
    baseline: { name: peer, figure: theirs.total },
    promise: { most: KEYS },
  });
}
