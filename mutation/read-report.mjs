// From Stryker's report to our figures: which mutants were noticed, and which got through.

/** A mutant counts as noticed when a test failed, or hung where it did not before. */
const NOTICED = new Set(["Killed", "Timeout"]);

/** Returns one group's figures; `score` is in percent, rounded down to hundredths. Throws when Stryker left a mutant undecided. */
export function readReport(group, report) {
  let mutants = 0;
  let killed = 0;
  let timedOut = 0;
  const survivors = [];
  for (const [file, { source, mutants: all }] of Object.entries(report.files)) {
    for (const mutant of all) {
      mutants += 1;
      if (NOTICED.has(mutant.status) || failedToLoad(mutant)) {
        killed += 1;
        if (mutant.status === "Timeout") timedOut += 1;
      } else if (mutant.status === "Survived" || mutant.status === "NoCoverage") {
        survivors.push(survivorOf(file, source, mutant));
      } else {
        throw new Error(
          `${file}: mutant ${mutant.id} ended as ${mutant.status}: ${mutant.statusReason ?? "no reason"}`,
        );
      }
    }
  }
  const score = mutants === 0 ? 0 : Math.floor((killed * 10_000) / mutants) / 100;
  return {
    name: group.name,
    about: group.about,
    mutants,
    killed,
    timedOut,
    survived: survivors.length,
    score,
    survivors,
  };
}

/**
 * Where a mutant breaks a module at import, no test begins, and Stryker's vitest runner, which counts tests, calls it a
 * survivor of none. It is no survivor: in a plain run of the tests the files fail. A static mutant is one that runs at
 * import; all tests are asked about it.
 */
function failedToLoad({ status, coveredBy, static: atImport, testsCompleted }) {
  const asked = atImport === true || (coveredBy?.length ?? 0) > 0;
  return status === "Survived" && asked && testsCompleted === 0;
}

function survivorOf(file, source, { location: { start, end }, mutatorName, replacement, status }) {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines[lines.length - 1].slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return {
    file,
    source: file.replace("/dist/", "/src/").replace(/\.js$/, ".ts"),
    line: start.line,
    mutator: mutatorName,
    original: shorten(lines.join("\n")),
    replacement: shorten(replacement ?? ""),
    covered: status === "Survived",
  };
}

function shorten(text) {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= 100 ? line : `${line.slice(0, 70)} … ${line.slice(-25)}`;
}
