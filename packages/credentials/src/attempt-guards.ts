// What is remembered of each region and of each role: its pace, its breaker, and which region stands in for it.
import { createCallBreaker, type CallBreaker } from "./call-breaker.js";
import { createCallPace, type CallPace } from "./call-pace.js";
import { CredentialsError } from "./errors.js";
import { fingerprint } from "./fingerprint.js";
import type { Clock, RoleRequest } from "./types.js";

export interface AttemptGuardsOptions {
  readonly now: Clock;
  readonly sleep: (ms: number, signal: AbortSignal, isBackground?: boolean) => Promise<void>;
  readonly callsPerSecond: number;
  readonly waitMs: number;
}

export interface RegionGuard {
  readonly breaker: CallBreaker;
  readonly pace: CallPace;
}

export interface AttemptGuards {
  ofRegion(region: string): RegionGuard;
  /** An integration in a region: the role with its external ID. */
  ofRole(request: RoleRequest): CallBreaker;
  /** Forgets the breaker of a role. What is under way ends with the old one, and says nothing about the next. */
  forgetRole(request: RoleRequest): void;
  /** The region that stood in for this one less than five minutes ago, if any. */
  preferred(own: string): string | undefined;
  /** Notes which region answered. */
  prefer(own: string, answered: string): void;
}

/** With five failures in a row a region is left alone for ten seconds, and a role for a minute, the time of a change. */
const FAILURES = 5;
const REGION_OPEN_MS = 10_000;
const ROLE_OPEN_MS = 60_000;
/** Going back and forth would cost every call a timeout. */
const PREFER_MS = 300_000;
/** AWS has fewer regions; a caller who lets others name them must not fill the memory. */
const MOST_REGIONS = 64;
const MOST_ROLES = 20_000;

/** Returns the value of a key, made where there is none; where there are too many, the one not used for longest goes. */
const findOrMake = <Value>(map: Map<string, Value>, key: string, most: number, make: () => Value): Value => {
  const known = map.get(key);
  if (known !== undefined) {
    map.delete(key);
    map.set(key, known);
    return known;
  }
  const [oldest] = map.keys();
  if (oldest !== undefined && map.size >= most) map.delete(oldest);
  const made = make();
  map.set(key, made);
  return made;
};

const roleKey = ({ roleArn, externalId, region }: RoleRequest): string =>
  JSON.stringify([roleArn, externalId === null ? null : fingerprint(externalId), region]);

/** True where STS has answered, whatever it said: its region is up. */
export const isAnswer = (error: unknown): boolean => error instanceof CredentialsError && error.awsCode !== undefined;

/** Returns the guards of one broker. */
export const createAttemptGuards = (options: AttemptGuardsOptions): AttemptGuards => {
  const { now, sleep, callsPerSecond, waitMs } = options;
  const regions = new Map<string, RegionGuard>();
  const roles = new Map<string, CallBreaker>();
  const standIns = new Map<string, { readonly region: string; readonly since: number }>();

  return {
    ofRegion: (region) =>
      findOrMake(regions, region, MOST_REGIONS, () => ({
        breaker: createCallBreaker({ now, failures: FAILURES, openMs: REGION_OPEN_MS }),
        pace: createCallPace({ now, sleep, callsPerSecond, longestMs: waitMs }),
      })),

    ofRole(request) {
      const make = () => createCallBreaker({ now, failures: FAILURES, openMs: ROLE_OPEN_MS });
      return findOrMake(roles, roleKey(request), MOST_ROLES, make);
    },

    forgetRole: (request) => void roles.delete(roleKey(request)),

    preferred(own) {
      const standIn = standIns.get(own);
      if (standIn === undefined) return undefined;
      const age = now() - standIn.since;
      if (age >= 0 && age < PREFER_MS) return standIn.region;
      standIns.delete(own);
      return undefined;
    },

    prefer(own, answered) {
      if (answered === own) standIns.delete(own);
      else if (standIns.get(own)?.region !== answered) standIns.set(own, { region: answered, since: now() });
    },
  };
};
