// The two targets that need no account: the sandbox, which has to be right, and moto, which is measured.
import { setTimeout as pause } from "node:timers/promises";
import { PLAIN_NAMES } from "./read-cases.mjs";
import { runTable } from "./run-table.mjs";
import { startMoto } from "./start-moto.mjs";
import { startSandbox } from "./start-sandbox.mjs";
import { walkSteps } from "./walk-steps.mjs";

/** Starts a sandbox, puts the table to it and stops it. Returns the rows. */
export async function runSandbox({ table, clients, python }) {
  const sandbox = await startSandbox();
  try {
    process.env.AWS_ENDPOINT_URL = sandbox.endpoint;
    const { admins, advance, endpoint } = sandbox;
    const world = { target: "sandbox", names: PLAIN_NAMES };
    const { actors } = await walkSteps(table.steps, { ...world, admins, strict: true, advance, pause });
    return await runTable({ ...world, cases: table.cases, actors, clients, endpoint, python });
  } finally {
    await sandbox.stop();
  }
}

/**
 * Starts moto twice, as it comes and, for the trust cases, with its checks switched on after the set-up. Returns the
 * rows with their `mode`, and what moto refused of the set-up.
 */
export async function runMoto({ table, clients, python, motoPython }) {
  const modes = [
    { mode: "as it comes", cases: table.cases, enforced: false },
    { mode: "enforcing", cases: table.cases.filter(({ group }) => group === "trust"), enforced: true },
  ];
  const results = [];
  for (const { mode, cases, enforced } of modes) {
    const moto = await startMoto(motoPython);
    try {
      const { endpoint } = moto;
      process.env.AWS_ENDPOINT_URL = endpoint;
      const world = { target: "moto", names: PLAIN_NAMES };
      const admins = await moto.admins();
      const { actors, problems } = await walkSteps(table.steps, { ...world, admins, strict: false, pause });
      if (enforced) await moto.enforce();
      const rows = await runTable({ ...world, cases, actors, clients, endpoint, python });
      results.push({ mode, problems, rows: rows.map((row) => ({ ...row, mode })) });
    } finally {
      await moto.stop();
    }
  }
  return { rows: results.flatMap(({ rows }) => rows), problems: results[0].problems };
}
