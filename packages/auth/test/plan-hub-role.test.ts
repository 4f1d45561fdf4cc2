// The planner's table: what is wanted, what is chosen, and what it costs.
import { describe, expect, test } from "vitest";
import { planHubRole, type HubRoleWish } from "../dist/hubs/plan-hub-role.js";

const HOUR = 3600;
const wish = (over: Partial<HubRoleWish>): HubRoleWish => ({
  wantedSeconds: HOUR,
  isRenewed: false,
  sessionSeconds: 12 * HOUR,
  withoutMfa: false,
  ...over,
});

describe("the way to a role of a hub", () => {
  test.each<[string, Partial<HubRoleWish>, string, number, number, 0 | 1, boolean]>([
    ["15 minutes", { wantedSeconds: 900 }, "session_token", 900, 12 * HOUR, 1, true],
    ["an hour", {}, "session_token", HOUR, 12 * HOUR, 1, true],
    ["a second more than an hour", { wantedSeconds: HOUR + 1 }, "direct", HOUR + 1, HOUR + 1, 1, false],
    ["six hours", { wantedSeconds: 6 * HOUR }, "direct", 6 * HOUR, 6 * HOUR, 1, false],
    ["a day", { wantedSeconds: 24 * HOUR }, "direct", 12 * HOUR, 12 * HOUR, 1, false],
    ["six hours, renewed", { wantedSeconds: 6 * HOUR, isRenewed: true }, "session_token", HOUR, 12 * HOUR, 1, true],
    [
      "six hours, refused before",
      { wantedSeconds: 6 * HOUR, refusedSeconds: 4 * HOUR },
      "session_token",
      HOUR,
      12 * HOUR,
      1,
      true,
    ],
    [
      "two hours, four refused",
      { wantedSeconds: 2 * HOUR, refusedSeconds: 4 * HOUR },
      "direct",
      2 * HOUR,
      2 * HOUR,
      1,
      false,
    ],
    [
      "a day, twelve hours refused",
      { wantedSeconds: 24 * HOUR, refusedSeconds: 12 * HOUR },
      "session_token",
      HOUR,
      12 * HOUR,
      1,
      true,
    ],
    ["an hour, by a longer session", { sessionSeconds: 36 * HOUR }, "session_token", HOUR, 36 * HOUR, 1, true],
    ["an hour, without MFA", { withoutMfa: true }, "direct", HOUR, HOUR, 0, false],
    ["six hours, without MFA", { wantedSeconds: 6 * HOUR, withoutMfa: true }, "direct", 6 * HOUR, 6 * HOUR, 0, false],
    [
      "six hours, without MFA, refused",
      { wantedSeconds: 6 * HOUR, withoutMfa: true, refusedSeconds: 6 * HOUR },
      "direct",
      HOUR,
      HOUR,
      0,
      false,
    ],
  ])("for %s", (_, over, method, durationSeconds, lastsSeconds, codes, codeIsShared) => {
    const plan = planHubRole(wish(over));
    expect(plan).toMatchObject({ method, durationSeconds, lastsSeconds, codes, codeIsShared });
    expect(plan.explanation.length).toBeGreaterThan(0);
  });

  test("is said in words: what is chosen, what it costs, what the limit is", () => {
    expect(planHubRole(wish({ wantedSeconds: 6 * HOUR })).explanation).toEqual([
      "the role is asked for directly, for 6 hours in one piece",
      "it costs a code of its own, which serves no other role",
      "where the role's MaxSessionDuration is less, AWS refuses, and it is an hour at a time by the hub's session instead",
    ]);
    expect(planHubRole(wish({ wantedSeconds: 5400, refusedSeconds: 5400 })).explanation[0]).toBe(
      "90 minutes in one piece are more than the role allows: AWS has said so",
    );
  });

  test("says it loudly where there is no MFA", () => {
    expect(planHubRole(wish({ withoutMfa: true })).explanation[0]).toContain("WITHOUT MFA");
  });
});
