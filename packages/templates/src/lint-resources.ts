// Resources that are wider than they need be, that no request of the action is about, or that lie in another partition.
// Source: Service Authorization Reference, "Actions, resources, and condition keys".
import { arnsMeet, reachesEveryName, readFilledArn, readTypeArn } from "./compare-patterns.js";
import { finding, isNarrowedBy, reachOf } from "./lint-view.js";
import { writeNames } from "./write-names.js";
import type { Draft, LintPattern, LintStatement, LintView } from "./lint-view.js";
import type { Action } from "./read-actions.js";

/** Finds `wildcard_resource`, `scoped_wildcard_only`, `resource_never_matches` and `wrong_partition`. */
export function lintResources({ statements, partition }: LintView): readonly Draft[] {
  return statements.flatMap((statement) => [
    ...findUnreached(statement),
    ...(statement.effect === "Allow" ? findWide(statement) : []),
    ...findForeign(statement, partition),
  ]);
}

// A pattern that reaches something is sound: the rest of what it stands for is granted where it can be.
function findUnreached(statement: LintStatement): readonly Draft[] {
  const unreached = statement.patterns
    .filter(({ actions }) => actions.length > 0 && actions.every((action) => !reaches(statement, action)))
    .map((pattern) => ({ pattern, hasTypes: pattern.actions.some(({ types }) => types.length > 0) }));
  const without = unreached.filter(({ hasTypes }) => !hasTypes).map(({ pattern }) => pattern.written);
  const drafts = unreached
    .filter(({ hasTypes }) => hasTypes)
    .map(({ pattern }) =>
      finding(
        "error",
        "resource_never_matches",
        statement,
        `${pattern.written} is never about ${writeNames(statement.resources.map(({ text }) => text))}`,
        `it works on ${writeNames(arnsOf(pattern))}; name one of these`,
      ),
    );
  if (without.length === 0) return drafts;
  const message = `${writeNames(without)} ${without.length === 1 ? "has" : "have"} no resources, so that nothing but * matches`;
  const fix = "put what has no resources into a statement of its own, with the resource *";
  return [...drafts, finding("error", "scoped_wildcard_only", statement, message, fix)];
}

function reaches(statement: LintStatement, action: Action): boolean {
  if (reachOf(statement, action).length > 0) return true;
  // Amazon S3 User Guide, "Identity-based policy examples": AWS itself grants it on arn:aws:s3:::*.
  const isListing = action.name === "s3:ListAllMyBuckets";
  return isListing && statement.resources.some((resource) => reachesEveryName(resource, ALL_BUCKETS));
}

const ALL_BUCKETS = readTypeArn("arn:*:s3:::#");

function arnsOf({ actions }: LintPattern): readonly string[] {
  return actions.flatMap(({ types }) => types.flatMap(({ arns }) => arns.map(({ text }) => text.replaceAll("#", "*"))));
}

/** Reading that hands out what is stored, not only what there is. */
const DATA: ReadonlySet<string> = new Set([
  "athena:GetQueryResults",
  "codecommit:GitPull",
  "dynamodb:BatchGetItem",
  "dynamodb:GetItem",
  "dynamodb:GetRecords",
  "dynamodb:PartiQLSelect",
  "dynamodb:Query",
  "dynamodb:Scan",
  "ecr:BatchGetImage",
  "ecr:GetDownloadUrlForLayer",
  "kinesis:GetRecords",
  "lambda:GetFunction",
  "logs:FilterLogEvents",
  "logs:GetLogEvents",
  "logs:StartQuery",
  "s3:GetObject",
  "s3:GetObjectVersion",
  "secretsmanager:BatchGetSecretValue",
  "secretsmanager:GetSecretValue",
  "sqs:ReceiveMessage",
  "ssm:GetParameter",
  "ssm:GetParameterHistory",
  "ssm:GetParameters",
  "ssm:GetParametersByPath",
]);

/** Keys that choose among the resources; the region or the account does not. */
const CHOOSING = [
  "aws:resourcetag/",
  "aws:requesttag/",
  "aws:tagkeys",
  "aws:calledvia",
  "aws:calledviafirst",
  "aws:calledvialast",
  "aws:viaawsservice",
];
const LOCATING = /^[a-z0-9-]+:(?:region|resourceaccount|tlsversion|authtype|signatureversion|signatureage)$/i;

// Seeing everything is what most vendors are for; changing everything, or reading what is in it, is not.
function findWide(statement: LintStatement): readonly Draft[] {
  if (!statement.resources.some(({ isEverything }) => isEverything) || isChoosing(statement)) return [];
  const wide = statement.patterns.flatMap(({ actions, isWildcard, written }) => {
    const grave = actions.filter(({ name, level, types }) => types.length > 0 && (level !== "read" || DATA.has(name)));
    return grave.length === 0 ? [] : [isWildcard ? written : (grave[0]?.name ?? written)];
  });
  if (wide.length === 0) return [];
  const message = `${writeNames(wide)} ${wide.length === 1 ? "is" : "are"} granted on every resource of the account`;
  const fix = "name the resources, or ask for a tag with aws:ResourceTag/…";
  return [finding("warning", "wildcard_resource", statement, message, fix)];
}

function isChoosing(statement: LintStatement): boolean {
  const own = statement.conditions
    .map(({ key }) => key.toLowerCase())
    .filter((key) => !key.startsWith("aws:") && !LOCATING.test(key));
  return isNarrowedBy(statement, [...CHOOSING, ...own]);
}

function findForeign(statement: LintStatement, partition: string): readonly Draft[] {
  const values = statement.conditions.flatMap(({ values }) => values);
  const foreign = [...statement.resources.map(({ text }) => text), ...values].filter(
    (text) =>
      text.startsWith("arn:") &&
      text.includes(":", 4) &&
      !arnsMeet(readFilledArn(partitionOf(text)), readFilledArn(partition)),
  );
  if (foreign.length === 0) return [];
  const message = `${writeNames(foreign)} ${foreign.length === 1 ? "is" : "are"} not in the partition ${partition}`;
  const fix = "write arn:${AWS::Partition}:…";
  return [finding("error", "wrong_partition", statement, message, fix)];
}

/** A placeholder may hold colons of its own. */
function partitionOf(arn: string): string {
  return arn.replaceAll("${AWS::Partition}", "*").split(":")[1] ?? "";
}
