// Puts the whole table to a target through the clients, and judges every answer.
import { askClient } from "./ask-clients.mjs";
import { judgeAnswer } from "./judge-answer.mjs";
import { fillIn, runsOn } from "./read-cases.mjs";

/**
 * Returns one row for each case and client: `{ name, group, client, kind, differences }`, where `kind` is one of
 * `judgeAnswer`'s with the `answer`, or `not applicable`, for which `reason` says why. `patience` is `askClient`'s.
 */
export async function runTable({ cases, target, names, actors, clients, endpoint, python, signal, patience }) {
  const rows = [];
  for (const client of clients) {
    const asked = cases
      .filter((each) => reasonAgainst(each, target, actors) === undefined)
      .map((each) => fillIn(each, { names, client, actors }));
    const answers = await askClient(client, { cases: asked, actors, endpoint, python, signal, patience });
    const filled = new Map(asked.map((each) => [each.name, each]));
    for (const { name, group, ...each } of cases) {
      const reason = reasonAgainst(each, target, actors);
      const verdict =
        reason === undefined
          ? { ...judgeAnswer(filled.get(name), answers.get(name)), answer: answers.get(name) }
          : { kind: "not applicable", differences: [], reason };
      rows.push({ name, group, client, ...verdict });
    }
  }
  return rows;
}

/** Returns why a case cannot be put to a target, or undefined. */
export function reasonAgainst(each, target, actors) {
  if (!runsOn(each, target)) return each.notOn[target];
  return actors[each.as] === undefined ? `its set-up was refused: there is no "${each.as}"` : undefined;
}

/** Returns how often each kind stands in the rows. */
export function countKinds(rows) {
  const counts = {};
  for (const { kind } of rows) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Returns one line for each row that is wrong. */
export function showDifferences(rows) {
  return rows
    .filter(({ kind }) => kind !== "right" && kind !== "not applicable")
    .map(
      ({ group, name, client, kind, differences }) =>
        `${kind}: ${client}: ${group}: ${name}: ${differences.join("; ").slice(0, 300)}`,
    );
}

/** Returns the table of a run: one line per client with what was right, wrong and not applicable. */
export function showTable(target, rows) {
  const clients = [...new Set(rows.map(({ client }) => client))];
  const lines = clients.map((client) => {
    const own = rows.filter((row) => row.client === client);
    const { right = 0, "not applicable": apart = 0 } = countKinds(own);
    return [target, client, right, own.length - right - apart, apart];
  });
  return [["target", "client", "right", "wrong", "not applicable"], ...lines]
    .map((line) =>
      line
        .map((cell, index) => String(cell).padEnd([24, 8, 7, 7, 0][index]))
        .join(" ")
        .trimEnd(),
    )
    .join("\n");
}
