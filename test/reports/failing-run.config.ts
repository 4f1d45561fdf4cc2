// A run in which all that can go wrong does.
import { defineConfig } from "vitest/config";
import { WriteReport } from "./write-report.js";

export default defineConfig({
  test: {
    include: [process.env["DAYPASS_RUN"] ?? "test/reports/runs/*.ts"],
    maxWorkers: 2,
    reporters: [new WriteReport({ outputFile: process.env["DAYPASS_REPORT"] ?? "" })],
  },
});
