// The guided loop: inputs that reach new code are kept and changed further. They run in batches, and a batch is taken
// apart only when something in it has reached new code.
// An own loop, because jsfuzz, the one pure-JavaScript fuzzer, needs an instrumented CommonJS copy of the code (a broken
// twin would not be in it), draws from Math.random without a seed, ends at the first finding, and is no longer kept up.
import { Script } from "node:vm";
import { createRandom } from "./create-random.mjs";
import { mutateText } from "./mutate-text.mjs";
import { recordCoverage } from "./take-coverage.mjs";

/** Texts run in one go: more of them the longer nothing new was reached. */
const LEAST_BATCH = 64;
const MOST_BATCH = 1024;
/** Of fewer inputs all come from the seeds: looking would take longer than running them. */
const GUIDED_FROM = 10_000;
const MAX_KEPT = 4096;
const MAX_KEPT_LENGTH = 4096;
const MAX_WRONG = 20;
/** Each takes its whole time. */
const MAX_ENDLESS = 3;
/** Under V8's watchdog also a regular expression that tries for ever is ended. */
const RUN = Symbol.for("daypass.fuzz.run");
const WATCHED = new Script(`globalThis[Symbol.for("daypass.fuzz.run")]()`);

/**
 * Calls `test` with `amount` texts. What it throws is a finding; so is a text that takes longer than `maxMs`, and memory
 * that grows by more than `maxMegabytes` during the run.
 * `seeds`: texts to begin with. `dictionary`: words worth putting in. `fresh`: makes a new text from `random`; without
 * it every text comes from those that were kept. `show`: the text as a finding names it.
 * Returns `{ tried, wrong, figures }`.
 */
export function guideInputs({ amount, seed, seeds, dictionary = [], fresh, test, show, maxMs, maxMegabytes = 1024 }) {
  const random = createRandom(seed);
  const kept = [...seeds];
  const findings = createFindings(seed, show ?? ((text) => text));
  const run = createRunner(test, findings, maxMs ?? 2000);
  const make = () => {
    if (fresh !== undefined && (kept.length === 0 || random.oneIn(3))) return fresh(random);
    return mutateText(random.pick(kept), random, dictionary, random.pick(kept));
  };
  const coverage = amount < GUIDED_FROM ? undefined : recordCoverage();
  // Halves of halves, until it is known which texts reached something new.
  const sift = (texts) => {
    if (texts.length > 1) {
      const middle = texts.length >> 1;
      for (const half of [texts.slice(0, middle), texts.slice(middle)]) {
        run(half);
        if (coverage.look({ remember: half.length === 1 })) sift(half);
      }
    } else if (kept.length < MAX_KEPT && texts[0].length <= MAX_KEPT_LENGTH) {
      kept.push(texts[0]);
    }
  };
  const memory = process.memoryUsage.rss();
  const { stackTraceLimit } = Error;
  // Most texts end in an error, and nobody reads where it was made.
  Error.stackTraceLimit = 0;
  const began = performance.now();
  let tried = 0;
  let size = LEAST_BATCH;
  try {
    while (tried < amount && findings.size() < MAX_WRONG && findings.endless() < MAX_ENDLESS) {
      const batch = Array.from({ length: Math.min(size, amount - tried) }, (_, at) => seeds[tried + at] ?? make());
      run(batch);
      tried += batch.length;
      const grown = (process.memoryUsage.rss() - memory) / 1_048_576;
      if (grown > maxMegabytes) findings.add(batch[0], `memory grew by ${Math.round(grown)} MB, at last near this`);
      const reachedMore = coverage?.look({ remember: batch.length === 1 }) ?? false;
      if (reachedMore) sift(batch);
      size = reachedMore ? LEAST_BATCH : Math.min(size * 2, MOST_BATCH);
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  const seconds = (performance.now() - began) / 1000;
  const figures = { "inputs per second": Math.round(tried / seconds) };
  const reached = coverage && { "inputs kept": kept.length, "characters of code reached": coverage.reached() };
  return { tried, wrong: findings.lines(), figures: { ...figures, ...reached } };
}

function createFindings(seed, show) {
  const byKind = new Map();
  let endless = 0;
  return {
    addEndless(text, maxMs) {
      endless += 1;
      this.add(text, `no end within ${maxMs} ms`);
    },
    endless: () => endless,
    /** One of each kind: a thousand inputs that meet one bug are one finding. */
    add(text, why) {
      const kind = why.replace(/"(?:[^"\\]|\\.)*"|\d+/g, "_").slice(0, 60);
      const shown = JSON.stringify(show(text)) ?? "";
      const short = shown.length > 600 ? `${shown.slice(0, 600)}… (${shown.length} characters)` : shown;
      if (!byKind.has(kind)) byKind.set(kind, `${why.slice(0, 1200)}: ${short} (seed ${seed})`);
    },
    size: () => byKind.size,
    lines: () => [...byKind.values()],
  };
}

/** Runs what is to be run once more, with patience. Returns whether it took no more than `maxMs` of the processor's time. */
function endsInTime(maxMs) {
  const before = process.cpuUsage();
  try {
    WATCHED.runInThisContext({ timeout: maxMs * 10 });
  } catch (error) {
    if (error.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    return false;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 <= maxMs;
}

function createRunner(test, findings, maxMs) {
  const endless = new Set();
  return (texts) => {
    let [at, until] = [0, texts.length];
    globalThis[RUN] = () => {
      for (; at < until; at += 1) {
        if (endless.has(texts[at])) continue;
        try {
          test(texts[at]);
        } catch (error) {
          findings.add(texts[at], `${error?.name}: ${error?.message}`);
        }
      }
    };
    try {
      while (at < texts.length) {
        const from = at;
        try {
          // The watchdog takes some milliseconds to set up; the whole batch shares one.
          WATCHED.runInThisContext({ timeout: maxMs });
        } catch (error) {
          if (error.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
          // The batch as a whole may have been slow: the text must take the time alone.
          if (at > from) continue;
          // Nor may a busy machine pass for a slow text: what counts is the time that the processor spent on it.
          const text = texts[at];
          until = at + 1;
          if (!endsInTime(maxMs)) {
            findings.addEndless(text, maxMs);
            endless.add(text);
          }
          until = texts.length;
        }
      }
    } finally {
      delete globalThis[RUN];
    }
  };
}
