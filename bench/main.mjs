// npm run bench [-- FILTER] [--report FILE]: runs every other bench/*.mjs in turn, each in a process of its own, and prints
// one table. The exit code is 1 when a promise is not kept, or a row loses to its baseline without a reason beside it.
//
// A bench is a module that exports `bench(report)` and calls `report(row)` for each row; bench/kit/judge-row.mjs says what
// is in one. It imports packages by their doors, uses fixed inputs, measures a row and its baseline in turns in the same
// run, warms up before it measures, and ends within 20 seconds. `--report` writes the same rows as JSON.
import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { judgeRow } from "./kit/judge-row.mjs";
import { renderTable } from "./kit/render-table.mjs";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const ONE = fileURLToPath(new URL("kit/run-bench.mjs", import.meta.url));
const HANGS_AFTER_MS = 120_000;

const { values, positionals } = readArguments();
const filter = positionals[0] ?? "";
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".mjs") && file !== "main.mjs")
  .map((file) => file.slice(0, -".mjs".length))
  .filter((name) => name.includes(filter))
  .sort();
if (names.length === 0) end(`no bench matches "${filter}"`);

const rows = [];
const wrong = [];
for (const name of names) {
  process.stderr.write(`bench: ${name}\n`);
  const { reported, ending } = await runBench(name);
  rows.push(...reported.map((row) => judgeRow({ bench: name, ...row })));
  if (ending !== "exit 0") wrong.push(`${name} ended with ${ending}`);
  else if (reported.length === 0) wrong.push(`${name} reported no row`);
}
wrong.push(...rows.flatMap(({ bench, name, wrong: problems }) => problems.map((text) => `${bench} ${name}: ${text}`)));

for (const line of renderTable(rows)) console.log(line);
if (values.report !== undefined) writeReport(values.report);
for (const line of wrong) console.error(`bench: error: ${line}`);
process.exitCode = wrong.length > 0 ? 1 : 0;

/** A process of its own, so that no bench warms up, or litters the heap of, another. */
async function runBench(name) {
  const child = fork(ONE, [name], { stdio: ["ignore", "inherit", "inherit", "ipc"], timeout: HANGS_AFTER_MS });
  const reported = [];
  child.on("message", (row) => reported.push(row));
  const [code, signal] = await once(child, "close");
  return { reported, ending: signal ?? `exit ${code}` };
}

function writeReport(file) {
  const machine = cpus();
  const report = {
    date: new Date().toISOString(),
    node: process.version,
    cpus: { count: machine.length, model: machine[0]?.model.trim() ?? "unknown" },
    rows,
  };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

function readArguments() {
  try {
    return parseArgs({ options: { report: { type: "string" } }, allowPositionals: true });
  } catch (error) {
    end(error.message.split("\n")[0]);
    return {};
  }
}

function end(problem) {
  process.stderr.write(`bench: error: ${problem}\nbench: hint: npm run bench -- [FILTER] [--report FILE]\n`);
  process.exit(2);
}
