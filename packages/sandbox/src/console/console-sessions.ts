// Who is signed in to the console. Sessions live in memory, end by the sandbox's clock, and die with their key, user or role.
import { createHmac } from "node:crypto";
import { findUser } from "../find.js";
import { callerOfSession } from "../authenticate.js";
import type { AccessKey, HttpRequest, Session, User } from "../types.js";
import type { World } from "../world-types.js";
import { viewInForce } from "../rehearsal/view-in-force.js";
import { sameSignature } from "../wire/verify-signature.js";
import { cookieName, readCookie } from "./session-cookie.js";
import type { SignedIn } from "./visit.js";

/** IAM User Guide, "Sign in to the AWS Management Console": a session of an IAM user ends after 12 hours. */
const SESSION_MS = 12 * 60 * 60 * 1000;
/** More than a machine's people need; the oldest goes first. */
const MAX_SESSIONS = 100;

interface KeySession {
  readonly kind: "key";
  readonly accessKeyId: string;
  /** A user made again under the same name is somebody else. */
  readonly userUniqueId: string;
  readonly endsAt: number;
}

/** Of a federated sign-in: the temporary credentials, good until the console session ends. */
interface FederatedConsoleSession {
  readonly kind: "federated";
  readonly session: Session;
  readonly endsAt: number;
}

/** A user who showed an access key. */
export type KeyHolder = Extract<SignedIn, { readonly kind: "user" }>;

/** What a browser shows by its cookie. */
export interface Visitor {
  /** The cookie's value; a new one when the browser had none. */
  readonly id: string;
  readonly isNew: boolean;
  /** Who is signed in. */
  readonly caller: SignedIn | undefined;
}

export interface ConsoleSessions {
  /** Returns who the request's cookie stands for. */
  visitorOf(request: HttpRequest): Visitor;
  /** Returns the user when the key is right and active; `undefined` says no more than that something is wrong. */
  check(accessKeyId: string, secretAccessKey: string): KeyHolder | undefined;
  /** Returns the id of a new session: never one that a browser brought along. */
  begin(caller: KeyHolder): string;
  /** Returns the id of a new session under temporary credentials, until they expire. */
  beginFederated(session: Session): string;
  end(id: string): void;
  /** Returns the token that forms of this visitor carry. */
  csrfTokenOf(id: string): string;
  isCsrfToken(id: string, given: string): boolean;
}

/** Returns the sessions of one sandbox. */
export function createConsoleSessions(world: World): ConsoleSessions {
  const sessions = new Map<string, KeySession | FederatedConsoleSession>();
  const csrfKey = Buffer.from(world.randomBytes(32));
  const nobody = Buffer.from(world.randomBytes(30)).toString("base64");
  const newId = () => Buffer.from(world.randomBytes(32)).toString("base64url");
  const csrfTokenOf = (id: string) => createHmac("sha256", csrfKey).update(id).digest("base64url");

  const callerOf = (id: string): SignedIn | undefined => {
    const session = sessions.get(id);
    if (session === undefined) return undefined;
    const caller = world.clock() < session.endsAt ? callerNow(world, session) : undefined;
    if (caller === undefined) sessions.delete(id);
    return caller;
  };
  const keep = (session: KeySession | FederatedConsoleSession): string => {
    for (const [id, { endsAt }] of sessions) if (endsAt <= world.clock()) sessions.delete(id);
    const [oldest] = sessions.keys();
    if (oldest !== undefined && sessions.size >= MAX_SESSIONS) sessions.delete(oldest);
    const id = newId();
    sessions.set(id, session);
    return id;
  };

  return {
    visitorOf(request) {
      const id = readCookie(request, "console");
      if (id === undefined) return { id: newId(), isNew: true, caller: undefined };
      return { id, isNew: false, caller: callerOf(id) };
    },
    check(accessKeyId, secretAccessKey) {
      const found = findByKey(world, accessKeyId);
      // An unknown key id takes the same comparison as a known one.
      const right = sameSignature(found?.accessKey.secretAccessKey ?? nobody, secretAccessKey);
      return right && found !== undefined ? signedIn(found) : undefined;
    },
    begin({ user, accessKey: { accessKeyId } }) {
      return keep({ kind: "key", accessKeyId, userUniqueId: user.uniqueId, endsAt: world.clock() + SESSION_MS });
    },
    beginFederated: (session) => keep({ kind: "federated", session, endsAt: session.expiration.getTime() }),
    end: (id) => void sessions.delete(id),
    csrfTokenOf,
    isCsrfToken: (id, given) => sameSignature(csrfTokenOf(id), given),
  };
}

/** Returns the cookie's header: of no use to scripts, to other sites and outside the console's paths. */
export function cookieHeader(request: HttpRequest, id: string): string {
  return `${cookieName(request, "console")}=${id}; Path=/_console; HttpOnly; SameSite=Strict`;
}

interface FoundKey {
  readonly user: User;
  readonly accessKey: AccessKey;
}

/** Returns an active long-term key and its user. */
function findByKey(world: World, accessKeyId: string): FoundKey | undefined {
  const inForce = viewInForce(world);
  const accessKey = inForce.accessKeys.get(accessKeyId);
  if (accessKey?.active !== true) return undefined;
  const user = findUser(inForce, accessKey.accountId, accessKey.userName);
  return user === undefined ? undefined : { user, accessKey };
}

function callerNow(world: World, session: KeySession | FederatedConsoleSession): SignedIn | undefined {
  if (session.kind === "federated") return callerOfSession({ world, inForce: viewInForce(world) }, session.session);
  const found = findByKey(world, session.accessKeyId);
  return found?.user.uniqueId === session.userUniqueId ? signedIn(found) : undefined;
}

function signedIn({ user, accessKey }: FoundKey): KeyHolder {
  const { arn, accountId, uniqueId, name: userName } = user;
  const tags = Object.fromEntries(user.tags);
  return { kind: "user", user, accessKey, principal: { type: "user", arn, accountId, uniqueId, userName, tags } };
}
