// The broker's cost, as ratios measured side by side in one process, and the calls that a herd costs.
// Run by `npm run bench`, or alone: node bench/credentials.mjs
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createCredentialsBroker, createMemoryCache, requestKey } from "@daypass/credentials";

const START = Date.UTC(2030, 0, 1);
const requestOf = (n) => ({
  roleArn: `arn:aws:iam::${300_000_000_000 + n}:role/reader`,
  roleSessionName: "acme.report",
  externalId: `vYx3mHc0Qk2sVb7nTf${n}`,
  durationSeconds: 3600,
  region: "eu-west-1",
});

/** Calls `work` in slices for about a second and returns calls per second: the median slice. */
const measure = async (work) => {
  const rates = [];
  const until = performance.now() + 1000;
  while (performance.now() < until) {
    const start = performance.now();
    for (let call = 0; call < 5000; call++) await work(call);
    rates.push(5_000_000 / (performance.now() - start));
  }
  return rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)];
};
const broken = [];
/** Prints a figure; `holds` says whether its promise, if it has one, is kept. */
const print = (name, figure, holds = true) => {
  console.log(`credentials ${name}: ${figure}`);
  if (!holds) broken.push(name);
};
const round = (figure) => Math.round(figure).toLocaleString("en-US");

let time = START;
let calls = 0;
const broker = createCredentialsBroker({
  now: () => time,
  cache: createMemoryCache({ maxEntries: 20_000 }),
  record: async () => undefined,
  assumeRole: async (request) => {
    calls++;
    const accountId = request.roleArn.split(":")[4];
    return {
      credentials: {
        accessKeyId: `ASIA${accountId}0000`,
        secretAccessKey: "secret",
        sessionToken: "token",
        expiration: new Date(time + 3_600_000),
      },
      assumedRoleArn: `arn:aws:sts::${accountId}:assumed-role/reader/acme.report`,
      roleUniqueId: "AROA0123456789ABCDEF0",
    };
  },
});

const provide = broker.provider(requestOf(0));
await provide();
const map = new Map([[requestKey(requestOf(0)), await provide()]]);
const key = requestKey(requestOf(0));
const bare = async () => map.get(key);
// Once each to warm up, then the figures.
await measure(provide);
await measure(bare);
const warm = await measure(provide);
const lookup = await measure(bare);
print("warm hits", `${round(warm)} per second (at least 50,000)`, warm >= 50_000);
print("warm hit against an awaited Map lookup", `${(lookup / warm).toFixed(1)} times the time of one`);
const requests = Array.from({ length: 5000 }, (_, n) => requestOf(n));
print("request keys", `${round(await measure((call) => requestKey(requests[call])))} per second`);

const KEYS = 10_000;
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");
const heap = () => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};
const ASKS = 20;
const providers = Array.from({ length: KEYS }, (_, n) => broker.provider(requestOf(n)));
const askAll = () => Promise.all(providers.flatMap((ask) => Array.from({ length: ASKS }, () => ask())));
// One of the keys is warm already.
calls = 1;
const heapBefore = heap();
const start = performance.now();
await askAll();
const coldMs = performance.now() - start;
const bytes = (heap() - heapBefore) / KEYS;
print(
  `cold herd of ${round(KEYS)} keys with ${ASKS} callers each`,
  `${round(calls)} calls of STS (at most ${round(KEYS)})`,
  calls <= KEYS,
);
print("cold herd's time", `${round(coldMs)} ms`);
print("memory", `${round(bytes)} bytes for each session (at most 10,000)`, bytes <= 10_000);
calls = 0;
await askAll();
print("the same herd, warm", `${calls} calls of STS (at most 0)`, calls === 0);
let most = 0;
for (time += 24 * 60_000; time < START + 31 * 60_000; time += 5000) {
  const before = calls;
  for (const ask of providers) await ask();
  await new Promise((resolve) => setImmediate(resolve));
  most = Math.max(most, calls - before);
}
print(
  `renewal of ${round(KEYS)} sessions of one age`,
  `${round(calls)} calls of STS (at most ${round(KEYS)})`,
  calls <= KEYS,
);
print("its busiest five seconds", `${most} calls of STS (at most 400)`, most <= 400);
process.exitCode = broken.length > 0 ? 1 : 0;
