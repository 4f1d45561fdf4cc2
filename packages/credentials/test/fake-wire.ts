// A TCP server that answers AssumeRole with whatever bytes a test wants, to be as bad as a network can be.
import { createServer, type Socket } from "node:net";

export interface FakeWire {
  readonly endpoint: string;
  /** Requests seen. */
  requests: number;
  /** Bodies seen. */
  readonly bodies: string[];
  /** Connections that are open just now and have carried a request, or a part of one. */
  open(): number;
  /** Connections that are open just now and have carried nothing. */
  idle(): number;
  close(): Promise<void>;
}

/** Starts a server; `answer` gets the socket once a whole request has arrived. */
export const startFakeWire = async (answer: (socket: Socket, request: number) => void): Promise<FakeWire> => {
  const sockets = new Set<Socket>();
  const used = new WeakSet<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    let seen = "";
    socket.on("data", (chunk) => {
      used.add(socket);
      seen += chunk.toString("latin1");
      const end = seen.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(seen)?.[1] ?? 0);
      if (end === -1 || seen.length < end + 4 + length) return;
      wire.bodies.push(seen.slice(end + 4, end + 4 + length));
      seen = seen.slice(end + 4 + length);
      answer(socket, ++wire.requests);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const wire: FakeWire = {
    endpoint: `http://127.0.0.1:${port}`,
    requests: 0,
    bodies: [],
    open: () => [...sockets].filter((socket) => used.has(socket)).length,
    idle: () => [...sockets].filter((socket) => !used.has(socket)).length,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return wire;
};

export const SECRET = "secret/0123456789+abcdefghijklmnopqrstuv";
export const TOKEN = "token//////////0123456789abcdefghijklmnopqrstuvwxyz==";

export interface Answer {
  accessKeyId?: string;
  secretAccessKey?: string;
  sessionToken?: string;
  expiration?: string;
  arn?: string;
  assumedRoleId?: string;
}

const element = (name: string, value: string | undefined) => (value === undefined ? "" : `<${name}>${value}</${name}>`);

/** STS's answer, in the order of the API reference's example. `undefined` leaves an element out. */
export const answerXml = (over: Answer = {}): string => {
  const answer: Answer = {
    accessKeyId: "ASIA0123456789ABCDEF",
    secretAccessKey: SECRET,
    sessionToken: TOKEN,
    expiration: new Date(Date.now() + 3_600_000).toISOString(),
    arn: "arn:aws:sts::222222222222:assumed-role/reader/acme.report",
    assumedRoleId: "AROA0123456789ABCDEF0:acme.report",
    ...over,
  };
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser>${element("AssumedRoleId", answer.assumedRoleId)}${element("Arn", answer.arn)}</AssumedRoleUser><Credentials>${element("SessionToken", answer.sessionToken)}${element("SecretAccessKey", answer.secretAccessKey)}${element("Expiration", answer.expiration)}${element("AccessKeyId", answer.accessKeyId)}</Credentials><PackedPolicySize>6</PackedPolicySize></AssumeRoleResult><ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata></AssumeRoleResponse>`;
};

export const errorXml = (code: string, message: string): string =>
  `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>request-7</RequestId></ErrorResponse>`;

export const http = (status: number, body: string, headers: Record<string, string> = {}): string => {
  const all = {
    "content-type": "text/xml",
    "content-length": String(Buffer.byteLength(body)),
    "x-amzn-requestid": "request-7",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Whatever\r\n${lines.join("")}\r\n${body}`;
};
