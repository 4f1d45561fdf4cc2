// The words of a person's machine: what is kept on it, and who the person can be.
import type { ProfileEditor } from "../files/edit-profiles.js";
import type { PersonConfigFile } from "../hubs/person-config.js";
import type { HubSetting } from "../hubs/hub-sources.js";
import type { Environment, Profiles } from "../profiles/profile-types.js";
import type { OpenSecrets } from "../secrets/open-secret-store.js";
import type { SsoDirectory } from "../sso/list-accounts.js";
import type { OpenBrowser, SsoTokens } from "../sso/sso-types.js";
import type {
  Clock,
  CredentialsSource,
  Narrowing,
  Prompt,
  RecordAuthEvent,
  RequestHandler,
  SessionCache,
  SettingsFor,
  SourceContext,
  SsoSession,
} from "../types.js";

/** Something that a person can be in AWS, under the name by which it is asked for. */
export interface Identity {
  readonly name: string;
  readonly kind: "hub_user" | "hub_role" | "profile" | "sso_role";
  /** In words, without a secret. */
  readonly description: string;
  readonly accountId?: string;
  readonly roleName?: string;
  /** Where it works by itself. */
  readonly region?: string;
  /** The hub whose user it is, or is reached from. */
  readonly hub?: string;
}

export interface HomeOptions {
  /** The tool's own name: its directory is `~/.NAME`, its entries in the keychain are filed under it. */
  readonly toolName: string;
  /** Default: `~/.NAME`. */
  readonly directory?: string;
  /** Default: the process's. */
  readonly env?: Environment;
  /** Default: the user's. */
  readonly homeDir?: string;
  /** How the person is asked. */
  readonly prompt: Prompt;
  /** Default: the browser of this machine. */
  readonly openBrowser?: OpenBrowser;
  /** Default `auto`. */
  readonly keychain?: "auto" | "off";
  /** The file of the keychain's program, for who bundles it elsewhere. */
  readonly keychainProgram?: string;
  /** True: where no secrets are yet, they are kept in clear. Default false. */
  readonly plain?: boolean;
  /** Secrets that are open already, by the same prompt. Default: opened as `keychain` and `plain` say. */
  readonly secrets?: OpenSecrets;
  /** Where sessions are kept between programs. Default: sealed, in the directory. */
  readonly cache?: SessionCache;
  /** False in a program that ends after one answer. Default true. */
  readonly renewBehind?: boolean;
  /** Before what the environment and profiles say. */
  readonly region?: string;
  /** What AWS's records call the person. Default: the user name of this machine. */
  readonly userName?: string;
  /** Default: by AWS_CA_BUNDLE, `ca_bundle` and the proxies of the environment. */
  readonly requestHandler?: RequestHandler;
  /** What to type where nothing is set up: the hint of every name that is asked for then. */
  readonly setUpHint?: string;
  /** What to type to sign in to the sso-session of that name. Default: the AWS CLI's command, which serves us too. */
  readonly signInCommand?: (session: string) => string;
  readonly now?: Clock;
}

export interface SourceOptions {
  readonly narrowing?: Narrowing;
  /** How long credentials are wanted, in seconds. Default 3,600. */
  readonly wantedSeconds?: number;
  /** Whoever uses the credentials asks again before they end: then an hour at a time costs fewer codes. */
  readonly isRenewed?: boolean;
}

/** A person's machine, as one tool sees it. */
export interface Home {
  readonly directory: string;
  readonly context: SourceContext;
  readonly secrets: OpenSecrets;
  readonly cache: SessionCache;
  readonly record: RecordAuthEvent;
  readonly auditFile: string;
  readonly config: PersonConfigFile;
  /** Writes to ~/.aws, where it must: only what is marked as ours. */
  readonly editor: ProfileEditor;
  /** What hubs are reached with: codes, endpoints, names for the record. */
  hubs(): Promise<HubSetting>;
  /** Both files of ~/.aws, read anew. */
  profiles(): Promise<Profiles>;
  /** How AWS is reached without a profile. */
  settings(region?: string): Promise<SettingsFor>;
  /** Another text after any change of the files that say who an identity is. Cheap: nothing is read. */
  stamp(): Promise<string>;
  /** The sign-in of an sso-session: by its name here or in ~/.aws/config (`not_found`), or of one that is kept nowhere yet. */
  tokens(session: string | SsoSession): Promise<SsoTokens>;
  /** Every sso-session that is known here or in ~/.aws/config. */
  ssoSessions(): Promise<readonly SsoSession[]>;
  /** What the sign-in may choose from. As `tokens`. */
  directoryOf(session: string | SsoSession): Promise<SsoDirectory>;
  /** Who the person can be, as far as this machine knows: roles of Identity Center are not among them until asked for. */
  identities(): Promise<readonly Identity[]>;
  /** Rejects with `not_found` and the nearest names, or `invalid_option` where a name means two things. */
  find(name: string): Promise<Identity>;
  /** The source of an identity. Rejects as `find` does, or as the profile's or hub's own source does. */
  source(name: string, options?: SourceOptions): Promise<CredentialsSource>;
}
