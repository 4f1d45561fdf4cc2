// What a setup finds on a machine. Files and the environment only: nobody is asked, no network, nothing is opened.
import { chooseRegion } from "../profiles/choose-settings.js";
import { planProfile } from "../profiles/plan-profile.js";
import type { Environment, Profiles } from "../profiles/profile-types.js";
import { readSetting } from "../profiles/read-setting.js";
import { detectCi } from "../resolver/detect-ci.js";
import type { Home } from "../resolver/home-types.js";
import { chooseSignInMode } from "../sso/choose-sign-in-mode.js";
import type { FoundProfile, SetupFacts } from "./setup-types.js";

export interface LookAroundOptions {
  readonly toolName: string;
  readonly env: Environment;
  readonly requiredActions?: readonly string[];
  readonly region?: string;
}

const kindOf = (profiles: Profiles, name: string): FoundProfile["kind"] => {
  try {
    return planProfile(profiles, name).kind;
  } catch {
    // Why it is broken is told by whoever uses it; here it is only not offered.
    return "broken";
  }
};

const regionOf = (profiles: Profiles, name: string): string | undefined => {
  const profile = profiles.profiles.get(name);
  try {
    return profile === undefined ? undefined : readSetting(profile, "region");
  } catch {
    return undefined;
  }
};

const isFilled = (value: string | undefined): boolean => value !== undefined && value !== "";

/** Returns what is there. Rejects with `file_malformed` or `file_unusable` where a file cannot be understood. */
export const lookAround = async (home: Home, options: LookAroundOptions): Promise<SetupFacts> => {
  const { toolName, env, requiredActions = [] } = options;
  const [profiles, config, sessions, own, settings] = await Promise.all([
    home.profiles(),
    home.config.read(),
    home.ssoSessions(),
    home.editor.list(),
    home.settings(),
  ]);
  const ours = own.filter(({ file, isWhole }) => file === "config" && isWhole).map(({ target }) => target);
  return {
    toolName,
    requiredActions,
    profiles: [...profiles.profiles.keys()].map((name) => ({
      name,
      kind: kindOf(profiles, name),
      region: regionOf(profiles, name),
    })),
    ssoSessions: sessions.flatMap((session) =>
      session.name === undefined ? [] : [{ ...session, name: session.name }],
    ),
    ownProfiles: ours.flatMap((target) => (typeof target === "string" ? [target] : [])),
    ownSessions: ours.flatMap((target) => (typeof target === "string" ? [] : [target.ssoSession])),
    hubs: config.hubs.map(({ name }) => name),
    chosen: config.chosen,
    hasKeysInEnvironment: isFilled(env["AWS_ACCESS_KEY_ID"]) && isFilled(env["AWS_SECRET_ACCESS_KEY"]),
    build: detectCi(env)?.name,
    signIn: chooseSignInMode({ env }),
    region: chooseRegion({ profiles, name: undefined, env, region: options.region }),
    ssoEndpoint: settings("sso_oidc").endpoint,
    secretsKind: home.secrets.kind,
    files: { awsConfig: profiles.configFile, config: home.config.path },
  };
};
