// Takes away what a run made in real accounts: what it planned to make and what is found under its path. Deletes nothing
// whose name is not the run's.
import { callSdk } from "./call-sdk.mjs";

const ATTACHED = (of) => [
  `iam:ListAttached${of}Policies`,
  "AttachedPolicies",
  `iam:Detach${of}Policy`,
  pick("PolicyArn"),
];
const INLINE = (of) => [
  `iam:List${of}Policies`,
  "PolicyNames",
  `iam:Delete${of}Policy`,
  (PolicyName) => ({ PolicyName }),
];

// By kind: how all are listed, and what each holds that has to go first: list, its field, deletion, its input.
const KINDS = {
  user: {
    list: ["iam:ListUsers", "Users", "UserName"],
    holds: [
      ["iam:ListAccessKeys", "AccessKeyMetadata", "iam:DeleteAccessKey", pick("AccessKeyId")],
      INLINE("User"),
      ATTACHED("User"),
    ],
    remove: "iam:DeleteUser",
  },
  role: {
    list: ["iam:ListRoles", "Roles", "RoleName"],
    holds: [INLINE("Role"), ATTACHED("Role")],
    remove: "iam:DeleteRole",
  },
  policy: {
    list: ["iam:ListPolicies", "Policies", "PolicyName"],
    holds: [["iam:ListPolicyVersions", "Versions", "iam:DeletePolicyVersion", otherVersion]],
    remove: "iam:DeletePolicy",
  },
};
const GONE = new Set(["NoSuchEntity", "NoSuchBucket", "NotFound"]);

/**
 * Deletes what is `planned` and what is found under the run's path, in both accounts, in at most `rounds` rounds with a
 * pause between them: at least two, because what has just been made is not always listed. Returns what is left over, one
 * line each, with AWS's reason. Throws before the first call when the names are not those of a run.
 */
export async function cleanUp({ names, planned, admins, rounds, pause, call = callSdk }) {
  if (!/^dpc-[0-9a-f]{12}-$/.test(names.run)) throw new Error("only a run's own names can be cleaned up");
  // A line that is cut ends one question, not the clean-up.
  const failed = ({ name }) => ({ allowed: false, status: 0, code: name });
  const ask = (account, name, input) => call(name, input, admins[account]).catch(failed);
  let left = [];
  for (let round = 1; round <= rounds; round++) {
    const found = await findAll(ask, names);
    const known = round === 1 ? planned : left.filter((each) => round === 2 || !isUnseen(each, found));
    const todo = distinct([...known.filter(({ kind }) => kind !== "list"), ...found]);
    left = [];
    for (const each of todo) {
      const reason = each.kind === "list" ? each.reason : await removeOne(ask, names, each);
      if (reason !== undefined) left.push({ ...each, reason });
    }
    if (round >= 2 && left.length === 0) break;
    if (round < rounds) await pause(round);
  }
  return left
    .filter((each) => !isOfTheOther(each, left))
    .map(({ account, kind, name, reason }) => `${account} ${names[account]}: ${kind} ${name}: ${reason}`);
}

async function findAll(ask, names) {
  const found = [];
  for (const account of ["customer", "vendor"]) {
    for (const [kind, { list }] of Object.entries(KINDS)) {
      const [name, field, key] = list;
      const scope = kind === "policy" ? { Scope: "Local" } : {};
      const { items, reason } = await listAll(ask, account, name, { PathPrefix: `/${names.path}`, ...scope }, field);
      for (const item of items) found.push({ account, kind, name: item[key] });
      if (reason !== undefined) found.push({ account, kind: "list", name, reason });
    }
  }
  return found;
}

async function removeOne(ask, names, each) {
  const { account, kind, name } = each;
  if (kind === "bucket") return name === names.bucket ? removeBucket(ask, each) : "it is not the run's";
  if (!name.startsWith(names.run)) return "its name is not the run's, so somebody else made it";
  const { holds, remove } = KINDS[kind];
  const arn = `arn:aws:iam::${names[account]}:policy/${names.path}${name}`;
  const identity = kind === "policy" ? { PolicyArn: arn } : { [KINDS[kind].list[2]]: name };
  for (const [list, field, deletion, makeInput] of holds) {
    const { items, reason } = await listAll(ask, account, list, identity, field);
    if (reason !== undefined) return reason;
    for (const input of items.map(makeInput).filter((part) => part !== undefined)) {
      const refusal = reasonOf(await ask(account, deletion, { ...identity, ...input }));
      if (refusal !== undefined) return refusal;
    }
  }
  return reasonOf(await ask(account, remove, identity));
}

async function removeBucket(ask, { account, name: Bucket }) {
  const { items, reason } = await listAll(ask, account, "s3:ListObjectVersions", { Bucket }, "Versions");
  if (reason !== undefined) return reason;
  for (const { Key, VersionId } of items) {
    const refusal = reasonOf(await ask(account, "s3:DeleteObject", { Bucket, Key, VersionId }));
    if (refusal !== undefined) return refusal;
  }
  return reasonOf(await ask(account, "s3:DeleteBucket", { Bucket }));
}

/** Whether a list that could be read does not show something: what was planned need not have been made. */
function isUnseen({ account, kind, name }, found) {
  if (KINDS[kind] === undefined) return false;
  const isRead = !found.some(
    (each) => each.account === account && each.kind === "list" && each.name === KINDS[kind].list[0],
  );
  return isRead && !found.some((each) => each.account === account && each.kind === kind && each.name === name);
}

/** A bucket that one account still has is refused to the other: it is one leftover, not two. */
function isOfTheOther({ account, kind, name, reason }, left) {
  if (kind !== "bucket" || !reason.startsWith("403 ")) return false;
  return left.some(
    (each) => each.kind === kind && each.name === name && each.account !== account && each.reason !== reason,
  );
}

async function listAll(ask, account, name, input, field) {
  const items = [];
  let next = {};
  do {
    const answer = await ask(account, name, { ...input, ...next });
    if (!answer.allowed) return { items, reason: reasonOf(answer) };
    items.push(...(answer.answer[field] ?? []));
    const { IsTruncated, Marker, NextKeyMarker, NextVersionIdMarker } = answer.answer;
    next = !IsTruncated
      ? undefined
      : Marker
        ? { Marker }
        : { KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker };
  } while (next !== undefined);
  return { items };
}

/** Why something is still there; undefined when it is gone. */
function reasonOf(answer) {
  return answer.allowed || GONE.has(answer.code) ? undefined : `${answer.status} ${answer.code}`;
}

function pick(key) {
  return (item) => ({ [key]: item[key] });
}

/** The default version goes with the policy itself. */
function otherVersion({ VersionId, IsDefaultVersion }) {
  return IsDefaultVersion ? undefined : { VersionId };
}

function distinct(items) {
  return [...new Map(items.map((each) => [`${each.account} ${each.kind} ${each.name}`, each])).values()];
}
