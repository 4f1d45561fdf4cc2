// One AssumeRole with its audit: the intent is durable before STS hears of it, the outcome before anybody gets the answer.
import { createError } from "./classify-failure.js";
import { CredentialsError } from "./errors.js";
import { fingerprint } from "./fingerprint.js";
import type { AssumedRole, AssumeRole, AuditEvent, Clock, RecordEvent, RoleRequest } from "./types.js";
import { withDeadline } from "./with-deadline.js";

export type Subject = Readonly<Record<string, string>>;
export type AuditedAttempt = (request: RoleRequest, subject: Subject, signal: AbortSignal) => Promise<AssumedRole>;

export interface AuditedAttemptOptions {
  readonly assumeRole: AssumeRole;
  readonly record: RecordEvent;
  readonly now: Clock;
  readonly createAttemptId: () => string;
  /** For STS and for each write of the audit. */
  readonly timeoutMs: number;
}

/**
 * Returns a function that asks STS once. It throws what `assumeRole` throws; `audit_unavailable` where the intent
 * cannot be written (STS is not asked) or the outcome cannot (the credentials are dropped); `revoked` when `signal` fires.
 */
export const createAuditedAttempt = (options: AuditedAttemptOptions): AuditedAttempt => {
  const { assumeRole, now, timeoutMs } = options;

  const write = async (event: AuditEvent): Promise<void> => {
    try {
      await withDeadline(options.record(event), {
        ms: timeoutMs,
        createReason: () => new Error(`the audit did not answer within ${timeoutMs} ms`),
      });
    } catch (error) {
      throw createError("audit_unavailable", { cause: error });
    }
  };

  return async (request, subject, signal) => {
    const event = {
      attemptId: options.createAttemptId(),
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
    const ask = async () => {
      if (signal.aborted) throw createError("revoked");
      return assumeRole(request, { signal });
    };
    const assumedRole = await withDeadline(ask(), {
      ms: timeoutMs,
      createReason: () => createError("sts_unavailable", { detail: `no answer within ${timeoutMs} ms` }),
      signal,
      createAbortReason: () => createError("revoked"),
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
