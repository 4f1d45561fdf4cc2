// A server on this machine that answers every request with what a row says: a lying AWS, or somebody in between.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AnsweringServer {
  readonly endpoint: string;
  /** What the next requests get. */
  answer: Answer;
  /** Requests so far. */
  requests: number;
  close(): Promise<void>;
}

/** Starts the server; the caller closes it. */
export async function serveAnswers(): Promise<AnsweringServer> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      serving.requests += 1;
      const { status, body, headers } = serving.answer;
      response.writeHead(status, { "content-type": "text/xml", "x-amzn-requestid": "request-7", ...headers });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const serving: AnsweringServer = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: { status: 500, body: "" },
    requests: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return serving;
}

/** STS's error document (AWS STS API Reference, "Common Errors"). The message is put in as it is. */
export function stsError(code: string, message: string, status = 400): Answer {
  const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>request-7</RequestId></ErrorResponse>`;
  return { status, body };
}
