// Asks the evaluator about one S3 action, under Block Public Access, and words the refusal as S3 does.
import type { ContextValue, Decision } from "@daypass/policy";
import { accountIdOf, authorize, callerArn, denialReason } from "../authorize.js";
import type { AwsError } from "../errors.js";
import type { Bucket } from "./types.js";
import type { Call, World } from "../world-types.js";
import { isPublicPolicy } from "./judge-public.js";
import { requestContext } from "./request-context.js";
import { accessDenied } from "./s3-errors.js";
import type { S3Call } from "./s3-call.js";

export interface S3Question {
  readonly action: `s3:${string}`;
  readonly bucket: Bucket;
  /** `undefined`: the question is about the bucket. */
  readonly key?: string | undefined;
  readonly context?: Readonly<Record<string, ContextValue>>;
}

/** Throws `AccessDenied` 403 unless the caller may do this. */
export function requireS3(s3: S3Call, question: S3Question): void {
  const decision = judge(s3, question);
  if (decision.allowed) return;
  throw refusal(s3.call, question.bucket.accountId, question.action, resourceOf(question), decision);
}

/** Returns whether the caller may do this. */
export function mayS3(s3: S3Call, question: S3Question): boolean {
  return judge(s3, question).allowed;
}

/**
 * Throws `AccessDenied` 403 unless the caller's own policies allow an action that no bucket exists for yet.
 * `resource` is `undefined` for ListAllMyBuckets, whose refusal names none.
 */
export function requireInOwnAccount(
  s3: S3Call,
  question: {
    readonly action: `s3:${string}`;
    readonly resource: string | undefined;
    readonly context?: Readonly<Record<string, ContextValue>>;
  },
): string {
  const { call } = s3;
  const accountId = accountIdOf(call.caller);
  if (accountId === undefined) throw accessDenied();
  const decision = authorize(call, {
    action: question.action,
    // "s3:ListAllMyBuckets" is granted on `*` or, in older policies, on `arn:aws:s3:::*`: this ARN matches both.
    resource: question.resource ?? "arn:aws:s3:::*",
    resourceAccount: accountId,
    context: { ...requestContext(s3, accountId), ...question.context },
  });
  if (!decision.allowed) throw refusal(call, accountId, question.action, question.resource, decision);
  return accountId;
}

type Judged = Pick<Decision, "allowed" | "outcome" | "deniedBy">;

function judge(s3: S3Call, question: S3Question): Judged {
  const { bucket } = question;
  if (isRestricted(bucket) && accountIdOf(s3.call.caller) !== bucket.accountId) {
    // "Any denial resulting from the RestrictPublicBuckets setting is explicit." (Troubleshoot access denied)
    return { allowed: false, outcome: "explicit-deny", deniedBy: "resource" };
  }
  return authorize(s3.call, {
    action: question.action,
    resource: resourceOf(question),
    resourceAccount: bucket.accountId,
    context: { ...requestContext(s3, bucket.accountId), ...question.context },
    resourcePolicy: bucket.policy && { name: `bucket policy of ${bucket.name}`, policy: bucket.policy.policy },
  });
}

/** RestrictPublicBuckets shuts out other accounts as soon as one statement is public, "including non-public delegation". */
function isRestricted({ blockPublicAccess, policy }: Bucket): boolean {
  return blockPublicAccess?.restrictPublicBuckets === true && policy !== undefined && isPublicPolicy(policy.policy);
}

function resourceOf({ bucket, key }: S3Question): string {
  return key === undefined ? `arn:aws:s3:::${bucket.name}` : `arn:aws:s3:::${bucket.name}/${key}`;
}

/** "Enhanced access denied messages are returned only for same-account requests or for requests within the same organization". */
function refusal(call: Call, owner: string, action: string, resource: string | undefined, decision: Judged): AwsError {
  const account = accountIdOf(call.caller);
  const who = callerArn(call.caller);
  if (account === undefined || who === undefined || !sameHouse(call.world, account, owner)) return accessDenied();
  const what = resource === undefined ? action : `${action} on resource: "${resource}"`;
  return accessDenied(`User: ${who} is not authorized to perform: ${what} ${denialReason(decision, action)}`);
}

function sameHouse(world: World, account: string, owner: string): boolean {
  if (account === owner) return true;
  return world.organizationId !== undefined && world.serviceControl.has(account) && world.serviceControl.has(owner);
}
