// One group of files under Stryker, in the throw-away copy. Stryker's own report is what comes back.
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { filesOf, LEAST_SCORE } from "./groups.mjs";

/**
 * Runs Stryker on one group with so many workers. Returns its report, by the mutation testing report schema. Throws when
 * Stryker fails, or when the tests fail on the sound code already.
 */
export async function runStryker(group, { copy, concurrency, signal }) {
  const report = join(copy, `report-${group.name}.json`);
  const config = join(copy, `stryker-${group.name}.json`);
  await writeFile(config, JSON.stringify(settingsOf(group, copy, report, concurrency)));
  const child = spawn(
    process.execPath,
    [join(copy, "mutation/node_modules/@stryker-mutator/core/bin/stryker.js"), "run", config],
    {
      cwd: copy,
      env: { ...process.env, DAYPASS_MUTATION_TESTS: await joinTests(group, copy) },
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own: Stryker that is told to stop leaves its workers behind.
      detached: true,
    },
  );
  const stop = () => process.kill(-Number(child.pid), "SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  signal.removeEventListener("abort", stop);
  if (signal.aborted) throw new Error("stopped");
  if (code !== 0) throw new Error(`stryker ended with ${code} on ${group.name}:\n${said.slice(-4000)}`);
  return JSON.parse(await readFile(report, "utf8"));
}

function settingsOf(group, copy, report, concurrency) {
  return {
    plugins: [join(copy, "mutation/node_modules/@stryker-mutator/vitest-runner/dist/src/index.js")],
    testRunner: "vitest",
    // Mutated files are named below: vitest need not find out which tests are related to them.
    vitest: { configFile: "mutation/vitest.config.mjs", dir: copy, related: false },
    mutate: filesOf(group),
    // No mutator is switched off and no mutant is left out.
    mutator: { excludedMutations: [] },
    ignoreStatic: false,
    disableTypeChecks: false,
    inPlace: true,
    coverageAnalysis: "perTest",
    concurrency,
    timeoutMS: 10_000,
    // Stryker reads a tsconfig where it finds one; what it mutates here is JavaScript.
    tsconfigFile: "none.json",
    reporters: ["json"],
    jsonReporter: { fileName: report },
    allowConsoleColors: false,
    tempDirName: `.stryker-${group.name}`,
    // main.mjs breaks, once every group has run.
    thresholds: { high: 100, low: LEAST_SCORE, break: null },
  };
}

/** One file that imports all the tests of a group: a mutant then costs one start of a worker, not one for each file. */
async function joinTests(group, copy) {
  const file = `packages/${group.package}/test/mutation-${group.name}.test.ts`;
  await writeFile(join(copy, file), group.tests.map((test) => `import "./${test}.test.js";\n`).join(""));
  return file;
}
