// What a browser is started with stands where every user of this machine can read it (/proc, ps). So it is never the link
// itself, which would sign whoever is first in: it is an address of ours that leads there once.
import { timingSafeEqual } from "node:crypto";
import type { PeerOwner } from "./find-peer-owner.js";
import type { Reply } from "./listen-on-loopback.js";
import { judgePageRequest, type RequestHead } from "./judge-page-request.js";
import { createPage, escapeHtml } from "./plain-page.js";

export interface OneTimeLinkOptions {
  readonly link: string;
  /** 256 bits that nobody can guess, as text for addresses. */
  readonly token: string;
  /** True: the link itself is a secret, and leads nobody of whom the system does not say who they are. Default false. */
  readonly isSecret?: boolean;
  /** The browser is on its way: the answer is sent. */
  readonly onTaken?: () => void;
  /** A secret link was asked for, and the system does not say by whom. */
  readonly onUnknown?: () => void;
  /** Another user of this machine has tried it, in vain. */
  readonly onStranger?: () => void;
  /** Nobody can say who was first, and somebody came after: one of the two may not be the person. */
  readonly onTwice?: () => void;
}

export interface OneTimeLink {
  /** Its path at our address. */
  readonly path: string;
  /** Returns the answer, or undefined where another page was asked for. */
  answer(head: RequestHead, host: string, owner: PeerOwner): Reply | undefined;
}

const USED_PAGE = createPage(
  "This link was used already",
  "It works once, and somebody has opened it before. If that was not you, it was somebody else. Close this window and start again in the terminal.",
);

/** For a browser of another user than the one that the program runs as. */
export const STRANGER_PAGE: string = createPage(
  "This browser is another user's",
  "The program that waits in the terminal runs as another user of this machine. Nothing was done. Start again in the terminal, and open the address by hand or use a code on another device.",
);

const UNWANTED_PAGE = createPage("This is not how the link is opened", "Nothing was done. Go back to the terminal.");

/** Compares secrets, in a time that tells nothing of them. */
export const isSame = (one: string, other: string): boolean => {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
};

const UNKNOWN_PAGE = createPage(
  "It cannot be told whose browser this is",
  "This system does not say which user has opened the link, and it is for one user only. Nothing was done. Go back to the terminal.",
);

/** Browsers follow a redirect to the web's own schemes only. */
const leadTo = (link: string): Reply => {
  if (/^https?:/.test(link)) return { status: 303, page: "", headers: { location: link } };
  const head = `<meta http-equiv="refresh" content="0;url=${escapeHtml(link)}">`;
  return { status: 200, page: createPage("Opening", "The page opens by itself.", head) };
};

/**
 * Returns the link. It leads on once: another user is refused and does not use it up; who comes second is told so.
 * What browsers ask ahead of the person, or other pages ask, does not count.
 */
export const createOneTimeLink = (options: OneTimeLinkOptions): OneTimeLink => {
  const { link, isSecret = false, onTaken, onStranger, onUnknown, onTwice } = options;
  const path = `/${options.token}`;
  let takenBy: PeerOwner | undefined;
  return {
    path,
    answer(head, host, owner) {
      if (!isSame(head.url, path)) return undefined;
      if (head.method !== "GET" || judgePageRequest(head, { host }) !== undefined) {
        return { status: 403, page: UNWANTED_PAGE };
      }
      if (owner === "other" || owner === "gone") {
        if (owner === "other") onStranger?.();
        return { status: 403, page: STRANGER_PAGE };
      }
      if (takenBy !== undefined) {
        const isDoubtful = takenBy !== "own" && onTwice !== undefined;
        return { status: 410, page: USED_PAGE, ...(isDoubtful && { after: onTwice }) };
      }
      if (isSecret && owner === "unknown") {
        return { status: 403, page: UNKNOWN_PAGE, ...(onUnknown !== undefined && { after: onUnknown }) };
      }
      takenBy = owner;
      return { ...leadTo(link), ...(onTaken !== undefined && { after: onTaken }) };
    },
  };
};
