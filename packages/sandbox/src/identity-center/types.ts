// IAM Identity Center as data: the directory, what its people may do, and what clients hold for them.

/** A person of the directory. */
export interface Person {
  /** A UUID, as the identity store gives them. */
  readonly id: string;
  readonly name: string;
  /** `undefined`: signs in by a click. */
  readonly password: string | undefined;
}

/** A permission set in an account that somebody is assigned to, and the role that stands for it there. */
export interface Assignment {
  /** The person's name. */
  readonly user: string;
  readonly accountId: string;
  readonly permissionSet: string;
  /** `AWSReservedSSO_NAME_` and 16 hexadecimal digits. */
  readonly roleName: string;
}

/** Whether the answer to a refresh brings a new refresh token: every second one does, all do, none does. */
export type RefreshAnswers = "alternating" | "always" | "never";

/** The organisation's one instance. */
export interface Instance {
  /** By which clients name it besides the sandbox's own `/start`; without a slash or `#` at the end. */
  readonly startUrl: string | undefined;
  readonly region: string;
  readonly accessTokenSeconds: number;
  refreshAnswers: RefreshAnswers;
  /** By name. */
  readonly people: ReadonlyMap<string, Person>;
  readonly assignments: readonly Assignment[];
}

/** A registered public client. */
export interface Client {
  readonly id: string;
  readonly secret: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** As given; `undefined`: the client did not say. */
  readonly grantTypes: readonly string[] | undefined;
  readonly redirectUris: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What a person decided about a request of a client; by name, because names are unique in the directory. */
export type Verdict =
  | { readonly kind: "pending" }
  | { readonly kind: "allowed"; readonly person: string }
  | { readonly kind: "denied" };

/** A device authorization under way. */
export interface DeviceRequest {
  readonly deviceCode: string;
  /** `ABCD-EFGH`. */
  readonly userCode: string;
  readonly clientId: string;
  readonly expiresAt: number;
  verdict: Verdict;
  /** The seconds that the client has to leave between two questions. */
  intervalSeconds: number;
  askedAt: number | undefined;
}

/** An authorization code that a client was sent. */
export interface AuthorizationCode {
  readonly clientId: string;
  readonly person: string;
  readonly scopes: readonly string[];
  /** As the client sent it, port included. */
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly expiresAt: number;
  /** Presented once, with success or not. */
  spent: boolean;
  /** What it was exchanged for. */
  grant: Grant | undefined;
}

/** What a person allowed a client. All its tokens end with it. */
export interface Grant {
  readonly clientId: string;
  readonly person: string;
  readonly scopes: readonly string[];
  /** When the refresh tokens end. */
  readonly expiresAt: number;
  ended: boolean;
  refreshes: number;
}

export interface AccessToken {
  readonly grant: Grant;
  readonly expiresAt: number;
}

/** Everything of Identity Center in a world. Times are milliseconds since 1970 by the sandbox's clock. */
export interface IdentityCenter {
  /** `undefined`: nobody has enabled it. */
  instance: Instance | undefined;
  readonly clients: Map<string, Client>;
  /** By device code. */
  readonly devices: Map<string, DeviceRequest>;
  /** By code. */
  readonly codes: Map<string, AuthorizationCode>;
  /** By token. */
  readonly accessTokens: Map<string, AccessToken>;
  /** By token; one that was replaced is not there any more. */
  readonly refreshTokens: Map<string, Grant>;
}

/** What a client sends for a token, besides its own id and secret. */
export interface TokenOrder {
  readonly grantType: string;
  readonly deviceCode?: string | undefined;
  readonly code?: string | undefined;
  readonly redirectUri?: string | undefined;
  readonly codeVerifier?: string | undefined;
  readonly refreshToken?: string | undefined;
  readonly scope?: readonly string[] | undefined;
}
