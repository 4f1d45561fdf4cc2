// What the role can do, tried: the vendor's own calls, made with the role's credentials. Nothing here decides who gets in.
import { setTimeout as sleep } from "node:timers/promises";
import type { Credentials } from "@daypass/credentials";
import { askForRole } from "./ask-for-role.js";
import type { CapabilityAccess, CapabilityCheck, CheckedOptions } from "./cross-account-options.js";
import { probeRequest, type ProbeTools } from "./probe-trust.js";
import type { CapabilityResult, Integration } from "./types.js";

/** So long, in milliseconds, one call may take. */
const patienceMs = 10_000;

/** What AWS's services call a refusal for missing rights. An expired or wrong signature is 403 too, and is none. */
const denials: ReadonlySet<string> = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "UnauthorizedOperation",
  "Client.UnauthorizedOperation",
  "UnauthorizedAccess",
  "AuthorizationError",
  // S3's answers to HEAD have no body, and so no code.
  "Forbidden",
  "403",
]);

/**
 * Runs every declared check, one after the other, and returns what came of it in their order. A call that must work and is
 * denied is made once more after the propagation time. It never throws for what a check does; it throws what the audit throws.
 */
export async function checkCapabilities(
  options: CheckedOptions,
  tools: ProbeTools,
  { integrationId, customerId, externalId }: Integration,
  roleArn: string,
): Promise<readonly CapabilityResult[]> {
  const { capabilityChecks } = options;
  if (capabilityChecks.length === 0) return [];
  const subject = { purpose: "capability", integrationId, customerId };
  const { fact, granted } = await askForRole(tools, probeRequest(tools, roleArn, externalId), subject, undefined);
  if (granted === undefined) {
    return capabilityChecks.map((check) => resultOf(options, check, { answer: "unknown", code: fact.code }));
  }
  const access = accessOf(options, granted.credentials, granted.accountId);
  const first: CapabilityResult[] = [];
  for (const check of capabilityChecks) first.push(await runCheck(options, check, access));
  if (!first.some(isTooEarly)) return first;
  await options.wait(options.propagationMs);
  const second: CapabilityResult[] = [];
  for (const [index, check] of capabilityChecks.entries()) {
    const before = first[index];
    second.push(before === undefined || isTooEarly(before) ? await runCheck(options, check, access) : before);
  }
  return second;
}

/** New rights may not have spread yet; rights that are there are not taken back by waiting. */
function isTooEarly({ expected, answer }: CapabilityResult): boolean {
  return expected === "allowed" && answer === "denied";
}

async function runCheck(options: CheckedOptions, check: CapabilityCheck, access: CapabilityAccess) {
  const controller = new AbortController();
  const { signal } = controller;
  const late = sleep(patienceMs, { answer: "unknown", code: "timeout" } as const, { signal, ref: false });
  // When the check was faster, the timer is let go, and that is not an error.
  const timeout = late.catch(() => ({ answer: "unknown", code: "timeout" }) as const);
  try {
    return resultOf(options, check, await Promise.race([answerOf(check, access), timeout]));
  } finally {
    controller.abort();
  }
}

async function answerOf(check: CapabilityCheck, access: CapabilityAccess): Promise<Answer> {
  try {
    // Its own copy: a check may write into what it is given, as the SDK does.
    await check.run({ ...access, credentials: { ...access.credentials } });
    return { answer: "allowed", code: null };
  } catch (error) {
    const code = codeOf(error);
    return { answer: denials.has(code) ? "denied" : "unknown", code };
  }
}

type Answer = Pick<CapabilityResult, "answer" | "code">;

/** Never the message: it may quote whatever the vendor's code put into it. */
function codeOf(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  return /^[\w.:-]{1,64}$/.test(name) ? name : "unknown";
}

function resultOf({ now }: CheckedOptions, { name, expect }: CapabilityCheck, answer: Answer): CapabilityResult {
  return { name, expected: expect, ...answer, time: new Date(now()) };
}

function accessOf({ region, endpoint }: CheckedOptions, credentials: Credentials, accountId: string): CapabilityAccess {
  return { credentials, region, accountId, ...(endpoint === undefined ? {} : { endpoint }) };
}
