// The chain: what is tried, what is passed over, and why; and what was named is never fallen away from.
import { describe, expect, test } from "vitest";
import { CHAIN_STEPS, planChain, type ChainFacts, type Candidate } from "../dist/resolver/plan-chain.js";

const NOTHING: ChainFacts = { hubs: [], ci: undefined, buildRoleArn: undefined, env: {} };
const GITHUB = {
  name: "GitHub Actions",
  token: { from: "request", urlVariable: "U", bearerVariable: "B" },
} as const;
const ROLE = "arn:aws:iam::111111111111:role/Build";
const KEYS = { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "S" };

const shown = (candidate: Candidate): string =>
  "profile" in candidate
    ? `${candidate.step} ${candidate.profile}`
    : "identity" in candidate
      ? `${candidate.step} ${candidate.identity}`
      : candidate.step;

const tried = (facts: Partial<ChainFacts>, chain = CHAIN_STEPS as readonly (typeof CHAIN_STEPS)[number][]) =>
  planChain({ ...NOTHING, ...facts }, chain).candidates.map(shown);

describe("with nothing named", () => {
  test.each<[string, Partial<ChainFacts>, string[]]>([
    ["nothing but the instance is left", {}, ["instance"]],
    ["keys of the environment come first", { env: KEYS }, ["environment", "instance"]],
    [
      "one half of a key pair is tried, and refused then",
      { env: { AWS_ACCESS_KEY_ID: "A" } },
      ["environment", "instance"],
    ],
    [
      "a web identity without a role is tried, and refused then",
      { env: { AWS_WEB_IDENTITY_TOKEN_FILE: "/t" } },
      ["environment", "instance"],
    ],
    ["a role without a web identity is none", { env: { AWS_ROLE_ARN: ROLE } }, ["instance"]],
    ["empty variables are none", { env: { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" } }, ["instance"]],
    [
      "a web identity of the environment counts as it",
      { env: { AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: "/t" } },
      ["environment", "instance"],
    ],
    ["a build's token is taken where a role is named", { ci: GITHUB, buildRoleArn: ROLE }, ["build", "instance"]],
    ["a build's token is not taken without a role", { ci: GITHUB }, ["instance"]],
    [
      "a default profile of Identity Center is a sign-in",
      { profile: { name: "default", plan: "sso", from: "default" } },
      ["sso default", "instance"],
    ],
    [
      "a default profile with a role is a profile",
      { profile: { name: "default", plan: "role", from: "default" } },
      ["profile default", "instance"],
    ],
    [
      "a default profile with keys is a user, and comes after the others",
      { profile: { name: "default", plan: "keys", from: "default" }, ci: GITHUB, buildRoleArn: ROLE },
      ["build", "iam_user default", "instance"],
    ],
    ["one hub is a user", { hubs: ["main"] }, ["iam_user main", "instance"]],
    ["two hubs are no choice", { hubs: ["main", "other"] }, ["instance"]],
    [
      "a container is asked before the instance",
      { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/" } },
      ["container", "instance"],
    ],
    ["an instance that is switched off is not asked", { env: { AWS_EC2_METADATA_DISABLED: "true" } }, []],
  ])("%s", (_, facts, expected) => {
    expect(tried(facts)).toEqual(expected);
  });

  test("every step is either tried or passed over with a reason", () => {
    const { candidates, passedOver } = planChain(NOTHING);
    const steps = [...candidates.map(({ step }) => step), ...passedOver.map(({ step }) => step)];
    expect(steps.toSorted()).toEqual([...CHAIN_STEPS].toSorted());
    for (const { why } of passedOver) expect(why).toMatch(/\w{3}/);
  });

  test("only the steps of the tool's own chain are looked at", () => {
    expect(tried({ env: KEYS }, ["sso", "profile"])).toEqual([]);
    expect(tried({ env: KEYS }, ["instance", "environment"])).toEqual(["instance", "environment"]);
  });
});

describe("what was named", () => {
  const named = { name: "prod", plan: "role", from: "AWS_PROFILE" } as const;

  test("is tried alone, whatever else there is", () => {
    expect(tried({ profile: named, env: KEYS, hubs: ["main"] })).toEqual(["profile prod"]);
    expect(tried({ profile: { ...named, from: "option" }, env: KEYS })).toEqual(["profile prod"]);
    expect(tried({ identity: { name: "prod/admin", step: "iam_user" }, profile: named, env: KEYS })).toEqual([
      "iam_user prod/admin",
    ]);
  });

  test("by setup is tried alone, but for what the person names now", () => {
    const toolProfile = { name: "tool", plan: "sso" } as const;
    expect(tried({ toolProfile, env: KEYS, profile: { name: "default", plan: "keys", from: "default" } })).toEqual([
      "sso tool",
    ]);
    expect(tried({ toolProfile, profile: named })).toEqual(["profile prod"]);
  });

  test("is refused where the tool takes no credentials of its kind, and nothing else is tried", () => {
    const plan = planChain({ ...NOTHING, profile: named, env: KEYS }, ["environment", "sso"]);
    expect(plan.candidates).toEqual([]);
    expect(plan.passedOver[0]).toMatchObject({ step: "profile", why: expect.stringContaining("does not take") });
  });
});
