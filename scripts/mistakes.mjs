// The mistakes of earlier implementations, and the tests that hold us to not making them: checks docs/mistakes.json and
// writes docs/mistakes.md from it. `node scripts/mistakes.mjs --check` writes nothing and fails when they do not agree.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = new URL("../", import.meta.url);
const DATA = new URL("docs/mistakes.json", ROOT);
const PAGE = new URL("docs/mistakes.md", ROOT);
const COUNT = 46;

/** Returns what is wrong with the table, one sentence each. */
export function checkMistakes(mistakes) {
  const problems = [];
  const numbers = mistakes.map(({ number }) => number);
  for (let number = 1; number <= COUNT; number++) {
    const times = numbers.filter((each) => each === number).length;
    if (times !== 1) problems.push(`mistake ${number} is there ${times} times, not once`);
  }
  for (const { number, mistake, instead, heldBy, reason } of mistakes) {
    if (!isText(mistake)) problems.push(`mistake ${number} has no words`);
    if ((heldBy === undefined) === (reason === undefined)) {
      problems.push(`mistake ${number} needs either tests that hold it or a reason why none does`);
    }
    if (reason !== undefined && !isText(reason)) problems.push(`mistake ${number} has an empty reason`);
    if (heldBy === undefined) continue;
    if (!isText(instead)) problems.push(`mistake ${number} does not say what is done instead`);
    if (heldBy.length === 0) problems.push(`mistake ${number} names no test`);
    for (const held of heldBy) problems.push(...checkTest(number, held));
  }
  return problems;
}

function checkTest(number, { test, title }) {
  const path = new URL(test, ROOT);
  if (!test.endsWith(".test.ts") || !existsSync(path))
    return [`mistake ${number} names ${test}, which is no test file`];
  const source = readFileSync(path, "utf8");
  if (isText(title) && [`"${title}"`, `"${title} `, `\`${title}`].some((written) => source.includes(written)))
    return [];
  return [`mistake ${number} names the title ${JSON.stringify(title)}, which is not in ${test}`];
}

function isText(value) {
  return typeof value === "string" && value.trim() !== "";
}

/** Returns the page for people. */
export function renderMistakes(mistakes) {
  const held = mistakes.filter(({ heldBy }) => heldBy !== undefined).length;
  const rows = mistakes.map(({ number, mistake, instead, heldBy, reason }) => {
    const tests = (heldBy ?? []).map(({ test, title }) => `[${escape(title)}](../${test})`).join("<br>");
    return `| ${number} | ${escape(mistake)} | ${escape(instead ?? reason)} | ${tests} |`;
  });
  return [
    "# Forty-six mistakes",
    "",
    "Found in earlier implementations of vendors' access to customers' accounts, and what holds daypass to not making them:",
    `${held} by tests, ${mistakes.length - held} because what could make them is not there yet. Written by \`node scripts/mistakes.mjs\``,
    "from `mistakes.json`; a test checks that every named test exists.",
    "",
    "|  | mistake | instead | held by |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function escape(text) {
  return text.replaceAll("|", "\\|");
}

/** Returns the table as it is kept. */
export function readMistakes() {
  return JSON.parse(readFileSync(DATA, "utf8"));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const mistakes = readMistakes();
  const problems = checkMistakes(mistakes);
  const page = renderMistakes(mistakes);
  const isWritten = existsSync(PAGE) && readFileSync(PAGE, "utf8") === page;
  if (process.argv.includes("--check") && !isWritten) {
    problems.push("docs/mistakes.md is not what mistakes.json says; run node scripts/mistakes.mjs");
  }
  for (const problem of problems) process.stderr.write(`mistakes: error: ${problem}\n`);
  if (problems.length > 0) {
    process.stderr.write(`mistakes: hint: correct ${fileURLToPath(DATA)}\n`);
    process.exitCode = 1;
  } else if (!process.argv.includes("--check")) writeFileSync(PAGE, page);
}
