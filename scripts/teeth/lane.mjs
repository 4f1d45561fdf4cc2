// One lane of the teeth: a process that keeps a vitest and runs one order after the other, each test file in a worker of
// its own. Starting vitest for every twin would cost six times as much.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createVitest } from "vitest/node";
import { switchableTwin } from "./plugin.mjs";

const { plugin, use, wasLoaded } = switchableTwin();
let report;

// The processes that a test starts are to run on the broken twin as well.
const scratch = mkdtempSync(join(tmpdir(), "daypass-teeth-"));
const mark = join(scratch, "loaded");
process.env.NODE_OPTIONS = `--import=${new URL("child.mjs", import.meta.url).href}`;
process.env.DAYPASS_CHILD_MARK = mark;
const wasUsed = () => wasLoaded() || existsSync(mark);

const reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    const loadErrors = [];
    const tests = [];
    for (const module of modules) {
      // errors() of a module holds the failures of collecting it; those of a suite hold its beforeAll and afterAll.
      loadErrors.push(...module.errors().map(firstLine));
      for (const suite of module.children.allSuites()) loadErrors.push(...suite.errors().map(firstLine));
      for (const test of module.children.allTests()) tests.push(outcome(test, module));
    }
    report = { tests, loadErrors, unhandledErrors: unhandledErrors.map(firstLine), twinLoaded: wasUsed() };
  },
};

const vitest = await createVitest(
  "test",
  { watch: false, reporters: [reporter], maxWorkers: 1, coverage: { enabled: false } },
  { plugins: [plugin] },
);

// An order is { file, pattern, twin }: run the tests of `file` whose title matches `pattern`, on the code that `twin`
// breaks, or on the good code. The answer is the report. An order without a file is to close and end.
process.on("message", (order) => void obey(order));
process.send("ready");

async function obey({ file, pattern, twin }) {
  if (file === undefined) {
    await vitest.close();
    rmSync(scratch, { recursive: true, force: true });
    process.exit(0);
  }
  report = undefined;
  const built = use(twin);
  rmSync(mark, { force: true });
  process.env.DAYPASS_CHILD_TWIN = twin?.path ?? "";
  if (built !== undefined) vitest.invalidateFile(built);
  try {
    vitest.setGlobalTestNamePattern(new RegExp(pattern));
    const specifications = await vitest.globTestSpecifications([resolve(file)]);
    await vitest.runTestSpecifications(specifications.filter(({ moduleId }) => moduleId === resolve(file)));
  } catch (error) {
    report = { tests: [], loadErrors: [firstLine(error)], unhandledErrors: [], twinLoaded: wasUsed() };
  }
  use(undefined);
  if (built !== undefined) vitest.invalidateFile(built);
  process.send(report ?? { tests: [], loadErrors: [], unhandledErrors: [], twinLoaded: false });
}

function outcome(test, module) {
  const { state, errors = [] } = test.result();
  const { beforeEach, afterEach } = test.task.result?.hooks ?? {};
  return {
    file: module.relativeModuleId,
    path: test.fullName.split(" > "),
    state,
    // vitest leaves a hook that threw at "run"; an afterEach that threw after a failed test adds a second error.
    hookFailed: beforeEach === "run" || (afterEach === "run" && errors.length < 2),
    errors: errors.map(firstLine),
  };
}

function firstLine(error) {
  return `${error.name ?? "Error"}: ${String(error.message).split("\n")[0]}`;
}
