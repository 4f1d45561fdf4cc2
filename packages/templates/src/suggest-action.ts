// What somebody meant who wrote an action that does not exist: most often the API's operation, whose permission has
// another name. Source: Amazon S3 API Reference and Service Authorization Reference, "Actions for Amazon S3".
import type { ActionTable } from "./read-actions.js";

const RENAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "lambda:invoke": "lambda:InvokeFunction",
    "s3:completemultipartupload": "s3:PutObject",
    "s3:copyobject": "s3:GetObject and s3:PutObject",
    "s3:createmultipartupload": "s3:PutObject",
    "s3:deletebucketcors": "s3:PutBucketCORS",
    "s3:deletebucketencryption": "s3:PutEncryptionConfiguration",
    "s3:deletebucketlifecycle": "s3:PutLifecycleConfiguration",
    "s3:deletebucketreplication": "s3:PutReplicationConfiguration",
    "s3:deletebuckettagging": "s3:PutBucketTagging",
    "s3:deleteobjects": "s3:DeleteObject",
    "s3:deletepublicaccessblock": "s3:PutBucketPublicAccessBlock",
    "s3:getbucketaccelerateconfiguration": "s3:GetAccelerateConfiguration",
    "s3:getbucketanalyticsconfiguration": "s3:GetAnalyticsConfiguration",
    "s3:getbucketencryption": "s3:GetEncryptionConfiguration",
    "s3:getbucketinventoryconfiguration": "s3:GetInventoryConfiguration",
    "s3:getbucketlifecycle": "s3:GetLifecycleConfiguration",
    "s3:getbucketlifecycleconfiguration": "s3:GetLifecycleConfiguration",
    "s3:getbucketmetricsconfiguration": "s3:GetMetricsConfiguration",
    "s3:getbucketnotificationconfiguration": "s3:GetBucketNotification",
    "s3:getbucketreplication": "s3:GetReplicationConfiguration",
    "s3:getobjectlockconfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:getpublicaccessblock": "s3:GetBucketPublicAccessBlock",
    "s3:headbucket": "s3:ListBucket",
    "s3:headobject": "s3:GetObject",
    "s3:listbuckets": "s3:ListAllMyBuckets",
    "s3:listmultipartuploads": "s3:ListBucketMultipartUploads",
    "s3:listobjects": "s3:ListBucket",
    "s3:listobjectsv2": "s3:ListBucket",
    "s3:listobjectversions": "s3:ListBucketVersions",
    "s3:listparts": "s3:ListMultipartUploadParts",
    "s3:putbucketencryption": "s3:PutEncryptionConfiguration",
    "s3:putbucketlifecycle": "s3:PutLifecycleConfiguration",
    "s3:putbucketlifecycleconfiguration": "s3:PutLifecycleConfiguration",
    "s3:putbucketnotificationconfiguration": "s3:PutBucketNotification",
    "s3:putbucketreplication": "s3:PutReplicationConfiguration",
    "s3:putpublicaccessblock": "s3:PutBucketPublicAccessBlock",
    "s3:selectobjectcontent": "s3:GetObject",
    "s3:uploadpart": "s3:PutObject",
  }),
);

/** Names by which people know services whose prefix is another. */
const SERVICES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    cloudwatchlogs: "logs",
    cognito: "cognito-idp",
    efs: "elasticfilesystem",
    elb: "elasticloadbalancing",
    elbv2: "elasticloadbalancing",
    emr: "elasticmapreduce",
    eventbridge: "events",
    msk: "kafka",
    opensearch: "es",
    organization: "organizations",
    stepfunctions: "states",
    waf2: "wafv2",
  }),
);

/** Returns what to write instead, for a person. */
export function suggestAction(table: ActionTable, written: string): string {
  const [prefix = "", name = ""] = written.split(":");
  const later = "if AWS has added it since, accept the finding";
  const renamed = RENAMED.get(written.toLowerCase());
  if (renamed !== undefined) return `write ${renamed}, which is the permission's name`;
  const known = table.actionsOf(prefix);
  if (known.names.length === 0) {
    const service = SERVICES.get(prefix) ?? findNearest(prefix, table.services);
    if (service === undefined) return `write a service prefix that AWS knows; ${later}`;
    const action = table.actionsOf(service).find(name.toLowerCase());
    return `write ${action?.name ?? `${service}:…`}; ${later}`;
  }
  const nearest = findNearest(name.toLowerCase(), known.names);
  const action = nearest === undefined ? undefined : known.find(nearest);
  return action === undefined
    ? `look it up among the actions of ${prefix}; ${later}`
    : `write ${action.name}; ${later}`;
}

/** Returns the candidate that differs in the fewest characters, if it is less than a third of them. */
export function findNearest(word: string, candidates: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const distance = countEdits(word, candidate);
    if (distance >= least) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from.charAt(i - 1) === to.charAt(j - 1) ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
