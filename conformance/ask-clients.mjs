// Puts the cases to one client and returns what it heard.
import { setTimeout as pause } from "node:timers/promises";
import { callSdk, openLink } from "./call-sdk.mjs";
import { drivePython } from "./drive-python.mjs";
import { judgeAnswer } from "./judge-answer.mjs";

export const CLIENTS = ["sdk", "boto3", "cli"];

/** AWS's changes of IAM take a while until they are seen everywhere; a world of one's own needs no second question. */
export const NO_PATIENCE = { attempts: 1, pauseMs: 0 };

/**
 * Returns the answers by the case's name. Cases are filled in; `actors` holds the keys of each case's `as`. `python` is
 * needed for boto3 and the CLI. What is not as expected is asked again, at most `patience.attempts` times, after pauses
 * that grow by `patience.pauseMs`, unless asking again would change something. Rejects when `signal` is aborted.
 */
export async function askClient(client, { cases, actors, endpoint, python, signal, patience = NO_PATIENCE }) {
  if (client === "sdk") {
    const answers = new Map();
    for (const each of cases)
      answers.set(each.name, await askPatiently(each, actors[each.as], { endpoint, signal, patience }));
    return answers;
  }
  // The cases of one group follow on each other; the groups do not, so that slow clients can do them side by side.
  const groups = groupsOf(cases);
  const ask = (group) => drivePython(python, client, { actors, cases: group, endpoint, signal, patience });
  const answers = await Promise.all([...groups.values()].map(ask));
  return new Map(answers.flatMap((each) => [...each]));
}

async function askPatiently(each, keys, { endpoint, signal, patience }) {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const answer = await askSdk(each, keys, endpoint);
    const settled = judgeAnswer(each, answer).kind === "right" || !mayAskAgain(each, answer);
    if (settled || attempt >= patience.attempts) return attempt === 1 ? answer : { ...answer, attempts: attempt };
    await pause(attempt * patience.pauseMs, undefined, { signal });
  }
}

/** Whether the same question once more can do no harm: what was refused changed nothing, and reading never does. */
function mayAskAgain({ call }, answer) {
  return !answer.allowed || call === undefined || /:(?:Get|Head|List|AssumeRole)/.test(call);
}

/** A client that fails by itself gives an answer too: of status 0. */
async function askSdk(each, keys, endpoint) {
  try {
    if (each.call === undefined) return await openLink(each, keys, endpoint);
    return await callSdk(each.call, each.input ?? {}, keys);
  } catch (error) {
    return { allowed: false, code: "broken", status: 0, message: `${error.name}: ${error.message}` };
  }
}

function groupsOf(cases) {
  const groups = new Map();
  for (const each of cases) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return groups;
}
