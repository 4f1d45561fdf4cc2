// One trial in this process: NAME AMOUNT SEED. Sends the result to who forked it.
import { findTrial, runTrial } from "./list-trials.mjs";

const [name, amount, seed] = process.argv.slice(2);
const trial = await findTrial(name);
const started = performance.now();
const { tried, wrong, figures = {} } = await runTrial(trial, { amount: Number(amount), seed: Number(seed) });
const seconds = Math.round((performance.now() - started) / 100) / 10;
process.send({ tried, wrong: wrong.slice(0, 20), figures, seconds }, () => process.exit(0));
