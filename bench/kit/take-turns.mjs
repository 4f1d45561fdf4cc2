// Figures that can be compared on a busy machine: the contenders take turns in short slices, and each one's median counts.
const SLICE_MS = 20;
const LEAST_ROUNDS = 7;

/**
 * Measures contenders, functions that do their work `count` times and may return a promise, in turns for about
 * `milliseconds` together, after a warm-up of a quarter of that. Returns how often a second each does its work: by the
 * processor's time, so that a busy machine does not change the figure, or with `clock: "wall"` by the clock on the wall,
 * for what waits for a disk or a socket.
 */
export async function takeTurns(contenders, { milliseconds = 2000, clock = "processor" } = {}) {
  const elapsed = clock === "wall" ? wallTime : processorTime;
  const runs = [];
  for (const [name, work] of Object.entries(contenders))
    runs.push({ name, work, count: await sizeSlice(work), rates: [] });
  await rounds(runs, milliseconds / 4, elapsed);
  for (const run of runs) run.rates = [];
  await rounds(runs, milliseconds, elapsed);
  return Object.fromEntries(runs.map(({ name, rates }) => [name, median(rates)]));
}

/** Returns the middle one of some numbers. */
export function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

async function rounds(runs, milliseconds, elapsed) {
  const until = performance.now() + milliseconds;
  for (let round = 0; round < LEAST_ROUNDS || performance.now() < until; round++) {
    for (const { work, count, rates } of runs) {
      const took = elapsed();
      await work(count);
      rates.push((count * 1000) / took());
    }
  }
}

/** Returns how often the work is to be done for a slice that lasts long enough to be timed. */
async function sizeSlice(work) {
  for (let count = 1; ; count *= 2) {
    const took = wallTime();
    await work(count);
    if (took() >= SLICE_MS) return count;
  }
}

function wallTime() {
  const start = performance.now();
  return () => performance.now() - start;
}

function processorTime() {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return Math.max(user + system, 1) / 1000;
  };
}
