// What the chain is planned from: read from this machine's files, with nothing asked of AWS or a person.
import { chooseProfile } from "../profiles/choose-profile.js";
import { planProfile } from "../profiles/plan-profile.js";
import type { Environment, Profiles } from "../profiles/profile-types.js";
import type { DetectedCi } from "./detect-ci.js";
import type { Home, Identity } from "./home-types.js";
import { stepOf, type ChainFacts, type ProfileFact } from "./plan-chain.js";

export interface Asked {
  readonly options: {
    readonly toolName: string;
    readonly identity?: string;
    readonly profile?: string;
    readonly build?: { readonly roleArn: string };
  };
  readonly env: Environment;
  readonly ci: DetectedCi | undefined;
}

const STEPS: Readonly<Record<Exclude<Identity["kind"], "profile">, "sso" | "iam_user">> = {
  hub_user: "iam_user",
  hub_role: "iam_user",
  sso_role: "sso",
};

const factOf = (profiles: Profiles, name: string): ProfileFact => ({ name, plan: planProfile(profiles, name).kind });

const identityFact = (identity: Identity, profiles: Profiles): NonNullable<ChainFacts["identity"]> => {
  const { name, kind } = identity;
  if (kind !== "profile") return { name, step: STEPS[kind] };
  return { name, step: stepOf(planProfile(profiles, name.replace(/^profile:/, "")).kind) };
};

/**
 * Returns the facts. Rejects with `not_found` where a name is of nothing, and with what `planProfile` throws for a profile
 * that was named or is the default: a broken profile is an error, not an absent one.
 */
export const gatherFacts = async (home: Home, { options, env, ci }: Asked): Promise<ChainFacts> => {
  const profiles = await home.profiles();
  const { identity: wanted, profile: named, toolName, build } = options;
  const identity = wanted === undefined ? undefined : identityFact(await home.find(wanted), profiles);
  const chosen = identity === undefined ? chooseProfile({ profiles, env, named }) : undefined;
  const config = await home.config.read();
  const isNamed = identity !== undefined || (chosen !== undefined && chosen.from !== "default");
  const setUp = isNamed || config.chosen === undefined ? undefined : await home.find(config.chosen);
  const hasToolProfile = profiles.profiles.has(toolName) && toolName !== chosen?.name;
  // What setup wrote for the tool is meant before a [default] that nobody named: that one may well be broken.
  const isMeant = chosen !== undefined && !((hasToolProfile || setUp !== undefined) && chosen.from === "default");
  return {
    ...(identity !== undefined && { identity }),
    ...(isMeant && { profile: { ...factOf(profiles, chosen.name), from: chosen.from } }),
    ...(hasToolProfile && setUp === undefined && { toolProfile: factOf(profiles, toolName) }),
    ...(setUp !== undefined && { setUp: identityFact(setUp, profiles) }),
    hubs: config.hubs.map(({ name }) => name),
    ci,
    buildRoleArn: build?.roleArn,
    env,
  };
};
