// The broker through hours of bad days: regions down, throttling, wrong answers, poisoned caches, clocks that jump,
// denials that pass and denials that stay.
import { createCredentialsBroker, createMemoryCache, CredentialsError } from "@daypass/credentials";
import { createRandom } from "./kit/random.mjs";
import { createSimulatedSts, marksOf, requestOf } from "./kit/simulated-sts.mjs";
import { createVirtualTime } from "./kit/virtual-time.mjs";

const CUSTOMERS = 12;
const MINUTE = 60_000;
const DAY_MINUTES = 180;
const REGIONS = ["eu-west-1", "eu-central-1"];
const JUMPS = [-24 * 60, -10, 10, 24 * 60];
/** The last seconds of a session are handed out to nobody. */
const LEAST_LEFT_MS = 5_000;
/** With this much left, and nothing denied, a caller gets the session in hand whatever STS does. */
const SAFE_LEFT_MS = 61_000;
const MOST_CALLS_A_MINUTE = 10;

export const trial = {
  name: "fault-credentials",
  claim:
    "no caller gets foreign, torn or expired credentials, and nobody with a good session gets an error, whatever STS, cache and clock do",
  wouldShow:
    "credentials of another customer, expired ones, an error while a session was good, a customer stopped for a denial that passed",
  unit: "asks",
  amounts: { test: 60_000, short: 300_000, long: 6_000_000 },
  needs: [],

  async run({ amount, seed }) {
    const totals = { granted: 0, refused: 0, calls: 0, days: 0 };
    const wrong = [];
    for (let day = 0; totals.granted + totals.refused < amount && wrong.length < 20; day++) {
      const outcome = await badDay(`${seed} ${day}`);
      for (const name of ["granted", "refused", "calls"]) totals[name] += outcome[name];
      totals.days += 1;
      wrong.push(...outcome.wrong.map((line) => `day ${day} of seed ${seed}: ${line}`));
    }
    return { tried: totals.granted + totals.refused, wrong, figures: totals };
  },
};

async function badDay(seed) {
  const random = createRandom(seed, "fault-credentials");
  const time = createVirtualTime();
  const begin = time.now();
  let jumped = 0;
  const machine = () => time.now() + jumped;
  const weather = makeWeather(random, begin);
  const sts = createSimulatedSts({
    time,
    machine,
    random,
    plan: weather.plan,
    callsPerSecond: random.pick([2, 20, 600]),
  });
  const told = new Map();
  const broker = createCredentialsBroker({
    assumeRole: sts.assumeRole,
    record: async () => undefined,
    cache: poison(createMemoryCache(), random, weather.poisoned),
    now: machine,
    jitter: () => random.int(1000) / 1000,
    sleep: time.sleep,
    timeoutMs: 2_000_000_000,
    fallbackRegions: { [REGIONS[0]]: [REGIONS[1]] },
    onDenied: ({ roleArn }) => void told.set(roleArn, time.now()),
  });
  const result = { granted: 0, refused: 0, calls: 0, wrong: [] };
  const providers = Array.from({ length: CUSTOMERS }, (_, n) => broker.provider(requestOf(n)));

  const ask = async (n) => {
    const { request, hand } = customers[n];
    const had = hand === undefined ? 0 : hand - time.now();
    const at = time.now();
    try {
      const credentials = await providers[n]();
      result.granted += 1;
      const { account, isWhole } = marksOf(credentials);
      if (account !== request.roleArn.split(":")[4])
        result.wrong.push(`customer ${n} got the credentials of ${account}`);
      if (!isWhole) result.wrong.push(`customer ${n} got the parts of two sessions`);
      const left = credentials.expiration.getTime() - time.now();
      if (left < LEAST_LEFT_MS) result.wrong.push(`customer ${n} got a session with ${left} ms left`);
      customers[n].hand = credentials.expiration.getTime();
    } catch (error) {
      result.refused += 1;
      if (!(error instanceof CredentialsError)) result.wrong.push(`customer ${n} got ${error}`);
      // A jump of the clock leaves it unknown how old the session is; a denial that was confirmed ends it.
      const isExcused = weather.isExcused(n, at, time.now()) || told.has(request.roleArn);
      if (had > SAFE_LEFT_MS && !isExcused) result.wrong.push(`customer ${n} got ${error.code} with ${had} ms in hand`);
    }
  };
  const customers = providers.map((_, n) => ({ request: requestOf(n), hand: undefined }));

  const live = async (n) => {
    while (time.now() < begin + DAY_MINUTES * MINUTE) {
      await Promise.all(Array.from({ length: 1 + random.int(3) }, () => ask(n)));
      await time.sleep(1000 + random.int(4 * MINUTE));
    }
  };
  const jump = async () => {
    for (const { at, by } of weather.jumps) {
      await time.sleep(at - time.now());
      jumped += by * MINUTE;
      for (const customer of customers) customer.hand = undefined;
    }
  };
  await time.run(Promise.all([jump(), ...customers.map((_, n) => live(n))]));

  for (const [roleArn, at] of told) {
    const n = customers.findIndex(({ request }) => request.roleArn === roleArn);
    if (!weather.isDenied(n, at)) result.wrong.push(`customer ${n} was stopped while AWS did not deny it`);
    else if (weather.isShort(n, at))
      result.wrong.push(`customer ${n} was stopped for a denial that passed in a moment`);
  }
  for (const [key, times] of sts.times) {
    const busiest = times.filter((each) => each > times.at(-1) - MINUTE).length;
    if (busiest > MOST_CALLS_A_MINUTE) result.wrong.push(`${key}: ${busiest} calls within a minute`);
  }
  result.calls = sts.calls;
  return result;
}

/** What goes wrong on this day, and when: windows of so many minutes. */
function makeWeather(random, begin) {
  const window = (longest) => {
    const from = begin + random.int(DAY_MINUTES * MINUTE);
    return { from, to: from + random.int(longest * MINUTE) };
  };
  const many = (count, longest, more = () => ({})) =>
    Array.from({ length: random.int(count + 1) }, () => ({ ...window(longest), ...more() }));
  const outages = many(3, 25, () => ({ regions: random.chance(0.3) ? REGIONS : [random.pick(REGIONS)] }));
  const throttling = many(2, 20, () => ({ share: random.int(101) / 100 }));
  const wrongAnswers = many(2, 15, () => ({ what: random.pick(["expired", "foreign", "torn", "empty", "slow"]) }));
  const denials = Array.from({ length: random.int(3) }, () => {
    const isShort = random.chance(0.5);
    const from = begin + random.int(DAY_MINUTES * MINUTE);
    const to = isShort ? from + random.int(50_000) : Infinity;
    return { from, to, isShort, customer: random.int(CUSTOMERS) };
  });
  const poisoned = random.chance(0.4);
  const jumps = Array.from({ length: random.chance(0.5) ? 1 + random.int(2) : 0 }, () => ({
    at: window(1).from,
    by: random.pick(JUMPS),
  }));
  jumps.sort((left, right) => left.at - right.at);
  const within = (now) => (each) => now >= each.from && now < each.to;
  const denialOf = (n, now) => denials.find((each) => each.customer === n && within(now)(each));
  return {
    poisoned,
    jumps,
    isDenied: (n, now) => denialOf(n, now) !== undefined,
    isShort: (n, now) => denialOf(n, now)?.isShort === true,
    /** With a cache that loses or a clock that jumps, what was handed out may not be in hand any more. */
    isExcused: (n, from, to) => poisoned || jumps.some(({ at }) => at >= from - 65 * MINUTE && at <= to),
    plan({ roleArn, region }, now) {
      const n = Number(roleArn.split(":")[4]) - 300_000_000_000;
      if (denialOf(n, now) !== undefined) return "denied";
      if (outages.some((each) => within(now)(each) && each.regions.includes(region))) return "down";
      const slow = throttling.find(within(now));
      if (slow !== undefined && random.chance(slow.share)) return "throttled";
      const odd = wrongAnswers.find(within(now));
      return odd !== undefined && random.chance(0.5) ? odd.what : undefined;
    },
  };
}

/** A cache that now and then answers with something else than was put into it. */
function poison(cache, random, isPoisoned) {
  if (!isPoisoned) return cache;
  const seen = [];
  return {
    ...cache,
    async set(key, entry) {
      if (random.chance(0.1)) throw new Error("the cache is full");
      if (seen.length < 200) seen.push(entry);
      await cache.set(key, entry);
    },
    async get(key) {
      const entry = await cache.get(key);
      if (random.chance(0.7) || seen.length === 0) return entry;
      const other = random.pick(seen);
      const { assumedRole } = entry ?? other;
      switch (random.int(6)) {
        case 0:
          return other;
        case 1:
          return { ...(entry ?? other), assumedRole: other.assumedRole };
        case 2: {
          const credentials = { ...assumedRole.credentials, sessionToken: undefined };
          return { ...(entry ?? other), assumedRole: { ...assumedRole, credentials } };
        }
        case 3:
          return { ...(entry ?? other), obtained: new Date(Number.NaN) };
        case 4:
          return random.pick([null, {}, [], "entry", 7]);
        default:
          throw new Error("the cache is down");
      }
    },
  };
}
