// Ten thousand customers, each asked for by a hundred callers in the same moment: cold, warm, and when all are due.
import { createCredentialsBroker, createMemoryCache } from "@daypass/credentials";
import { collectGarbage } from "./kit/collect-garbage.mjs";
import { createRandom } from "./kit/random.mjs";
import { createSimulatedSts, marksOf, requestOf } from "./kit/simulated-sts.mjs";
import { createVirtualTime } from "./kit/virtual-time.mjs";

const CALLERS = 100;
/** AWS's quota; the broker's own default is half of it. */
const QUOTA = 600;
/** Only the role tells one customer from the next. */
const SAME = { externalId: "one-external-id-for-all" };
const MOST_BYTES = 10_000;
const MINUTE = 60_000;

export const trial = {
  name: "herd-credentials",
  claim:
    "a hundred callers for each customer cost one call of STS, none is throttled, and nobody gets another's answer",
  wouldShow:
    "more calls than customers, a throttled call, a caller with an error, with foreign or with torn credentials",
  unit: "asks",
  amounts: { test: 300_000, short: 3_000_000, long: 15_000_000 },
  needs: [],

  async run({ amount, seed }) {
    // Cold, warm, and due: three rounds of a hundred callers.
    const customers = Math.max(10, Math.floor(Math.min(amount, 3_000_000) / (3 * CALLERS)));
    const rounds = Math.max(1, Math.round(amount / (3 * CALLERS * customers)));
    const wrong = [];
    let figures = {};
    let tried = 0;
    for (let round = 0; round < rounds; round++) {
      const outcome = await stampede(customers, `${seed} ${round}`);
      wrong.push(...outcome.wrong);
      tried += outcome.tried;
      figures = outcome.figures;
    }
    return { tried, wrong, figures };
  },
};

async function stampede(customers, seed) {
  const random = createRandom(seed, "herd-credentials");
  const time = createVirtualTime();
  const sts = createSimulatedSts({ time, callsPerSecond: QUOTA, random });
  const broker = createCredentialsBroker({
    assumeRole: sts.assumeRole,
    record: async () => undefined,
    cache: createMemoryCache({ maxEntries: customers * 2 }),
    now: time.now,
    jitter: () => random.int(1000) / 1000,
    sleep: time.sleep,
    waitMs: 120_000,
    timeoutMs: 2_000_000_000,
  });
  const wrong = [];
  let tried = 0;

  const askOnce = async (provide, n) => {
    const { account, isWhole } = marksOf(await provide());
    if (account !== String(300_000_000_000 + n)) wrong.push(`customer ${n} got the credentials of ${account}`);
    if (!isWhole) wrong.push(`customer ${n} got the parts of two sessions`);
  };
  const askAll = (providers) => {
    tried += providers.length * CALLERS;
    return Promise.all(providers.flatMap((provide, n) => Array.from({ length: CALLERS }, () => askOnce(provide, n))));
  };
  const failed = (when) => (error) => wrong.push(`${when}: ${error}`);
  const calls = (least, most, when) => {
    if (sts.calls < least || sts.calls > most) wrong.push(`${when}: ${sts.calls} calls for ${customers} customers`);
    sts.calls = 0;
  };

  await collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const providers = Array.from({ length: customers }, (_, n) => broker.provider(requestOf(n, SAME)));
  await time.run(askAll(providers)).catch(failed("cold"));
  calls(customers, customers, "cold");
  await collectGarbage();
  const bytes = Math.round((process.memoryUsage().heapUsed - before) / customers);
  // Of a few customers the fixed part would be most of it.
  if (customers >= 1000 && bytes > MOST_BYTES) wrong.push(`${bytes} bytes for each customer`);

  await time.run(askAll(providers)).catch(failed("warm"));
  calls(0, 0, "warm");

  await time.run(time.sleep(34.9 * MINUTE));
  await time.run(askAll(providers)).catch(failed("due"));
  // Behind the callers' backs, at half of the rate.
  await time.run(time.sleep(5 * MINUTE));
  calls(customers, customers, "due");
  if (sts.throttled > 0) wrong.push(`${sts.throttled} calls were throttled`);
  return { wrong, tried, figures: { customers, throttled: sts.throttled, "bytes for each": bytes } };
}
