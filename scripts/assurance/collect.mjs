// Takes from each report what the page states, and nothing else.
import { readFileSync } from "node:fs";

const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const today = () => new Date().toISOString().slice(0, 10);
/** An attack's title begins with the number of the published mistake that it repeats, and its own. */
const ATTACK = /(?:^| )(B\d-\d+)\.\d+ /;

/** Returns the page's data with the sections that reports were given for replaced. Throws for a report that is not whole. */
export function collect(before, files) {
  const after = { ...before };
  if (files.tests !== undefined) Object.assign(after, countTests(read(files.tests)));
  if (files.teeth !== undefined) after.teeth = { date: today(), ...pick(read(files.teeth), ["twins", "caught"]) };
  if (files.coverage !== undefined) after.coverage = coverageOf(read(files.coverage));
  if (files.mutation !== undefined) after.mutation = mutationOf(read(files.mutation));
  if (files.bench !== undefined) after.bench = benchOf(read(files.bench));
  if (files.torture !== undefined) after.torture = files.torture.flatMap((path) => trialsOf(read(path)));
  return after;
}

function countTests({ success, testResults }) {
  if (success !== true) throw new Error("the tests' report is of a run that failed");
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === "passed");
  const attacks = passed.map(({ fullName }) => ATTACK.exec(fullName)?.[1]).filter((mistake) => mistake !== undefined);
  return {
    tests: {
      date: today(),
      node: process.version,
      files: testResults.length,
      passed: passed.length,
      skipped: tests.length - passed.length,
    },
    attacks: { date: today(), rows: attacks.length, mistakes: new Set(attacks).size },
  };
}

function coverageOf({ total }) {
  const percent = (name) => total[name].pct;
  return { date: today(), statements: percent("statements"), branches: percent("branches"), lines: percent("lines") };
}

function mutationOf({ groups, leastScore, node }) {
  const fields = ["name", "about", "mutants", "killed", "survived", "score"];
  return { date: today(), node, leastScore, groups: groups.map((group) => pick(group, fields)) };
}

function benchOf({ node, cpus, rows }) {
  return { date: today(), node, cpus, rows };
}

function trialsOf({ date, machine, results }) {
  const fields = ["name", "claim", "wouldShow", "unit", "size", "seed", "tried", "seconds", "figures"];
  return results.map((result) => {
    if (result.skipped !== undefined) throw new Error(`${result.name} was skipped: ${result.skipped}`);
    return { date, ...machine, ...pick(result, fields), wrong: result.wrong.length };
  });
}

function pick(object, names) {
  return Object.fromEntries(
    names.map((name) => {
      if (object[name] === undefined) throw new Error(`a report lacks ${name}`);
      return [name, object[name]];
    }),
  );
}
