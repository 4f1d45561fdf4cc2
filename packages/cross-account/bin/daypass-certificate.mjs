#!/usr/bin/env node
// Committed, so that npm can link it before the first build.
import { existsSync } from "node:fs";

const program = new URL("../dist/bin.js", import.meta.url);
if (!existsSync(program)) {
  process.stderr.write(
    "daypass-certificate: error: the package is not built\ndaypass-certificate: hint: run `npm run build` first\n",
  );
  process.exit(1);
}
await import(program.href);
