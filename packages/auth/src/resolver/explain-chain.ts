// What was tried, taken and passed over, as data: for a person who wonders, and for a tool that shows it.
import { AuthError } from "../errors.js";
import type { Environment } from "../profiles/profile-types.js";
import type { Narrowing, Prompt } from "../types.js";
import type { DetectedCi } from "./detect-ci.js";
import { CHAIN_STEPS, type ChainPlan, type ChainStep } from "./plan-chain.js";

/** One way, and what became of it. */
export interface ChainTrial {
  readonly step: ChainStep;
  /** `would_be_tried`: nothing was asked for yet. `not_reached`: an earlier one was taken. */
  readonly outcome: "taken" | "failed" | "passed_over" | "would_be_tried" | "not_reached";
  readonly why: string;
  /** What was taken, in words. */
  readonly what?: string;
  /** The code of the failure. */
  readonly code?: string;
}

export interface Explanation {
  /** The build system, where this is a build. */
  readonly build: string | undefined;
  /** Whether a person can be asked. */
  readonly canAsk: boolean;
  readonly steps: readonly ChainTrial[];
  /** What should be looked at, in words. */
  readonly warnings: readonly string[];
}

export interface ExplainedFacts {
  /** Or what is wrong with what was named, or with the files: then nothing is tried. */
  readonly plan: ChainPlan | AuthError;
  /** What happened, if anything did. */
  readonly trials: readonly ChainTrial[];
  readonly ci: DetectedCi | undefined;
  readonly prompt: Prompt;
  readonly env: Environment;
  readonly narrowing: Narrowing | undefined;
}

const isFilled = (value: string | undefined): boolean => value !== undefined && value !== "";

const NOTHING_PLANNED: ChainPlan = { candidates: [], passedOver: [], isExplicit: true };

/** What is broken is the profile that was named or the default one, a name, or a file that says who there is. */
const refusedSteps = ({ code, message, hint }: AuthError): readonly ChainTrial[] =>
  CHAIN_STEPS.map((step) =>
    step === "profile"
      ? { step, outcome: "failed", why: `${message}; ${hint}`, code }
      : { step, outcome: "passed_over", why: "what stands before it is broken, and nothing is taken instead" },
  );

const warningsOf = ({ plan: made, env, trials }: ExplainedFacts): readonly string[] => {
  const warnings: string[] = [];
  // aws-sdk-js-v3#2549: with both set, SDK v3 for JavaScript takes the profile, botocore and the AWS CLI take the keys.
  if (isFilled(env["AWS_PROFILE"]) && isFilled(env["AWS_ACCESS_KEY_ID"])) {
    warnings.push("AWS_PROFILE and keys are both in the environment: AWS's own tools disagree which of them counts");
  }
  const plan = made instanceof AuthError ? NOTHING_PLANNED : made;
  const [first] = plan.candidates;
  const taken = trials.find(({ outcome }) => outcome === "taken")?.step ?? first?.step;
  if (taken === "iam_user" && first !== undefined && "profile" in first) {
    warnings.push(`profile ${first.profile} holds keys that never expire: a hub or Identity Center would end that`);
  }
  if (trials.some(({ what }) => what?.includes("WITHOUT MFA"))) {
    warnings.push("the hub's user has no MFA: whoever has its keys has all of its roles");
  }
  return warnings;
};

const stepsOf = (plan: ChainPlan | AuthError, trials: readonly ChainTrial[]): readonly ChainTrial[] => {
  if (plan instanceof AuthError) return refusedSteps(plan);
  if (trials.length > 0) return trials;
  return [
    ...plan.candidates.map(({ step, why }) => ({ step, why, outcome: "would_be_tried" as const })),
    ...plan.passedOver.map((over) => ({ ...over, outcome: "passed_over" as const })),
  ];
};

/** Returns the explanation. Pure: what happened comes in, and what would happen where nothing did. */
export const explainChain = (facts: ExplainedFacts): Explanation => {
  const { plan, trials, ci, prompt } = facts;
  return {
    build: ci?.name,
    canAsk: prompt.isAvailable,
    steps: stepsOf(plan, trials),
    warnings: warningsOf(facts),
  };
};
