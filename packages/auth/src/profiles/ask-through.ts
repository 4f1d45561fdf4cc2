// Asks an address for which the AWS SDK has no client: by the same proxy and certificates as AWS, with bounds, and never where
// a redirect leads: what is sent along is a secret for that address only.
import { request as ask } from "node:http";
import { request as askByTls } from "node:https";
import type { ClientAgents } from "./request-handler.js";

export interface AddressAnswer {
  /** A redirect's status too: it is not followed. */
  readonly status: number;
  readonly body: string;
}

/** What is sent: by POST where there is a body, else by GET. */
export interface AddressQuestion {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Rejects where no whole answer came in time, with an error that says nothing of what was sent. */
export type AskAddress = (url: string, asked: AddressQuestion) => Promise<AddressAnswer>;

/** Longer than any token, with some words around it. */
const MOST_ANSWERED = 65_536;
const TIMEOUT_MS = 10_000;

/** Returns the asking by these agents; `undefined`: Node's own. `timeoutMs` is for the whole answer, in milliseconds. */
export const askThrough =
  (agents: ClientAgents | undefined, timeoutMs: number = TIMEOUT_MS): AskAddress =>
  (url, { headers, body }) =>
    new Promise((resolve, reject) => {
      const isTls = url.startsWith("https:");
      const agent = isTls ? agents?.httpsAgent : agents?.httpAgent;
      const request = (isTls ? askByTls : ask)(url, {
        method: body === undefined ? "GET" : "POST",
        headers,
        signal: AbortSignal.timeout(timeoutMs),
        // Whatever a variable says.
        rejectUnauthorized: true,
        ...(agent !== undefined && { agent }),
      });
      request.on("error", reject);
      request.on("response", (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("error", reject);
        answer.on("data", (chunk: string) => {
          text += chunk;
          if (text.length > MOST_ANSWERED) request.destroy(new Error("the answer is too long"));
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: text }));
      });
      request.end(body);
    });
