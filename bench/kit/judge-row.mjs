// What a row of the table comes to. Pure: the figures are taken elsewhere.
//
// A row, as a bench reports it:
//   name      what was measured
//   figure    a number, in `unit`
//   better    "more" or "less": which direction of the figure is the good one
//   baseline  { name, figure } in the same unit and from the same run, or { name, missing } with why there is none
//   promise   { least } or { most }, which the figure has to keep; left out where nothing is promised
//   reason    why the row may lose to its baseline; without one it may not

/**
 * Returns the row with `ratio`, how many times as good as its baseline it is (below 1 it loses; null without a baseline),
 * and `wrong`, what is not as it has to be. The reason stays only where the row does lose.
 */
export function judgeRow(row) {
  const { reason, ...rest } = row;
  const ratio = ratioOf(row);
  const loses = ratio !== null && ratio < 1;
  const wrong = [...brokenPromises(row)];
  if (![row.figure, ratio ?? 0].every(Number.isFinite)) wrong.push("a figure is no number");
  if (loses && reason === undefined) wrong.push("loses to its baseline, and no reason stands beside it");
  return { ...rest, ratio, ...(loses && reason !== undefined && { reason }), wrong };
}

function ratioOf({ figure, better, baseline }) {
  if (baseline.missing !== undefined) return null;
  if (figure === baseline.figure) return 1;
  return better === "more" ? figure / baseline.figure : baseline.figure / figure;
}

function* brokenPromises({ figure, promise = {} }) {
  if (promise.least !== undefined && !(figure >= promise.least))
    yield `${figure} is below the promise, ${promise.least}`;
  if (promise.most !== undefined && !(figure <= promise.most)) yield `${figure} is above the promise, ${promise.most}`;
}
