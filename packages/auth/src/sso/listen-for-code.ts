// Waits on this machine for the browser to come back from AWS with the code (RFC 8252, section 7.3). Every process and
// every web page of this machine can knock here too: what does not know the state is answered and forgotten.
import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { AuthError } from "../errors.js";
import { ANSWERED_PAGE, createRefusedPage, IGNORED_PAGE, PAGE_HEADERS } from "./callback-page.js";

const CALLBACK_PATH = "/oauth/callback";

/** The redirect URI as it is registered, without a port: AWS then takes any (RFC 8252, section 7.3). */
export const REGISTERED_REDIRECT_URI: string = `http://127.0.0.1${CALLBACK_PATH}`;

export interface CodeListener {
  /** Where the browser is to come back to: it is listened to already. */
  readonly redirectUri: string;
  /** The code. Rejects with `sign_in_refused` where AWS says that the person, or it, did not agree. */
  readonly code: Promise<string>;
  /** Stops listening. Safe to call again. */
  close(): void;
}

const MOST_CONNECTIONS = 32;
const SLOWEST_REQUEST_MS = 10_000;

const isSame = (one: string, other: string): boolean => {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
};

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

type Knock = { readonly code: string } | { readonly error: string };

/** Returns what the browser brings, or undefined where it is not AWS's answer to our question. */
const readKnock = (request: IncomingMessage, host: string, state: string): Knock | undefined => {
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
export const listenForCode = async (state: string): Promise<CodeListener> => {
  let settle: { resolve(code: string): void; reject(error: AuthError): void } | undefined;
  const code = new Promise<string>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Whoever closes before the answer comes does not wait for it.
  code.catch(() => undefined);

  let host = "";
  const answer = (response: ServerResponse, status: number, page: string, after?: () => void): void => {
    // Also where the browser hangs up early: what it brought counts.
    if (after !== undefined) response.once("close", after);
    response.writeHead(status, PAGE_HEADERS).end(page);
  };
  const server = createServer((request, response) => {
    request.resume();
    const knock = readKnock(request, host, state);
    const waiting = settle;
    if (knock === undefined || waiting === undefined) {
      const isElsewhere = !(request.url ?? "").startsWith(CALLBACK_PATH);
      answer(response, isElsewhere ? 404 : 400, IGNORED_PAGE);
      return;
    }
    settle = undefined;
    // The page is sent whole before the one who waits closes the door.
    if ("code" in knock) answer(response, 200, ANSWERED_PAGE, () => waiting.resolve(knock.code));
    else answer(response, 400, createRefusedPage(knock.error), () => waiting.reject(createRefusal(knock.error)));
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = SLOWEST_REQUEST_MS;
  server.requestTimeout = SLOWEST_REQUEST_MS;

  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new AuthError("sign_in_refused", "no port of this machine can be listened to for the browser's answer", {
          hint: "sign in with a code on another device instead",
          cause,
        }),
      ),
    );
    // The literal address: "localhost" may be another machine's, and no address would mean all networks.
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  host = `127.0.0.1:${port}`;
  return {
    redirectUri: `http://${host}${CALLBACK_PATH}`,
    code,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
