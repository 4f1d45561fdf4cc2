// What can differ between a role and its template.

export type DriftCode =
  /** A policy is attached that no template of ours made. What it grants cannot be read. */
  | "foreign_policy_attached"
  /** A policy under the vendor's path is attached that no template of ours made. */
  | "policy_added"
  /** A policy was written into the role itself. */
  | "inline_policy_added"
  /** A policy of ours says something else than the template. */
  | "policy_changed"
  /** A policy of the template is not attached. */
  | "policy_missing"
  /** Somebody gets in who should not. */
  | "trust_widened"
  /** The trust policy says something else, and as far as can be told lets nobody else in. */
  | "trust_changed"
  | "session_duration_changed"
  /** It is another role than the one that was proven. */
  | "role_recreated";

export interface DriftFinding {
  readonly code: DriftCode;
  /** For people: what was found, by name. */
  readonly text: string;
}
