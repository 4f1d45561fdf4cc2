import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { CountRows } from "./test/attacks/count-rows.js";
import { WriteReport } from "./test/reports/write-report.js";
import { twin } from "./scripts/teeth/plugin.mjs";

// Only what is rewritten on its way goes through vite: Node alone loads a built package several times as fast.
const isTeeth = process.env["DAYPASS_TWIN"] !== undefined;
const isRewritten = isTeeth || process.argv.includes("--coverage");
const report = process.env["DAYPASS_REPORT"];

// The tests run against the built packages, through their doors. `npm run teeth` swaps one source file at a time for
// its broken twin (see scripts/teeth).
export default defineConfig({
  plugins: [twin(process.env["DAYPASS_TWIN"])],
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    // A process for each file would load Node, vitest and the AWS SDK three hundred times: half of all the time.
    isolate: isRewritten,
    setupFiles: ["test/law/fresh-modules.ts", "test/law/no-network.ts"],
    sequence: { setupFiles: "list" },
    server: { deps: { [isRewritten ? "inline" : "external"]: [/\/packages\/[^/]+\/dist\//] } },
    // vitest leaves one processor to itself: on a machine with two, half of them would only watch.
    maxWorkers: availableParallelism(),
    // For what hangs, and no measure of anything: a busy machine may take twenty times as long as an idle one.
    testTimeout: isTeeth ? 60_000 : 120_000,
    hookTimeout: isTeeth ? 60_000 : 120_000,
    expect: { poll: { timeout: isTeeth ? 20_000 : 60_000 } },
    reporters: ["default", new CountRows(), ...(report === undefined ? [] : [new WriteReport({ outputFile: report })])],
    coverage: {
      provider: "v8",
      include: ["packages/*/dist/**/*.js"],
      reporter: ["text-summary", "json-summary"],
      reportOnFailure: true,
    },
  },
});
