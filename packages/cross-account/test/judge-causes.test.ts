// Which causes the judge names, all of them and in their order: people act on the first.
import { describe, expect, it } from "vitest";
import type { CauseCode, Probe } from "@daypass/cross-account";
import { isCleanRound, judgeTrust, type TrustFacts } from "../dist/judge-trust.js";

const HERE = "222222222222";
const VENDOR = "111111111111";
const expected = { accountId: HERE, declaredAccountId: HERE, vendorAccountId: VENDOR, roleUniqueId: null };
const CLEAN = {
  right_external_id: "allowed",
  no_external_id: "denied",
  fresh_external_id: "denied",
  last_character_changed: "denied",
  one_character_appended: "denied",
  case_flipped: "denied",
  character_5_changed: "denied",
  character_13_changed: "denied",
  character_21_changed: "denied",
  character_29_changed: "denied",
  canary_without_external_id: "allowed",
} as const satisfies Record<Probe["kind"], Probe["answer"]>;
type Answers = Partial<Record<Probe["kind"], Probe["answer"]>>;

const probe = (
  kind: Probe["kind"],
  round: Probe["round"],
  answer: Probe["answer"],
  code: string | null = null,
): Probe => ({
  kind,
  round,
  answer,
  code,
  awsRequestId: null,
  time: new Date(0),
});
const roundOf = (round: Probe["round"], over: Answers = {}): readonly Probe[] =>
  Object.entries({ ...CLEAN, ...over }).map(([kind, answer]) => probe(kind as Probe["kind"], round, answer));
const twice = (over: Answers = {}) => [...roundOf("first", over), ...roundOf("after_propagation", over)];
const role = { accountId: HERE, roleUniqueId: "AROA1" };
const judge = (probes: readonly Probe[], assumed: TrustFacts["assumed"] = [role, role], over: object = {}) =>
  judgeTrust({ probes, assumed }, { ...expected, ...over });

describe("an account that is wrong whatever the probes say", () => {
  it("is refused before anything was answered", () => {
    const refused = (cause: CauseCode) => ({ outcome: "refused", causes: [cause] });
    expect(judge([], [], { accountId: VENDOR })).toEqual(refused("role_in_vendor_account"));
    expect(judge([], [], { accountId: "333333333333" })).toEqual(refused("role_in_other_account"));
    expect(judge([], [], { accountId: VENDOR, declaredAccountId: VENDOR })).toEqual(refused("role_in_vendor_account"));
  });

  it("is refused when only one of the answers came from it", () => {
    const other = { ...role, accountId: "333333333333" };
    for (const assumed of [
      [role, other],
      [other, role],
    ]) {
      expect(judge(twice(), assumed)).toEqual({ outcome: "refused", causes: ["role_in_other_account"] });
    }
  });
});

describe("wrong external IDs that were let in", () => {
  const lookalikes = Object.fromEntries(
    [
      "fresh_external_id",
      "last_character_changed",
      "one_character_appended",
      "character_5_changed",
      "character_13_changed",
      "character_21_changed",
      "character_29_changed",
    ].map((kind) => [kind, "allowed"]),
  ) as Answers;
  it.each<[string, Answers, readonly CauseCode[]]>([
    ["every one", { ...lookalikes, no_external_id: "allowed", case_flipped: "allowed" }, ["external_id_not_required"]],
    ["every one but the flipped", { ...lookalikes, no_external_id: "allowed" }, ["external_id_not_required"]],
    ["every one but none", { ...lookalikes, case_flipped: "allowed" }, ["external_id_pattern_too_wide"]],
    [
      "none and one like it",
      { no_external_id: "allowed", character_13_changed: "allowed" },
      ["external_id_not_required", "external_id_pattern_too_wide"],
    ],
    [
      "none and the flipped",
      { no_external_id: "allowed", case_flipped: "allowed" },
      ["external_id_not_required", "external_id_case_ignored"],
    ],
    [
      "one like it and the flipped",
      { case_flipped: "allowed", character_29_changed: "allowed" },
      ["external_id_pattern_too_wide"],
    ],
    ["the flipped", { case_flipped: "allowed" }, ["external_id_case_ignored"]],
  ])("%s: the causes are named once", (_, over, causes) => {
    expect(judge(twice(over))).toEqual({ outcome: "refused", causes });
  });

  it.each(Object.keys(lookalikes) as Probe["kind"][])("%s alone is too wide a pattern", (kind) => {
    expect(judge(twice({ [kind]: "allowed" })).causes).toEqual(["external_id_pattern_too_wide"]);
  });

  it("count also where the right one was denied", () => {
    expect(judge(twice({ right_external_id: "denied", case_flipped: "allowed" })).outcome).toBe("refused");
  });
});

describe("the right external ID", () => {
  const CUSTOMER_SIDE = [
    "role_missing",
    "wrong_external_id_in_trust",
    "vendor_principal_not_trusted",
    "organization_policy_denied",
  ];
  const denied = (round: Probe["round"], canary?: Probe["answer"]) => [
    probe("right_external_id", round, "denied", "access_denied"),
    ...(canary === undefined ? [] : [probe("canary_without_external_id", round, canary)]),
  ];
  it.each<[string, readonly Probe[], readonly string[]]>([
    [
      "denied while the canary is let in",
      denied("first", "allowed"),
      ["not_propagated", ...CUSTOMER_SIDE, "vendor_side_denied"],
    ],
    ["denied without a canary", denied("first"), ["not_propagated", ...CUSTOMER_SIDE, "vendor_side_denied"]],
    [
      "denied while the canary gives no answer",
      denied("first", "unknown"),
      ["not_propagated", ...CUSTOMER_SIDE, "vendor_side_denied"],
    ],
    ["denied with the canary", denied("first", "denied"), ["vendor_side_denied", "not_propagated", ...CUSTOMER_SIDE]],
    [
      "denied twice",
      [...denied("first", "allowed"), ...denied("after_propagation", "allowed")],
      [...CUSTOMER_SIDE, "vendor_side_denied"],
    ],
    [
      "denied at first, not answered later",
      [...denied("first", "allowed"), probe("right_external_id", "after_propagation", "unknown", "throttled")],
      ["not_propagated", ...CUSTOMER_SIDE, "vendor_side_denied"],
    ],
    [
      "let in at first, denied later",
      [...roundOf("first"), ...denied("after_propagation", "allowed")],
      [...CUSTOMER_SIDE, "vendor_side_denied"],
    ],
    [
      "denied with a canary that was let in before",
      [...denied("first", "allowed"), ...denied("after_propagation", "denied")],
      ["vendor_side_denied", "not_propagated", ...CUSTOMER_SIDE],
    ],
    [
      "denied with a canary that is let in again",
      [...denied("first", "denied"), ...denied("after_propagation", "allowed")],
      [...CUSTOMER_SIDE, "vendor_side_denied"],
    ],
    ["never asked", [], ["sts_unavailable"]],
    [
      "never asked, though the canary was",
      [probe("canary_without_external_id", "first", "allowed")],
      ["sts_unavailable"],
    ],
    ["not answered", [probe("right_external_id", "first", "unknown")], ["sts_unavailable"]],
    [
      "asked for too long a session",
      [probe("right_external_id", "first", "unknown", "session_too_long")],
      ["session_too_long"],
    ],
  ])("%s leaves these causes, likeliest first", (_, probes, causes) => {
    expect(judge(probes, [])).toEqual({ outcome: "undecided", causes });
  });
});

describe("a proof", () => {
  it("is none where the same question was also answered otherwise in the same round", () => {
    const unclear = probe("canary_without_external_id", "after_propagation", "unknown");
    expect(judge([...twice(), unclear])).toEqual({ outcome: "undecided", causes: ["denial_unproven"] });
    expect(judge([unclear, ...twice()])).toEqual({ outcome: "undecided", causes: ["denial_unproven"] });
  });

  it("is none with two rounds of the same name", () => {
    expect(judge([...roundOf("first"), ...roundOf("first")]).outcome).toBe("undecided");
  });

  it("is worth a second round only when every probe of the first one answered as it must", () => {
    expect(isCleanRound(roundOf("first"), "first")).toBe(true);
    expect(isCleanRound(roundOf("first"), "after_propagation")).toBe(false);
    expect(isCleanRound([], "first")).toBe(false);
    for (const [kind, answer] of Object.entries(CLEAN)) {
      const other = answer === "allowed" ? "denied" : "allowed";
      expect(isCleanRound(roundOf("first", { [kind]: other }), "first")).toBe(false);
      expect(isCleanRound(roundOf("first", { [kind]: "unknown" }), "first")).toBe(false);
      const without = roundOf("first").filter((asked) => asked.kind !== kind);
      expect(isCleanRound(without, "first")).toBe(false);
    }
  });
});
