// Which ways to credentials are tried, in which order, and why the others are not. Pure: the facts come in.
import type { ProfilePlan } from "../profiles/profile-plan.js";
import type { Environment } from "../profiles/profile-types.js";
import type { DetectedCi } from "./detect-ci.js";

/** The ways, in the order in which they are tried when nobody names one. */
export const CHAIN_STEPS = ["environment", "build", "sso", "profile", "iam_user", "container", "instance"] as const;
export type ChainStep = (typeof CHAIN_STEPS)[number];

/** Something that can be tried. */
export type Candidate =
  | { readonly step: "environment"; readonly kind: "keys" | "web_identity"; readonly why: string }
  | { readonly step: "build"; readonly roleArn: string; readonly why: string }
  | { readonly step: "sso" | "profile" | "iam_user"; readonly profile: string; readonly why: string }
  | { readonly step: "sso" | "profile" | "iam_user"; readonly identity: string; readonly why: string }
  | { readonly step: "container" | "instance"; readonly why: string };

export interface PassedOver {
  readonly step: ChainStep;
  readonly why: string;
}

export interface ChainPlan {
  readonly candidates: readonly Candidate[];
  readonly passedOver: readonly PassedOver[];
  /** True where somebody named what they want: it is used or refused, and nothing else is tried. */
  readonly isExplicit: boolean;
}

/** A profile that may be taken, and what it comes to. */
export interface ProfileFact {
  readonly name: string;
  readonly plan: ProfilePlan["kind"];
}

export interface ChainFacts {
  /** An identity that the tool's own options name. */
  readonly identity?: { readonly name: string; readonly step: "sso" | "profile" | "iam_user" };
  /** The profile that is meant, and who says so. */
  readonly profile?: ProfileFact & { readonly from: string };
  /** What setup chose for this tool. */
  readonly setUp?: { readonly name: string; readonly step: "sso" | "profile" | "iam_user" };
  /** A profile of the tool's name. */
  readonly toolProfile?: ProfileFact;
  readonly hubs: readonly string[];
  readonly ci: DetectedCi | undefined;
  /** The role that a build takes by its token. */
  readonly buildRoleArn: string | undefined;
  readonly env: Environment;
}

const isFilled = (value: string | undefined): boolean => value !== undefined && value !== "";

/** Returns the step that a profile belongs to: keys that do not expire are a user's, whoever wrote them down. */
export const stepOf = (plan: ProfilePlan["kind"]): "sso" | "profile" | "iam_user" =>
  plan === "sso" ? "sso" : plan === "keys" ? "iam_user" : "profile";

const explicitOf = ({ identity, profile, setUp, toolProfile }: ChainFacts): Candidate | undefined => {
  if (identity !== undefined) {
    return { step: identity.step, identity: identity.name, why: `the tool asks for ${identity.name}` };
  }
  if (profile !== undefined && profile.from !== "default") {
    const who = profile.from === "option" ? "the tool asks for it" : `${profile.from} names it`;
    return { step: stepOf(profile.plan), profile: profile.name, why: who };
  }
  if (setUp !== undefined) return { step: setUp.step, identity: setUp.name, why: "setup chose it for this tool" };
  if (toolProfile === undefined) return undefined;
  return { step: stepOf(toolProfile.plan), profile: toolProfile.name, why: "setup wrote it for this tool" };
};

type Look = (facts: ChainFacts) => Candidate | string;

/** Half of what it takes is there: somebody meant it, and what comes next may be another account. As in botocore it is an error. */
const lookAtEnvironment: Look = ({ env }) => {
  if (isFilled(env["AWS_ACCESS_KEY_ID"])) {
    return { step: "environment", kind: "keys", why: "AWS_ACCESS_KEY_ID is set" };
  }
  if (isFilled(env["AWS_WEB_IDENTITY_TOKEN_FILE"])) {
    return { step: "environment", kind: "web_identity", why: "AWS_WEB_IDENTITY_TOKEN_FILE is set" };
  }
  return "neither keys nor a web identity are in the environment";
};

const lookAtBuild: Look = ({ ci, buildRoleArn }) => {
  if (ci === undefined) return "this is no build";
  if (ci.token === undefined) return `${ci.name} gives this build no token`;
  if (buildRoleArn === undefined) return `${ci.name} gives a token, and the tool names no role for builds`;
  return { step: "build", roleArn: buildRoleArn, why: `${ci.name} gives this build a token` };
};

const lookAtProfile =
  (step: "sso" | "profile" | "iam_user", noun: string): Look =>
  ({ profile }) =>
    profile !== undefined && stepOf(profile.plan) === step
      ? { step, profile: profile.name, why: `the profile ${profile.name} is ${noun}` }
      : `there is no default profile that is ${noun}`;

const lookAtUser: Look = (facts) => {
  const found = lookAtProfile("iam_user", "a user's own keys")(facts);
  if (typeof found !== "string") return found;
  const [hub, ...others] = facts.hubs;
  if (hub === undefined) return `${found}, and no hub is configured`;
  if (others.length > 0) return `${found}, and of ${facts.hubs.length} hubs none is named`;
  return { step: "iam_user", identity: hub, why: `the hub ${hub} is configured` };
};

const lookAtContainer: Look = ({ env }) =>
  isFilled(env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]) || isFilled(env["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
    ? { step: "container", why: "the container names an address for its credentials" }
    : "no address of a container's credentials is set";

const lookAtInstance: Look = ({ env }) =>
  /^true$/i.test(env["AWS_EC2_METADATA_DISABLED"] ?? "")
    ? "AWS_EC2_METADATA_DISABLED is true"
    : { step: "instance", why: "nothing else is left to ask" };

const LOOKS: Record<ChainStep, Look> = {
  environment: lookAtEnvironment,
  build: lookAtBuild,
  sso: lookAtProfile("sso", "a sign-in of IAM Identity Center"),
  profile: lookAtProfile("profile", "a role, a process or the like"),
  iam_user: lookAtUser,
  container: lookAtContainer,
  instance: lookAtInstance,
};

/**
 * Returns what is tried, in order, and why the rest is passed over. What somebody named is tried alone: falling from it to
 * something else would be work in an account that nobody meant.
 */
export const planChain = (facts: ChainFacts, chain: readonly ChainStep[] = CHAIN_STEPS): ChainPlan => {
  const named = explicitOf(facts);
  if (named !== undefined) {
    const why = "something else was named";
    const passedOver = chain.filter((step) => step !== named.step).map((step) => ({ step, why }));
    if (chain.includes(named.step)) return { candidates: [named], passedOver, isExplicit: true };
    const refused = { step: named.step, why: `${named.why}, and the tool does not take credentials of this kind` };
    return { candidates: [], passedOver: [refused, ...passedOver], isExplicit: true };
  }
  const candidates: Candidate[] = [];
  const passedOver: PassedOver[] = [];
  for (const step of chain) {
    const found = LOOKS[step](facts);
    if (typeof found === "string") passedOver.push({ step, why: found });
    else candidates.push(found);
  }
  return { candidates, passedOver, isExplicit: false };
};
