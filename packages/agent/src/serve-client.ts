// One connection of our own client: it opens with what it wants, answers questions meanwhile, and gets one last line.
import type { Socket } from "node:net";
import { describeFailure } from "./describe-failure.js";
import { AgentError } from "./errors.js";
import { createLineReader } from "./read-lines.js";
import type { Outcome, Waiter } from "./relay-prompt.js";
import type { SealedAnswer } from "./seal-answer.js";
import { sendSecret, sendText } from "./send-and-close.js";
import type { AgentRequest, AgentStatus } from "./types.js";
import { readOpening, readReply, toWire, VERSION, writeLine, type Opening } from "./wire.js";

/** What a client may ask of the agent. */
export interface AgentDoor {
  /** `waiter` can be asked until the answer is there. */
  credentials(request: AgentRequest, waiter: Omit<Waiter, "key">): Promise<SealedAnswer>;
  status(): AgentStatus;
  lock(): Promise<void>;
  unlock(passphrase: string | undefined): Promise<void>;
  stop(): void;
}

const MOST_LINES = 64;
/** More than this is not kept for a client that does not read, in bytes. */
const MOST_UNREAD = 256 * 1024;

/** Returns what takes the bytes of the connection. Returns true when the client has nothing more to say. */
export function serveClient(socket: Socket, door: AgentDoor): (bytes: Buffer) => boolean {
  const lines = createLineReader();
  const asking = new Map<number, (outcome: Outcome) => void>();
  let opening: Opening | undefined;
  let count = 0;

  const leave = () => {
    for (const settle of asking.values()) settle("gone");
    asking.clear();
  };
  socket.once("close", leave);
  const say = (message: Readonly<Record<string, unknown>>) => {
    if (socket.destroyed || socket.writableEnded) return;
    socket.write(writeLine(message));
    if (socket.writableLength > MOST_UNREAD) socket.destroy();
  };
  const fail = (error: unknown) => sendText(socket, writeLine({ error: describeFailure(error) }));

  let lastId = 0;
  const waiter = (canAsk: boolean): Omit<Waiter, "key"> => ({
    get canAsk() {
      return canAsk && !socket.destroyed;
    },
    ask: (question, signal) =>
      new Promise((resolve) => {
        if (socket.destroyed) {
          resolve("gone");
          return;
        }
        const id = ++lastId;
        const withdraw = () => {
          say({ withdraw: id });
          settle("gone");
        };
        const settle = (outcome: Outcome) => {
          asking.delete(id);
          signal.removeEventListener("abort", withdraw);
          resolve(outcome);
        };
        asking.set(id, settle);
        signal.addEventListener("abort", withdraw, { once: true });
        say({ ask: toWire(id, question) });
      }),
    tell: (message) => say({ tell: message }),
  });

  const open = async (request: Opening) => {
    switch (request.op) {
      case "credentials": {
        const { identity, renew, retry, canAsk } = request;
        // What was read from JSON has no members that are undefined, which is all that the types leave open.
        const narrowing = request.narrowing as AgentRequest["narrowing"];
        const asked = {
          identity,
          ...(narrowing !== undefined && { narrowing }),
          ...(renew === true && { renew }),
          ...(retry === true && { retry }),
        };
        sendCredentials(socket, await door.credentials(asked, waiter(canAsk)));
        return;
      }
      case "status":
        sendText(socket, writeLine({ status: door.status() }));
        return;
      case "unlock":
        await door.unlock(request.passphrase);
        break;
      case "lock":
        await door.lock();
        break;
      case "stop":
        door.stop();
    }
    sendText(socket, writeLine({ done: true }));
  };

  const take = (line: string): boolean => {
    count += 1;
    if (opening === undefined) {
      opening = readOpening(line);
      if (opening === undefined) return false;
      open(opening).catch(fail);
      return true;
    }
    const reply = readReply(line);
    if (reply === undefined || count > MOST_LINES) return false;
    // A question that was withdrawn meanwhile has nobody who waits for its answer.
    const settle = asking.get(reply.id);
    if ("answer" in reply) settle?.({ answer: reply.answer });
    else settle?.(reply.failed === "cancelled" ? "cancelled" : "gone");
    return true;
  };

  return (bytes) => {
    const read = lines.take(bytes);
    if (read?.every(take) === true) return false;
    leave();
    fail(new AgentError("protocol", "the agent does not understand this client", { hint: "restart the agent" }));
    return true;
  };
}

/** The document is joined as bytes: it never becomes a string again. */
function sendCredentials(socket: Socket, { document, region, arn }: SealedAnswer): void {
  const rest = JSON.stringify({ ...(region !== undefined && { region }), ...(arn !== undefined && { arn }) });
  const before = Buffer.from(`{"v":${VERSION},"credentials":`);
  const after = Buffer.from(rest === "{}" ? "}\n" : `,${rest.slice(1)}\n`);
  const line = Buffer.alloc(before.length + document.length + after.length);
  before.copy(line);
  document.copy(line, before.length);
  after.copy(line, before.length + document.length);
  document.fill(0);
  sendSecret(socket, line);
}
