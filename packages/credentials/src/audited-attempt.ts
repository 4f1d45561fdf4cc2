// One AssumeRole with its audit: the intent is durable before STS hears of it, the outcome before anybody gets the answer.
import { randomUUID } from "node:crypto";
import { readAnswer } from "./check-answer.js";
import { FUNCTION, millisecondsFrom, required, SIGNAL, takeOptions } from "./check-options.js";
import { takeRequest } from "./check-request.js";
import { NOBODY, SUBJECT, type Subject } from "./check-subject.js";
import { createError } from "./classify-failure.js";
import { CredentialsError } from "./errors.js";
import { fingerprint } from "./fingerprint.js";
import type { AssumedRole, AssumeRole, AuditEvent, Clock, RecordEvent, RoleRequest } from "./types.js";
import { HUMAN_MS, withDeadline } from "./with-deadline.js";

export interface AttemptOptions {
  /** The caller's own words for why and for whom; they go into the audit. At most 50. */
  readonly subject?: Subject;
  /** Where it fires with a `CredentialsError` as its reason, that is thrown, else `aborted`. */
  readonly signal?: AbortSignal;
}

/** Asks STS once, on record. */
export type AuditedAttempt = (request: RoleRequest, options?: AttemptOptions) => Promise<AssumedRole>;

export interface AuditedAttemptOptions {
  readonly assumeRole: AssumeRole;
  readonly record: RecordEvent;
  readonly now?: Clock;
  /** Default: a random UUID. */
  readonly createAttemptId?: () => string;
  /**
   * For STS, and for each write of the audit, in milliseconds. Default 15,000. Where the question names an MFA device, the
   * human gets five minutes more.
   */
  readonly timeoutMs?: number;
}

/**
 * Returns a function that asks STS once: no cache, no retry, no memory. It throws what `assumeRole` throws;
 * `invalid_request` for a malformed question, before anything is recorded; `sts_unavailable` where the answer is late, not
 * whole or of another role; and `audit_unavailable` where the intent cannot be written (STS is not asked) or the outcome
 * cannot (the credentials are dropped). Throws `invalid_request` itself where an option is unknown, missing or malformed.
 */
export const createAuditedAttempt = (options: AuditedAttemptOptions): AuditedAttempt => {
  const taken = takeOptions<AuditedAttemptOptions>("createAuditedAttempt", options, {
    assumeRole: required(FUNCTION, "make it with createAssumeRole"),
    record: required(FUNCTION, "give a function that keeps each event and resolves when it is durable"),
    now: FUNCTION,
    createAttemptId: FUNCTION,
    timeoutMs: millisecondsFrom(1),
  });
  const { assumeRole, record, now = Date.now, createAttemptId = randomUUID, timeoutMs = 15_000 } = taken;

  const write = async (event: AuditEvent): Promise<void> => {
    try {
      await withDeadline(() => record(event), {
        ms: timeoutMs,
        createReason: () => new Error(`the audit did not answer within ${timeoutMs} ms`),
      });
    } catch (error) {
      throw createError("audit_unavailable", { cause: error });
    }
  };

  /** An answer that is not whole is a refusal, and gets the outcome of one. */
  const ask = async (request: RoleRequest, signal: AbortSignal | undefined): Promise<AssumedRole> => {
    const assumedRole = await assumeRole(request, signal === undefined ? {} : { signal });
    const answer = readAnswer({ request, assumedRole, obtained: new Date(now()) }, request);
    if (answer !== undefined) return answer.assumedRole;
    throw createError("sts_unavailable", { detail: "the answer is not whole, or for another role or session" });
  };

  return async (given, about) => {
    const request = takeRequest(given);
    const { signal, subject = NOBODY } = takeOptions<AttemptOptions>("the attempt", about, {
      subject: SUBJECT,
      signal: SIGNAL,
    });
    const createAbortReason = () =>
      signal?.reason instanceof CredentialsError ? signal.reason : createError("aborted");
    if (signal?.aborted) throw createAbortReason();
    const event = {
      attemptId: createAttemptId(),
      roleArn: request.roleArn,
      roleSessionName: request.roleSessionName,
      region: request.region,
      durationSeconds: request.durationSeconds,
      externalIdFingerprint: request.externalId === null ? null : fingerprint(request.externalId),
      subject,
    };
    const refuse = async (error: unknown): Promise<never> => {
      const known = error instanceof CredentialsError ? error : undefined;
      await write({
        ...event,
        type: "assume_role.refused",
        time: new Date(now()),
        code: known?.code ?? "unknown",
        ...(known?.awsRequestId !== undefined && { awsRequestId: known.awsRequestId }),
      });
      throw error;
    };

    await write({ ...event, type: "assume_role.intent", time: new Date(now()) });
    const assumedRole = await withDeadline(() => ask(request, signal), {
      ms: request.mfaSerial === undefined ? timeoutMs : timeoutMs + HUMAN_MS,
      createReason: () => createError("sts_unavailable", { detail: `no answer within ${timeoutMs} ms` }),
      signal,
      createAbortReason,
    }).catch(refuse);
    await write({
      ...event,
      type: "assume_role.granted",
      time: new Date(now()),
      expiration: new Date(assumedRole.credentials.expiration),
      assumedRoleArn: assumedRole.assumedRoleArn,
      accessKeyId: assumedRole.credentials.accessKeyId,
    });
    return assumedRole;
  };
};
