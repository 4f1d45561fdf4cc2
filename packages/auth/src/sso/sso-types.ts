// The words of signing in to IAM Identity Center, shared by the files of this folder.
import type {
  Clock,
  Locks,
  Prompt,
  RecordAuthEvent,
  RequestHandler,
  SecretStore,
  SessionCache,
  SessionKeeper,
  SettingsFor,
  SsoSession,
} from "../types.js";

/**
 * Shows a page in a browser of this machine. For a sign-in the address is one of this machine that leads to AWS's page
 * once. Rejects where that cannot be done; the person is shown AWS's address anyway.
 */
export type OpenBrowser = (url: string) => Promise<void>;

/** Where sessions are kept, and who hands them out. */
export interface KeptSessions {
  readonly cache: SessionCache;
  readonly keeper: SessionKeeper;
}

/** How a person signs in: in a browser of this machine, or with a code on any device. */
export type SignInMode = "browser" | "device_code";

/** Waits so many milliseconds; rejects when the signal fires. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** A public client of Identity Center, as RegisterClient gives it. Its secret is none by itself: it proves no person. */
export interface ClientRegistration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly expiration: Date;
}

/** What CreateToken grants. */
export interface GrantedToken {
  readonly accessToken: string;
  readonly expiration: Date;
  /** Absent where AWS gave none; an earlier one is then still good. */
  readonly refreshToken?: string;
}

/** A finished sign-in: the token, and the client that it was given to. */
export interface FinishedSignIn {
  readonly token: GrantedToken;
  readonly registration: ClientRegistration;
}

/** What is known on this machine, without asking AWS. */
export interface SsoStatus {
  readonly session: SsoSession;
  /** True where there is an access token that has not run out. AWS may have ended it before its time. */
  readonly isSignedIn: boolean;
  /** When the access token runs out; absent where there is none. */
  readonly expiration?: Date;
  /** Whether it can be renewed without a person. `unknown` where the store of secrets does not tell unasked. */
  readonly renewable: "yes" | "no" | "unknown";
}

/** What signing out did. */
export interface SignedOut {
  /** False: this machine has forgotten the sign-in, but AWS could not be told to end it. */
  readonly revoked: boolean;
  /** How many kept role sessions were forgotten. They stay good at AWS until they expire. */
  readonly forgottenSessions: number;
}

/** The sign-in of one sso-session, shared with the AWS CLI and the SDKs through their token cache. */
export interface SsoTokens {
  readonly session: SsoSession;
  /**
   * A good access token: the kept one, a renewed one, or, where a person can be asked, one of a new sign-in.
   * Rejects with `sign_in_required`, `sign_in_refused`, `cancelled` or `aws_unavailable`.
   */
  getAccessToken(options?: { readonly signal?: AbortSignal }): Promise<string>;
  /**
   * Runs `use` with a good access token. Where AWS answers that the token is dead before its time, drops it and renews
   * once; no person is asked for that. Rejects with what `use` rejects with, or as `getAccessToken` does.
   */
  withAccessToken<T>(use: (accessToken: string) => Promise<T>): Promise<T>;
  /** Signs a person in, also where somebody is signed in already. One sign-in serves all who wait for one. */
  signIn(options?: { readonly mode?: SignInMode; readonly signal?: AbortSignal }): Promise<SsoStatus>;
  /** Forgets the sign-in here, then ends it at AWS. With `sessions`, forgets the role sessions that came of it too. */
  signOut(options?: { readonly sessions?: KeptSessions }): Promise<SignedOut>;
  /** What this machine knows. Never asks AWS or a person. */
  status(): Promise<SsoStatus>;
  /** Who is signed in on this machine now, as far as one file tells. Read anew each time: other programs sign in and out. */
  look(): Promise<SignInLook>;
  /** The id of the kept sign-in where that is its token; undefined where another one has taken its place meanwhile. */
  signInIdOf(accessToken: string): Promise<string | undefined>;
}

/** What one look at the kept token tells. */
export interface SignInLook {
  /** Which sign-in it is of, by an id that is no secret; undefined where nobody is signed in. It may have run out. */
  readonly signInId: string | undefined;
  /** True where the next token may need a person: the kept one is missing or has run out. */
  readonly needsPerson: boolean;
}

/** What `createSsoTokens` is made with. */
export interface SsoTokensOptions {
  readonly session: SsoSession;
  /** Where the AWS CLI keeps its tokens: `~/.aws/sso/cache`. Made, 0700, where it is missing. */
  readonly cacheDirectory: string;
  readonly locks: Locks;
  readonly secrets: SecretStore;
  readonly prompt: Prompt;
  readonly openBrowser: OpenBrowser;
  readonly now: Clock;
  readonly settingsFor: SettingsFor;
  readonly requestHandler?: RequestHandler;
  readonly record?: RecordAuthEvent;
  /** Whose roles of this session are forgotten where a person signs in. Left out, none are. */
  readonly sessions?: KeptSessions;
  readonly mode: SignInMode;
  /** What the person is told to type where nobody can be asked. Default: the AWS CLI's command, which serves us too. */
  readonly signInCommand?: string;
  /** What AWS's page calls us. Default `daypass`. */
  readonly clientName?: string;
  /** Default: a timer of this machine. */
  readonly sleep?: Sleep;
  /** How long one question to Identity Center may take, in milliseconds. Default 15,000. */
  readonly timeoutMs?: number;
  /** From 0 up to 1. Default: the machine's. Spreads renewals. */
  readonly random?: () => number;
  /** 256 bits that nobody can guess, as text for addresses. Default: the machine's. */
  readonly createSecret?: () => string;
}
