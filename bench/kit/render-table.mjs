// The rows as the lines of one aligned table. Pure.
const HEAD = ["bench", "what", "figure", "baseline", "times as good", "note"];

/** Returns the lines for rows that were judged: a head, a rule, and one line for each row. */
export function renderTable(rows) {
  const cells = rows.map((row) => [
    row.bench,
    row.name,
    `${formatFigure(row.figure)} ${row.unit}`,
    baselineOf(row),
    row.ratio === null ? "–" : formatFigure(row.ratio),
    noteOf(row),
  ]);
  const widths = HEAD.map((title, column) => Math.max(...[HEAD, ...cells].map((line) => line[column].length)));
  const rule = widths.map((width, column) => "-".repeat(column === HEAD.length - 1 ? HEAD[column].length : width));
  return [HEAD, rule, ...cells].map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]))
      .join("  ")
      .trimEnd(),
  );
}

/** Returns a figure in as many digits as it is worth: whole from 100, one decimal from 10, two from 1, else two digits. */
export function formatFigure(figure) {
  const digits = figure >= 100 ? 0 : figure >= 10 ? 1 : 2;
  if (figure >= 1 || figure === 0) return figure.toLocaleString("en-US", { maximumFractionDigits: digits });
  return figure.toLocaleString("en-US", { maximumSignificantDigits: 2 });
}

function baselineOf({ baseline, unit }) {
  if (baseline.missing !== undefined) return `${baseline.name}: not measured`;
  return `${baseline.name}: ${formatFigure(baseline.figure)} ${unit}`;
}

function noteOf({ baseline, promise = {}, reason, wrong }) {
  const notes = [];
  if (promise.least !== undefined) notes.push(`at least ${formatFigure(promise.least)}`);
  if (promise.most !== undefined) notes.push(`at most ${formatFigure(promise.most)}`);
  if (baseline.missing !== undefined) notes.push(baseline.missing);
  if (reason !== undefined) notes.push(reason);
  return [...notes, ...wrong.map((text) => `WRONG: ${text}`)].join("; ");
}
