export type CrossAccountErrorCode =
  /** An option or argument is malformed. */
  | "invalid_option"
  /** No such integration, or the customer has none. */
  | "integration_not_found"
  /** The customer has several active integrations and none was chosen. */
  | "ambiguous_integration"
  /** The integration is not in a state that allows it. */
  | "integration_not_active"
  /** Another integration holds this role. */
  | "role_taken"
  /** Somebody else changed the integration at the same time, again and again. */
  | "conflict"
  /** No template was described, so there is nothing to publish, to link to or to compare with. */
  | "template_not_described"
  /** No template of this version was ever kept. */
  | "template_not_found"
  /** The template could not be published, or is not readable as customers will read it. */
  | "publishing_failed"
  /** The role cannot be read by itself, or AWS did not answer. */
  | "role_unreadable"
  /** A certificate is malformed, or was not signed by this key over this content. */
  | "certificate_invalid"
  /** The store does not answer, or cannot be opened or used. */
  | "store_unavailable"
  /** The store answered with something that was not asked for, or that is no integration. */
  | "store_corrupt"
  /** A sealed value cannot be opened: wrong key, or the row was tampered with. */
  | "unsealing_failed";

/** Every error that this package and its stores throw on purpose. The message never carries a secret or an external ID. */
export class CrossAccountError extends Error {
  override readonly name = "CrossAccountError";
  readonly code: CrossAccountErrorCode;
  /** What to do next. */
  readonly hint: string;

  constructor(code: CrossAccountErrorCode, message: string, options: { hint: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
