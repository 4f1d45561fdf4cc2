// npm run teeth [-- FILTER] [--share=N/M] [--verbose] [--report=FILE]: every broken twin must make the test it names fail, and the good code must not.
// A twin is a JSON file: { breaks, file, find, replace, test, title }; CONTRIBUTING.md says how to write one.
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { judgeGood, judgeTwin, titlePattern } from "./judge.mjs";
import { readTwins } from "./read-twins.mjs";
import { runLanes } from "./run-lanes.mjs";

const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));
const args = process.argv.slice(2);
const verbose = args.includes("--verbose");
const reportFile = args.find((arg) => arg.startsWith("--report="))?.slice("--report=".length);
const share = readShare(args.find((arg) => arg.startsWith("--share="))?.slice("--share=".length));
const unknown = args.find((arg) => arg.startsWith("--") && !/^--(verbose$|report=|share=\d+\/\d+$)/.test(arg));
if (unknown !== undefined || share === undefined) {
  process.stderr.write(
    `teeth: error: ${unknown === undefined ? "a share is N/M, N from 1 to M" : `there is no flag ${unknown}`}\nteeth: hint: npm run teeth -- FILTER --share=N/M --verbose --report=FILE\n`,
  );
  process.exit(2);
}
const filter = args.find((arg) => !arg.startsWith("--")) ?? "";
const settings = { root, lanes: Math.min(4, Math.max(2, availableParallelism())), timeoutMs: 300_000 };

const found = await readTwins(root, filter);
const { problems } = found;
// All twins are looked at for staleness; of the sound ones every M-th is run.
const twins = found.twins.filter((_, i) => i % share.of === share.which - 1);
for (const problem of problems) console.log(`STALE     ${problem}`);

let caught = 0;
/** What failed on a busy machine: tried once more, alone. */
const again = [];
const sound = [];

// The good code first, with the same selection as on the broken code: a test that leans on its neighbours fails here.
const files = [...new Set(twins.map(({ test }) => test))];
await runLanes({
  ...settings,
  orders: files.map((file) => ({ file, pattern: titlePattern(titlesIn(file)) })),
  done({ file }, report) {
    for (const twin of twins.filter(({ test }) => test === file)) {
      const bad = judgeGood(twin.title, file, report);
      if (bad === undefined) sound.push(twin);
      else say(twin, { verdict: "error", reason: bad });
    }
  },
});

await runLanes({
  ...settings,
  orders: sound.map((twin) => ({ file: twin.test, pattern: titlePattern([twin.title]), twin })),
  done: ({ twin }, report) => say(twin, judgeTwin(twin.title, report)),
});

for (const twin of again.splice(0)) {
  const order = { file: twin.test, pattern: titlePattern([twin.title]) };
  let bad;
  const one = { ...settings, lanes: 1 };
  await runLanes({ ...one, orders: [order], done: (_, report) => (bad = judgeGood(twin.title, twin.test, report)) });
  if (bad !== undefined) say(twin, { verdict: "error", reason: bad }, true);
  else
    await runLanes({
      ...one,
      orders: [{ ...order, twin }],
      done: (_, report) => say(twin, judgeTwin(twin.title, report), true),
    });
}

const total = twins.length + problems.length;
if (total === 0) console.log(filter === "" ? "there are no twins" : `no twin matches "${filter}"`);
console.log(`teeth: ${total} twins, ${caught} caught`);
if (reportFile !== undefined)
  writeFileSync(
    reportFile,
    `${JSON.stringify({ twins: total, caught, filter, share: `${share.which}/${share.of}` }, null, 2)}\n`,
  );
process.exitCode = total > 0 && caught === total ? 0 : 1;

/** Part N of M, for a run that has no time for all: another part each time, and all are run in the end. */
function readShare(text = "1/1") {
  const [, which, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  return which >= 1 && which <= of ? { which, of } : undefined;
}

function titlesIn(file) {
  return [...new Set(found.twins.filter(({ test }) => test === file).map(({ title }) => title))];
}

function say(twin, { verdict, reason }, isLast = false) {
  if (verdict !== "caught" && !isLast) {
    again.push(twin);
    return;
  }
  if (verdict === "caught") caught += 1;
  const word = verdict === "caught" ? verdict : verdict.toUpperCase();
  const why = verdict === "caught" && !verbose ? "" : `\n          ${reason}`;
  console.log(`${word.padEnd(9)} ${twin.path}: ${twin.breaks}${why}`);
}
