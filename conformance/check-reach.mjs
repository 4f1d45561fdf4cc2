// What the table must keep to so that it may be put to real accounts: whatever it makes carries the run's names, and
// reaches, and is reached by, nothing but the run and the two accounts.
import { CUSTOMER, runsOn, VENDOR } from "./read-cases.mjs";

const NAMED = { "iam:CreateUser": "UserName", "iam:CreateRole": "RoleName", "iam:CreatePolicy": "PolicyName" };
const MARKED = ["UserName", "RoleName"];
// These name no resource in AWS's model, and change nothing.
const RESOURCELESS = new Set(["sts:GetAccessKeyInfo"]);

/** Returns what reaches too far, one sentence each; none when the table may be put to real accounts. */
export function checkReach({ cases, steps }) {
  const setUp = steps.map((step) => ({ ...step, allowed: {} }));
  return [...setUp, ...cases]
    .filter((each) => each.call !== undefined && runsOn(each, "live"))
    .flatMap((each) => {
      const where = each.name ?? `${each.call} ${each.input?.UserName ?? each.input?.RoleName ?? ""}`;
      return [...checkNames(each), ...checkDocuments(each)].map((problem) => `"${where}" ${problem}`);
    });
}

function checkNames({ call, input = {} }) {
  const problems = [];
  const isMarked = (key) => input[key] === undefined || input[key].startsWith("{run}");
  const key = NAMED[call];
  if (!MARKED.every(isMarked) || (key !== undefined && !isMarked(key)))
    problems.push("has a name that is not the run's");
  if (key !== undefined && input.Path !== "/{path}") problems.push("makes something outside the run's path");
  if (input.Bucket !== undefined && !input.Bucket.startsWith("{bucket}"))
    problems.push("has a bucket that is not the run's");
  if (input.PolicyArn?.startsWith("arn:") && !input.PolicyArn.includes(":policy/{path}{run}")) {
    problems.push("has a policy that is not the run's");
  }
  return problems;
}

/** What AWS is to refuse grants nothing; what it is to accept must stay within the run. */
function checkDocuments({ allowed, input = {} }) {
  if (allowed === undefined) return [];
  const statements = (document) => [document?.Statement ?? []].flat().filter(({ Effect }) => Effect === "Allow");
  const trusts = statements(input.AssumeRolePolicyDocument).flatMap(checkTrust);
  return [...trusts, ...[input.PolicyDocument, input.Policy].flatMap(statements).flatMap(checkGrant)];
}

function checkTrust({ Principal }) {
  const principals = [Principal.AWS ?? []].flat();
  const isOurs = (each) => [VENDOR, CUSTOMER].some((id) => each === id || each.startsWith(`arn:aws:iam::${id}:`));
  return principals.every(isOurs) ? [] : ["trusts somebody outside the two accounts"];
}

function checkGrant({ Action, Resource }) {
  if ([Action].flat().every((action) => RESOURCELESS.has(action))) return [];
  const isOurs = (each) => /^arn:aws:(?:s3:::\{bucket\}(?:\/|$)|iam::[*\d]+:role\/\{path\}\{run\})/.test(each);
  return [Resource].flat().every(isOurs) ? [] : ["grants more than the run's own"];
}
