import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { CountRows } from "./test/attacks/count-rows.js";
import { twin } from "./scripts/teeth/plugin.mjs";

// Only what is rewritten on its way goes through vite: Node alone loads a built package several times as fast.
const isRewritten = process.env["DAYPASS_TWIN"] !== undefined || process.argv.includes("--coverage");
const report = process.env["DAYPASS_REPORT"];

// The tests run against the built packages, through their doors. `npm run teeth` swaps one source file at a time for
// its broken twin (see scripts/teeth).
export default defineConfig({
  plugins: [twin(process.env["DAYPASS_TWIN"])],
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    setupFiles: ["test/law/no-network.ts"],
    server: { deps: { [isRewritten ? "inline" : "external"]: [/\/packages\/[^/]+\/dist\//] } },
    // vitest leaves one processor to itself: on a machine with two, half of them would only watch.
    maxWorkers: availableParallelism(),
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: [
      "default",
      new CountRows(),
      ...(report === undefined ? [] : [["json", { outputFile: report }] as [string, Record<string, unknown>]]),
    ],
    coverage: {
      provider: "v8",
      include: ["packages/*/dist/**/*.js"],
      reporter: ["text-summary", "json-summary"],
      reportOnFailure: true,
    },
  },
});
