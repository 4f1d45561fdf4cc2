// `npm run demo`: exit code 0 only if every expectation held.
import { parseArgs } from "node:util";

// Said once in the README instead of on every run; must be set before the SDK is loaded.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const HELP = `usage: npm run demo [-- --verbose]

  --verbose  show the AWS calls behind each line
  --help     show this
`;

function readArguments() {
  try {
    return parseArgs({ options: { verbose: { type: "boolean" }, help: { type: "boolean" } } }).values;
  } catch (error) {
    process.stderr.write(`demo: error: ${error.message}\ndemo: hint: see npm run demo -- --help\n`);
    process.exit(2);
  }
}

const { verbose = false, help = false } = readArguments();
if (help) {
  process.stdout.write(HELP);
} else {
  const { runDemo } = await import("./run-demo.mjs");
  const colour = process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined;
  const { broken } = await runDemo({ write: (text) => process.stdout.write(text), colour, verbose });
  if (broken.length > 0) process.exitCode = 1;
}
