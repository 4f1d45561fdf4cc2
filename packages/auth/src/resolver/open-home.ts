// Wires together what one tool keeps on a person's machine: locks, record, secrets, sessions, hubs, profiles, sign-ins.
import { isAbsolute, join } from "node:path";
import { createRoleSessionName } from "@daypass/credentials";
import { createAuditLog } from "../audit/audit-log.js";
import { createSealedCache } from "../cache/sealed-cache.js";
import { AuthError } from "../errors.js";
import { createCodesFor } from "../hubs/codes-for-hub.js";
import { createHubRoleSource, createHubUserSource, type HubSetting } from "../hubs/hub-sources.js";
import { narrowSource } from "../hubs/narrow-source.js";
import { createProfileEditor } from "../files/edit-profiles.js";
import { stampFiles } from "../files/stamp-files.js";
import type { PersonConfig } from "../hubs/config-schema.js";
import { openPersonConfig } from "../hubs/person-config.js";
import { createFileLocks } from "../locks/file-locks.js";
import { createTerminalCodes } from "../mfa/terminal-codes.js";
import { createUsedSteps } from "../mfa/used-steps.js";
import { settingsFor } from "../profiles/choose-settings.js";
import { planSsoSession } from "../profiles/plan-sso.js";
import type { Profiles } from "../profiles/profile-types.js";
import { profileFiles, readProfiles } from "../profiles/read-profiles.js";
import { createRequestHandler } from "../profiles/request-handler.js";
import { openSecretStore } from "../secrets/open-secret-store.js";
import { createKeychainProcess } from "../secrets/run-keychain.js";
import { createSessionKeeper } from "../sessions/keep-sessions.js";
import { createProfileSource } from "../sources/profile-source.js";
import { chooseSignInMode } from "../sso/choose-sign-in-mode.js";
import { createSsoDirectory } from "../sso/list-accounts.js";
import { createBrowserOpener } from "../browser/open-browser.js";
import { createSsoRoleSource } from "../sso/sso-role-source.js";
import { createSsoTokens } from "../sso/sso-tokens.js";
import type { SsoTokens } from "../sso/sso-types.js";
import type { CredentialsSource, MfaDevice, SettingsFor, SourceContext, SsoSession } from "../types.js";
import type { Home, HomeOptions, Identity, SourceOptions } from "./home-types.js";
import { listIdentities, pickIdentity } from "./list-identities.js";
import { currentEnvironment, currentHome, currentUser } from "./this-process.js";

/** It becomes a directory's name, a keychain's service and a part of session names. */
const TOOL_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

const checkToolName = (toolName: string): string => {
  if (typeof toolName === "string" && TOOL_NAME.test(toolName)) return toolName;
  throw new AuthError("invalid_option", "`toolName` is no name of a tool", {
    hint: "give lower-case letters, digits, dots, dashes and underscores, such as my-tool",
  });
};

/** With HOME set to nothing Node's homedir() is "", and ~/.aws would be whatever .aws the current folder has. */
const checkHome = (homeDir: string): void => {
  if (isAbsolute(homeDir)) return;
  throw new AuthError("invalid_option", "there is no home directory, or it is no absolute path", {
    hint: "set HOME to it",
  });
};

/** What one look at the files found: ~/.aws, and the tool's own configuration. */
interface Files {
  readonly read: Profiles;
  readonly kept: PersonConfig;
}

/** The sso-sessions that ~/.aws/config describes whole. A broken one is an error only for who uses it. */
const sessionsOf = (profiles: Profiles): readonly SsoSession[] =>
  [...profiles.ssoSessions.keys()].flatMap((name) => {
    try {
      return [planSsoSession(profiles, name)];
    } catch {
      return [];
    }
  });

/**
 * Opens what the tool keeps on this machine. Nothing is asked of AWS or of the person. Throws `invalid_option`, and
 * `file_malformed` or `file_unusable` where the files say what cannot be understood.
 */
export const openHome = async (options: HomeOptions): Promise<Home> => {
  const toolName = checkToolName(options.toolName);
  const {
    env = currentEnvironment(),
    homeDir = currentHome(),
    prompt,
    now = Date.now,
    keychain = "auto",
    plain = false,
    signInCommand,
  } = options;
  checkHome(homeDir);
  const { directory = join(homeDir, `.${toolName}`), userName = currentUser() } = options;
  const locks = createFileLocks({ directory: join(directory, "locks") });
  const auditFile = join(directory, "audit.jsonl");
  const record = createAuditLog({ file: auditFile, locks, now });
  const ownKeychain = options.keychainProgram !== undefined && {
    run: createKeychainProcess({ env, program: options.keychainProgram }),
  };
  const secretsSetting = {
    directory,
    keychain,
    plain,
    locks,
    prompt,
    record,
    service: toolName,
    env,
    now,
    ...ownKeychain,
  };
  const secrets = options.secrets ?? (await openSecretStore(secretsSetting));
  const { cache = createSealedCache({ directory: join(directory, "cache"), secrets, locks, now }) } = options;
  const keeper = createSessionKeeper({
    cache,
    locks,
    record,
    prompt,
    now,
    ...(options.renewBehind !== undefined && { renewBehind: options.renewBehind }),
  });
  const requestHandler = options.requestHandler ?? (await createRequestHandler({ env, homeDir }));
  const context: SourceContext = {
    keeper,
    locks,
    secrets,
    prompt,
    now,
    ...(requestHandler !== undefined && { requestHandler }),
  };
  const config = openPersonConfig({ directory, locks });
  const awsFiles = profileFiles(env, homeDir);
  const editor = createProfileEditor({ ...awsFiles, locks, toolName, record, now });
  const usedSteps = createUsedSteps({ directory, locks, prompt, now });
  const codesFor = createCodesFor({ prompt, secrets, usedSteps });
  const openBrowser = options.openBrowser ?? createBrowserOpener({ env });
  const sessionNameParts = [userName, toolName];
  const roleSessionName = createRoleSessionName(sessionNameParts);

  const profiles = (): Promise<Profiles> => readProfiles({ env, homeDir });
  const settingsIn = (read: Profiles, region = options.region): SettingsFor =>
    settingsFor({ profiles: read, name: undefined, env, region });
  const settings = async (region?: string): Promise<SettingsFor> => settingsIn(await profiles(), region);

  /** Made anew for each use: who asks between two edits of ~/.aws must not be sent to the old endpoints. */
  const hubSettingIn = (read: Profiles): HubSetting => ({
    config,
    settingsFor: settingsIn(read),
    codesFor,
    sessionNameParts,
  });
  const hubSetting = async (): Promise<HubSetting> => hubSettingIn(await profiles());

  const keptSources = new Map<string, CredentialsSource>();
  const openTokens = new Map<string, SsoTokens>();
  const tokensFor = (session: SsoSession, through: SettingsFor): SsoTokens => {
    // Two profiles may reach one session by different endpoints: the proxy of one must not see the other's tokens.
    const endpoints = [through("sso_oidc", session.region).endpoint, through("sso", session.region).endpoint];
    const key = JSON.stringify([session.name, session.startUrl, session.region, session.scopes, endpoints]);
    const known = openTokens.get(key);
    if (known !== undefined) return known;
    const tokens = createSsoTokens({
      session,
      cacheDirectory: join(homeDir, ".aws", "sso", "cache"),
      locks,
      secrets,
      prompt,
      openBrowser,
      now,
      settingsFor: through,
      record,
      mode: chooseSignInMode({ env }).mode,
      clientName: toolName,
      sessions: { cache, keeper },
      ...(requestHandler !== undefined && { requestHandler }),
      ...(session.name !== undefined && signInCommand !== undefined && { signInCommand: signInCommand(session.name) }),
    });
    openTokens.set(key, tokens);
    return tokens;
  };

  const sessionsIn = (read: Profiles, kept: PersonConfig): readonly SsoSession[] => {
    const own = kept.ssoSessions.map((session) => ({ ...session, scopes: ["sso:account:access"] }));
    const names = new Set(own.map(({ name }) => name));
    const foreign = sessionsOf(read).filter(({ name }) => name !== undefined && !names.has(name));
    return [...own, ...foreign];
  };
  const ssoSessions = async (): Promise<readonly SsoSession[]> => sessionsIn(await profiles(), await config.read());

  const pickSession = (name: string, all: readonly SsoSession[]): SsoSession => {
    const found = all.find((session) => session.name === name);
    if (found !== undefined) return found;
    const known = all.map((session) => session.name).join(", ");
    throw new AuthError("not_found", `there is no sso-session ${JSON.stringify(name.slice(0, 130))}`, {
      hint: known === "" ? "set one up first" : `known are ${known}`,
    });
  };

  const tokens = async (session: string | SsoSession): Promise<SsoTokens> =>
    tokensFor(typeof session === "string" ? pickSession(session, await ssoSessions()) : session, await settings());

  /** The device of a profile: where a hub has the same one, its codes come from where that hub's come from. */
  const mfaFor =
    ({ hubs }: PersonConfig) =>
    (serial: string): MfaDevice => {
      const hub = hubs.find(({ mfaSerial }) => mfaSerial === serial);
      const codes = hub === undefined ? createTerminalCodes({ prompt }) : codesFor(hub);
      return { serial, code: () => codes(serial) };
    };

  const profileSource = async (name: string, { read, kept }: Files): Promise<CredentialsSource> => {
    const through = settingsFor({ profiles: read, name, env, region: options.region });
    const profile = read.profiles.get(name);
    const own = options.requestHandler ?? (await createRequestHandler({ env, homeDir, profile }));
    return createProfileSource(
      { ...context, ...(own !== undefined && { requestHandler: own }) },
      {
        profiles: read,
        name,
        env,
        homeDir,
        roleSessionName,
        ssoTokensFor: (session) => tokensFor(session, through),
        mfaFor: mfaFor(kept),
        region: options.region,
        kept: keptSources,
      },
    );
  };

  const ssoRoleSource = (
    { name, accountId = "", roleName = "" }: Identity,
    { read, kept }: Files,
  ): CredentialsSource => {
    const session = pickSession(name.slice(0, name.indexOf("/")), sessionsIn(read, kept));
    const through = settingsIn(read);
    return createSsoRoleSource(context, {
      session,
      accountId,
      roleName,
      settingsFor: through,
      tokens: tokensFor(session, through),
      description: name,
    });
  };

  /** Profiles that we wrote and that run a command: the command asks us, and to be asked by it again would never end. */
  const askingProfiles = async (): Promise<ReadonlySet<string>> => {
    const own = (await editor.list()).filter(({ keys }) => keys.includes("credential_process"));
    return new Set(own.flatMap(({ target }) => (typeof target === "string" ? target : [])));
  };

  const known = async ({ read, kept }: Files): Promise<readonly Identity[]> => {
    const asking = await askingProfiles();
    return listIdentities(kept, read, (name) => asking.has(name));
  };

  /** Once for each question, and handed down: with 100,000 profiles one look takes half a second. */
  const files = async (): Promise<Files> => ({ read: await profiles(), kept: await config.read() });

  const findIn = async (name: string, { read, kept }: Files): Promise<Identity> => {
    const sessions = sessionsIn(read, kept).flatMap((session) => session.name ?? []);
    return pickIdentity(name, await known({ read, kept }), {
      profiles: read,
      ssoSessions: sessions,
      setUpHint: options.setUpHint,
    });
  };

  const bareSource = async (identity: Identity, wish: SourceOptions, looked: Files): Promise<CredentialsSource> => {
    const { wantedSeconds, isRenewed } = wish;
    switch (identity.kind) {
      case "hub_user":
        return createHubUserSource(context, hubSettingIn(looked.read), identity.name);
      case "hub_role":
        return createHubRoleSource(context, hubSettingIn(looked.read), identity.name, {
          ...(wantedSeconds !== undefined && { wantedSeconds }),
          ...(isRenewed !== undefined && { isRenewed }),
        });
      case "profile":
        return profileSource(identity.name.replace(/^profile:/, ""), looked);
      case "sso_role":
        return ssoRoleSource(identity, looked);
    }
  };

  return {
    directory,
    context,
    secrets,
    cache,
    record,
    auditFile,
    config,
    editor,
    profiles,
    settings,
    stamp: () => stampFiles([awsFiles.configFile, awsFiles.credentialsFile, config.path]),
    hubs: hubSetting,
    tokens,
    ssoSessions,
    async directoryOf(session) {
      const through = await settings();
      return createSsoDirectory({
        tokens: await tokens(session),
        settingsFor: through,
        now,
        ...(requestHandler !== undefined && { requestHandler }),
      });
    },
    identities: async () => known(await files()),
    find: async (name) => findIn(name, await files()),
    async source(name, wish = {}) {
      const looked = await files();
      const source = await bareSource(await findIn(name, looked), wish, looked);
      // GetFederationToken takes 32 characters (STS API reference).
      const federatedName = roleSessionName.slice(0, 32);
      return narrowSource(context, source, wish.narrowing ?? {}, {
        client: settingsIn(looked.read)("sts"),
        federatedName,
      });
    },
  };
};
