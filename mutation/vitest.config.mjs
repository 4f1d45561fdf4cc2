// What Stryker's workers run: the built packages of the throw-away copy, which Stryker has instrumented in place.
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: process.cwd(),
  test: {
    include: [process.env.DAYPASS_MUTATION_TESTS ?? "names no file"],
    server: { deps: { inline: [/\/packages\/[^/]+\/dist\//] } },
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
