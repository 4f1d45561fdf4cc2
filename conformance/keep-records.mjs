// What runs said, kept beside the table: sandbox.json, moto.json and live/*.json, and the page made from them.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { countKinds } from "./run-table.mjs";

const HERE = new URL("./", import.meta.url);
export const PAGE = new URL("../docs/conformance.md", import.meta.url);

/**
 * Returns the record of a run against the sandbox or moto: when, with which versions, by which command, the counts by
 * mode and client, and each case that was wrong, the clients with the same difference together.
 */
export function makeRecord({ rows, date, command, versions, setUp = [] }) {
  const runs = unique(rows.map(({ mode, client }) => JSON.stringify({ mode, client }))).map((key) => JSON.parse(key));
  const counts = runs.map(({ mode, client }) => {
    const own = rows.filter((row) => row.mode === mode && row.client === client);
    return { mode, client, ...countKinds(own) };
  });
  return { recorded: date, command, versions, counts, setUp, wrong: groupWrong(rows) };
}

function groupWrong(rows) {
  const groups = new Map();
  for (const { mode, group, name, client, kind, differences } of rows) {
    if (kind === "right" || kind === "not applicable") continue;
    // What a client says of a crash is its own, and full of the paths of this machine.
    const said = kind === "no answer" ? [] : differences.map((each) => each.replaceAll(`-${client}`, "-{client}"));
    const key = JSON.stringify([mode, name, kind, said]);
    const found = groups.get(key) ?? { mode, group, name, clients: [], kind, differences: said };
    found.clients.push(client);
    groups.set(key, found);
  }
  return [...groups.values()];
}

/**
 * Returns how a run differs from its record, one line each: what is no longer wrong, and what is wrong since. Clients
 * that either did not ask are left out, and the words of a difference do not count.
 */
export function compareWithRecord(record, rows) {
  const known = new Set(record.wrong.flatMap((each) => each.clients.map((client) => keyOf({ ...each, client }))));
  const recorded = new Set(record.counts.map(({ client }) => client));
  return rows
    .filter(({ client }) => recorded.has(client))
    .flatMap((row) => {
      const isWrong = row.kind !== "right" && row.kind !== "not applicable";
      const was = [...known].some((key) => key.startsWith(placeOf(row)));
      if (isWrong && !known.has(keyOf(row))) return [`since the record: ${row.kind}: ${describe(row)}`];
      return !isWrong && was ? [`no longer wrong: ${describe(row)}`] : [];
    });
}

function describe({ mode, client, group, name }) {
  return `${mode}: ${client}: ${group}: ${name}`;
}

function placeOf({ mode, client, name }) {
  return JSON.stringify([mode, client, name]).slice(0, -1);
}

function keyOf(row) {
  return `${placeOf(row)},${JSON.stringify(row.kind)}`;
}

/** Returns the record of that name, or undefined when there is none. */
export function readRecord(name) {
  const file = new URL(`${name}.json`, HERE);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** Writes the record of that name. */
export function writeRecord(name, record) {
  writeFileSync(new URL(`${name}.json`, HERE), `${JSON.stringify(record, null, 2)}\n`);
}

/** Returns every record that there is, for the page. Of a live run only what AWS itself said counts. */
export function readRecords() {
  const folder = new URL("live/", HERE);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  const lives = names.sort().map((name) => ({ name, ...readRecord(`live/${name.slice(0, -5)}`) }));
  return { sandbox: readRecord("sandbox"), moto: readRecord("moto"), lives: lives.filter(({ isAws }) => isAws) };
}

function unique(values) {
  return [...new Set(values)];
}
