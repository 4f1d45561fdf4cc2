// Decides from a report of scripts/teeth/lane.mjs whether a broken twin was caught. Pure.

// A twin that does not run is not a bug that somebody shipped: any test would notice it.
const NOT_A_PROGRAM = /^(ReferenceError|SyntaxError):/;

/**
 * Returns `{ verdict, reason }` for the run on the broken code. The verdict is `caught` only when a test named by
 * `title` ran and failed by itself; `survived` when all of them passed; else `error`.
 */
export function judgeTwin(title, report) {
  if (report === undefined) return { verdict: "error", reason: "the run ended without a report" };
  if (report.loadErrors.length > 0) return { verdict: "error", reason: `did not load: ${report.loadErrors[0]}` };
  const ran = namedTests(title, report).filter(({ state }) => state === "passed" || state === "failed");
  if (ran.length === 0) return { verdict: "error", reason: "no test with this title ran" };
  const failed = ran.filter(({ state }) => state === "failed");
  const honest = failed.filter(
    ({ hookFailed, errors }) => !hookFailed && !errors.some((line) => NOT_A_PROGRAM.test(line)),
  );
  if (honest.length > 0) return { verdict: "caught", reason: honest[0].errors[0] ?? "failed" };
  if (failed.length > 0) {
    const [{ hookFailed, errors }] = failed;
    return { verdict: "error", reason: `failed ${hookFailed ? "in a hook" : "as a broken program"}: ${errors[0]}` };
  }
  return {
    verdict: "survived",
    reason: report.twinLoaded ? "every named test passed" : "the named tests never loaded the broken file",
  };
}

/** Returns why the good code does not carry this twin's tests, or `undefined` when each one ran and passed. */
export function judgeGood(title, file, report) {
  if (report === undefined) return "the run on the good code ended without a report";
  const named = namedTests(title, report).filter((test) => test.file === file);
  if (named.length === 0) return "no test with this title in this file";
  const bad = named.find(({ state }) => state !== "passed");
  return bad === undefined
    ? undefined
    : `on the good code "${bad.path.join(" > ")}" ${bad.state}: ${bad.errors[0] ?? ""}`;
}

/** Returns the regular expression for vitest's -t that selects the tests of these titles. */
export function titlePattern(titles) {
  const sources = titles.map((title) =>
    title
      .split(" > ")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"))
      .join("(?: > | )"),
  );
  return sources.length === 1 ? sources[0] : `(?:${sources.join("|")})`;
}

function namedTests(title, report) {
  return report.tests.filter(({ path }) => path.join(" > ").includes(title) || path.join(" ").includes(title));
}
