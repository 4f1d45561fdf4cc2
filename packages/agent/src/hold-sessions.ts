// The memory of the agent: one question of any number of clients is answered once, held until it ends, renewed before.
import { AuthError } from "@daypass/auth";
import { AgentError } from "./errors.js";
import type { PromptRelay } from "./relay-prompt.js";
import { createFailureMemory } from "./remember-failures.js";
import { copyAnswer, sealAnswer, type SealedAnswer } from "./seal-answer.js";
import type { AgentAnswer, AgentRequest, AnswerRequest, HeldSession } from "./types.js";
import type { Moment, TwoClocks } from "./watch-time.js";

/** What is held, and how it is got. */
export interface SessionHolder {
  /** A copy that the caller overwrites. Rejects with what `answer` rejects with, now or a moment ago. */
  get(request: AgentRequest, canAsk: boolean): Promise<SealedAnswer>;
  /** Renews what is used and past half of its life, asking nobody. Never rejects. `afterSleep`: failures are forgotten. */
  renew(afterSleep: boolean): Promise<void>;
  list(): readonly HeldSession[];
  /** Overwrites everything, and lets nothing in that is still on its way. */
  clear(): void;
}

interface Held {
  readonly request: AgentRequest;
  readonly sealed: SealedAnswer;
  readonly isCurrent: () => Promise<boolean>;
  readonly expiration: number;
  readonly obtained: Moment;
  /** When a client last got it. */
  used: Moment;
}

const MOST_HELD = 1000;
const MOST_FLIGHTS = 256;
/** Nobody asked for it for so long: it is not renewed any more. */
const UNUSED_AFTER_MS = 3_600_000;

/** Returns the key of a question: everything that decides the answer. JSON of nested lists means one thing only. */
export function keyOf({ identity, narrowing = {} }: AgentRequest): string {
  const order = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(value)
          .filter(([, member]) => member !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, member]) => [name, order(member)])
      : value;
  return JSON.stringify([identity, order(narrowing)]);
}

/** Returns a holder that asks `answer`, through the relay where a person must be asked. */
export function createSessionHolder(options: {
  readonly answer: AnswerRequest;
  readonly relay: PromptRelay;
  readonly clocks: TwoClocks;
}): SessionHolder {
  const { answer, relay, clocks } = options;
  const sessions = new Map<string, Held>();
  const flights = new Map<string, { readonly done: Promise<SealedAnswer>; readonly couldAsk: boolean }>();
  const failures = createFailureMemory(clocks);
  let generation = 0;

  const drop = (key: string) => {
    sessions.get(key)?.sealed.document.fill(0);
    sessions.delete(key);
  };
  const keep = (key: string, request: AgentRequest, found: AgentAnswer, sealed: SealedAnswer, asked: Moment) => {
    const { expiration } = sealed;
    if (expiration === undefined) return;
    const used = sessions.get(key)?.used ?? clocks.moment();
    drop(key);
    const { isCurrent = async () => true } = found;
    sessions.set(key, { request, sealed: copyAnswer(sealed), isCurrent, expiration, obtained: asked, used });
    const oldest = sessions.keys().next();
    if (sessions.size > MOST_HELD && !oldest.done) drop(oldest.value);
  };
  const find = (key: string): Held | undefined => {
    const held = sessions.get(key);
    if (held === undefined) return undefined;
    if (!clocks.hasEnded(held.obtained, held.expiration)) return held;
    drop(key);
    return undefined;
  };

  /** What is held, if its identity is still what it was. */
  const findCurrent = async (key: string): Promise<Held | undefined> => {
    const held = find(key);
    if (held === undefined) return undefined;
    const isCurrent = await held.isCurrent().catch(() => false);
    // Meanwhile it may have been renewed, or overwritten.
    if (!isCurrent && sessions.get(key) === held) drop(key);
    return find(key);
  };

  /** One way to AWS for one question; whoever asks meanwhile waits for the same. */
  const fly = (key: string, request: AgentRequest, couldAsk: boolean, isSilent: boolean): Promise<SealedAnswer> => {
    if (flights.size >= MOST_FLIGHTS) return Promise.reject(busy());
    const began = generation;
    const asked = clocks.moment();
    const { identity, narrowing, renew } = request;
    const ask = () =>
      answer({ identity, ...(narrowing && { narrowing }), ...(renew === true && { renew }) }, relay.prompt);
    const done = (isSilent ? relay.silently(ask) : relay.during(key, ask)).then(
      (found) => {
        if (began !== generation) throw locked();
        const sealed = sealAnswer(found, clocks.moment().wall);
        failures.forget(key);
        keep(key, request, found, sealed, asked);
        // Whoever waits takes a copy before the next turn of the loop.
        setImmediate(() => void sealed.document.fill(0));
        return sealed;
      },
      (error: unknown) => {
        throw began === generation ? error : locked();
      },
    );
    const flight = { done, couldAsk };
    flights.set(key, flight);
    const end = (error?: unknown) => {
      if (flights.get(key) === flight) flights.delete(key);
      if (error !== undefined && began === generation && !isSilent) failures.add(key, toError(error));
    };
    done.then(() => end(), end);
    return done;
  };

  return {
    async get(request, canAsk) {
      const key = keyOf(request);
      const began = generation;
      const held = request.renew === true ? undefined : await findCurrent(key);
      if (began !== generation) throw locked();
      if (held !== undefined) {
        held.used = clocks.moment();
        return copyAnswer(held.sealed);
      }
      if (request.retry === true) failures.forget(key);
      const flight = flights.get(key);
      if (flight === undefined) {
        const failure = failures.find(key, canAsk);
        if (failure !== undefined) throw failure;
        return copyFor(await fly(key, request, canAsk, false), began);
      }
      try {
        return copyFor(await flight.done, began);
      } catch (error) {
        // It set out when nobody could be asked; this one can.
        if (!canAsk || flight.couldAsk || !isUnaskable(error) || began !== generation) throw error;
        return copyFor(await (flights.get(key)?.done ?? fly(key, request, true, false)), began);
      }
    },
    async renew(afterSleep) {
      if (afterSleep) failures.clear();
      // Ended sign-ins leave no secrets lying about until somebody asks.
      await Promise.all([...sessions.keys()].map(findCurrent));
      const due = [...sessions].filter(([key, { obtained, expiration, used }]) => {
        if (find(key) === undefined || flights.has(key) || failures.find(key, false) !== undefined) return false;
        return clocks.since(obtained) >= (expiration - obtained.wall) / 2 && clocks.since(used) < UNUSED_AFTER_MS;
      });
      await Promise.all(
        due.map(async ([key, { request }]) => {
          try {
            await fly(key, { ...request, renew: true }, false, true);
          } catch (error) {
            // What is held still works; it is tried again after a pause, and whoever asks at the end hears why.
            failures.add(key, toError(error));
          }
        }),
      );
    },
    list: () =>
      [...sessions.keys()].flatMap((key) => {
        const held = find(key);
        if (held === undefined) return [];
        const { request, sealed, expiration } = held;
        const arn = sealed.arn === undefined ? {} : { arn: sealed.arn };
        const isNarrowed = Object.keys(request.narrowing ?? {}).length > 0;
        return [{ identity: request.identity, isNarrowed, expiration: new Date(expiration), ...arn }];
      }),
    clear() {
      generation += 1;
      for (const key of sessions.keys()) drop(key);
      flights.clear();
      failures.clear();
    },
  };

  function copyFor(sealed: SealedAnswer, began: number): SealedAnswer {
    if (began !== generation) throw locked();
    return copyAnswer(sealed);
  }
}

/** Returns the error of an agent that gives nothing until it is unlocked. */
export function locked(): AgentError {
  return new AgentError("agent_locked", "the agent is locked", { hint: "unlock it first" });
}

function isUnaskable(error: unknown): boolean {
  return error instanceof AuthError && error.code === "prompt_unavailable";
}

function busy(): AgentError {
  return new AgentError("agent_busy", "the agent is waiting for too many answers", { hint: "try again in a moment" });
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
