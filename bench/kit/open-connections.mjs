// A client that does next to nothing, so that the server is what is measured: bytes out, an answer of a known length in.
import { connect } from "node:net";

/** Returns so many connections to a port of 127.0.0.1, which open when they are first asked. */
export function openConnections(port, count) {
  return Array.from({ length: count }, () => openConnection(port));
}

/**
 * `ask` sends one request and resolves with the length of the answer's body. It rejects for any status but 200, and for an
 * answer without a length. A connection that the server closes after its answer is opened again: that is its cost, too.
 */
function openConnection(port) {
  let socket;
  let pending;
  let received = Buffer.alloc(0);

  const settle = (outcome, value) => {
    const waiting = pending;
    pending = undefined;
    waiting?.[outcome](value);
  };
  const open = () => {
    const opened = connect({ port, host: "127.0.0.1", noDelay: true });
    opened.on("data", (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      read(opened);
    });
    opened.on("error", (error) => settle("reject", error));
    opened.on("close", () => {
      // One that was replaced speaks no more for the request that waits.
      if (socket !== opened) return;
      socket = undefined;
      settle("reject", new Error("the server closed the connection without an answer"));
    });
    received = Buffer.alloc(0);
    return opened;
  };
  const read = (from) => {
    const end = received.indexOf("\r\n\r\n");
    if (end === -1) return;
    const head = received.latin1Slice(0, end);
    const bodyBytes = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (received.length < end + 4 + bodyBytes) return;
    if (/^HTTP\/1\.0|\r\nconnection: *close/i.test(head)) {
      from.destroy();
      socket = undefined;
    }
    const isGood = /^HTTP\/1\.[01] 200 /.test(head) && !Number.isNaN(bodyBytes);
    const answer = received;
    received = Buffer.alloc(0);
    if (isGood) settle("resolve", { bodyBytes });
    else settle("reject", new Error(`not the answer that was asked for: ${answer.toString()}`));
  };

  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        pending = { resolve, reject };
        socket ??= open();
        socket.write(request);
      }),
    close() {
      pending = undefined;
      socket?.destroy();
    },
  };
}
