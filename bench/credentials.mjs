// What the broker costs on one core, and what it spares STS when a whole fleet asks at once.
import { createHash } from "node:crypto";
import { requestKey } from "@daypass/credentials";
import { createFleet, requestOf } from "./kit/fleet.mjs";
import { createGetThenSet } from "./kit/get-then-set.mjs";
import { weighHeap } from "./kit/weigh-heap.mjs";
import { takeTurns } from "./kit/take-turns.mjs";

// Said once in the README instead of on every run; must be set before the SDK is loaded.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const { STSClient } = await import("@aws-sdk/client-sts");

const START = Date.UTC(2030, 0, 1);
const KEYS = 10_000;
const CALLERS = 20;
const TURNS = { milliseconds: 800 };

const requests = Array.from({ length: KEYS }, (_, n) => requestOf(n));

/** Asks so many times, one after another, as a program does that makes requests. */
const ask = (provide) => async (count) => {
  for (let call = 0; call < count; call++) await provide();
};
const keyEach = (keyOf) => (count) => {
  for (let call = 0; call < count; call++) keyOf(requests[call % KEYS]);
};
const herd = (providers) =>
  Promise.all(providers.flatMap((provide) => Array.from({ length: CALLERS }, () => provide())));

export async function bench(report) {
  await benchWarm(report);
  await benchKeys(report);
  await benchCold(report);
}

async function benchWarm(report) {
  const fleet = createFleet({ now: () => START });
  const provide = fleet.broker.provider(requestOf(0));
  const held = await provide();
  // A client of the SDK memoises a provider that does not say that it is memoised: that is the SDK's own.
  const credentialsOf = (credentials) => new STSClient({ region: "eu-west-1", credentials }).config.credentials;
  const rates = await takeTurns(
    {
      ours: ask(credentialsOf(provide)),
      sdk: ask(credentialsOf(async () => held)),
    },
    TURNS,
  );
  report({
    name: "warm credentials, asked for by an SDK client",
    figure: rates.ours,
    unit: "/s",
    better: "more",
    baseline: { name: "the SDK's own memoised provider", figure: rates.sdk },
    reason:
      "the SDK compares one date and gives all callers one object; ours also asks the cache, checks the answer against the question, the clock and revocation, and gives each a copy",
  });

  const map = new Map([[requestKey(requestOf(0)), held]]);
  const key = requestKey(requestOf(0));
  const bare = await takeTurns({ ours: ask(provide), bare: ask(async () => map.get(key)) }, TURNS);
  report({
    name: "warm credentials, asked for directly",
    figure: bare.ours,
    unit: "/s",
    better: "more",
    baseline: { name: "an awaited Map lookup", figure: bare.bare },
    promise: { least: 50_000 },
    reason: "a Map knows neither expiration nor revocation; see above",
  });
}

async function benchKeys(report) {
  const hash = (request) => createHash("sha256").update(JSON.stringify(request)).digest("hex");
  const rates = await takeTurns({ ours: keyEach(requestKey), bare: keyEach(hash) }, TURNS);
  report({
    name: "request keys",
    figure: rates.ours,
    unit: "/s",
    better: "more",
    baseline: { name: "SHA-256 of the request's JSON", figure: rates.bare },
    reason:
      "JSON depends on the order of members and mixes up what is left out; ours encodes every field with its length",
  });
}

async function benchCold(report) {
  const fleet = createFleet({ now: () => START, maxEntries: KEYS });
  const providers = requests.map((request) => fleet.broker.provider(request));
  const naive = createGetThenSet({ assumeRole: fleet.assumeRole, now: () => START });
  const naiveProviders = requests.map((request) => () => naive(request));

  // Fewer keys first, so that neither is measured while it is compiled.
  const warmUp = createFleet({ now: () => START, maxEntries: KEYS });
  await herd(requests.slice(0, 500).map((request) => warmUp.broker.provider(request)));
  const warmNaive = createGetThenSet({ assumeRole: warmUp.assumeRole, now: () => START });
  await herd(requests.slice(0, 500).map((request) => () => warmNaive(request)));

  const ours = await weighHeap(() => timed(() => herd(providers)));
  const calls = fleet.takeCalls();
  const theirs = await weighHeap(() => timed(() => herd(naiveProviders)));
  const naiveCalls = fleet.takeCalls();
  const name = `cold burst, ${KEYS.toLocaleString("en-US")} keys with ${CALLERS} callers each`;
  const peer = "a cache that gets, then sets";
  report({
    name: `${name}: asked of STS`,
    figure: calls,
    unit: "calls",
    better: "less",
    baseline: { name: peer, figure: naiveCalls },
    promise: { most: KEYS },
  });
  report({
    name: `${name}: processor time`,
    figure: ours.answer,
    unit: "ms",
    better: "less",
    baseline: { name: peer, figure: theirs.answer },
    reason:
      "STS answers at once here, so the peer's twenty times as many calls cost it nothing; ours writes two audit events for each call and checks each answer",
  });
  report({
    name: "memory for each session kept",
    figure: ours.bytes / KEYS,
    unit: "bytes",
    better: "less",
    baseline: { name: peer, figure: theirs.bytes / KEYS },
    promise: { most: 10_000 },
    reason: "ours keeps the question beside the answer, and what it knows of denials, renewals and who is asking",
  });

  await herd(providers);
  const warmCalls = fleet.takeCalls();
  await herd(naiveProviders);
  report({
    name: "the same burst, warm: asked of STS",
    figure: warmCalls,
    unit: "calls",
    better: "less",
    baseline: { name: peer, figure: fleet.takeCalls() },
    promise: { most: 0 },
  });
}

/** Returns the processor's milliseconds that the work took. */
async function timed(work) {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
