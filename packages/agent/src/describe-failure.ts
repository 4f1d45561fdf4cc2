// A failure on its way to a client, and back into what it was. Only what was written for people travels: an error that
// nobody wrote for them might repeat a secret.
import { AuthError, display, type AuthErrorCode } from "@daypass/auth";
import { AgentError, type AgentErrorCode } from "./errors.js";

/** A failure in words. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const AUTH_CODES: Readonly<Record<AuthErrorCode, true>> = {
  invalid_option: true,
  file_missing: true,
  file_unusable: true,
  file_malformed: true,
  foreign_section: true,
  not_found: true,
  invalid_profile: true,
  mfa_required: true,
  mfa_refused: true,
  prompt_unavailable: true,
  cancelled: true,
  secrets_unavailable: true,
  wrong_passphrase: true,
  secrets_damaged: true,
  newer_version: true,
  lock_unavailable: true,
  audit_unavailable: true,
  sign_in_required: true,
  sign_in_refused: true,
  cannot_narrow: true,
  process_failed: true,
  metadata_unavailable: true,
  access_denied: true,
  aws_unavailable: true,
  caller_credentials: true,
  no_credentials: true,
};
const AGENT_CODES: Readonly<Record<AgentErrorCode, true>> = {
  invalid_option: true,
  agent_unavailable: true,
  agent_locked: true,
  agent_busy: true,
  unlock_refused: true,
  socket_untrusted: true,
  other_settings: true,
  already_running: true,
  unsafe_process: true,
  protocol: true,
  answer_unusable: true,
  unsupported_platform: true,
  internal: true,
};

/** Returns the failure in words. What is neither ours nor auth's becomes `internal`, without its message. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof AuthError || error instanceof AgentError) {
    return { code: error.code, message: error.message, hint: error.hint };
  }
  return {
    code: "internal",
    message: "the agent could not say what went wrong",
    hint: "ask for the identity without the agent to see it",
  };
}

/** Returns the error that a failure is: auth's where the code is auth's, so that callers handle both ways alike. */
export function reviveFailure({ code, message, hint }: Failure): AuthError | AgentError {
  if (isOf(AUTH_CODES, code)) return new AuthError(code, message, { hint });
  return new AgentError(isOf(AGENT_CODES, code) ? code : "protocol", message, { hint });
}

function isOf<C extends string>(codes: Readonly<Record<C, true>>, code: string): code is C {
  return Object.hasOwn(codes, code);
}

/** Returns the failure as lines for those who read no JSON. It never begins as a document does. */
export function writeFailure({ code, message, hint }: Failure): string {
  return `error: ${display(message)}\nhint: ${display(hint)}\ncode: ${code}\n`;
}
