// One AssumeRole straight to STS, with its audit: intent before, outcome before anybody learns of it.
import {
  createAuditedAttempt,
  CredentialsError,
  type AssumedRole,
  type AssumeRole,
  type Credentials,
  type RecordEvent,
  type RoleRequest,
} from "@daypass/credentials";
import type { RandomBytes } from "./mint-identifiers.js";
import type { Probe } from "./types.js";

export interface AskTools {
  /** Straight to STS: no cache, no retry. An answer from a cache would prove nothing. */
  readonly assumeRole: AssumeRole;
  readonly record: RecordEvent;
  readonly randomBytes: RandomBytes;
  readonly now: () => number;
}

/** What AWS answered. */
export interface RoleAnswer {
  readonly fact: Pick<Probe, "answer" | "code" | "awsRequestId" | "time">;
  /** Only when it was allowed. */
  readonly granted?: { readonly accountId: string; readonly roleUniqueId: string; readonly credentials: Credentials };
}

/** Asks once. AWS's refusals are facts, not errors. Throws `CredentialsError` `aborted` and whatever the audit throws. */
export async function askForRole(
  tools: AskTools,
  request: RoleRequest,
  subject: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<RoleAnswer> {
  const attempt = createAuditedAttempt({
    assumeRole: tools.assumeRole,
    record: tools.record,
    now: tools.now,
    createAttemptId: () => Buffer.from(tools.randomBytes(16)).toString("hex"),
  });
  let assumed: AssumedRole;
  try {
    assumed = await attempt(request, { subject, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    const { code, awsRequestId } = error;
    if (code === "audit_unavailable") throw error.cause;
    if (code === "aborted") throw error;
    // Only a clear refusal counts as denied: throttling, outages and nonsense prove nothing either way.
    const answer = code === "access_denied" ? "denied" : "unknown";
    return { fact: { answer, code, awsRequestId: awsRequestId ?? null, time: new Date(tools.now()) } };
  }
  const { credentials, assumedRoleArn, roleUniqueId } = assumed;
  const accountId = assumedRoleArn.split(":")[4] ?? "";
  return {
    fact: { answer: "allowed", code: null, awsRequestId: null, time: new Date(tools.now()) },
    granted: { accountId, roleUniqueId, credentials },
  };
}
