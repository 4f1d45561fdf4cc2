"use strict";
// Committed, so that npm can link the programs before the first build.
const { join } = require("node:path");

module.exports = (program) => {
  let hot;
  try {
    hot = require("../dist/hot.cjs");
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    process.stderr.write(`${program}: the program is not built\n  hint: run \`npm run build\` first\n`);
    process.exitCode = 1;
    return;
  }
  hot.start(program, join(__dirname, ".."));
};
