// npm run torture [-- --short] [FILTER] [--share N/M] [--seed N] [--report FILE]: every trial of this folder, two at a time on four cores,
// each in a process of its own, and one line for each. Without --short the long amounts: minutes to an hour.
//
// A trial is a module `torture/NAME.mjs` that exports `trial`; torture/trial.d.mts says what is in it.
import { fork } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { availableParallelism, release, type } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { listTrials, missingPrograms } from "./list-trials.mjs";

const ONE = fileURLToPath(new URL("run-one.mjs", import.meta.url));

const { values, positionals } = readArguments();
const size = values.short ? "short" : "long";
const seed = values.seed === undefined ? randomInt(1, 2 ** 31) : Number(values.seed);
if (!Number.isSafeInteger(seed) || seed < 0) end(`the seed is a whole number, not ${values.seed}`);
const required = (process.env.DAYPASS_REQUIRE ?? "").split(",").includes("torture");
const [which, of] = (/^(\d+)\/(\d+)$/.exec(values.share) ?? ["", "0", "0"]).slice(1).map(Number);
if (!(which >= 1 && which <= of)) end(`a share is N/M, N from 1 to M, not ${values.share}`);
const found = (await listTrials()).filter(({ name }) => name.includes(positionals[0] ?? ""));
const trials = found.filter((_, i) => i % of === which - 1);
if (trials.length === 0) end(`no trial matches "${positionals[0]}"`);

console.log(`torture: ${trials.length} trials, ${size}, seed ${seed}`);
const results = [];
const queue = [...trials];
await Promise.all(Array.from({ length: Math.max(1, Math.floor(availableParallelism() / 2)) }, lane));

const bad = results.filter(({ wrong, skipped }) => (skipped === undefined ? wrong.length > 0 : required));
const tried = results.reduce((sum, result) => sum + (result.tried ?? 0), 0);
console.log(`torture: ${results.length} trials, ${bad.length} wrong, ${round(tried)} tried`);
process.exitCode = bad.length > 0 ? 1 : 0;

/** Some trials are one process, some are many: half as many lanes as cores keep the machine busy. */
async function lane() {
  for (let trial = queue.shift(); trial !== undefined; trial = queue.shift()) {
    const missing = missingPrograms(trial);
    const result = missing.length > 0 ? { skipped: `needs ${missing.join(" and ")}` } : await runOne(trial);
    const { name, claim, wouldShow, unit } = trial;
    results.push({ name, claim, wouldShow, unit, size, seed, ...result });
    results.sort((left, right) => (left.name < right.name ? -1 : 1));
    report();
    console.log(lineOf(trial, result));
    for (const line of result.wrong ?? []) console.log(`    WRONG ${line}`);
  }
}

/** After every trial, so that hours of work are not lost with the last one. */
function report() {
  if (values.report === undefined) return;
  const machine = { node: process.version, cpus: availableParallelism(), system: `${type()} ${release()}` };
  const about = { date: new Date().toISOString().slice(0, 10), machine };
  writeFileSync(values.report, `${JSON.stringify({ ...about, results }, null, 2)}\n`);
}

function readArguments() {
  const share = { type: "string", default: "1/1" };
  const options = {
    short: { type: "boolean", default: false },
    share,
    seed: { type: "string" },
    report: { type: "string" },
  };
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    end(error.message.split("\n")[0]);
    return {};
  }
}

function end(problem) {
  process.stderr.write(
    `torture: error: ${problem}\ntorture: hint: npm run torture -- [--short] [FILTER] [--share N/M] [--seed N] [--report FILE]\n`,
  );
  process.exit(2);
}

/** A process of its own: what a trial leaves behind, or how it dies, is no other trial's affair. */
async function runOne({ name, amounts }) {
  const child = fork(ONE, [name, String(amounts[size]), String(seed)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let result;
  child.on("message", (message) => (result = message));
  const [code, signal] = await once(child, "close");
  const died = `the trial ended with ${signal ?? `exit ${code}`}`;
  return result ?? { tried: 0, seconds: 0, wrong: [died], figures: {} };
}

function lineOf({ name, unit }, { skipped, tried, seconds, wrong, figures }) {
  if (skipped !== undefined) return `  SKIPPED ${name}: ${skipped}`;
  const more = Object.entries(figures).map(
    ([key, value]) => `, ${key} ${typeof value === "number" ? round(value) : value}`,
  );
  const verdict = wrong.length === 0 ? "ok" : "WRONG";
  return `  ${verdict.padEnd(6)} ${name}: ${round(tried)} ${unit}, ${wrong.length} wrong, ${seconds} s${more.join("")}`;
}

function round(figure) {
  return (Math.round(figure * 100) / 100).toLocaleString("en-US");
}
