// The table put to real accounts: everything under a name of the run's own, and taken away again whatever happens.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CLIENTS, NO_PATIENCE } from "./ask-clients.mjs";
import { callSdk } from "./call-sdk.mjs";
import { cleanUp } from "./clean-up.mjs";
import { confirmAccounts, identifyAccounts } from "./confirm-accounts.mjs";
import { makeRecord } from "./keep-records.mjs";
import { makeNames, planCalls, planCreations, showPlan } from "./plan-live.mjs";
import { ConformanceError } from "./read-arguments.mjs";
import { collectSecrets, redactAnswer, sealRecord } from "./redact-record.mjs";
import { runTable } from "./run-table.mjs";
import { walkSteps } from "./walk-steps.mjs";

// "Changes that I make are not always immediately visible" (IAM User Guide, Troubleshoot IAM): asked again for half a
// minute a case, and for two and a half minutes until everything is taken away.
const AWS_PATIENCE = { attempts: 6, pauseMs: 2_000 };
const CLEAN_UP = { rounds: 6, pauseMs: 10_000 };
// A role that is not seen yet is refused as one that does not trust: a refusal means something only after this.
const SETTLE_MS = 20_000;
const LIVE = new URL("live/", import.meta.url);
// Where the SDK looks when a profile has nothing: whoever is found there is not whom somebody named.
const OTHERS = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
];

/**
 * Runs the table live. Returns the judged answers, what is `left` because it could not be taken away, the `file` of the
 * record, whether it was `interrupted`, and the `error` that ended it. Throws `ConformanceError` when nothing was done.
 */
export async function runLive({ table, clients, python, versions, live, talk, date, command }) {
  aim(live);
  const { admins, accounts } = await identifyAccounts(live.profiles);
  for (const [who, { id, arn }] of Object.entries(accounts)) talk.write(`${who}: account ${id} as ${arn}\n`);
  if (!live.yes) await confirmAccounts(accounts, process.stdin, talk);
  const id = live.clean ?? randomBytes(6).toString("hex");
  const run = makeNames(id, { vendor: accounts.vendor.id, customer: accounts.customer.id });
  const planned = planCreations(planCalls(table, run, CLIENTS));
  const pauseMs = live.isAws ? CLEAN_UP.pauseMs : 1;
  const clean = () => {
    const pause = (round) => sleep(round * pauseMs);
    return cleanUp({ names: run, planned, admins, rounds: CLEAN_UP.rounds, pause });
  };
  if (live.clean !== undefined) return { rows: [], left: await clean(), id, interrupted: false };

  talk.write(`run ${id}: if it is killed, --live --clean ${id} takes away what it made\n`);
  const stop = watchSignals(talk);
  let outcome;
  let left;
  try {
    outcome = await askAll({ table, clients, python, names: run, admins, live, talk, signal: stop.signal });
  } catch (error) {
    outcome = { error };
  } finally {
    left = await clean();
    stop.release();
  }
  const done = { id, left, interrupted: stop.signal.aborted };
  if (outcome.error !== undefined || done.interrupted) return { ...done, rows: [], error: outcome.error };
  try {
    const file = keepRecord({ table, ...outcome, names: run, versions, live, date, command, id });
    return { ...done, rows: outcome.rows, file };
  } catch (error) {
    return { ...done, rows: outcome.rows, error };
  }
}

/** Returns the plan in lines, without a call. The accounts are the table's. */
export function planLive({ table, clients, live }) {
  const names = makeNames(live.clean ?? "000000000000", { vendor: "111111111111", customer: "222222222222" });
  return showPlan(planCalls(table, names, clients));
}

/** To AWS and nowhere else, or to the endpoint that was named as being not AWS; as the named profiles and nobody else. */
function aim({ endpoint, isAws }) {
  for (const name of OTHERS) delete process.env[name];
  process.env.AWS_EC2_METADATA_DISABLED = "true";
  const redirected = Object.keys(process.env).find((name) => name.startsWith("AWS_ENDPOINT_URL"));
  if (!isAws) process.env.AWS_ENDPOINT_URL = endpoint;
  else if (redirected !== undefined) {
    throw new ConformanceError(`${redirected} leads away from AWS`, "unset it: a record of AWS must come from AWS");
  }
  // A profile can name an endpoint too.
  if (isAws) process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "true";
}

async function askAll({ table, clients, python, names, admins, live, talk, signal }) {
  const { endpoint, isAws } = live;
  const patience = isAws ? AWS_PATIENCE : NO_PATIENCE;
  const call = (...question) => callPatiently(question, patience, signal);
  const { actors } = await walkSteps(table.steps, { target: "live", names, admins, strict: true, call });
  if (isAws) await sleep(SETTLE_MS, undefined, { signal });
  talk.write(`set up; asking ${table.cases.length} cases through ${clients.join(", ")}\n`);
  const world = { target: "live", names, actors, endpoint, python, signal, patience };
  const rows = await runTable({ ...world, cases: table.cases, clients });
  return { rows, actors };
}

async function callPatiently(question, { attempts, pauseMs }, signal) {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    const answer = await callSdk(...question);
    if (answer.allowed || attempt >= attempts) return answer;
    await sleep(attempt * pauseMs, undefined, { signal });
  }
}

/** Ctrl-C stops the questions, and the clean-up follows; a second one does not stop that. */
function watchSignals(talk) {
  const controller = new AbortController();
  const stop = () => {
    talk.write(controller.signal.aborted ? "still cleaning up\n" : "stopped; cleaning up\n");
    controller.abort();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    release() {
      for (const name of signals) process.off(name, stop);
    },
  };
}

function keepRecord({ table, rows, actors, names, versions, live, date, command, id }) {
  const secrets = collectSecrets(actors, names);
  const byName = new Map(table.cases.map((each) => [each.name, each]));
  const cases = rows
    .filter(({ answer }) => answer !== undefined)
    .map(({ name, group, client, kind, answer }) => {
      const said = redactAnswer(byName.get(name), answer, names, secrets);
      return { group, name, client, kind, said };
    });
  const plain = rows.map(({ name, group, client, kind }) => ({ name, group, client, kind, differences: [] }));
  const where = live.isAws ? { isAws: true } : { isAws: false, endpoint: live.endpoint };
  const text = sealRecord({ ...where, ...makeRecord({ rows: plain, date, command, versions }), cases }, secrets);
  const folder = live.out ?? fileURLToPath(LIVE);
  mkdirSync(folder, { recursive: true });
  const first = `${folder}/${date}.json`;
  const file = existsSync(first) ? `${folder}/${date}-${id}.json` : first;
  writeFileSync(file, text, { flag: "wx" });
  return file;
}
