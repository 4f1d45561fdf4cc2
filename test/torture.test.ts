// Every trial of torture/ once, with its smallest amount: what `npm run torture` claims for long is proven here for a
// moment, and each trial's broken twins must be found in that moment.
import { expect, test } from "vitest";
import { listTrials, missingPrograms, runTrial } from "../torture/list-trials.mjs";

const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("torture");
const trials = (await listTrials()).map((trial) => ({ trial, missing: missingPrograms(trial) }));

const skipped = trials.filter(({ missing }) => missing.length > 0).map(({ trial }) => trial.name);
if (skipped.length > 0 && !required) {
  process.stderr.write(
    `skipped: ${skipped.join(", ")}: ${trials.flatMap(({ missing }) => missing)[0]} is not installed\n`,
  );
}

test("every program that a trial needs is there when DAYPASS_REQUIRE asks for it", () => {
  expect(required ? skipped : []).toEqual([]);
});

for (const { trial, missing } of trials) {
  test.skipIf(missing.length > 0)(`${trial.name}: ${trial.claim}`, async () => {
    const { tried, wrong } = await runTrial(trial, { amount: trial.amounts.test, seed: 1 });
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(0);
  });
}
