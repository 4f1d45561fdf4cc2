// A server for one browser of this machine. Every process and every web page of the machine can knock at it too.
import { createServer, type IncomingMessage } from "node:http";
import type { FindPeerOwner, PeerOwner } from "./find-peer-owner.js";
import { PAGE_HEADERS } from "./plain-page.js";

/** What is answered: a page, with the headers that every page of ours has. */
export interface Reply {
  readonly status: number;
  readonly page: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called when the answer is sent whole, and also where the browser hangs up early: what it brought counts. */
  readonly after?: () => void;
}

/** What came: its head, and whose program sent it. */
export interface Knock {
  readonly request: IncomingMessage;
  /** `127.0.0.1:PORT`: what Host must be, exactly. */
  readonly host: string;
  readonly owner: PeerOwner;
}

export interface Loopback {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Stops listening, and lets go of everybody. Safe to call again. */
  close(): void;
}

const MOST_CONNECTIONS = 32;
const SLOWEST_REQUEST_MS = 10_000;

/** Listens on a free port of 127.0.0.1 and resolves when it does. Rejects with the system's error where there is none. */
export const listenOnLoopback = async (
  findOwner: FindPeerOwner,
  answer: (knock: Knock) => Reply,
): Promise<Loopback> => {
  let host = "";
  const server = createServer((request, response) => {
    request.resume();
    const reply = async (): Promise<void> => {
      const owner = await findOwner(request.socket);
      const { status, page, headers, after } = answer({ request, host, owner });
      if (after !== undefined) {
        if (response.closed || request.socket.destroyed) after();
        else response.once("close", after);
      }
      response.writeHead(status, { ...PAGE_HEADERS, ...headers }).end(page);
    };
    reply().catch(() => response.destroy());
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = SLOWEST_REQUEST_MS;
  server.requestTimeout = SLOWEST_REQUEST_MS;

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // The literal address: "localhost" may be another machine's, and no address would mean all networks.
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  host = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return {
    host,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
