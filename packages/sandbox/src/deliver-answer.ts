// The last step of every answer: out, and, when that was ordered, late, in part, or not at all.
import type { ServerResponse } from "node:http";
import type { DeliveredAnswer } from "./rehearsal/disturb-answer.js";

export interface DeliverOptions {
  /** The time that answers are dated with, in milliseconds since 1970: clients correct their clocks by it. */
  readonly now: () => number;
  readonly bodyWasRead: boolean;
}

/** Sends the answer; returns at once, with a late answer still to come. */
export function deliverAnswer(response: ServerResponse, answer: DeliveredAnswer, options: DeliverOptions): void {
  const delayMs = answer.delivery?.delayMs ?? 0;
  if (delayMs === 0) {
    deliver(response, answer, options);
    return;
  }
  const timer = setTimeout(() => deliver(response, answer, options), delayMs);
  // Nobody waits any more, or the server stops.
  response.once("close", () => clearTimeout(timer));
}

function deliver(response: ServerResponse, answer: DeliveredAnswer, options: DeliverOptions): void {
  const end = answer.delivery?.end ?? "whole";
  // The client waits until it gives up; stopping the server closes the connection.
  if (end === "hang") return;
  if (end === "lost") {
    cutConnection(response, "reset");
    return;
  }
  const body = Buffer.from(answer.body);
  if (end !== "whole" && (body.length === 0 || response.req.method === "HEAD")) {
    // Its head would be the whole answer.
    cutConnection(response, end);
    return;
  }
  response.sendDate = false;
  const headers: Record<string, string> = { ...answer.headers, date: new Date(options.now()).toUTCString() };
  if (answer.status !== 204 && answer.status !== 304) headers["content-length"] ??= String(body.length);
  // The rest of a body that was not read must not be taken for the next request.
  if (!options.bodyWasRead) headers["connection"] = "close";
  response.writeHead(answer.status, headers);
  if (end === "whole") {
    response.end(body, () => {
      if (!options.bodyWasRead) response.socket?.destroySoon();
    });
    return;
  }
  response.flushHeaders();
  response.write(body.subarray(0, answer.delivery?.afterBytes ?? 0));
  // Called once everything before it has left, the head of an answer of which no byte of the body is sent included.
  response.req.socket.write("", () => cutConnection(response, end));
}

/** Takes the request's socket: an answer has one only when it is its turn on the connection. */
function cutConnection({ req: { socket } }: ServerResponse, end: "reset" | "close"): void {
  if (end === "reset") socket.resetAndDestroy();
  else socket.destroySoon();
}
