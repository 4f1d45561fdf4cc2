// The traps of a person's side, and the tests that keep @daypass/auth out of them: checks packages/auth/docs/traps.json and
// writes traps.md from it. `node scripts/traps.mjs --check` writes nothing and fails when they do not agree.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const PACKAGE = new URL("../packages/auth/", import.meta.url);
const DATA = new URL("docs/traps.json", PACKAGE);
const PAGE = new URL("docs/traps.md", PACKAGE);

/** Returns what is wrong with the table, one sentence each. */
export function checkTraps(traps) {
  const problems = [];
  for (const [index, row] of traps.entries()) {
    const { number, subject, trap, rule, reason, twins = [], tests = [] } = row;
    if (number !== index + 1) problems.push(`row ${index + 1} has the number ${number}`);
    if (!isText(trap) || !isText(subject)) problems.push(`trap ${number} has no words`);
    const isHeld = twins.length + tests.length > 0;
    if (isHeld === (reason !== undefined)) problems.push(`trap ${number} needs either tests or a reason why none`);
    if (isHeld ? !isText(rule) : !isText(reason)) problems.push(`trap ${number} does not say what is done instead`);
    for (const twin of twins) if (readTwin(twin) === undefined) problems.push(`trap ${number} names no twin: ${twin}`);
    for (const { test, title } of tests) {
      if (!hasTitle(test, title)) problems.push(`trap ${number} names no test: ${title}, in ${test}`);
    }
  }
  const words = traps.map(({ trap }) => trap);
  for (const trap of words.filter((each, at) => words.indexOf(each) !== at)) problems.push(`twice: ${trap}`);
  return problems;
}

/** A broken twin: `npm run teeth` fails where the test that it names does not catch it, or is not there. */
function readTwin(slug) {
  const path = new URL(`test/twins/${slug}.json`, PACKAGE);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

function hasTitle(test, title) {
  const path = new URL(`test/${test}.test.ts`, PACKAGE);
  return isText(title) && existsSync(path) && readFileSync(path, "utf8").includes(`"${title}"`);
}

function isText(value) {
  return typeof value === "string" && value.trim() !== "";
}

/** Returns the page for people. */
export function renderTraps(traps) {
  const open = traps.filter(({ reason }) => reason !== undefined).length;
  const lines = [
    "# Traps on a person's machine",
    "",
    "What programs that hold a person's credentials for AWS have stumbled over, and what holds this library to not doing so:",
    `${traps.length - open} by tests, ${open} because they are another package's. Written by \`node scripts/traps.mjs\` from \`traps.json\`.`,
    "A test in **bold** has a broken twin, on which it is seen to fail.",
  ];
  let subject;
  for (const row of traps) {
    if (row.subject !== subject) {
      subject = row.subject;
      lines.push("", `## ${subject}`, "", "|  | trap | instead | held by |", "|---|---|---|---|");
    }
    lines.push(renderRow(row));
  }
  return [...lines, ""].join("\n");
}

function renderRow({ number, trap, seen, rule, reason, twins = [], tests = [] }) {
  const bold = twins.map((slug) => {
    const { test, title } = readTwin(slug) ?? {};
    return `**[${escape(title ?? slug)}](${(test ?? "").replace("packages/auth", "..")})**`;
  });
  const plain = tests.map(({ test, title }) => `[${escape(title)}](../test/${test}.test.ts)`);
  const held = [...new Set([...bold, ...plain])].join("<br>");
  const where = seen === undefined ? "" : ` (${escape(seen)})`;
  return `| ${number} | ${escape(trap)}${where} | ${escape(rule ?? reason)} | ${held} |`;
}

function escape(text) {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

/** Returns the table as it is kept. */
export function readTraps() {
  return JSON.parse(readFileSync(DATA, "utf8"));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const traps = readTraps();
  const problems = checkTraps(traps);
  const page = renderTraps(traps);
  const isWritten = existsSync(PAGE) && readFileSync(PAGE, "utf8") === page;
  if (process.argv.includes("--check") && !isWritten) problems.push("traps.md is not what traps.json says");
  for (const problem of problems) process.stderr.write(`traps: error: ${problem}\n`);
  if (problems.length > 0) {
    process.stderr.write("traps: hint: correct packages/auth/docs/traps.json, then run node scripts/traps.mjs\n");
    process.exitCode = 1;
  } else if (!process.argv.includes("--check")) writeFileSync(PAGE, page);
}
