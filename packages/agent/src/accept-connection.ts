// The first byte tells which language a client speaks; whoever says nothing, too much or nonsense is cut off.
import type { Socket } from "node:net";
import { serveClient, type AgentDoor } from "./serve-client.js";
import { servePlainLine, serveHttp } from "./serve-plain.js";

const OPENS_JSON = "{".charCodeAt(0);
const OPENS_LINE = "c".charCodeAt(0);

/** Serves one connection to its end. Whose request is not whole within `withinMs` is cut off. Never throws. */
export function acceptConnection(socket: Socket, door: AgentDoor, withinMs: number): void {
  // The other end may go at any time; its `close` says all there is to know.
  socket.on("error", () => undefined);
  // What came while this process had no time to read it is read first: timers run before that.
  const timer = setTimeout(() => setImmediate(() => void (isWhole || socket.destroy())), withinMs);
  socket.once("close", () => clearTimeout(timer));
  const plain = (identity: string) =>
    door.credentials({ identity }, { canAsk: false, ask: async () => "gone", tell: () => undefined });
  let read: ((bytes: Buffer) => boolean) | undefined;
  let isDone = false;
  let isOurs = false;
  let isWhole = false;
  socket.on("data", (bytes: Buffer) => {
    if (isDone) return;
    if (read === undefined) {
      read = choose(bytes[0]);
      isOurs = bytes[0] === OPENS_JSON;
      if (read === undefined) {
        isDone = true;
        socket.destroy();
        return;
      }
    }
    isDone = read(bytes);
    if (isDone || (isOurs && bytes.includes(10))) {
      isWhole = true;
      clearTimeout(timer);
    }
  });
  // Our own client never closes one half: it has gone. `nc -N` and ncat do, and wait for the answer.
  socket.on("end", () => {
    if (isOurs || !isDone) socket.destroy();
  });

  function choose(first: number | undefined): ((bytes: Buffer) => boolean) | undefined {
    if (first === OPENS_JSON) return serveClient(socket, door);
    if (first === OPENS_LINE) return servePlainLine(socket, plain);
    // A capital letter: verbs other than GET are told so.
    if (first !== undefined && first >= 0x41 && first <= 0x5a) return serveHttp(socket, plain);
    return undefined;
  }
}
