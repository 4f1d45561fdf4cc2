// Keeps sessions for a person: warm ones at once, one process and one caller at a time for the rest. Nothing runs by
// itself: every step is taken because somebody asks.
import { randomUUID } from "node:crypto";
import {
  backoffMs,
  COMFORTABLE_LEFT_MS,
  LEAST_LEFT_MS,
  leftOf,
  renewalDueAt,
  type Clock,
  type Jitter,
} from "@daypass/credentials";
import { AuthError } from "../errors.js";
import type {
  AuthEvent,
  CredentialsSource,
  KeptSession,
  Locks,
  ObtainedSession,
  Prompt,
  RecordAuthEvent,
  SessionCache,
  SessionKeeper,
  SessionQuestion,
} from "../types.js";
import { copyCredentials } from "./copy-credentials.js";
import { createRestlessError } from "./get-of-one-sign-in.js";
import { sessionKey } from "./session-key.js";

export interface SessionKeeperOptions {
  readonly cache: SessionCache;
  readonly locks: Locks;
  /** Awaited before AWS is asked and before an answer is handed out. Where it rejects, neither happens. */
  readonly record: RecordAuthEvent;
  /** Told when another process is being waited for. */
  readonly prompt: Prompt;
  /**
   * Whether a session past half its life is renewed while it is handed out. False in a program that ends after one
   * answer, which would only be held up. Default true.
   */
  readonly renewBehind?: boolean;
  readonly now?: Clock;
  readonly jitter?: Jitter;
  readonly createAttemptId?: () => string;
}

interface Asking {
  readonly key: string;
  readonly question: SessionQuestion;
  readonly needsPerson: boolean;
  readonly open: (() => Promise<unknown>) | undefined;
  readonly obtain: () => Promise<ObtainedSession>;
  readonly signInId: CredentialsSource["signInId"];
}

/** What one process knows of one question. */
interface Memory {
  kept: KeptSession | undefined;
  under: Promise<KeptSession> | undefined;
  /** One draw for each session, so that asking often does not renew sooner. */
  drawn: { readonly obtained: number; readonly jitter: number } | undefined;
  failures: number;
  retryAt: number;
}

const BACKOFF_CAP_MS = 60_000;
/** How often a session is asked for whose sign-in was over before it could be handed out. */
const MOST_SIGN_INS = 3;

const asAnswer = (kept: KeptSession) => ({ obtained: kept.obtained, assumedRole: kept });

const textOf = (question: SessionQuestion, field: string): string | undefined => {
  const value = question[field];
  return typeof value === "string" ? value : undefined;
};

/** True where no sign-in is needed, or where the session came of the one that counts. Nobody's sign-in is no sign-in. */
const isOfSignIn = ({ signInId }: Asking, kept: KeptSession, signIn: string | undefined): boolean =>
  signInId === undefined || (signIn !== undefined && kept.signInId === signIn);

/** What of a question may be written down: never its policies, tags, external ID or keys. */
const describe = (question: SessionQuestion): Partial<AuthEvent> => {
  const described: Record<string, string | number> = {};
  for (const field of ["roleArn", "accountId", "roleName", "roleSessionName", "sourceIdentity", "region", "name"]) {
    const value = textOf(question, field);
    if (value !== undefined) described[field] = value;
  }
  const { durationSeconds } = question;
  if (typeof durationSeconds === "number") described["durationSeconds"] = durationSeconds;
  return { kind: question.kind, ...described };
};

const codeOf = (error: unknown): string => {
  const code: unknown = Reflect.get(Object(error), "code");
  return typeof code === "string" && /^[A-Za-z_]{1,64}$/.test(code) ? code : "error";
};

const refuseExpired = (): never => {
  throw new AuthError("aws_unavailable", "the credentials that came are expired or about to be", {
    hint: "compare this machine's clock with the time, then try again",
  });
};

/**
 * Returns a keeper. A session is handed out with five seconds of life or more; past half its life it is renewed, and
 * under a minute the caller waits for the new one. A failing renewal never takes away a session that still works.
 */
export const createSessionKeeper = (options: SessionKeeperOptions): SessionKeeper => {
  const { cache, locks, record, prompt, renewBehind = true, now = Date.now, jitter = Math.random } = options;
  const { createAttemptId = randomUUID } = options;
  const memories = new Map<string, Memory>();
  let ownOffsetMs = -Infinity;

  /** What is over is not remembered: in weeks an agent is asked many questions, and ended secrets need not lie about. */
  const forgetEnded = (): void => {
    for (const [key, { kept, under, retryAt }] of memories) {
      const isOver = kept === undefined || lifeOf(kept) < LEAST_LEFT_MS;
      if (isOver && under === undefined && retryAt <= now()) memories.delete(key);
    }
  };

  const memoryOf = (key: string): Memory => {
    const known = memories.get(key);
    if (known !== undefined) return known;
    forgetEnded();
    const fresh: Memory = { kept: undefined, under: undefined, drawn: undefined, failures: 0, retryAt: 0 };
    memories.set(key, fresh);
    return fresh;
  };

  const lifeOf = (kept: KeptSession): number => leftOf(asAnswer(kept), now(), ownOffsetMs);

  /** The cache is a convenience: what it cannot give is asked for anew. */
  const readCache = async (key: string): Promise<KeptSession | undefined> => {
    const kept = await cache.get(key).catch(() => undefined);
    return kept !== undefined && sessionKey(kept.question) === key ? kept : undefined;
  };

  const readOpened = async ({ key, open }: Asking): Promise<KeptSession | undefined> => {
    const cached = await readCache(key);
    if (cached !== undefined || open === undefined) return cached;
    await open();
    return readCache(key);
  };

  const read = async (asking: Asking, signIn: string | undefined): Promise<KeptSession | undefined> => {
    const memory = memoryOf(asking.key);
    if (memory.kept !== undefined && !isOfSignIn(asking, memory.kept, signIn)) memory.kept = undefined;
    if (memory.kept !== undefined && lifeOf(memory.kept) >= COMFORTABLE_LEFT_MS) return memory.kept;
    const cached = await readCache(asking.key);
    if (cached === undefined || !isOfSignIn(asking, cached, signIn)) return memory.kept;
    if (memory.kept === undefined || lifeOf(cached) > lifeOf(memory.kept)) memory.kept = cached;
    return memory.kept;
  };

  const isDue = (asking: Asking, kept: KeptSession): boolean => {
    const memory = memoryOf(asking.key);
    const obtained = kept.obtained.getTime();
    if (memory.drawn?.obtained !== obtained) memory.drawn = { obtained, jitter: jitter() };
    const dueAt = asking.needsPerson ? 0 : renewalDueAt(asAnswer(kept), memory.drawn.jitter);
    return lifeOf(kept) <= Math.max(dueAt, COMFORTABLE_LEFT_MS);
  };

  const onRecord = async (event: AuthEvent): Promise<void> => {
    try {
      await record(event);
    } catch (cause) {
      throw new AuthError("audit_unavailable", "the record of what happens on this machine cannot be written", {
        hint: "make room and see to the permissions of the audit file; nothing was handed out",
        cause,
      });
    }
  };

  /** Asks AWS, with the record around it. Called under the lock. */
  const obtainOnRecord = async ({ key, question, obtain }: Asking): Promise<KeptSession> => {
    const about = { ...describe(question), attemptId: createAttemptId() };
    await onRecord({ ...about, type: "session.intent", time: new Date(now()) });
    let obtained: ObtainedSession;
    try {
      obtained = await obtain();
    } catch (error) {
      await onRecord({ ...about, type: "session.refused", time: new Date(now()), code: codeOf(error) });
      throw error;
    }
    const kept: KeptSession = { ...obtained, question, obtained: new Date(now()) };
    ownOffsetMs = obtained.clockOffsetMs ?? 0;
    const { accessKeyId, expiration } = kept.credentials;
    await onRecord({
      ...about,
      type: "session.granted",
      time: new Date(now()),
      accessKeyId,
      expiration,
      ...(kept.arn !== undefined && { arn: kept.arn }),
    });
    if (lifeOf(kept) < LEAST_LEFT_MS) refuseExpired();
    // A full disk must not cost the person the session that they have just typed a code for.
    await cache.set(key, kept).catch(() => undefined);
    return kept;
  };

  const waitFor = (pid: number | undefined) =>
    prompt.tell(`waiting for ${pid === undefined ? "another process" : `process ${pid}`}, which is asking already`);

  const obtainAlone = (asking: Asking, stale: KeptSession | undefined): Promise<KeptSession> => {
    const onWait = asking.needsPerson ? { onWait: waitFor } : {};
    return locks.withLock(
      `session/${asking.key}`,
      async () => {
        const cached = await readOpened(asking);
        // Another process has just answered it.
        const isNewer = cached !== undefined && cached.obtained.getTime() > (stale?.obtained.getTime() ?? -Infinity);
        const isGood = isNewer && lifeOf(cached) >= COMFORTABLE_LEFT_MS;
        if (isGood && isOfSignIn(asking, cached, await asking.signInId?.())) return cached;
        return obtainOnRecord(asking);
      },
      onWait,
    );
  };

  const renew = (asking: Asking, stale: KeptSession | undefined): Promise<KeptSession> => {
    const memory = memoryOf(asking.key);
    if (memory.under !== undefined) return memory.under;
    const under = obtainAlone(asking, stale).then(
      (kept) => {
        memory.kept = kept;
        memory.failures = 0;
        memory.retryAt = 0;
        return kept;
      },
      (error: unknown) => {
        memory.failures++;
        memory.retryAt = now() + backoffMs(memory.failures, jitter(), BACKOFF_CAP_MS);
        throw error;
      },
    );
    memory.under = under.finally(() => {
      memory.under = undefined;
    });
    return memory.under;
  };

  const ask = async (asking: Asking, kept: KeptSession | undefined): Promise<KeptSession> => {
    if (kept === undefined || lifeOf(kept) < LEAST_LEFT_MS) return renew(asking, undefined);
    if (!isDue(asking, kept)) return kept;
    if (lifeOf(kept) >= COMFORTABLE_LEFT_MS) {
      if (!renewBehind || now() < memoryOf(asking.key).retryAt) return kept;
      // Behind the caller's back: its failure is on record, and no concern of a caller whose session works.
      renew(asking, kept).catch(() => undefined);
      return kept;
    }
    return renew(asking, kept).catch(async (error: unknown) => {
      // Minutes may have gone by, and the sign-in with them.
      const isOver = lifeOf(kept) < LEAST_LEFT_MS || !isOfSignIn(asking, kept, await asking.signInId?.());
      if (!isOver) return kept;
      throw error;
    });
  };

  /** Asks until the sign-in that the answer came of is the one that counts when it has come. */
  const askOfOneSignIn = async (asking: Asking): Promise<KeptSession> => {
    for (let tried = 0; tried < MOST_SIGN_INS; tried++) {
      const warm = await read(asking, await asking.signInId?.());
      const kept = await ask(asking, warm);
      // What is warm was looked at a moment ago. For the rest somebody was waited for, and may have signed in, or out.
      if (kept === warm || isOfSignIn(asking, kept, await asking.signInId?.())) return kept;
    }
    throw createRestlessError();
  };

  return {
    async get(question, { needsPerson, open, obtain, signInId }) {
      const kept = await askOfOneSignIn({ key: sessionKey(question), question, needsPerson, open, obtain, signInId });
      // A laptop may have slept between the answer and this line.
      if (lifeOf(kept) < LEAST_LEFT_MS) refuseExpired();
      return { ...kept, credentials: copyCredentials(kept.credentials) };
    },
    async forget(question) {
      const key = sessionKey(question);
      memories.delete(key);
      await cache.delete(key);
    },
  };
};
