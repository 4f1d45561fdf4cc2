// npm run conformance: the same cases through three clients against the sandbox, moto, or AWS itself. See
// docs/conformance.md. Differences go to stdout, one line each, then the table; talk goes to stderr.
import { checkCases } from "./check-cases.mjs";
import { findPython } from "./drive-python.mjs";
import { findVersions } from "./find-versions.mjs";
import { ConformanceError, readArguments, USAGE } from "./read-arguments.mjs";
import { readCases } from "./read-cases.mjs";
import { showDifferences, showTable } from "./run-table.mjs";
import { runMoto, runSandbox } from "./run-targets.mjs";
import { findMoto } from "./start-moto.mjs";

async function main() {
  const options = readArguments(process.argv.slice(2));
  if (options.help) return process.stdout.write(USAGE);
  const table = readCases();
  const [problem] = checkCases(table);
  if (problem !== undefined) throw new ConformanceError(problem, "correct conformance/cases");
  const clients = options.clients;
  const found = clients.some((client) => client !== "sdk") ? findPython() : {};
  if (found.missing !== undefined) {
    throw new ConformanceError(found.missing, "name a Python that has both with DAYPASS_PYTHON, or use --clients sdk");
  }
  const { python } = found;
  const versions = findVersions(clients, found.versions);
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_ENDPOINT_URL")) delete process.env[name];
  if (options.target === "moto") return measureMoto({ table, clients, python, versions });
  const rows = await runSandbox({ table, clients, python });
  report("sandbox", rows);
}

async function measureMoto({ table, clients, python }) {
  const moto = findMoto();
  if (moto.missing !== undefined) {
    throw new ConformanceError(
      moto.missing,
      "pip install -r conformance/requirements.txt, and name it with DAYPASS_PYTHON",
    );
  }
  const { rows, problems } = await runMoto({ table, clients, python, motoPython: moto.python });
  for (const each of problems) console.log(`set-up: ${each}`);
  for (const mode of ["as it comes", "enforcing"])
    report(
      `moto ${moto.version} ${mode}`,
      rows.filter((row) => row.mode === mode),
    );
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
