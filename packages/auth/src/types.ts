// The words of the person's side. Imports only the engine's words and the AWS SDK's.
import type { STSClientConfig } from "@aws-sdk/client-sts";
import type { Clock, Credentials, RoleRequest } from "@daypass/credentials";

/** Keys of an IAM user. They do not expire by themselves, so nothing here keeps them longer than it must. */
export interface LongLivedKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: never;
  readonly expiration?: never;
  readonly accountId?: string;
}

/** Temporary credentials, with the account they are of where that is known. */
export interface TemporaryCredentials extends Credentials {
  readonly accountId?: string;
}

/** What an AWS client signs with: the AWS SDK's own shape. */
export type AwsCredentials = LongLivedKeys | TemporaryCredentials;

/** The AWS SDK's provider type. It says `memoized`, so that SDK v3 asks it on every request. */
export interface AwsCredentialsProvider {
  (): Promise<AwsCredentials>;
  readonly memoized?: true;
}

// Asking a person.

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** One question. Texts may come from AWS or from files: whoever shows them makes them harmless first. */
export interface Question {
  readonly kind: "mfa_code" | "passphrase" | "new_passphrase" | "text" | "secret" | "confirmation" | "choice";
  readonly message: string;
  /** For `choice`: the answer is one of their values. For `confirmation` the answer is `yes` or `no`. */
  readonly choices?: readonly Choice[];
  /** For `choice`: returns those that fit what was typed, best first. Default: those in which it stands. */
  readonly match?: (typed: string, choices: readonly Choice[]) => readonly Choice[];
  /** Returns what is wrong with an answer, in words for the person, who is then asked again. */
  readonly check?: (answer: string) => string | undefined;
}

/** How a human is asked. One question at a time; the next waits. */
export interface Prompt {
  /** False: nobody can be asked, and `ask` rejects with `prompt_unavailable` at once. */
  readonly isAvailable: boolean;
  /** Rejects with `prompt_unavailable`, or `cancelled` where the person gives up or the signal fires. */
  ask(question: Question, options?: { readonly signal?: AbortSignal }): Promise<string>;
  /** Something the person should know while they wait. Nothing is answered to it. */
  tell(message: string): void;
}

// Keeping.

/** What a session is asked by: everything that decides the answer, and nothing else. */
export type QuestionValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly string[]
  | Readonly<Record<string, string>>;

/** Every field of it is in the cache key. `source` is the key of the question below, where there is one. */
export interface SessionQuestion {
  readonly kind:
    | "keys"
    | "assume_role"
    | "session_token"
    | "federation_token"
    | "sso_role"
    | "web_identity"
    | "process"
    | "container"
    | "instance"
    | "environment"
    | "login_session";
  readonly [field: string]: QuestionValue;
}

/** An answer of AWS. */
export interface ObtainedSession {
  readonly credentials: TemporaryCredentials;
  /** Whose they are, where AWS said it. */
  readonly arn?: string;
  /** How far AWS's clock was ahead of ours when it answered, in milliseconds. Absent: less than four minutes. */
  readonly clockOffsetMs?: number;
  /** The sign-in of a person that it came of, by an id that is no secret. Absent where none was needed. */
  readonly signInId?: string;
}

/** A session as it is kept: it repeats the question it answers, so that it can be checked when read. */
export interface KeptSession extends ObtainedSession {
  readonly question: SessionQuestion;
  readonly obtained: Date;
}

/**
 * Where sessions are kept: memory, a sealed directory, the agent. `get` may return an expired one; the reader judges.
 * What cannot be read, was tampered with, or answers another question is not there (and is taken away).
 */
export interface SessionCache {
  get(key: string): Promise<KeptSession | undefined>;
  set(key: string, session: KeptSession): Promise<void>;
  delete(key: string): Promise<void>;
  /** All that can be read, in no order. */
  list(): Promise<readonly KeptSession[]>;
  clear(): Promise<void>;
}

/** Locks between processes that end with the process that holds them. */
export interface Locks {
  /**
   * Runs `work` while no other process (and no other caller in this one) runs work under the same name. Waits without
   * limit, or until the signal fires (`cancelled`). `onWait` is told once who holds it, when it must wait.
   * Throws `lock_unavailable` where the directory cannot hold locks.
   */
  withLock<T>(
    name: string,
    work: () => Promise<T>,
    options?: { readonly signal?: AbortSignal; readonly onWait?: (holderPid: number | undefined) => void },
  ): Promise<T>;
}

/** Where long-lived secrets are: hub keys, SSO refresh tokens, TOTP secrets, the key that seals the cache. */
export interface SecretStore {
  readonly kind: "keychain" | "passphrase_file" | "plain_file" | "memory";
  /** `undefined` where there is none of that name. Throws `secrets_unavailable`, `wrong_passphrase`, `secrets_damaged`. */
  get(name: string): Promise<string | undefined>;
  set(name: string, secret: string): Promise<void>;
  delete(name: string): Promise<void>;
  names(): Promise<readonly string[]>;
}

// Sources.

/** One MFA device of a user, and how its codes are got. */
export interface MfaDevice {
  readonly serial: string;
  /** A fresh code of six digits. May ask a person. */
  readonly code: () => Promise<string>;
}

/** How codes are got for devices: from a person, a command, or a stored secret. Returns a fresh one of six digits. */
export type MfaCodes = (serial: string) => Promise<string>;

/** Somewhere credentials come from; what profiles, hubs and sign-ins are turned into. */
export interface CredentialsSource {
  readonly question: SessionQuestion;
  /** In words, for `explain` and errors: `profile dev: role arn:… by profile base`. No secrets. */
  readonly description: string;
  /** Somebody may have to be asked for it, here or for what it is made from: it is not renewed before it must be. */
  readonly asksPerson?: boolean;
  /**
   * Another source of the same identity with less. Absent: AWS has no way to make less of it. Throws `cannot_narrow`
   * where it is less already and the two cannot be joined.
   */
  readonly narrow?: (narrowing: Narrowing) => CredentialsSource;
  /**
   * The sign-in that it stands on now, by an id that is no secret; undefined where nobody is signed in. What came of another
   * one, perhaps another person's, is not handed out. Absent: it needs none.
   */
  readonly signInId?: () => Promise<string | undefined>;
  /** Warm ones at once where they are kept; else AWS is asked, and perhaps a person. */
  get(): Promise<AwsCredentials>;
}

/** How a client of AWS reaches it: what the SDK's clients take. */
export interface ClientSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly useFipsEndpoint?: boolean;
  readonly useDualstackEndpoint?: boolean;
}

/** Returns the settings for a service: `sts`, `iam`, `sso`, `sso_oidc`. The names are those of a `services` section. */
export type SettingsFor = (service: "sts" | "iam" | "sso" | "sso_oidc", region?: string) => ClientSettings;

/** Keeps sessions: warm ones at once, one process and one caller at a time for the rest. */
export interface SessionKeeper {
  /**
   * The session that answers the question. `needsPerson`: somebody is asked for it, so it is not renewed before it must
   * be. `obtain` asks AWS; it runs under the lock of the question, after the cache was read again. `open` is what a person
   * has to open before, such as their secrets: the key of the cache lies among them, so the cache is read once more then,
   * and no code is asked for a session that is kept. `signInId` says which sign-in counts at this moment: what is kept of
   * another one, or of none, is not there.
   * Rejects with what `open` and `obtain` reject with, or `audit_unavailable`.
   */
  get(
    question: SessionQuestion,
    options: {
      readonly needsPerson: boolean;
      readonly open?: () => Promise<unknown>;
      readonly obtain: () => Promise<ObtainedSession>;
      readonly signInId?: CredentialsSource["signInId"];
    },
  ): Promise<KeptSession>;
  /** Drops what answers the question: it was refused by AWS before its time. */
  forget(question: SessionQuestion): Promise<void>;
}

/** What every source is made with. */
export interface SourceContext {
  readonly keeper: SessionKeeper;
  readonly locks: Locks;
  readonly secrets: SecretStore;
  readonly prompt: Prompt;
  readonly now: Clock;
  /** Handed to every client of AWS that is made: proxies, certificates, timeouts. As the AWS SDK takes it. */
  readonly requestHandler?: RequestHandler;
}

/** The AWS SDK's own `requestHandler`: a handler, or the options of its default one. */
export type RequestHandler = NonNullable<STSClientConfig["requestHandler"]>;

/** What is asked for beyond the identity itself: less than it could, under a name, for so long. */
export interface Narrowing {
  /** Session policy as JSON text. */
  readonly policy?: string;
  readonly policyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  readonly sourceIdentity?: string;
  readonly durationSeconds?: number;
  readonly externalId?: string;
  readonly roleSessionName?: string;
}

export type { Clock, Credentials, RoleRequest };

// The record.

/** What happened on this machine. Only these fields are written; no secret is ever among them. */
export interface AuthEvent {
  readonly type:
    | "session.intent"
    | "session.granted"
    | "session.refused"
    | "sign_in.granted"
    | "sign_in.refused"
    | "sign_out"
    | "secret.stored"
    | "secret.deleted"
    | "profile.written"
    | "profile.removed"
    | "key.rotated"
    | "unlocked"
    | "locked";
  readonly time: Date;
  /** Joins an intent to its outcome. */
  readonly attemptId?: string;
  /** The kind of the question. */
  readonly kind?: SessionQuestion["kind"];
  /** The identity, profile, hub, secret or sso-session that it is about, by its name. */
  readonly name?: string;
  readonly roleArn?: string;
  readonly accountId?: string;
  readonly roleName?: string;
  readonly roleSessionName?: string;
  readonly sourceIdentity?: string;
  readonly region?: string;
  readonly durationSeconds?: number;
  readonly expiration?: Date;
  readonly arn?: string;
  readonly accessKeyId?: string;
  readonly code?: string;
  readonly awsRequestId?: string;
}

/** Awaited: where it rejects, the operation does not happen. */
export type RecordAuthEvent = (event: AuthEvent) => Promise<void>;

// Identity Center.

/** A sign-in of IAM Identity Center. Legacy profiles have no name; theirs cannot be refreshed. */
export interface SsoSession {
  readonly name: string | undefined;
  readonly startUrl: string;
  readonly region: string;
  readonly scopes: readonly string[];
}
