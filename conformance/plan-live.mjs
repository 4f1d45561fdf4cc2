// What a run in real accounts is going to do, before it does anything: its names, its calls, and what they make.
import { fillIn, runsOn } from "./read-cases.mjs";

const MAKES = {
  "iam:CreateUser": ["user", "UserName"],
  "iam:CreateRole": ["role", "RoleName"],
  "iam:CreatePolicy": ["policy", "PolicyName"],
  "s3:CreateBucket": ["bucket", "Bucket"],
};

/** Returns the names that keep a run apart from everything else; `id` has 12 hexadecimal digits. */
export function makeNames(id, { vendor, customer }) {
  return {
    run: `dpc-${id}-`,
    path: `daypass-conformance/${id}/`,
    bucket: `daypass-conformance-${id}`,
    vendor,
    customer,
  };
}

/** Returns every call of a run in its order: `{ client, as, call, input }`. A presigned link is the call `s3:link`. */
export function planCalls({ cases, steps }, names, clients) {
  const setUp = steps
    .filter((step) => runsOn(step, "live") && step.call !== undefined)
    .map((step) => ({ client: "set-up", ...fillIn(step, { names }) }));
  const asked = clients.flatMap((client) =>
    cases
      .filter((each) => runsOn(each, "live"))
      .map((each) => ({ client, call: "s3:link", input: each.presigned, ...fillIn(each, { names, client }) })),
  );
  return [...setUp, ...asked].map(({ client, as, call, input = {} }) => ({ client, as, call, input }));
}

/** Returns what the calls may make, refused or not: `{ account, kind, name }`, where `account` is vendor or customer. */
export function planCreations(calls) {
  const made = calls.flatMap(({ as, call, input }) => {
    if (MAKES[call] === undefined) return [];
    const [kind, key] = MAKES[call];
    // Whoever is no administrator acts in an account that the call does not tell.
    const accounts = as === "vendor" || as === "customer" ? [as] : ["vendor", "customer"];
    return accounts.map((account) => ({ account, kind, name: input[key] }));
  });
  return [...new Map(made.map((each) => [JSON.stringify(each), each])).values()];
}

/** Returns the plan in lines for people. */
export function showPlan(calls) {
  const creations = planCreations(calls);
  return [
    ...calls.map(({ client, as, call, input }) => `${client}: as ${as}: ${call} ${JSON.stringify(input)}`),
    ...creations.map(
      ({ account, kind, name }) => `clean-up: as ${account}: delete the ${kind} ${name} and what is in it`,
    ),
    "clean-up: as vendor and customer: list the users, roles and policies under the run's path, and delete the rest",
  ];
}
