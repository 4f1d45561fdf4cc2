// Waits on this machine for the browser to come back from AWS with the code (RFC 8252, section 7.3). Every process and
// every web page of this machine can knock here too: what does not know the state is answered and forgotten, and so is
// the browser of another user, who would sign in as themselves.
import type { IncomingMessage } from "node:http";
import { AuthError } from "../errors.js";
import { createFindPeerOwner, type FindPeerOwner } from "../browser/find-peer-owner.js";
import { listenOnLoopback, type Reply } from "../browser/listen-on-loopback.js";
import { createOneTimeLink, isSame, STRANGER_PAGE, type OneTimeLink } from "../browser/one-time-link.js";
import { ANSWERED_PAGE, createRefusedPage, IGNORED_PAGE } from "./callback-page.js";

const CALLBACK_PATH = "/oauth/callback";

/** The redirect URI as it is registered, without a port: AWS then takes any (RFC 8252, section 7.3). */
export const REGISTERED_REDIRECT_URI: string = `http://127.0.0.1${CALLBACK_PATH}`;

export interface CodeListener {
  /** Where the browser is to come back to: it is listened to already. */
  readonly redirectUri: string;
  /**
   * The code. Rejects with `sign_in_refused` where AWS says that the person, or it, did not agree, and where somebody else
   * may have been led to AWS's page.
   */
  readonly code: Promise<string>;
  /** Returns the address that leads a browser to `url` once: what the browser is started with. */
  leadTo(url: string): string;
  /** Stops listening. Safe to call again. */
  close(): void;
}

export interface ListenOptions {
  readonly state: string;
  /** 256 bits that nobody can guess, as text for addresses: the path of the one-time address. */
  readonly token: string;
  /** Called where another user of this machine was turned away. */
  readonly onStranger?: () => void;
  /** Default: asks this system. */
  readonly findOwner?: FindPeerOwner;
}

/** OAuth's own words are of this form; nothing else is repeated in an error. */
const plainError = (error: string): string => (/^[a-z_]{1,64}$/.test(error) ? error : "an unknown error");

const createRefusal = (error: string): AuthError =>
  error === "access_denied"
    ? new AuthError("sign_in_refused", "the sign-in was denied in the browser", {
        hint: "start again, and allow the access on AWS's page",
      })
    : new AuthError("sign_in_refused", `AWS did not grant the sign-in: ${plainError(error)}`, {
        hint: "start again; if it stays so, ask who administers IAM Identity Center",
      });

const createTwiceError = (): AuthError =>
  new AuthError(
    "sign_in_refused",
    "the sign-in's link was opened twice, once perhaps by another user of this machine",
    {
      hint: "start again, or sign in with a code on another device",
    },
  );

type Answer = { readonly code: string } | { readonly error: string };

/** Returns what the browser brings, or undefined where it is not AWS's answer to our question. */
const readAnswer = (request: IncomingMessage, host: string, state: string): Answer | undefined => {
  // A foreign name that was pointed at 127.0.0.1 (DNS rebinding) shows in Host.
  if (request.method !== "GET" || request.headers.host !== host) return undefined;
  const [path, ...rest] = (request.url ?? "").split("?");
  if (path !== CALLBACK_PATH || rest.length !== 1) return undefined;
  const query = new URLSearchParams(rest[0]);
  const [states, codes, errors] = [query.getAll("state"), query.getAll("code"), query.getAll("error")];
  const [given] = states;
  if (given === undefined || states.length !== 1 || !isSame(given, state)) return undefined;
  const [code, error] = [codes[0], errors[0]];
  if (errors.length === 1 && codes.length === 0 && error !== undefined) return { error };
  return codes.length === 1 && errors.length === 0 && code !== undefined && code !== "" ? { code } : undefined;
};

/**
 * Listens on a free port of 127.0.0.1 and resolves when it does, so that the browser cannot come too early.
 * Throws `sign_in_refused` where no port can be had.
 */
export const listenForCode = async (options: ListenOptions): Promise<CodeListener> => {
  const { state, token, onStranger, findOwner = createFindPeerOwner() } = options;
  let settle: { resolve(code: string): void; reject(error: AuthError): void } | undefined;
  const code = new Promise<string>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Whoever closes before the answer comes does not wait for it.
  code.catch(() => undefined);
  let oneTime: OneTimeLink | undefined;

  const takeAnswer = (answer: Answer): Reply => {
    const waiting = settle;
    if (waiting === undefined) return { status: 400, page: IGNORED_PAGE };
    settle = undefined;
    // The page is sent whole before the one who waits closes the door.
    if ("code" in answer) return { status: 200, page: ANSWERED_PAGE, after: () => waiting.resolve(answer.code) };
    const page = createRefusedPage(answer.error);
    return { status: 400, page, after: () => waiting.reject(createRefusal(answer.error)) };
  };

  const loopback = await listenOnLoopback(findOwner, ({ request, host, owner }) => {
    const { method = "", url = "", rawHeaders } = request;
    const led = oneTime?.answer({ method, url, rawHeaders }, host, owner);
    if (led !== undefined) return led;
    const answer = readAnswer(request, host, state);
    if (answer === undefined) return { status: url.startsWith(CALLBACK_PATH) ? 400 : 404, page: IGNORED_PAGE };
    if (owner !== "other" && owner !== "gone") return takeAnswer(answer);
    if (owner === "other") onStranger?.();
    return { status: 403, page: STRANGER_PAGE };
  }).catch((cause: unknown) => {
    throw new AuthError("sign_in_refused", "no port of this machine can be listened to for the browser's answer", {
      hint: "sign in with a code on another device instead",
      cause,
    });
  });

  const refuseTwice = (): void => {
    settle?.reject(createTwiceError());
    settle = undefined;
  };
  return {
    redirectUri: `http://${loopback.host}${CALLBACK_PATH}`,
    code,
    leadTo(url) {
      oneTime = createOneTimeLink({
        link: url,
        token,
        onTwice: refuseTwice,
        ...(onStranger !== undefined && { onStranger }),
      });
      return `http://${loopback.host}${oneTime.path}`;
    },
    close: loopback.close,
  };
};
