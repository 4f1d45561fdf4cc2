// Buckets belong to one namespace that all accounts share: a name alone may be anybody's, and some names can be nobody's.
// Sources: Amazon S3 User Guide, "General purpose bucket naming rules"; IAM User Guide, aws:ResourceAccount.
import { finding, reachOf } from "./lint-view.js";
import { writeNames } from "./write-names.js";
import type { Draft, LintCondition, LintStatement, LintView } from "./lint-view.js";

/** Finds `s3_without_resource_account` and `impossible_bucket_name`. */
export function lintBuckets({ statements }: LintView): readonly Draft[] {
  return statements.flatMap((statement) => [
    ...(statement.effect === "Allow" ? findUnpinned(statement) : []),
    ...findImpossible(statement),
  ]);
}

function findUnpinned(statement: LintStatement): readonly Draft[] {
  if (statement.conditions.some(pinsAccount)) return [];
  const reaching = statement.patterns.filter(({ actions }) =>
    actions.some((action) => action.name.startsWith("s3:") && reachOf(statement, action).some(isByName)),
  );
  if (reaching.length === 0) return [];
  const names = writeNames(reaching.map(({ written }) => written));
  return [
    finding(
      "error",
      "s3_without_resource_account",
      statement,
      `${names} ${reaching.length === 1 ? "goes" : "go"} by the bucket's name alone: the bucket may be in anybody's account`,
      'add the condition {"StringEquals": {"aws:ResourceAccount": "${AWS::AccountId}"}}',
    ),
  ];
}

function isByName({ type }: ReturnType<typeof reachOf>[number]): boolean {
  return type !== null && type.arns.some((arn) => arn.text.startsWith("arn:*:s3:::"));
}

// An account written out is a choice of one, too.
function pinsAccount({ operator, key, values }: LintCondition): boolean {
  return (
    /^(?:ForAnyValue:)?String(?:Equals|EqualsIgnoreCase|Like)$/.test(operator) &&
    /^(?:aws|s3):ResourceAccount$/i.test(key) &&
    values.every((value) => /^(?:[0-9]{12}|\$\{AWS::AccountId\}|\$\{aws:PrincipalAccount\})$/i.test(value))
  );
}

function findImpossible(statement: LintStatement): readonly Draft[] {
  const impossible = statement.resources
    .map(({ text }) => text)
    .filter((resource) => {
      const bucket = bucketOf(resource);
      return bucket !== undefined && !canBeBucket(bucket);
    });
  if (impossible.length === 0) return [];
  return [
    finding(
      "error",
      "impossible_bucket_name",
      statement,
      `no bucket can have the name in ${writeNames(impossible)}`,
      "bucket names are 3 to 63 lower case letters, digits, hyphens and single dots, with a letter or digit at both ends",
    ),
  ];
}

/** The pattern of the bucket's name; what is filled in or varies is `*`. */
function bucketOf(resource: string): string | undefined {
  const plain = resource
    .replaceAll("${AWS::AccountId}", "0".repeat(12))
    .replaceAll("${AWS::Partition}", "aws")
    .replaceAll(/\$\{[^}]*\}/g, "*");
  return /^arn:[^:]*:s3:::([^/]*)/.exec(plain)?.[1];
}

function canBeBucket(pattern: string): boolean {
  const literal = pattern.replaceAll(/[*?]/g, "");
  if (!/^[a-z0-9.-]*$/.test(literal) || literal.length > 63 || pattern.includes("..")) return false;
  if (/^[.-]|[.-]$/.test(pattern)) return false;
  if (pattern !== literal) return true;
  return literal.length >= 3 && !/^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/.test(literal);
}
