// npm run mutation [-- GROUP…] [--short] [--survivors] [--report FILE]: breaks the built packages in thousands of small
// ways, one at a time, and counts how many of the breaks the tests notice. Ends with 1 when a group scores below the
// least score. Works in a throw-away copy; the tree stays as it is.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { copyTree } from "./copy-tree.mjs";
import { GROUPS, LEAST_SCORE } from "./groups.mjs";
import { readReport } from "./read-report.mjs";
import { runStryker } from "./run-stryker.mjs";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const names = GROUPS.map(({ name }) => name);

const { values: flags, positionals } = readArguments(process.argv.slice(2));
const unknown = positionals.find((name) => !names.includes(name));
if (unknown !== undefined) refuse(`there is no group ${unknown}`, `the groups are ${names.join(", ")}`);
if (!existsSync(join(root, "mutation/node_modules/@stryker-mutator/core"))) {
  refuse("Stryker is not installed", "npm ci --prefix mutation");
}
const groups = GROUPS.filter(({ name, short }) =>
  positionals.length > 0 ? positionals.includes(name) : short || !flags.short,
);
const report = resolve(flags.report ?? join(root, "mutation/reports/mutation.json"));

const copy = await mkdtemp(join(tmpdir(), "daypass-mutation-"));
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort());
const began = Date.now();
const results = [];
try {
  await copyTree(root, copy);
  for (const group of groups) {
    const started = Date.now();
    console.log(`mutation: ${group.name}: ${group.about} …`);
    const found = await runStryker(group, { copy, concurrency: availableParallelism(), signal: stop.signal });
    results.push({ ...readReport(group, found), seconds: Math.round((Date.now() - started) / 1000) });
  }
} catch (error) {
  process.stderr.write(`mutation: error: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await rm(copy, { recursive: true, force: true, maxRetries: 3 });
}

if (results.length === groups.length) {
  const command = `npm run mutation${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(" ")}` : ""}`;
  const seconds = Math.round((Date.now() - began) / 1000);
  const summary = { command, node: process.version, leastScore: LEAST_SCORE, seconds, groups: results };
  await mkdir(dirname(report), { recursive: true });
  await writeFile(report, `${JSON.stringify(summary, null, 2)}\n`);
  printResults();
  process.exitCode = results.every(({ score }) => score >= LEAST_SCORE) ? 0 : 1;
}

function readArguments(args) {
  const options = { short: { type: "boolean" }, survivors: { type: "boolean" }, report: { type: "string" } };
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    refuse(error.message, "npm run mutation -- [GROUP…] [--short] [--survivors] [--report FILE]");
    throw error;
  }
}

function printResults() {
  if (flags.survivors) {
    for (const { survivors } of results) {
      for (const { source, file, line, mutator, original, replacement, covered } of survivors) {
        const place = `${source} (${file.slice(file.lastIndexOf("/") + 1)} line ${line})`;
        console.log(`SURVIVED  ${place}: ${mutator}${covered ? "" : ", never run"}: ${original} => ${replacement}`);
      }
    }
  }
  const row = (cells) =>
    `${cells[0].padEnd(12)}${cells
      .slice(1)
      .map((cell) => String(cell).padStart(10))
      .join("")}`;
  console.log(row(["group", "mutants", "killed", "survived", "score %", "seconds"]));
  for (const { name, mutants, killed, survived, score, seconds } of results) {
    const line = row([name, mutants, killed, survived, score.toFixed(2), seconds]);
    console.log(score >= LEAST_SCORE ? line : `${line}  below ${LEAST_SCORE}`);
  }
  console.log(`mutation: ${sum("mutants")} mutants, ${sum("killed")} killed, ${sum("survived")} survived; ${report}`);
}

function sum(field) {
  return results.reduce((total, result) => total + result[field], 0);
}

function refuse(message, hint) {
  process.stderr.write(`mutation: error: ${message}\nmutation: hint: ${hint}\n`);
  process.exit(2);
}
