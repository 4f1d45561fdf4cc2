// One table of cases for every target and client. Here it is read, and its placeholders are filled in.
import { readFileSync } from "node:fs";

/** The accounts as the table names them; for a real account they are replaced by the real numbers. */
export const VENDOR = "111111111111";
export const CUSTOMER = "222222222222";

/** The names of a run in a world of its own: nothing has to be kept apart. */
export const PLAIN_NAMES = { run: "", path: "", bucket: "interop-data", vendor: VENDOR, customer: CUSTOMER };

const ADMINS = { [VENDOR]: "vendor", [CUSTOMER]: "customer" };

/** Returns the table: every case in the order in which it runs, every step before them, and the sources by name. */
export function readCases() {
  const trust = read("trust");
  const groups = ["identity", "assume-role", "iam", "s3"];
  const others = groups.flatMap((group) => read(group).map((each) => ({ group, ...each })));
  return {
    cases: [...trust.cases.map((each) => trustCase(trust, each)), ...others],
    steps: [...trustSteps(trust), ...read("setup")],
    sources: read("sources"),
  };
}

/**
 * Returns a value with `{run}`, `{path}`, `{bucket}`, `{client}` and `{key of ACTOR}` filled in, the table's account
 * numbers replaced, and policy documents turned into text. The key of an actor who is not there stays as it stands.
 */
export function fillIn(value, { names, client = "setup", actors = {} }) {
  const fill = (inner) => {
    if (typeof inner === "string") return fillText(inner, names, client, actors);
    if (Array.isArray(inner)) return inner.map(fill);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [key, fill(item)]));
  };
  const asText = (key, inner) =>
    /^(?:.*PolicyDocument|Policy)$/.test(key) && typeof inner === "object" ? JSON.stringify(inner) : inner;
  const filled = fill(value);
  if (filled.input === undefined) return filled;
  const input = Object.entries(filled.input).map(([key, inner]) => [key, asText(key, inner)]);
  return { ...filled, input: Object.fromEntries(input) };
}

/** Whether a case or a step belongs to a target. */
export function runsOn({ on, notOn }, target) {
  return (on === undefined || on.includes(target)) && notOn?.[target] === undefined;
}

function fillText(text, names, client, actors) {
  return text
    .replaceAll(/\{(run|path|bucket)\}/g, (_, name) => names[name])
    .replaceAll("{client}", client)
    .replaceAll(/\{key of ([^}]+)\}/g, (whole, name) => actors[name]?.accessKeyId ?? whole)
    .replaceAll(/\b(?:111111111111|222222222222)\b/g, (id) => (id === VENDOR ? names.vendor : names.customer));
}

function trustCase(trust, { name, caller, role, account, externalId, sessionName, aws, source, notOn }) {
  const owner = account ?? trust.roles[role]?.account ?? VENDOR;
  const RoleArn = `arn:aws:iam::${owner}:role/{path}{run}${role}`;
  const RoleSessionName = sessionName ?? "interop";
  const user = `arn:aws:iam::${trust.callers[caller].account}:user/{path}{run}${caller}`;
  const message = `User: ${user} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
  const arn = `arn:aws:sts::${owner}:assumed-role/{run}${role}/${RoleSessionName}`;
  const outcome =
    aws === "allow"
      ? { allowed: { "AssumedRoleUser.Arn": arn } }
      : { refused: { code: "AccessDenied", status: 403, message }, text: "not-authorized" };
  return {
    group: "trust",
    name: `trust: ${name}`,
    as: caller,
    source,
    ...elsewhere(notOn ?? trust.roles[role]?.notOn),
    call: "sts:AssumeRole",
    input: { RoleArn, RoleSessionName, ...(externalId === undefined ? {} : { ExternalId: externalId }) },
    ...outcome,
  };
}

function trustSteps(trust) {
  const document = (Statement) => ({ Version: "2012-10-17", Statement });
  const users = Object.entries(trust.callers).flatMap(([name, { account, policy }]) => {
    const as = ADMINS[account];
    const UserName = `{run}${name}`;
    const put = { UserName, PolicyName: "Sts", PolicyDocument: document(policy) };
    return [
      { as, call: "iam:CreateUser", input: { UserName, Path: "/{path}" } },
      ...(policy === null ? [] : [{ as, call: "iam:PutUserPolicy", input: put }]),
      { as, call: "iam:CreateAccessKey", input: { UserName }, actor: name },
    ];
  });
  const roles = Object.entries(trust.roles).map(([name, role]) => {
    const input = { RoleName: `{run}${name}`, Path: "/{path}", AssumeRolePolicyDocument: document(role.trust) };
    return { as: ADMINS[role.account], call: "iam:CreateRole", input, ...elsewhere(role.notOn) };
  });
  return [...users, ...roles];
}

function elsewhere(notOn) {
  return notOn === undefined ? {} : { notOn };
}

function read(name) {
  return JSON.parse(readFileSync(new URL(`cases/${name}.json`, import.meta.url), "utf8"));
}
