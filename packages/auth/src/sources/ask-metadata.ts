// One question to a metadata service: never by a proxy, never after a redirect, soon answered and short.
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { AuthError } from "../errors.js";

/** AWS's tools wait as long. */
const TIMEOUT_MS = 1_000;
const MOST_BYTES = 65_536;
const MOST_ATTEMPTS = 3;

export interface MetadataQuestion {
  readonly url: URL;
  readonly method?: "GET" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole answer. Default 1,000. */
  readonly timeoutMs?: number;
}

export interface MetadataAnswer {
  readonly status: number;
  readonly body: string;
}

const unavailable = (url: URL, what: string): AuthError =>
  new AuthError("metadata_unavailable", `the metadata service at ${url.host} ${what}`, {
    hint: "there may be none here: choose another profile, or see to the role of this machine or container",
  });

const askOnce = async ({
  url,
  method = "GET",
  headers = {},
  timeoutMs = TIMEOUT_MS,
}: MetadataQuestion): Promise<MetadataAnswer> =>
  new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    // An agent of its own: the machine's global one may be told to go by a proxy.
    const request = send(url, { method, headers: { accept: "application/json", ...headers }, agent: false });
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error instanceof AuthError ? error : unavailable(url, "cannot be reached"));
    };
    // Said besides: a request that has no connection any more, as after an answer of 101, is destroyed without an error.
    const timer = setTimeout(() => {
      const late = unavailable(url, "does not answer in time");
      fail(late);
      request.destroy(late);
    }, timeoutMs);
    request.on("error", fail);
    request.once("response", (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on("error", fail);
      response.on("data", (part: Buffer) => {
        bytes += part.length;
        if (bytes > MOST_BYTES) request.destroy(unavailable(url, "answers with far too much"));
        else parts.push(part);
      });
      response.once("end", () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString("utf8") });
      });
    });
    request.end();
  });

/**
 * Returns the answer of status 200. Asks three times at most where the service cannot be reached or answers 5xx. Rejects
 * with `metadata_unavailable`, which never repeats what was answered.
 */
export const askMetadata = async (question: MetadataQuestion): Promise<string> => {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await askOnce(question).catch((error: unknown) => {
      if (attempt >= MOST_ATTEMPTS) throw error;
      return undefined;
    });
    if (answer?.status === 200) return answer.body;
    if (answer !== undefined && (answer.status < 500 || attempt >= MOST_ATTEMPTS)) {
      throw unavailable(question.url, `answers with status ${answer.status}`);
    }
  }
};
