// One AssumeRole straight to STS, with its audit: intent before, outcome before anybody learns of it.
import {
  CredentialsError,
  fingerprint,
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
  const { roleArn, roleSessionName, region, durationSeconds, externalId } = request;
  const attempt = {
    attemptId: Buffer.from(tools.randomBytes(16)).toString("hex"),
    roleArn,
    roleSessionName,
    region,
    durationSeconds,
    externalIdFingerprint: externalId === null ? null : fingerprint(externalId),
    subject,
  };
  await tools.record({ ...attempt, type: "assume_role.intent", time: new Date(tools.now()) });
  let assumed: AssumedRole;
  try {
    assumed = await tools.assumeRole(request, signal === undefined ? {} : { signal });
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    const { code, awsRequestId } = error;
    const time = new Date(tools.now());
    const refused = { ...attempt, type: "assume_role.refused", time, code } as const;
    await tools.record(awsRequestId === undefined ? refused : { ...refused, awsRequestId });
    if (code === "aborted") throw error;
    // Only a clear refusal counts as denied: throttling, outages and nonsense prove nothing either way.
    const answer = code === "access_denied" ? "denied" : "unknown";
    return { fact: { answer, code, awsRequestId: awsRequestId ?? null, time } };
  }
  const { credentials, assumedRoleArn, roleUniqueId } = assumed;
  const { accessKeyId, expiration } = credentials;
  const time = new Date(tools.now());
  // Not inside the `try`: a store that is denied by AWS itself must not turn what was let in into a denial.
  await tools.record({ ...attempt, type: "assume_role.granted", time, expiration, assumedRoleArn, accessKeyId });
  const accountId = assumedRoleArn.split(":")[4] ?? "";
  return {
    fact: { answer: "allowed", code: null, awsRequestId: null, time },
    granted: { accountId, roleUniqueId, credentials },
  };
}
