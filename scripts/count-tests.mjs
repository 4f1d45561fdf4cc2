// Adds up the tests' JSON reports and prints one line: N passed, N failed, N skipped. Fails when a report is missing, a
// test failed, or a test was skipped that does not say in its title which Node it needs, or that it runs where it
// installs. Above the line it says what failed, so that the end of a log is enough to know.
import { existsSync, readFileSync } from "node:fs";
import { basename, relative } from "node:path";

const MOST_TOLD = 30;
const counts = { passed: 0, failed: 0, skipped: 0 };
/** What failed, and what is wrong besides: the first are told first. */
const [problems, others] = [[], []];
const firstLine = (text) => text.split("\n").find((line) => line.trim() !== "") ?? "no message";

for (const path of process.argv.slice(2)) {
  const report = basename(path);
  if (!existsSync(path)) {
    problems.push(`${report}: no report, the run did not end`);
    continue;
  }
  const before = problems.length;
  const { success, outsideErrors = [], testResults } = JSON.parse(readFileSync(path, "utf8"));
  for (const { name, assertionResults, message, status } of testResults) {
    const file = relative(process.cwd(), name);
    if (status === "failed" && assertionResults.length === 0) {
      counts.failed += 1;
      if (!outsideErrors.some(({ where }) => where === file))
        problems.push(`${report}: failed: ${file}: ${firstLine(message)}`);
    }
    for (const { status: outcome, fullName, ancestorTitles, title, failureMessages } of assertionResults) {
      if (outcome === "passed" || outcome === "failed") counts[outcome] += 1;
      else {
        counts.skipped += 1;
        if (!/\bneeds Node \d+|, where it installs$/.test(fullName)) others.push(`${report}: skipped: ${fullName}`);
      }
      if (outcome === "failed")
        problems.push(
          `${report}: failed: ${[file, ...ancestorTitles, title].join(" > ")}: ${firstLine(failureMessages.join("\n"))}`,
        );
    }
  }
  for (const { where, message } of outsideErrors)
    problems.push(`${report}: failed outside of a test: ${where}: ${firstLine(message)}`);
  if (!success && problems.length === before)
    problems.push(`${report}: the run failed, and no test did: see the run's own log for an error outside of a test`);
}

problems.push(...others);
for (const problem of problems.slice(0, MOST_TOLD)) console.log(problem);
if (problems.length > MOST_TOLD) console.log(`and ${problems.length - MOST_TOLD} more`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = problems.length > 0 || counts.failed > 0 || counts.passed === 0 ? 1 : 0;
