// Who is signed in to the access portal in which browser. In memory, by the sandbox's clock.
import { createHmac } from "node:crypto";
import { cookieName, readCookie } from "../console/session-cookie.js";
import type { HttpRequest } from "../types.js";
import type { World } from "../world-types.js";
import { sameSignature } from "../wire/verify-signature.js";
import { keepWithin } from "./keep-within.js";
import type { Person } from "./types.js";

/** IAM Identity Center User Guide, "Configure user session duration": eight hours unless it is changed. */
const SESSION_MS = 8 * 60 * 60 * 1000;
const MAX_SESSIONS = 100;

/** What a browser shows by its cookie. */
export interface Visitor {
  /** The cookie's value; a new one when the browser had none. */
  readonly id: string;
  readonly isNew: boolean;
  readonly person: Person | undefined;
}

export interface BrowserSessions {
  /** Returns who the request's cookie stands for. */
  visitorOf(request: HttpRequest): Visitor;
  /** Returns the person when the password is right; `undefined` says no more than that something is wrong. */
  check(name: string, password: string): Person | undefined;
  /** Returns the id of a new session: never one that a browser brought along. */
  begin(person: Person): string;
  end(id: string): void;
  /** Returns the token that forms of this visitor carry. */
  csrfTokenOf(id: string): string;
  isCsrfToken(id: string, given: string): boolean;
}

/** Returns the sessions of one sandbox. */
export function createBrowserSessions(world: World): BrowserSessions {
  const sessions = new Map<string, { readonly name: string; readonly endsAt: number }>();
  const csrfKey = Buffer.from(world.randomBytes(32));
  const nobody = Buffer.from(world.randomBytes(30)).toString("base64");
  const newId = () => Buffer.from(world.randomBytes(32)).toString("base64url");
  const csrfTokenOf = (id: string) => createHmac("sha256", csrfKey).update(id).digest("base64url");
  const findPerson = (name: string) => world.identityCenter.instance?.people.get(name);
  const isOver = ({ endsAt }: { readonly endsAt: number }) => endsAt <= world.clock();
  return {
    visitorOf(request) {
      const id = readCookie(request, "portal");
      if (id === undefined) return { id: newId(), isNew: true, person: undefined };
      const session = sessions.get(id);
      if (session === undefined || isOver(session)) return { id, isNew: false, person: undefined };
      return { id, isNew: false, person: findPerson(session.name) };
    },
    check(name, password) {
      const person = findPerson(name);
      // A name that nobody has takes the same comparison as one that somebody has.
      const expected = person === undefined ? nobody : (person.password ?? "");
      return sameSignature(expected, password) ? person : undefined;
    },
    begin({ name }) {
      keepWithin(sessions, MAX_SESSIONS, isOver);
      const id = newId();
      sessions.set(id, { name, endsAt: world.clock() + SESSION_MS });
      return id;
    },
    end: (id) => void sessions.delete(id),
    csrfTokenOf,
    isCsrfToken: (id, given) => sameSignature(csrfTokenOf(id), given),
  };
}

/**
 * Returns the cookie's header: of no use to scripts and outside the portal's paths. Lax, because a link in a mail or in
 * another tool may lead to the portal; whatever changes anything is a form, and forms prove where they come from.
 */
export function cookieHeader(request: HttpRequest, id: string): string {
  return `${cookieName(request, "portal")}=${id}; Path=/start; HttpOnly; SameSite=Lax`;
}
