// The page from the data: every figure with the command that makes it. Pure, but for the records of the conformance runs
// and the table of mistakes, which are in the repository.
import { readFileSync } from "node:fs";

const read = (path) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
const number = (figure) =>
  typeof figure === "number" ? figure.toLocaleString("en-US", { maximumFractionDigits: 2 }) : figure;
const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");
const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");

/** Returns the page as Markdown. */
export function renderPage(data) {
  return `${[
    `# Reasons to trust it

Written by \`npm run assurance\` from the reports of real runs; nothing here is typed by hand. Figures are of the machine and
day that each section names; every command is in this repository. What is **not** shown is at the end.`,
    tests(data),
    torture(data.torture),
    mutation(data.mutation),
    conformance(),
    bench(data.bench),
    limits,
  ].join("\n\n")}\n`;
}

function tests({ tests, attacks, teeth, coverage }) {
  const mistakes = read("docs/mistakes.json").mistakes ?? read("docs/mistakes.json");
  const rows = [
    [
      "Tests, with real SDK clients, boto3, the AWS CLI and a browser",
      `${number(tests.passed)} passed, ${number(tests.skipped)} skipped, in ${tests.files} files`,
      "`npm test` as `.ci/run` calls it",
      tests.date,
    ],
    [
      "Attacks: published mistakes of this field as inputs, each with its refusal",
      `${number(attacks.rows)} rows for ${attacks.mistakes} mistakes, all refused as expected`,
      "`npx vitest run test/attacks`",
      attacks.date,
    ],
    [
      "Broken twins: for each safety rule the bug as somebody might write it; a test must fail on it",
      `${number(teeth.caught)} of ${number(teeth.twins)} caught`,
      "`npm run teeth`",
      teeth.date,
    ],
    [
      "Coverage of the built packages by their own tests",
      `statements ${coverage.statements} %, branches ${coverage.branches} %, lines ${coverage.lines} %`,
      "`npm run coverage -- packages`",
      coverage.date,
    ],
    [
      `Mistakes of others that are avoided here, each with its test`,
      `${mistakes.length}`,
      "[mistakes.md](mistakes.md)",
      "",
    ],
  ];
  return `## Tests\n\n${table(["what", "figure", "command", "run on"], rows)}`;
}

function torture(trials) {
  const rows = trials.map((trial) => [
    `**${trial.name}**: ${trial.claim}`,
    `${number(trial.tried)} ${trial.unit}${more(trial.figures)}`,
    trial.wrong,
    trial.wouldShow,
    `${trial.size}, seed ${trial.seed}, ${number(trial.seconds)} s`,
  ]);
  const { date, node, cpus, system } = trials[0] ?? {};
  const sum = (unit) => trials.filter((trial) => trial.unit === unit).reduce((total, { tried }) => total + tried, 0);
  const kills = number(sum("kills"));
  const fuzzed = trials.filter(({ name }) => name.startsWith("fuzz-")).reduce((total, { tried }) => total + tried, 0);
  return `## Trials

\`npm run torture\` (long) or \`npm run torture -- --short\` (as in \`.ci/run\`), a single one by its name, with \`--seed N\`. The smallest
size of each runs in \`npm test\`, where its broken twins must be found. Run on ${date}, Node ${node}, ${cpus} cores that had other
work, ${system}. In all: ${number(fuzzed)} fuzzed inputs, ${kills} kills, ${number(sum("failures"))} failing system calls,
${number(sum("tampers"))} tampers.

${table(["trial and claim", "tried", "wrong", "a failure would have shown as", "size"], rows)}`;
}

function promised(promise) {
  if (promise === undefined) return "";
  const [[word, figure]] = Object.entries(promise);
  return ` (at ${word} ${number(figure)})`;
}

function more(figures) {
  const parts = Object.entries(figures).map(([name, value]) => `${name} ${number(value)}`);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function mutation({ date, node, leastScore, groups }) {
  const rows = groups.map((group) => [
    `**${group.name}**: ${group.about}`,
    number(group.mutants),
    number(group.killed),
    `${number(group.score)} %`,
  ]);
  return `## Mutation

\`npm ci --prefix mutation && npm run mutation\` changes the built code in every way that Stryker knows, one change at a time; the
score is the share of changes that a test notices, none excluded. Below ${leastScore} % the command fails. Run on ${date}, Node ${node}.

${table(["group", "mutants", "noticed", "score"], rows)}`;
}

function conformance() {
  const page = readFileSync(new URL("../../docs/conformance.md", import.meta.url), "utf8");
  const cases = /(\d+) cases/.exec(page)?.[0] ?? "the cases";
  return `## Conformance

${cases}, each with its source, through the AWS SDK for JavaScript, boto3 and the AWS CLI: against the sandbox, against moto, and by
\`npm run conformance -- --live\` against real accounts: see [conformance.md](conformance.md).`;
}

function bench({ date, node, cpus, rows }) {
  const lines = rows.map(({ bench, name, figure, unit, baseline, ratio, promise, reason = "" }) => [
    `${bench}: ${name}`,
    `${number(figure)} ${unit}${promised(promise)}`,
    `${baseline.name}: ${baseline.missing ?? number(baseline.figure)}`,
    ratio === null ? "" : ratio.toLocaleString("en-US", { maximumSignificantDigits: 2 }),
    reason,
  ]);
  return `## Benchmarks

\`npm run bench\`, each row beside its baseline in the same run. Run on ${date}, Node ${node}, ${cpus.count} cores, that had other
work: the ratios count. Above 1 is better than the baseline, below it worse, and then the note says why.

${table(["what", "figure", "baseline", "times as good", "note"], lines)}`;
}

const limits = `## What is not shown

- Nothing was compared with AWS itself: no real account was at hand. \`npm run conformance -- --live\` is there for who has two.
- \`kill -9\` and failing system calls are not a power failure: that the disk keeps what it says it synced is taken on trust.
- Random inputs find what random inputs find. The evaluator's second opinion was written by the same hands, from AWS's pages.
- Surviving mutants were read, not all of them proven to change nothing.
- The heap of a running process holds the sessions that it hands out; who can read it has them.`;
