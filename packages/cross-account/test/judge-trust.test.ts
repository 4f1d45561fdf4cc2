// The judge by itself, over every single deviation from a clean proof.
import { describe, expect, it } from "vitest";
import type { Probe } from "@daypass/cross-account";
import { judgeTrust, type TrustFacts } from "../dist/judge-trust.js";

const expected = {
  accountId: "222222222222",
  declaredAccountId: "222222222222",
  vendorAccountId: "111111111111",
  roleUniqueId: null,
};
const rounds = ["first", "after_propagation"] as const;
const wrongIds = [
  "no_external_id",
  "fresh_external_id",
  "last_character_changed",
  "one_character_appended",
  "case_flipped",
  "character_5_changed",
  "character_13_changed",
  "character_21_changed",
  "character_29_changed",
] as const;

function probe(kind: Probe["kind"], round: Probe["round"], answer: Probe["answer"], code: string | null = null): Probe {
  return { kind, round, answer, code, awsRequestId: null, time: new Date(0) };
}

/** Both rounds as they should be, with one probe answered otherwise, or missing when the answer is `undefined`. */
function facts(
  otherwise?: readonly [Probe["kind"], Probe["round"], Probe["answer"] | undefined, string?],
  assumed: TrustFacts["assumed"] = [
    { accountId: "222222222222", roleUniqueId: "AROA1" },
    { accountId: "222222222222", roleUniqueId: "AROA1" },
  ],
): TrustFacts {
  const clean = rounds.flatMap((round) => [
    probe("right_external_id", round, "allowed"),
    ...wrongIds.map((kind) => probe(kind, round, "denied", "access_denied")),
    probe("canary_without_external_id", round, "allowed"),
  ]);
  if (otherwise === undefined) return { probes: clean, assumed };
  const [kind, round, answer, code] = otherwise;
  const probes = clean.flatMap((asked) => {
    if (asked.kind !== kind || asked.round !== round) return [asked];
    return answer === undefined ? [] : [probe(kind, round, answer, code ?? null)];
  });
  return { probes, assumed };
}

describe("judging a trust", () => {
  it("proves it when everything held, twice", () => {
    expect(judgeTrust(facts(), expected)).toEqual({ outcome: "proven", causes: [] });
    expect(judgeTrust(facts(), { ...expected, declaredAccountId: null, roleUniqueId: "AROA1" })).toEqual({
      outcome: "proven",
      causes: [],
    });
  });

  it("proves nothing from nothing", () => {
    expect(judgeTrust({ probes: [], assumed: [] }, expected).outcome).toBe("undecided");
  });

  it.each(
    rounds.flatMap((round) =>
      [...wrongIds, "right_external_id" as const, "canary_without_external_id" as const].map(
        (kind) => [kind, round] as const,
      ),
    ),
  )("proves nothing without %s in round %s", (kind, round) => {
    expect(judgeTrust(facts([kind, round, undefined]), expected).outcome).toBe("undecided");
  });

  it.each(rounds.flatMap((round) => wrongIds.map((kind) => [kind, round] as const)))(
    "proves nothing when %s of round %s is answered unclearly, and refuses when it is let in",
    (kind, round) => {
      expect(judgeTrust(facts([kind, round, "unknown", "throttled"]), expected)).toEqual({
        outcome: "undecided",
        causes: ["sts_unavailable"],
      });
      expect(judgeTrust(facts([kind, round, "allowed"]), expected).outcome).toBe("refused");
    },
  );

  it.each([
    ["no_external_id", "external_id_not_required"],
    ["fresh_external_id", "external_id_pattern_too_wide"],
    ["last_character_changed", "external_id_pattern_too_wide"],
    ["one_character_appended", "external_id_pattern_too_wide"],
    ["case_flipped", "external_id_case_ignored"],
  ] as const)("names the cause when %s is let in: %s", (kind, cause) => {
    expect(judgeTrust(facts([kind, "first", "allowed"]), expected).causes).toEqual([cause]);
  });

  it.each([
    ["session_too_long", "session_too_long"],
    ["region_disabled", "region_disabled"],
    ["caller_credentials", "vendor_credentials"],
    ["clock_skew", "vendor_credentials"],
    ["throttled", "sts_unavailable"],
    ["sts_unavailable", "sts_unavailable"],
    ["expired_on_arrival", "sts_unavailable"],
  ])("is undecided when the right external ID fails with %s", (code, cause) => {
    expect(judgeTrust(facts(["right_external_id", "first", "unknown", code]), expected)).toEqual({
      outcome: "undecided",
      causes: [cause],
    });
  });

  it.each(rounds.flatMap((round) => (["denied", "unknown"] as const).map((answer) => [answer, round] as const)))(
    "does not believe the denials when the canary is %s in round %s",
    (answer, round) => {
      expect(judgeTrust(facts(["canary_without_external_id", round, answer]), expected)).toEqual({
        outcome: "undecided",
        causes: ["denial_unproven"],
      });
    },
  );

  it("leaves propagation out of the causes when the denial lasted beyond it", () => {
    const { causes } = judgeTrust(facts(["right_external_id", "after_propagation", "denied"]), expected);
    expect(causes).not.toContain("not_propagated");
    expect(causes[0]).toBe("role_missing");
  });

  it("refuses the vendor's account, another account than declared, and another role than proven", () => {
    const answers = (accountId: string, roleUniqueId = "AROA1") => [{ accountId, roleUniqueId }];
    expect(judgeTrust(facts(undefined, answers("333333333333")), expected).causes).toEqual(["role_in_other_account"]);
    expect(judgeTrust(facts(undefined, answers("111111111111")), expected).causes).toEqual(["role_in_vendor_account"]);
    const undeclared = { ...expected, declaredAccountId: null };
    expect(judgeTrust(facts(undefined, answers("333333333333")), undeclared).causes).toEqual(["role_in_other_account"]);
    expect(judgeTrust(facts(), { ...expected, roleUniqueId: "AROA0" }).causes).toEqual(["role_recreated"]);
    const between = [...answers("222222222222", "AROA1"), ...answers("222222222222", "AROA2")];
    expect(judgeTrust(facts(undefined, between), expected).causes).toEqual(["role_recreated"]);
  });
});
