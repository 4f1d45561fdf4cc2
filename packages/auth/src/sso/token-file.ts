// The AWS CLI's token cache, read and written so that the CLI and the SDKs go on using it. What a file says is checked
// against the session that is asked for: an sso-session may have been pointed at another portal since.
import { createHash } from "node:crypto";
import { mkdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { systemCode, unusableBySystem } from "../files/file-errors.js";
import { readTextFile } from "../files/read-text-file.js";
import { writeFileAtomically } from "../files/write-file-atomically.js";
import type { SsoSession } from "../types.js";
import { sameStartUrl } from "./judge-start-url.js";
import type { ClientRegistration } from "./sso-types.js";

/** A token as it lies in the cache. */
export interface StoredToken {
  readonly accessToken: string;
  readonly expiration: Date;
  /** Only in files of the AWS CLI and the SDKs: ours is in the store of secrets. */
  readonly refreshToken: string | undefined;
  readonly registration: ClientRegistration | undefined;
  /**
   * Which of our sign-ins it is of, so that no earlier one's refresh token is used for it. Also in a file of the AWS CLI
   * whose token we have renewed.
   */
  readonly signInId: string | undefined;
  /** Everything in the file, so that nothing of another program is lost when it is written back. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Returns the id of the sign-in that a token is of. It is no secret, and stays through renewals of ours; for a token of
 * another program it is made from the token itself, so that whatever that program does is another sign-in.
 */
export const signInIdOf = ({ signInId, accessToken }: StoredToken): string =>
  signInId ?? createHash("sha256").update(`sign-in of another program\n${accessToken}`).digest("base64url");

export type ReadToken =
  | { readonly state: "present"; readonly token: StoredToken }
  | { readonly state: "missing" | "damaged" | "other_portal" };

const MOST_CHARACTERS = 16_384;

const sha1 = (text: string): string => createHash("sha1").update(text, "utf8").digest("hex");

/** The file's name: SHA-1 of the session's name, or of the start URL where it has none (botocore, `SSOTokenLoader`). */
export const tokenFileName = ({ name, startUrl }: SsoSession): string => `${sha1(name ?? startUrl)}.json`;

/** The name of a file of ours in the same directory, by what it is about. */
export const ownFileName = (about: Readonly<Record<string, unknown>>): string =>
  `${sha1(JSON.stringify({ tool: "daypass", ...about }))}.json`;

/** Returns the JSON object in `text`, or undefined where it is none. */
export const readObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};

/** Returns text of visible ASCII, as tokens and ids are, or undefined. */
export const readToken = (value: unknown): string | undefined =>
  typeof value === "string" && value.length <= MOST_CHARACTERS && /^[\x21-\x7e]+$/.test(value) ? value : undefined;

// Today's AWS CLI writes "2026-01-31T12:00:00Z", its first versions wrote "…UTC", the SDK for JavaScript milliseconds.
// A time without a zone is nobody's: it is not guessed at.
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|UTC|[+-]\d\d:\d\d)$/;

/** Returns the time in the forms that AWS's tools write, or undefined. */
export const readTime = (value: unknown): Date | undefined => {
  const [, time, zone] = typeof value === "string" ? (TIME.exec(value) ?? []) : [];
  const date = new Date(`${time}${zone === "UTC" ? "Z" : zone}`);
  return time === undefined || Number.isNaN(date.getTime()) ? undefined : date;
};

/** Returns the time as the AWS CLI writes it: whole seconds, rounded down, UTC. */
export const writeTime = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

const readRegistration = (fields: Readonly<Record<string, unknown>>): ClientRegistration | undefined => {
  const clientId = readToken(fields["clientId"]);
  const clientSecret = readToken(fields["clientSecret"]);
  const expiration = readTime(fields["registrationExpiresAt"]);
  return clientId === undefined || clientSecret === undefined || expiration === undefined
    ? undefined
    : { clientId, clientSecret, expiration };
};

/** Returns what the text of a token file says of the session. Pure. */
export const parseTokenFile = (text: string, session: SsoSession): ReadToken => {
  const fields = readObject(text);
  const accessToken = readToken(fields?.["accessToken"]);
  const expiration = readTime(fields?.["expiresAt"]);
  if (fields === undefined || accessToken === undefined || expiration === undefined) return { state: "damaged" };
  const { startUrl, region } = fields;
  const isOfPortal =
    startUrl === undefined || (typeof startUrl === "string" && sameStartUrl(startUrl, session.startUrl));
  if (!isOfPortal || (region !== undefined && region !== session.region)) return { state: "other_portal" };
  return {
    state: "present",
    token: {
      accessToken,
      expiration,
      refreshToken: readToken(fields["refreshToken"]),
      registration: readRegistration(fields),
      signInId: readToken(fields["daypassSignInId"]),
      fields,
    },
  };
};

/** One file of a directory of secrets. */
export interface CacheFile {
  /** Throws `file_unusable` where it is there and cannot be read, or others can read it. */
  read(): Promise<string | undefined>;
  write(fields: Readonly<Record<string, unknown>>): Promise<void>;
  remove(): Promise<void>;
}

/** Returns one file of the cache. The directory is made, 0700, with the first write. */
export const openCacheFile = (directory: string, fileName: string): CacheFile => {
  const path = join(directory, fileName);
  return {
    read: () => readTextFile(path, { secret: true }),
    async write(fields) {
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
      } catch (error) {
        throw unusableBySystem(directory, error);
      }
      await writeFileAtomically(path, JSON.stringify(fields), { mode: 0o600 });
    },
    async remove() {
      try {
        await unlink(path);
      } catch (error) {
        if (systemCode(error) !== "ENOENT") throw unusableBySystem(path, error);
      }
    },
  };
};
