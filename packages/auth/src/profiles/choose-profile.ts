// Which profile is meant. A name that somebody gave is used or refused: it never becomes [default].
// Source: AWS SDKs and Tools Reference Guide, "AWS_PROFILE"; AWS CLI User Guide, "Environment variables".
import { AuthError } from "../errors.js";
import { nearestNames } from "./nearest-names.js";
import { showPlace, type Environment, type Profiles } from "./profile-types.js";

export interface ChosenProfile {
  readonly name: string;
  /** Who named it; `default` is nobody. */
  readonly from: "option" | "AWS_PROFILE" | "AWS_DEFAULT_PROFILE" | "default";
}

const nameFault = (profiles: Profiles, name: string): AuthError => {
  const bare = profiles.ignored.find(({ header }) => header === name);
  if (bare !== undefined) {
    return new AuthError("not_found", `there is no profile ${name}`, {
      hint: `at ${showPlace(bare)} write [profile ${name}] for [${name}]: the config file wants the word`,
    });
  }
  const near = nearestNames(name, profiles.profiles.keys());
  return new AuthError("not_found", `there is no profile ${name}`, {
    hint:
      near.length > 0
        ? `did you mean ${near.join(" or ")}?`
        : `the profiles are in ${profiles.configFile} and ${profiles.credentialsFile}`,
  });
};

/** Returns the name itself where it is a profile. Throws `not_found` with the nearest names. */
export const requireProfile = (profiles: Profiles, name: string): string => {
  if (!profiles.profiles.has(name)) throw nameFault(profiles, name);
  return name;
};

/**
 * Returns the profile that is meant: `named`, else AWS_PROFILE, else AWS_DEFAULT_PROFILE, else [default] where there is
 * one, else `undefined`.
 * Throws `not_found` where a name was given that is no profile, an empty one included, and `invalid_option` where the
 * two variables disagree: the AWS CLI takes AWS_DEFAULT_PROFILE then and the SDKs AWS_PROFILE, so they would work in
 * two accounts.
 */
export const chooseProfile = ({
  profiles,
  env,
  named,
}: {
  readonly profiles: Profiles;
  readonly env: Environment;
  readonly named?: string | undefined;
}): ChosenProfile | undefined => {
  const current = env["AWS_PROFILE"];
  const older = env["AWS_DEFAULT_PROFILE"];
  const given = (
    [
      ["option", named],
      ["AWS_PROFILE", current],
      ["AWS_DEFAULT_PROFILE", older],
    ] as const
  ).find(([, name]) => name !== undefined);
  if (given === undefined) {
    return profiles.profiles.has("default") ? { name: "default", from: "default" } : undefined;
  }
  const [from, name = ""] = given;
  if (from === "AWS_PROFILE" && older !== undefined && older !== name) {
    throw new AuthError("invalid_option", "AWS_PROFILE and AWS_DEFAULT_PROFILE name two profiles", {
      hint: "unset AWS_DEFAULT_PROFILE: the AWS CLI would take that one, the AWS SDKs the other",
    });
  }
  if (name === "") {
    throw new AuthError("not_found", `${from === "option" ? "the profile's name" : from} is empty`, {
      hint: from === "option" ? "give a profile's name, or none" : `unset ${from}, or set it to a profile's name`,
    });
  }
  return { name: requireProfile(profiles, name), from };
};
