// A hub's user and the roles reached from it. One code for many roles; a longer session for a code of its own.
import { createRoleSessionName } from "@daypass/credentials";
import { AuthError } from "../errors.js";
import { findMfaDevice } from "../mfa/find-device.js";
import { isTooLong } from "../sts/explain-failure.js";
import { CHAINED_SECONDS, createRoleSource, type RoleSource } from "../sts/role-source.js";
import { createSessionTokenSource } from "../sts/session-token-source.js";
import type {
  ClientSettings,
  CredentialsSource,
  MfaCodes,
  MfaDevice,
  Narrowing,
  SettingsFor,
  SourceContext,
} from "../types.js";
import type { Environment, Hub } from "./config-schema.js";
import { findHub, findIdentity } from "./find-identity.js";
import { createHubKeysSource } from "./hub-keys.js";
import { narrowSource } from "./narrow-source.js";
import type { PersonConfigFile } from "./person-config.js";
import { planHubRole, type HubRolePlan } from "./plan-hub-role.js";
import { readRoleLimit } from "./read-role-limit.js";

export interface HubSetting {
  readonly config: PersonConfigFile;
  readonly settingsFor: SettingsFor;
  readonly codesFor: (hub: Hub) => MfaCodes;
  /** Who asks, for AWS's records: the parts of the role session's name, such as the person's user name and the tool's. */
  readonly sessionNameParts: readonly string[];
  /** How long the hub's own session lives. 900 to 129,600; default 43,200. */
  readonly sessionSeconds?: number;
}

export interface HubRoleOptions {
  /** Default 3,600. */
  readonly wantedSeconds?: number;
  /** Whoever uses the credentials asks again before they end. Default false. */
  readonly isRenewed?: boolean;
  readonly narrowing?: Narrowing;
}

/** A role of a hub. Question, description and plan are of the way that is gone: after a step down, of the shorter one. */
export interface HubRoleSource extends CredentialsSource {
  readonly plan: HubRolePlan;
}

const SESSION_SECONDS = 43_200;
/** STS API reference, GetFederationToken, Name. */
const LONGEST_FEDERATED_NAME = 32;

const stsOf = ({ settingsFor }: HubSetting, hub: Hub): ClientSettings => settingsFor("sts", hub.region);

/**
 * The configured device; else AWS is asked once, and the answer is set down, so that another one cannot slip in and
 * nobody is asked twice which of several it is.
 */
const pinDevice = async (context: SourceContext, setting: HubSetting, { name, mfaSerial }: Hub): Promise<string> => {
  if (mfaSerial !== undefined) return mfaSerial;
  return context.locks.withLock(`hub-device/${name}`, async () => {
    const hub = findHub(await setting.config.read(), name);
    if (hub.mfaSerial !== undefined) return hub.mfaSerial;
    const serial = await findMfaDevice(context, {
      credentials: await createHubKeysSource(context, hub).get(),
      client: setting.settingsFor("iam", hub.region),
      owner: `hub ${name}`,
    });
    await setting.config.update((config) => ({
      ...config,
      hubs: config.hubs.map((known) => (known.name === name ? { ...known, mfaSerial: serial } : known)),
    }));
    return serial;
  });
};

const deviceOf = async (context: SourceContext, setting: HubSetting, hub: Hub): Promise<MfaDevice | undefined> => {
  if (hub.withoutMfa === true) return undefined;
  const serial = await pinDevice(context, setting, hub);
  const codes = setting.codesFor(hub);
  return { serial, code: () => codes(serial) };
};

const sessionOf = (
  context: SourceContext,
  setting: HubSetting,
  hub: Hub,
  mfa: MfaDevice | undefined,
): CredentialsSource =>
  createSessionTokenSource(context, {
    from: createHubKeysSource(context, hub),
    durationSeconds: setting.sessionSeconds ?? SESSION_SECONDS,
    client: stsOf(setting, hub),
    description:
      mfa === undefined
        ? `hub ${hub.name}: session of user ${hub.userName}, WITHOUT MFA (it cannot call IAM)`
        : `hub ${hub.name}: session of user ${hub.userName} with MFA`,
    ...(mfa !== undefined && { mfa }),
  });

/**
 * Returns the source of a hub's user: a session of theirs, never the keys themselves. It can be narrowed only where the
 * user is used without MFA: it becomes a federated session then. Rejects with `not_found`, and with
 * `mfa_required` where the user has no device and the hub's configuration does not say that this is meant.
 */
export const createHubUserSource = async (
  context: SourceContext,
  setting: HubSetting,
  name: string,
): Promise<CredentialsSource> => {
  const found = findIdentity(await setting.config.read(), name);
  if (found.kind !== "hub_user") throw notA("hub", name);
  const { hub } = found;
  const mfa = await deviceOf(context, setting, hub);
  const session = sessionOf(context, setting, hub, mfa);
  // GetFederationToken takes no code: for a user with MFA it would be a way round the device.
  if (mfa !== undefined) return session;
  const federatedName = createRoleSessionName([...setting.sessionNameParts]).slice(0, LONGEST_FEDERATED_NAME);
  const asked = { client: stsOf(setting, hub), federatedName };
  return { ...session, narrow: (less) => narrowSource(context, createHubKeysSource(context, hub), less, asked) };
};

const notA = (what: string, name: string): AuthError =>
  new AuthError("not_found", `${JSON.stringify(name)} is no ${what}`, {
    hint: "hubs are NAME, their roles ENVIRONMENT/ROLE",
  });

/** Notes the shortest duration that is too long, so that no further code is spent on finding out again. */
const learnTooLong = async (setting: HubSetting, environment: Environment, role: string, seconds: number) => {
  await setting.config.update((config) => ({
    ...config,
    environments: config.environments.map((known) =>
      known.name === environment.name
        ? { ...known, tooLong: [...known.tooLong.filter((limit) => limit.role !== role), { role, seconds }] }
        : known,
    ),
  }));
};

interface RoleParts {
  readonly context: SourceContext;
  readonly setting: HubSetting;
  readonly hub: Hub;
  readonly environment: Environment;
  readonly role: string;
  readonly mfa: MfaDevice | undefined;
}

const assumeBy = (parts: RoleParts, plan: HubRolePlan): RoleSource => {
  const { context, setting, hub, environment, role, mfa } = parts;
  const client = stsOf(setting, hub);
  const isDirect = plan.method === "direct";
  const way = isDirect ? "directly" : "by the hub's session";
  const flag = hub.withoutMfa === true ? ", WITHOUT MFA" : "";
  return createRoleSource(context, {
    from: isDirect ? createHubKeysSource(context, hub) : sessionOf(context, setting, hub, mfa),
    request: {
      roleArn: `arn:${hub.partition}:iam::${environment.accountId}:role${environment.rolePath}${role}`,
      roleSessionName: createRoleSessionName([...setting.sessionNameParts]),
      externalId: null,
      durationSeconds: plan.durationSeconds,
      region: client.region,
    },
    client,
    description: `${environment.name}/${role}: role by user ${hub.userName} of hub ${hub.name}, ${way}${flag}`,
    ...(isDirect && mfa !== undefined && { mfa }),
  });
};

interface TakenWay {
  readonly plan: HubRolePlan;
  readonly source: CredentialsSource;
}

const buildRole = (parts: RoleParts, options: HubRoleOptions): HubRoleSource => {
  const { context, setting, hub, environment, role } = parts;
  const { narrowing = {}, isRenewed = false } = options;
  const { durationSeconds, ...less } = narrowing;
  const wantedSeconds = durationSeconds ?? options.wantedSeconds ?? CHAINED_SECONDS;
  const wish = {
    wantedSeconds,
    isRenewed,
    sessionSeconds: setting.sessionSeconds ?? SESSION_SECONDS,
    withoutMfa: hub.withoutMfa === true,
  };
  const learned = environment.tooLong.find((limit) => limit.role === role)?.seconds;
  const plan = planHubRole({ ...wish, ...(learned !== undefined && { refusedSeconds: learned }) });
  const take = (chosen: HubRolePlan): TakenWay => ({ plan: chosen, source: assumeBy(parts, chosen).narrow(less) });
  let way = take(plan);
  let stepping: Promise<void> | undefined;

  /** Not to have noted it costs a code one day; to give up now would cost one at once. */
  const learn = (seconds: number) => learnTooLong(setting, environment, role, seconds).catch(() => undefined);

  const stepDown = async (): Promise<void> => {
    await learn(plan.durationSeconds);
    const next = planHubRole({ ...wish, refusedSeconds: plan.durationSeconds });
    context.prompt.tell(`${environment.name}/${role}: ${next.explanation.join("; ")}`);
    // Kept before it is asked: where this asking fails, the long one would fail again and cost another code.
    way = take(next);
    // What the role really allows, where the role itself may look it up: a duration in between costs no failed code then.
    const client = setting.settingsFor("iam", hub.region);
    const credentials = await way.source.get();
    const limit = await readRoleLimit(context, { credentials, client, roleName: role }).catch(() => undefined);
    if (limit !== undefined && limit < plan.durationSeconds) await learn(limit + 1);
  };

  return {
    get question() {
      return way.source.question;
    },
    get description() {
      return way.source.description;
    },
    get plan() {
      return way.plan;
    },
    ...(way.source.asksPerson === true && { asksPerson: true }),
    narrow: (further) => buildRole(parts, { ...options, narrowing: joinNarrowings(narrowing, further) }),
    async get() {
      const asked = way;
      try {
        return await asked.source.get();
      } catch (error) {
        // An hour is what every role allows: where that is too long as well, something else is wrong.
        if (!isTooLong(error) || asked.plan !== plan || plan.durationSeconds <= CHAINED_SECONDS) throw error;
        stepping ??= stepDown();
        await stepping;
        return way.source.get();
      }
    },
  };
};

/** AWS allows what either of them allows, so that for a second one they are the same field. */
const POLICIES: ReadonlySet<string> = new Set(["policy", "policyArns"]);

/** What is there already stays, and what would replace it or be added to it is refused: two must not be more than either. */
const joinNarrowings = (first: Narrowing, second: Narrowing): Narrowing => {
  const isGiven = ([, value]: readonly [string, unknown]) => value !== undefined;
  const there = Object.fromEntries(Object.entries(first).filter(isGiven));
  const added = Object.fromEntries(Object.entries(second).filter(isGiven));
  const hasPolicy = Object.keys(there).some((field) => POLICIES.has(field));
  const clash = Object.keys(added).find(
    (field) => field !== "durationSeconds" && (Object.hasOwn(there, field) || (hasPolicy && POLICIES.has(field))),
  );
  if (clash === undefined) {
    const shortest = Math.min(first.durationSeconds ?? Infinity, second.durationSeconds ?? Infinity);
    return { ...there, ...added, ...(shortest !== Infinity && { durationSeconds: shortest }) };
  }
  throw new AuthError("cannot_narrow", `this identity is narrowed already, by another ${clash}`, {
    hint: "give all of it in one narrowing",
  });
};

/**
 * Returns the source of `environment/role`, with the plan that was made for it. Where AWS refuses a long session it steps
 * down to an hour at a time, says so, and remembers it. Rejects with `not_found`, `mfa_required`, or as the search of the
 * device does. `get` rejects as a role's source does.
 */
export const createHubRoleSource = async (
  context: SourceContext,
  setting: HubSetting,
  name: string,
  options: HubRoleOptions = {},
): Promise<HubRoleSource> => {
  const found = findIdentity(await setting.config.read(), name);
  if (found.kind !== "hub_role") throw notA("role of a hub", name);
  const { hub, environment, role } = found;
  const mfa = await deviceOf(context, setting, hub);
  return buildRole({ context, setting, hub, environment, role, mfa }, options);
};
