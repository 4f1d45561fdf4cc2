// How the agent can fail, by what can be done about it. What it found out for us fails as an AuthError does.

/** A closed set: whoever handles failures can handle all of them. */
export type AgentErrorCode =
  /** An option of one of our factories is malformed. */
  | "invalid_option"
  /** No agent answers. */
  | "agent_unavailable"
  /** It forgot everything, and gives nothing until it is unlocked. */
  | "agent_locked"
  /** It has too much to do. */
  | "agent_busy"
  /** What unlocks it was not right. */
  | "unlock_refused"
  /** The place of the socket is open to others, or somebody else's. Nothing was sent. */
  | "socket_untrusted"
  /** It was started with other files or endpoints: a name may mean somebody else to it. Nothing was sent. */
  | "other_settings"
  /** Another agent is there already. */
  | "already_running"
  /** The process could be looked into: an inspector, options from outside, secrets in its environment. */
  | "unsafe_process"
  /** The other side does not speak as it should. */
  | "protocol"
  /** The answer was no usable credentials. */
  | "answer_unusable"
  /** This platform has no sockets that only their owner can reach. */
  | "unsupported_platform"
  /** A flaw of ours: the agent could not say what went wrong. */
  | "internal";

/** Every error that this package throws on purpose. The message never carries a secret. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: AgentErrorCode;
  /** What to do next. */
  readonly hint: string;

  constructor(code: AgentErrorCode, message: string, options: { hint: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
