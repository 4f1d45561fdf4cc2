// Completion without anybody pasting anything: asks for the role where the customer said it would be, until it is there.
import * as v from "valibot";
import { askForRole } from "../ask-for-role.js";
import { readIntegration } from "../change-integration.js";
import { checkInput, integrationIdSchema } from "../check-input.js";
import type { CheckedOptions } from "../cross-account-options.js";
import { CrossAccountError } from "../errors.js";
import { probeRequest, type ProbeTools } from "../probe-trust.js";
import { parseRoleArn } from "../role-arn.js";
import { roleDocuments } from "../role-documents.js";
import type { Integration } from "../types.js";

export interface AwaitIntegrationInput {
  readonly integrationId: string;
  /** How long to go on, 1 to 86,400 seconds. Default 900. Nothing is lost at its end: call again. */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
}

const inputSchema = v.strictObject({
  integrationId: integrationIdSchema,
  timeoutSeconds: v.optional(
    v.pipe(
      v.number(),
      v.safeInteger("whole seconds"),
      v.minValue(1, "at least 1"),
      v.maxValue(86_400, "at most 86,400"),
    ),
    900,
  ),
  signal: v.optional(v.instance(AbortSignal)),
});

/** Milliseconds between two questions: soon at first, and never more than a minute apart. */
const firstPauseMs = 3000;
const longestPauseMs = 60_000;

/**
 * Polls for the role in the declared account and verifies it once it lets us in. Returns what the verification came to, or
 * `undefined` when the time was over first. Another process may do the same at the same time. Throws `CrossAccountError`:
 * `integration_not_found`, `integration_not_active` when it is revoked meanwhile, `invalid_option` when no account was
 * declared; and rejects when the signal fires.
 */
export async function awaitIntegration<Verified>(
  options: CheckedOptions,
  tools: ProbeTools,
  input: AwaitIntegrationInput,
  verify: (integrationId: string) => Promise<Verified>,
): Promise<Verified | undefined> {
  const { integrationId, timeoutSeconds, signal } = checkInput(inputSchema, input, "awaitIntegration");
  const end = options.now() + timeoutSeconds * 1000;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
    signal?.throwIfAborted();
    const integration = await readIntegration(options.store, integrationId);
    if (await isLetIn(options, tools, integration, signal)) return verify(integrationId);
    const left = end - options.now();
    if (left <= 0) return undefined;
    await options.wait(Math.min(pause, left), signal);
  }
}

async function isLetIn(
  options: CheckedOptions,
  tools: ProbeTools,
  integration: Integration,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { integrationId, customerId, externalId, role } = integration;
  // Says that it is revoked, if it is.
  const expected = roleDocuments(options, integration).expectedRoleArn;
  const roleArn = role?.roleArn ?? expected;
  if (roleArn === null) {
    throw new CrossAccountError(
      "invalid_option",
      "no account was declared, so nobody knows where to look for the role",
      {
        hint: "let the customer paste the role's ARN and pass it to verifyIntegration",
      },
    );
  }
  const request = probeRequest(tools, parseRoleArn(roleArn).roleArn, externalId);
  const { fact } = await askForRole(tools, request, { purpose: "poll", integrationId, customerId }, signal);
  return fact.answer === "allowed";
}
