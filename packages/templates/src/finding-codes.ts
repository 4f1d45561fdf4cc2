import type { FindingCode } from "./types.js";

// The compiler checks that this names every code once, and none that does not exist.
const CODES: Readonly<Record<FindingCode, true>> = {
  unknown_action: true,
  wildcard_action: true,
  wildcard_resource: true,
  scoped_wildcard_only: true,
  resource_never_matches: true,
  condition_never_matches: true,
  condition_without_effect: true,
  incomplete_grant: true,
  self_escalation: true,
  escalation_path: true,
  s3_without_resource_account: true,
  impossible_bucket_name: true,
  wrong_partition: true,
  setup_rights_ongoing: true,
  empty_set: true,
  canary_granted: true,
  mfa_false: true,
  needs_s3: true,
  accept_unused: true,
};

/** Every code that a finding can have. */
export const FINDING_CODES = Object.keys(CODES) as readonly FindingCode[];
