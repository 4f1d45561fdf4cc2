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

/** Rejects where no whole answer came in time, with an error that says nothing of what was sent. */
export type AskAddress = (url: string, headers: Readonly<Record<string, string>>) => Promise<AddressAnswer>;

/** Longer than any token, with some words around it. */
const MOST_ANSWERED = 65_536;
const TIMEOUT_MS = 10_000;

/** Returns the asking by these agents; `undefined`: Node's own. */
export const askThrough =
  (agents: ClientAgents | undefined): AskAddress =>
  (url, headers) =>
    new Promise((resolve, reject) => {
      const isTls = url.startsWith("https:");
      const agent = isTls ? agents?.httpsAgent : agents?.httpAgent;
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const request = (isTls ? askByTls : ask)(url, { headers, signal, ...(agent !== undefined && { agent }) });
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
      request.end();
    });
