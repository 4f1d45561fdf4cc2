// The setup as a page of this machine. node:http and no framework: three routes for one browser, and each check is to be seen
// here, in order, before anything of a request is used.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { AuthError } from "../errors.js";
import { detectCi } from "../resolver/detect-ci.js";
import { currentEnvironment } from "../resolver/this-process.js";
import { driveSetup } from "./drive-setup.js";
import { cookieValue, judgePageRequest, type RequestHead } from "../browser/judge-page-request.js";
import { createPageDesk } from "./page-desk.js";
import { readForm } from "./read-form.js";
import { renderRefusal, renderSetupPage, setupHeaders } from "./render-setup-page.js";
import type { SetupEnd, SetupOptions, SetupResult } from "./setup-types.js";

export interface SetupPageOptions extends SetupOptions {
  /**
   * The origin of a desktop application's own page that may show this one in a frame: `http://127.0.0.1:PORT`. Only that
   * form: a browser keeps our cookie from frames of any other site. Default: no frame. A window of its own needs none.
   */
  readonly embedIn?: string;
  /** How long the page waits for a person, in milliseconds. Default 600,000. */
  readonly idleMs?: number;
  /** 256 bits that nobody can guess, as text for addresses. Default: the machine's. */
  readonly createSecret?: () => string;
}

/** What is answered to a request. */
interface PageAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called when the browser has it, or has hung up. */
  readonly sent?: () => void;
}

export interface SetupPage {
  /** Opens the setup once, in one browser. It is a secret until then: it is for the browser, and for no log. */
  readonly url: string;
  /** As `runSetupInTerminal`. The person has seen the last page then, or did not want to. */
  readonly finished: Promise<SetupResult>;
  /** Ends the setup; what was not finished rejects with `cancelled`. Safe to call again. */
  close(): void;
}

const IDLE_MS = 600_000;
/** How long the browser of a busy machine may take to fetch the last page. */
const LAST_PAGE_MS = 30_000;
/** How long a page waits for quick work, so that nobody sees it. */
const PATIENCE_MS = 1_200;
const MOST_CONNECTIONS = 32;
const SLOWEST_REQUEST_MS = 10_000;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const isSame = (given: string | undefined, secret: string): boolean =>
  given !== undefined && timingSafeEqual(digest(given), digest(secret));

const STOPPED: SetupEnd = {
  kind: "end",
  title: "The setup was stopped",
  words: ["Nothing was written."],
  shown: [],
};

const endOf = (error: unknown): SetupEnd => {
  if (!(error instanceof AuthError)) {
    return { ...STOPPED, title: "The setup failed", words: ["It failed unexpectedly; the tool says more."] };
  }
  if (error.code === "cancelled") return STOPPED;
  const problem = { message: error.message, hint: error.hint };
  return { ...STOPPED, title: "The setup failed", words: [], problem };
};

const checkOptions = ({ embedIn, env = currentEnvironment() }: SetupPageOptions): void => {
  const build = detectCi(env);
  if (build !== undefined) {
    throw new AuthError("prompt_unavailable", `this is a build of ${build.name}: nobody can be asked`, {
      hint: "run the setup on a person's machine; give the build a role of its own by its token",
    });
  }
  if (embedIn !== undefined && !/^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(embedIn)) {
    throw new AuthError("invalid_option", "`embedIn` is no origin that a frame works in", {
      hint: "give http://127.0.0.1:PORT, or open the page in a window of its own and leave it out",
    });
  }
};

/**
 * Serves the setup on a free port of 127.0.0.1 until it is finished, given up, or nobody came for a while. Rejects with
 * `prompt_unavailable` in a build, `invalid_option`, and `file_unusable` where no port can be had.
 */
export const serveSetupPage = async (options: SetupPageOptions): Promise<SetupPage> => {
  checkOptions(options);
  const { embedIn, idleMs = IDLE_MS, createSecret = () => randomBytes(32).toString("base64url"), ...setup } = options;
  const { toolName } = setup;
  const desk = createPageDesk({ createSecret });
  const headers = setupHeaders(embedIn);
  // The cookie is bound to a path that nobody knows: other ports of 127.0.0.1 are the same host to a browser, and would be
  // sent it (RFC 6265, section 8.5, "Weak Confidentiality").
  const [token, room, pass] = [createSecret(), createSecret(), createSecret()];
  const home = `/setup/${room}/`;
  let isTaken = false;
  let host = "";
  let seenEnd = (): void => undefined;
  const lastPage = new Promise<void>((resolve) => {
    seenEnd = resolve;
  });

  const refuse = (status: number, why: string): PageAnswer => ({
    status,
    body: renderRefusal(why),
    headers: { connection: "close" },
  });

  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });

  /** The token is worth one exchange; who comes second is told, so that a person whose link was stolen learns of it. */
  const letIn = (): PageAnswer => {
    if (isTaken) {
      return refuse(
        403,
        "this link was used already; if that was not you, stop the setup in the tool and start it again",
      );
    }
    isTaken = true;
    begin();
    const cookie = `daypass_setup=${pass}; HttpOnly; SameSite=Strict; Path=${home}`;
    return { status: 303, body: "", headers: { location: home, "set-cookie": cookie } };
  };

  const showView = async (): Promise<PageAnswer> => {
    const first = desk.view();
    if (first.kind === "work" && first.told.length === 0) await desk.changed(PATIENCE_MS);
    const view = desk.view();
    const body = renderSetupPage(view, toolName);
    return { status: 200, body, ...(view.kind === "end" && { sent: seenEnd }) };
  };

  const showText = (number: string): PageAnswer => {
    const view = desk.view();
    const shown = view.kind === "question" && /^\d$/.test(number) ? view.question.shown[Number(number)] : undefined;
    if (shown?.fileName === undefined) return refuse(404, "there is nothing here");
    const disposition = `attachment; filename="${shown.fileName.replaceAll(/[^\w.-]/g, "_")}"`;
    const kind = { "content-type": "text/plain; charset=utf-8", "content-disposition": disposition };
    return { status: 200, body: shown.text, headers: kind };
  };

  const takeAnswer = async (request: IncomingMessage): Promise<PageAnswer> => {
    const form = await readForm(request);
    if ("status" in form) return refuse(form.status, form.why);
    const { step, wish, values } = form;
    if (wish === "stop") desk.stop();
    else if (wish === "back") desk.back(step);
    else desk.answer(step, values);
    return { status: 303, body: "", headers: { location: home } };
  };

  const answer = async (request: IncomingMessage): Promise<PageAnswer> => {
    const { method = "", url = "", rawHeaders } = request;
    const head: RequestHead = { method, url, rawHeaders };
    const refusal = judgePageRequest(head, { host, embedIn });
    if (refusal !== undefined) return refuse(refusal.status, refusal.why);
    if (method === "GET") request.resume();
    if (method === "GET" && url.startsWith("/start/")) {
      const isRight = isSame(url.slice("/start/".length), token);
      return isRight ? letIn() : refuse(403, "this link is not the one that the tool gave");
    }
    const isInside = url.startsWith("/setup/") && isSame(url.split("/")[2], room);
    if (!isInside || !isSame(cookieValue(head, "daypass_setup"), pass)) {
      return refuse(403, "this browser was not let in; open the link that the tool gave");
    }
    waitAnew();
    const rest = url.slice(home.length);
    if (rest === "") return method === "POST" ? takeAnswer(request) : showView();
    if (method === "GET" && rest.startsWith("text/")) return showText(rest.slice("text/".length));
    return refuse(404, "there is nothing here");
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body, headers: more, sent } = await answer(request);
    if (sent !== undefined) response.once("close", sent);
    response.writeHead(status, { ...headers, "content-type": "text/html; charset=utf-8", ...more }).end(body);
  };

  const server = createServer({ insecureHTTPParser: false }, (request, response) => {
    // A request that breaks off is nobody's failure; nothing of one may end the program.
    serve(request, response).catch(() => response.destroy());
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = SLOWEST_REQUEST_MS;
  server.requestTimeout = SLOWEST_REQUEST_MS;
  server.on("upgrade", (_request, socket) => socket.destroy());
  server.on("connect", (_request, socket) => socket.destroy());

  let idle: NodeJS.Timeout | undefined;
  const waitAnew = (): void => {
    clearTimeout(idle);
    idle = setTimeout(() => close(), idleMs);
  };
  /** Nobody is left to see a page. */
  const close = (): void => {
    desk.stop();
    begin();
    seenEnd();
  };

  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new AuthError("file_unusable", "no port of this machine can be listened to for the page", {
          hint: "run the setup in a terminal instead",
          cause,
        }),
      ),
    );
    // The literal address: "localhost" may be another machine's, and no address would mean all networks.
    server.listen({ host: "127.0.0.1", port: 0, exclusive: true }, resolve);
  });
  const address = server.address();
  host = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  waitAnew();

  const run = async (): Promise<SetupResult> => {
    await begun;
    return driveSetup(setup, {
      ...desk.face,
      show(step) {
        if (step.kind === "end") desk.end(step);
        else desk.face.show(step);
      },
    });
  };
  const settle = async (): Promise<SetupResult> => {
    try {
      return await run().catch((error: unknown) => {
        desk.end(endOf(error));
        throw error;
      });
    } finally {
      const timer = setTimeout(seenEnd, LAST_PAGE_MS);
      await lastPage;
      clearTimeout(timer);
      clearTimeout(idle);
      server.close();
      server.closeAllConnections();
    }
  };
  const finished = settle();
  // Whoever only closes does not wait for it.
  finished.catch(() => undefined);
  return { url: `http://${host}/start/${token}`, finished, close };
};
