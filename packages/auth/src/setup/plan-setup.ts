// Which ways to set a tool up are offered, in which order, and why. Pure.
import { AuthError } from "../errors.js";
import type { FoundProfile, SetupFacts, SetupMethod } from "./setup-types.js";

/** One way, as a person weighs it. */
export interface SetupOffer {
  readonly method: SetupMethod;
  readonly title: string;
  readonly why: string;
  /** What the person must have for it: ends the sentence `You need …`. */
  readonly needs: string;
  readonly isRecommended: boolean;
  /** Set where it cannot be taken here, with the reason. */
  readonly notHere?: string;
}

const NOUNS: Readonly<Record<FoundProfile["kind"], string>> = {
  keys: "keys that never expire",
  role: "a role",
  environment: "keys of the environment",
  container: "a container's role",
  instance: "an instance's role",
  web_identity: "a web identity",
  sso: "IAM Identity Center",
  process: "a program of yours",
  login_session: "aws login",
  broken: "nothing that works",
};

/** Returns what a profile comes to, in a few words. */
export const nounOf = ({ kind }: FoundProfile): string => NOUNS[kind];

/** Returns the profiles that a tool can be pointed at: those that work and are not what a setup wrote for it. */
export const usableProfiles = ({ profiles, ownProfiles }: SetupFacts): readonly FoundProfile[] =>
  profiles.filter(({ name, kind }) => kind !== "broken" && !ownProfiles.includes(name));

/**
 * Returns the ways in the order in which they are offered. Throws `prompt_unavailable` in a build: what a build may do is
 * set up where the build is, and a question there would wait for ever.
 */
export const planSetup = (facts: SetupFacts): readonly SetupOffer[] => {
  if (facts.build !== undefined) {
    throw new AuthError("prompt_unavailable", `this is a build of ${facts.build}: nobody can be asked`, {
      hint: "run the setup on a person's machine; give the build a role of its own by its token",
    });
  }
  const usable = usableProfiles(facts);
  return [
    {
      method: "sso",
      title: "Sign in with IAM Identity Center",
      why: "No keys on this machine: you sign in as you do at work, and access ends by itself.",
      needs:
        facts.ssoSessions.length > 0
          ? `a sign-in that this machine knows: ${facts.ssoSessions.map(({ name }) => name).join(", ")}`
          : "the address of your organisation's AWS access portal",
      isRecommended: true,
    },
    {
      method: "profile",
      title: "Use a profile that is here already",
      why: "Nothing new: the tool uses what the AWS CLI uses.",
      needs: usable.length === 1 ? "the one profile in ~/.aws" : `one of the ${usable.length} profiles in ~/.aws`,
      isRecommended: false,
      ...(usable.length === 0 && { notHere: "there is no profile in ~/.aws that works" }),
    },
    {
      method: "iam_user",
      title: "Make an IAM user for this tool",
      why: "The last resort, for accounts without Identity Center: a user that may do what the tool needs, and only with MFA.",
      needs: "somebody who may create users in the account, and an authenticator app",
      isRecommended: false,
    },
  ];
};
