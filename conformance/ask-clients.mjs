// Puts the cases to one client and returns what it heard.
import { callSdk, openLink } from "./call-sdk.mjs";
import { drivePython } from "./drive-python.mjs";

export const CLIENTS = ["sdk", "boto3", "cli"];

/**
 * Returns the answers by the case's name. Cases are filled in; `actors` holds the keys of each case's `as`. `python` is
 * needed for boto3 and the CLI. Rejects when `signal` is aborted.
 */
export async function askClient(client, { cases, actors, endpoint, python, signal }) {
  if (client === "sdk") {
    const answers = new Map();
    for (const each of cases) {
      signal?.throwIfAborted();
      answers.set(each.name, await askSdk(each, actors[each.as], endpoint));
    }
    return answers;
  }
  // The cases of one group follow on each other; the groups do not, so that slow clients can do them side by side.
  const groups = groupsOf(cases);
  const plans = [...groups.values()].map((group) =>
    drivePython(python, client, { actors, cases: group, endpoint, signal }),
  );
  const answers = await Promise.all(plans);
  return new Map(answers.flatMap((each) => [...each]));
}

/** Puts one case to the SDK. A client that fails by itself is an answer too: of status 0. */
export async function askSdk(each, keys, endpoint) {
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
