// Where an identity comes from, step by step, with file and line of each. Pure: configuration and profiles come in as they
// were read. Values that may hold secrets are never among what comes out.
import type { Home, Identity, Profile, Profiles } from "@daypass/auth";

type PersonConfig = Awaited<ReturnType<Home["config"]["read"]>>;

export interface TraceStep {
  readonly what: string;
  /** `/home/jo/.aws/config:12`; absent where it stands in no file. */
  readonly where?: string;
}

export interface TraceFacts {
  readonly identity: Identity;
  readonly config: PersonConfig;
  readonly configPath: string;
  readonly profiles: Profiles;
}

/** What may be shown of a profile as it stands. All others are named, and their values are not. */
const SHOWN: ReadonlySet<string> = new Set([
  "role_arn",
  "source_profile",
  "credential_source",
  "mfa_serial",
  "sso_session",
  "sso_start_url",
  "sso_region",
  "sso_account_id",
  "sso_role_name",
  "web_identity_token_file",
  "role_session_name",
  "duration_seconds",
  "region",
]);
/** Ways to credentials whose values are secret, or may be: an external ID, keys, a command with a password in it. */
const NAMED: ReadonlySet<string> = new Set([
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
  "credential_process",
  "external_id",
  "login_session",
]);

const placeOf = ({ file, line }: { readonly file: string; readonly line: number }): string => `${file}:${line}`;

const settingSteps = ({ settings }: Profile): readonly TraceStep[] =>
  [...settings].flatMap(([key, setting]): TraceStep[] => {
    if (SHOWN.has(key)) return [{ what: `  ${key} = ${setting.value}`, where: placeOf(setting) }];
    return NAMED.has(key) ? [{ what: `  ${key} = (not shown)`, where: placeOf(setting) }] : [];
  });

const profileSteps = (profiles: Profiles, name: string, visited: readonly string[] = []): readonly TraceStep[] => {
  const profile = profiles.profiles.get(name);
  if (profile === undefined) return [{ what: `profile ${name} is not there` }];
  const steps: TraceStep[] = [
    { what: `profile ${name}`, where: placeOf(profile) },
    ...profile.twins.map((twin) => ({
      what: `profile ${name} once more: tools disagree about which counts`,
      where: placeOf(twin),
    })),
    ...settingSteps(profile),
  ];
  const session = profile.settings.get("sso_session")?.value;
  const section = session === undefined ? undefined : profiles.ssoSessions.get(session);
  if (session !== undefined) {
    if (section === undefined) steps.push({ what: `sso-session ${session} is not there` });
    else {
      const startUrl = section.settings.get("sso_start_url")?.value ?? "no start URL";
      steps.push({ what: `sso-session ${session}: ${startUrl}`, where: placeOf(section) });
    }
  }
  const source = profile.settings.get("source_profile")?.value;
  if (source === undefined || source === name) return steps;
  if (visited.includes(source)) return [...steps, { what: `profile ${source} again: it leads in a circle` }];
  return [...steps, ...profileSteps(profiles, source, [...visited, name])];
};

const hubSteps = ({ config, configPath }: TraceFacts, hubName: string): readonly TraceStep[] => {
  const hub = config.hubs.find(({ name }) => name === hubName);
  if (hub === undefined) return [{ what: `hub ${hubName} is not there`, where: configPath }];
  const codes = { terminal: "typed by you", command: "from a command", totp: "from a stored secret" }[hub.codes.from];
  return [
    { what: `hub ${hub.name}: user ${hub.userName} of ${hub.accountId}`, where: configPath },
    hub.mfaSerial === undefined
      ? { what: "no MFA: whoever has its keys has all of its roles" }
      : { what: `MFA device ${hub.mfaSerial}, its code ${codes}` },
  ];
};

const environmentSteps = (facts: TraceFacts): readonly TraceStep[] => {
  const { identity, config, configPath } = facts;
  const environment = config.environments.find(({ roles, name }) =>
    roles.some((role) => `${name}/${role}` === identity.name),
  );
  if (environment === undefined) return [];
  const hub = config.hubs.find(({ name }) => name === environment.hub);
  const arn = `arn:${hub?.partition ?? "aws"}:iam::${environment.accountId}:role${environment.rolePath}${identity.roleName ?? ""}`;
  return [
    {
      what: `environment ${environment.name}: account ${environment.accountId}, region ${environment.region}`,
      where: configPath,
    },
    { what: `role ${arn}` },
    ...hubSteps(facts, environment.hub),
  ];
};

const ssoSteps = ({ identity, profiles, configPath }: TraceFacts): readonly TraceStep[] => {
  const session = identity.name.slice(0, identity.name.indexOf("/"));
  const section = profiles.ssoSessions.get(session);
  return [
    { what: `sso-session ${session}`, where: section === undefined ? configPath : placeOf(section) },
    { what: `role ${identity.roleName ?? ""} in ${identity.accountId ?? ""}, by IAM Identity Center` },
  ];
};

/** Returns the steps, from the name that was asked for down to what signs. */
export const traceIdentity = (facts: TraceFacts): readonly TraceStep[] => {
  const { identity, profiles } = facts;
  switch (identity.kind) {
    case "hub_user":
      return hubSteps(facts, identity.name);
    case "hub_role":
      return environmentSteps(facts);
    case "profile":
      return profileSteps(profiles, identity.name.replace(/^profile:/, ""));
    case "sso_role":
      return ssoSteps(facts);
  }
};
