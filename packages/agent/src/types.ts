// The words of the agent: what it is asked, what it answers, and what it says about itself.
import type { AwsCredentials, Narrowing, Prompt } from "@daypass/auth";

/** One question for credentials. */
export interface AgentRequest {
  /** An identity, by its name. */
  readonly identity: string;
  readonly narrowing?: Narrowing;
  /** True: what is held is not good enough, AWS is asked again. */
  readonly renew?: boolean;
  /** True: a person asks now, so that a failure of a moment ago is not simply repeated. */
  readonly retry?: boolean;
}

/** Credentials, where they work by themselves, and whose they are. */
export interface AgentAnswer {
  readonly credentials: AwsCredentials;
  readonly region?: string;
  readonly arn?: string;
  /**
   * Whether they are still to be handed out, though they work: a file may say something else of the identity now, or the
   * sign-in that they came of may be over, or another person's. Asked before each handing out, so it must be quick; false,
   * or a rejection, and the identity is asked for anew. Absent: they are good until they end.
   */
  readonly isCurrent?: () => Promise<boolean>;
}

/**
 * Finds the credentials of an identity. `prompt` is the same for every request, so that what asks may be made with it
 * once; it reaches a terminal that waits. `renew` says that what is kept is not good enough.
 */
export type AnswerRequest = (
  request: Pick<AgentRequest, "identity" | "narrowing" | "renew">,
  prompt: Prompt,
) => Promise<AgentAnswer>;

/** What is held, without a secret. */
export interface HeldSession {
  readonly identity: string;
  /** Less than the identity could. */
  readonly isNarrowed: boolean;
  readonly expiration: Date;
  readonly arn?: string;
}

/** What the agent says about itself. */
export interface AgentStatus {
  readonly pid: number;
  readonly startedAt: Date;
  readonly isLocked: boolean;
  /** When it ends by itself at the latest. */
  readonly endsAt: Date;
  /** How many wait for an answer. */
  readonly waiting: number;
  /** A person is being asked. */
  readonly isAsking: boolean;
  readonly held: readonly HeldSession[];
}
