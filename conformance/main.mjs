// npm run conformance: the same cases through three clients against the sandbox, moto, or AWS itself. See
// docs/conformance.md. Differences go to stdout, one line each, then the table; talk goes to stderr.
import { writeFileSync } from "node:fs";
import { CLIENTS } from "./ask-clients.mjs";
import { checkCases } from "./check-cases.mjs";
import { checkReach } from "./check-reach.mjs";
import { findPython } from "./drive-python.mjs";
import { findVersions } from "./find-versions.mjs";
import { compareWithRecord, makeRecord, PAGE, readRecord, readRecords, writeRecord } from "./keep-records.mjs";
import { ConformanceError, readArguments, USAGE } from "./read-arguments.mjs";
import { readCases } from "./read-cases.mjs";
import { renderPage } from "./render-page.mjs";
import { showDifferences, showTable } from "./run-table.mjs";
import { planLive, runLive } from "./run-live.mjs";
import { runMoto, runSandbox } from "./run-targets.mjs";
import { findMoto } from "./start-moto.mjs";

async function main() {
  const options = readArguments(process.argv.slice(2));
  if (options.help) return process.stdout.write(USAGE);
  const table = readCases();
  const [problem] = [...checkCases(table), ...(options.live === undefined ? [] : checkReach(table))];
  if (problem !== undefined) throw new ConformanceError(problem, "correct conformance/cases");
  const clients = options.clients;
  if (options.live?.dryRun) {
    for (const line of planLive({ table, clients, live: options.live })) console.log(line);
    return;
  }
  const found = clients.some((client) => client !== "sdk") ? findPython() : {};
  if (found.missing !== undefined) {
    throw new ConformanceError(found.missing, "name a Python that has both with DAYPASS_PYTHON, or use --clients sdk");
  }
  const { python } = found;
  const versions = findVersions(clients, found.versions);
  if (options.live !== undefined) return askLive({ table, clients, python, versions, live: options.live });
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_ENDPOINT_URL")) delete process.env[name];
  if (options.target === "moto") return measureMoto({ table, clients, python, versions, write: options.write });
  const rows = await runSandbox({ table, clients, python });
  report("sandbox", rows);
  if (options.write) keep("sandbox", makeRecord({ rows, ...stamp("npm run conformance", clients), versions }), table);
}

async function measureMoto({ table, clients, python, versions, write }) {
  const moto = findMoto();
  if (moto.missing !== undefined) {
    const hint = "pip install -r conformance/requirements.txt, and name that Python with DAYPASS_PYTHON";
    throw new ConformanceError(moto.missing, hint);
  }
  const { rows, problems } = await runMoto({ table, clients, python, motoPython: moto.python });
  for (const each of problems) console.log(`set-up: ${each}`);
  for (const mode of new Set(rows.map((row) => row.mode))) {
    const own = rows.filter((row) => row.mode === mode);
    for (const line of showDifferences(own)) console.log(line);
    console.log(`\n${showTable(`moto, ${mode}`, own)}\n`);
  }
  const own = { moto: `moto ${moto.version}`, ...versions };
  if (write) {
    const command = "npm run conformance -- --target moto";
    keep("moto", makeRecord({ rows, ...stamp(command, clients), versions: own, setUp: problems }), table);
  } else compare(rows, moto.version);
}

async function askLive({ table, clients, python, versions, live }) {
  const stamped = stamp("npm run conformance -- --live", clients);
  const outcome = await runLive({ table, clients, python, versions, live, talk: process.stderr, ...stamped });
  const { rows, left, id, file, interrupted, error } = outcome;
  if (rows.length > 0) report(live.isAws ? "AWS" : "not AWS", rows);
  if (file !== undefined) process.stderr.write(`what was said is in ${file}\n`);
  if (file !== undefined && live.isAws && live.out === undefined) writeFileSync(PAGE, renderPage(table, readRecords()));
  for (const line of left) console.log(`left over: ${line}`);
  if (left.length > 0) {
    process.stderr.write(`conformance: hint: take it away with --live --clean ${id}, or by hand\n`);
    process.exitCode = 1;
  } else process.stderr.write("everything that the run made is gone\n");
  if (interrupted) process.exitCode = 130;
  else if (error !== undefined) throw error;
}

/** moto is as wrong as recorded, or somebody should look. */
function compare(rows, version) {
  const record = readRecord("moto");
  if (record === undefined) throw new ConformanceError("there is no record of moto", "add --write");
  const changes = compareWithRecord(record, rows);
  for (const line of changes) console.log(line);
  console.log(`moto ${version} and the record of ${record.recorded}: ${changes.length} differences`);
  if (changes.length > 0) process.exitCode = 1;
}

function stamp(command, clients) {
  const flag =
    clients.length === CLIENTS.length ? "" : `${command.includes(" -- ") ? "" : " --"} --clients ${clients.join(",")}`;
  return { date: new Date().toISOString().slice(0, 10), command: command + flag };
}

function keep(name, record, table) {
  writeRecord(name, record);
  writeFileSync(PAGE, renderPage(table, readRecords()));
}

function report(target, rows) {
  const differences = showDifferences(rows);
  for (const line of differences) console.log(line);
  console.log(`\n${showTable(target, rows)}`);
  if (differences.length > 0) process.exitCode = 1;
}

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
try {
  await main();
} catch (error) {
  process.stderr.write(`conformance: error: ${error.message}\n`);
  if (error instanceof ConformanceError) process.stderr.write(`conformance: hint: ${error.hint}\n`);
  process.exitCode = 2;
}
