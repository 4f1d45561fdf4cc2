// Shows a link that is a secret in a browser of this machine. What a browser is started with can be read by everybody, so it
// gets an address that leads one program of this user there, once.
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { AuthError } from "../errors.js";
import { createFindPeerOwner, type FindPeerOwner } from "./find-peer-owner.js";
import { listenOnLoopback } from "./listen-on-loopback.js";
import { createOneTimeLink } from "./one-time-link.js";
import { createPage } from "./plain-page.js";

export interface ShowOnceOptions {
  readonly link: string;
  /** Starts the browser. */
  readonly show: (address: string) => Promise<void>;
  /** What the person is told to do where it does not work. */
  readonly hint: string;
  /** Default: asks this system. */
  readonly findOwner?: FindPeerOwner;
  /** 256 bits that nobody can guess, as text for addresses. Default: the machine's. */
  readonly createSecret?: () => string;
  /** Waits so many milliseconds; rejects when the signal fires. Default: a timer of this machine. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** A browser that has to start on a slow machine, or asks first which profile to open. */
const LONGEST_MS = 60_000;

const NOTHING_PAGE = createPage("There is nothing here", "Go back to the terminal.");

const sleepFor = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  setTimeout(milliseconds, undefined, { signal });

/**
 * Resolves when a program of this user has been led to the link. Rejects with what `show` rejects with, and with
 * `prompt_unavailable` where none comes within a minute, or the system does not say whose it is.
 */
export const showOnce = async (options: ShowOnceOptions): Promise<void> => {
  const { link, show, hint, findOwner = createFindPeerOwner(), sleep = sleepFor } = options;
  const { createSecret = () => randomBytes(32).toString("base64url") } = options;
  const unavailable = (message: string): AuthError => new AuthError("prompt_unavailable", message, { hint });
  let settle: { resolve(): void; reject(error: AuthError): void } | undefined;
  const taken = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  taken.catch(() => undefined);
  const oneTime = createOneTimeLink({
    link,
    token: createSecret(),
    isSecret: true,
    onTaken: () => settle?.resolve(),
    onUnknown: () => settle?.reject(unavailable("this system does not say whose browser has opened the link")),
  });
  const loopback = await listenOnLoopback(findOwner, ({ request, host, owner }) => {
    const { method = "", url = "", rawHeaders } = request;
    return oneTime.answer({ method, url, rawHeaders }, host, owner) ?? { status: 404, page: NOTHING_PAGE };
  });
  const done = new AbortController();
  try {
    await show(`http://${loopback.host}${oneTime.path}`);
    const late = sleep(LONGEST_MS, done.signal).then(() => Promise.reject(unavailable("no browser came for the link")));
    late.catch(() => undefined);
    await Promise.race([taken, late]);
  } finally {
    done.abort();
    loopback.close();
  }
};
