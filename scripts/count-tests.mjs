// Adds up vitest's JSON reports and prints one line: N passed, N failed, N skipped. Fails when a report is missing, a
// test failed, or a test was skipped that does not say in its title which Node it needs, or that it runs where it installs.
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";

const counts = { passed: 0, failed: 0, skipped: 0 };
const problems = [];

for (const path of process.argv.slice(2)) {
  if (!existsSync(path)) {
    problems.push(`${basename(path)}: no report, the run did not end`);
    continue;
  }
  const report = JSON.parse(readFileSync(path, "utf8"));
  if (!report.success) problems.push(`${basename(path)}: the run failed`);
  for (const { name, assertionResults, message, status } of report.testResults) {
    if (status === "failed" && assertionResults.length === 0) {
      counts.failed += 1;
      problems.push(`${name}: ${message.split("\n")[0]}`);
    }
    for (const { status: outcome, fullName } of assertionResults) {
      if (outcome === "passed" || outcome === "failed") counts[outcome] += 1;
      else {
        counts.skipped += 1;
        if (!/\bneeds Node \d+|, where it installs$/.test(fullName)) problems.push(`skipped: ${fullName}`);
      }
    }
  }
}

for (const problem of problems) console.log(problem);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = problems.length > 0 || counts.failed > 0 || counts.passed === 0 ? 1 : 0;
