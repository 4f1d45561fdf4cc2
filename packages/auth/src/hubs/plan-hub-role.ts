// How a role of a hub is best reached for so long: decided before AWS is asked, and said what it costs.
import { CHAINED_SECONDS } from "../sts/role-source.js";

/** What the choice hangs on. Seconds throughout. */
export interface HubRoleWish {
  readonly wantedSeconds: number;
  /** Whoever uses the credentials asks again before they end (an SDK, the agent), so that an hour at a time is enough. */
  readonly isRenewed: boolean;
  /** The shortest duration that is known to be too long for the role. Absent: nothing is known. */
  readonly refusedSeconds?: number;
  /** How long the hub's session lives when it is made. */
  readonly sessionSeconds: number;
  /** The hub's user is used without MFA. */
  readonly withoutMfa: boolean;
}

/** What is done, as data and in words. */
export interface HubRolePlan {
  /** `session_token`: GetSessionToken once, and the role by it. `direct`: the role by the user's keys. */
  readonly method: "session_token" | "direct";
  /** What the role is asked for. */
  readonly durationSeconds: number;
  /** For how long the role can be had before a person is needed again. */
  readonly lastsSeconds: number;
  /** Codes that this role costs for `lastsSeconds`, at most. */
  readonly codes: 0 | 1;
  /** Whether that one code serves every other role of the hub too. */
  readonly codeIsShared: boolean;
  /** What is chosen, what it costs and what the limit is, each a sentence. */
  readonly explanation: readonly string[];
}

/** STS API reference, AssumeRole: 12 hours at most, whatever the role says. */
const LONGEST_SECONDS = 43_200;

const UNITS = [
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
] as const;

const say = (seconds: number): string => {
  const [size, unit] = UNITS.find(([unitSeconds]) => seconds % unitSeconds === 0) ?? [1, "second"];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
};

const bySession = (wish: HubRoleWish, why: readonly string[]): HubRolePlan => ({
  method: "session_token",
  durationSeconds: Math.min(wish.wantedSeconds, CHAINED_SECONDS),
  lastsSeconds: wish.sessionSeconds,
  codes: 1,
  codeIsShared: true,
  explanation: [
    ...why,
    `one code opens the hub's session for ${say(wish.sessionSeconds)}, and every role of the hub with it`,
    "the role's credentials end after an hour at most, because a session assumes the role; they are renewed without a code while the hub's session lives",
  ],
});

const directly = (wish: HubRoleWish, durationSeconds: number, why: readonly string[]): HubRolePlan => ({
  method: "direct",
  durationSeconds,
  lastsSeconds: durationSeconds,
  codes: wish.withoutMfa ? 0 : 1,
  codeIsShared: false,
  explanation: why,
});

const planLong = (wish: HubRoleWish): HubRolePlan => {
  const { wantedSeconds, refusedSeconds, isRenewed } = wish;
  if (isRenewed) {
    return bySession(wish, [`${say(wantedSeconds)} are wanted, and whoever uses them asks again in time`]);
  }
  const seconds = Math.min(wantedSeconds, LONGEST_SECONDS);
  if (refusedSeconds !== undefined && seconds >= refusedSeconds) {
    return bySession(wish, [`${say(seconds)} in one piece are more than the role allows: AWS has said so`]);
  }
  const capped = seconds < wantedSeconds ? [`${say(wantedSeconds)} are wanted, and AWS gives 12 hours at most`] : [];
  return directly(wish, seconds, [
    ...capped,
    `the role is asked for directly, for ${say(seconds)} in one piece`,
    "it costs a code of its own, which serves no other role",
    "where the role's MaxSessionDuration is less, AWS refuses, and it is an hour at a time by the hub's session instead",
  ]);
};

/** Returns the way to a role of a hub. Pure: it asks nothing and nobody. */
export const planHubRole = (wish: HubRoleWish): HubRolePlan => {
  const { wantedSeconds, refusedSeconds, withoutMfa } = wish;
  if (withoutMfa) {
    const seconds = Math.min(wantedSeconds, LONGEST_SECONDS);
    const isTooLong = refusedSeconds !== undefined && seconds >= refusedSeconds;
    return directly(wish, isTooLong ? Math.min(seconds, CHAINED_SECONDS) : seconds, [
      "the hub's user is used WITHOUT MFA, as its configuration says: whoever has the keys has the roles",
      ...(isTooLong ? [`${say(seconds)} are more than the role allows: AWS has said so`] : []),
    ]);
  }
  if (wantedSeconds <= CHAINED_SECONDS) return bySession(wish, [`${say(wantedSeconds)} are wanted`]);
  return planLong(wish);
};
